"""The demo, step by step, prints what the README and the page on the command line show."""

import re

import duckdb
import pytest

from .conftest import clone_demo
from .followed import assert_printed, shell
from .pages import ROOT, blocks

PAGE = ROOT / "README.md"
COMMAND_LINE = ROOT / "docs" / "reference" / "command-line.md"

pytestmark = [pytest.mark.dbt, pytest.mark.slow]


def demo_steps() -> list[str]:
    """Commands of `make demo` after the installation."""
    makefile = (ROOT / "Makefile").read_text()
    recipe = re.search(r"^demo-duckdb:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert recipe is not None
    return [line.strip().removeprefix("$(BIN)/") for line in recipe[1].splitlines()]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo at its full size, and what its last step printed."""
    folder = clone_demo(tmp_path_factory.mktemp("readme") / "demo")
    printed = [shell(step, folder) for step in demo_steps()]
    return folder, printed[-1]


def text_after(command: str) -> str:
    """The output that the README shows of a command."""
    found = blocks(PAGE)
    at = next(i for i, block in enumerate(found) if command in block.text)
    return next(block.text for block in found[at:] if block.language == "text")


def test_the_demo_ends_with_the_verdicts_that_are_shown(demo):
    _, printed = demo
    assert_printed(text_after("make demo"), printed)


def test_the_query_gives_the_rows_that_are_shown(demo):
    folder, _ = demo
    (query,) = [
        command
        for block in blocks(PAGE)
        if block.language == "sh"
        for command in block.commands
        if command.startswith("dbt show")
    ]
    assert_printed(text_after("dbt show"), shell(query, folder))


def test_the_demo_ends_with_a_ledger_of_its_five_primary_comparisons(demo):
    folder, _ = demo
    with duckdb.connect(str(folder / "abstats_demo.duckdb"), read_only=True) as connection:
        rows = connection.sql(
            "select experiment_id, p_value_kind, is_shipped_win, n_shipped_wins "
            "from fct_experiment_discoveries order by entry"
        ).fetchall()
    # A guardrail stopped the first one, weeks before the others were over.
    assert rows == [
        ("explained_picks", "repeated", False, 0),
        ("aa_check", "fixed", False, 0),
        ("recommender_cf_vs_content", "fixed", True, 1),
        ("up_next_ranking", "fixed", True, 2),
        ("up_next_ranking", "fixed", False, 2),
    ]


def test_the_page_on_the_command_line_shows_what_the_demo_prints(demo):
    folder, _ = demo
    shown = re.findall(
        r"^\$ (abstats (?:show|status|power).*)\n((?:.*\n)*?)```",
        COMMAND_LINE.read_text(),
        re.MULTILINE,
    )
    assert len(shown) >= 6
    for command, output in shown:
        assert_printed(output, shell(command, folder, may_fail=True))


def test_the_readme_says_in_ten_lines_what_this_is():
    title, *lines = PAGE.read_text().split("\n## ")[0].splitlines()
    assert title == "# abstats"
    assert len([line for line in lines if line]) <= 10
