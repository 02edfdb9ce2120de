"""docs/reference/command-line.md says what the commands do."""

import re
import shlex

import pytest

from abstats.dbt_package import dbt_package_path
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
RUNS = re.findall(r"^\$ (abstats .*)\n((?:.*\n)*?)```", PAGE, flags=re.MULTILINE)
COMMANDS = ("simulate", "validate", "show", "status", "power", "init")


def documented_output(command: str) -> list[str]:
    return [output for line, output in RUNS if line == command]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_documented_and_no_other(abstats, command):
    section = PAGE.partition(f"## abstats {command}\n")[2].partition("\n## ")[0]
    documented = set(re.findall(r"^\| `(--[a-z-]+)`", section, flags=re.MULTILINE))
    table = abstats(command, "--help", COLUMNS="200").stdout.partition("Options")[2]
    assert set(re.findall(r"│ (--[a-z-]+)", table)) - {"--help"} == documented


def test_every_command_line_on_the_page_is_one():
    for line, _ in RUNS:
        program, command, *arguments = shlex.split(line)
        assert program == "abstats"
        assert command in COMMANDS
        options = {argument for argument in arguments if argument.startswith("--")}
        assert options <= set(re.findall(r"`(--[a-z-]+)`", PAGE))


@pytest.mark.dbt
@pytest.mark.slow
def test_init_and_validate_print_what_the_page_says(abstats, tmp_path, monkeypatch):
    (tmp_path / "dbt_project.yml").write_text('name: shop\nversion: "1.0.0"\nprofile: shop\n')
    (tmp_path / "profiles.yml").write_text(
        "shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n"
    )
    monkeypatch.chdir(tmp_path)
    assert [abstats("init").output] == documented_output("abstats init")
    (tmp_path / "dbt_packages").mkdir()
    (tmp_path / "dbt_packages" / "abstats").symlink_to(dbt_package_path())

    valid, invalid = documented_output("abstats validate")
    assert abstats("validate").output == valid
    example = tmp_path / "experiments" / "example.yml"
    text = example.read_text().replace("[example_revenue]", "[example_revenu]")
    example.write_text(text.replace("treatment: 0.5", "treatment: 0.6").replace("owner:", "ownr:"))
    assert abstats("validate").output == invalid
