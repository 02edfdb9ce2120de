"""What `abstats init` makes parses, validates and builds without being filled in."""

from pathlib import Path

import pytest

from tests import forked_dbt
from tests.cli.init.test_init import PROFILES, PROJECT

pytestmark = [pytest.mark.dbt, pytest.mark.slow]


def run(program: str, *arguments: str, cwd: Path) -> forked_dbt.Finished:
    """A command line, in a folder."""
    return forked_dbt.in_new_process(
        forked_dbt.PROGRAMS[program], [arguments], cwd, errors_apart=True
    )


def test_a_fresh_project_parses_validates_builds_and_shows(tmp_path):
    (tmp_path / "dbt_project.yml").write_text(PROJECT)
    (tmp_path / "profiles.yml").write_text(PROFILES)
    assert run("abstats", "init", cwd=tmp_path).code == 0
    before_deps = run("abstats", "validate", cwd=tmp_path)
    assert before_deps.code == 1
    assert "dbt deps" in before_deps.errors

    assert run("dbt", "deps", cwd=tmp_path).code == 0
    parsed = run("dbt", "parse", cwd=tmp_path)
    assert parsed.code == 0, parsed.output
    schema = (tmp_path / "experiments" / "example.yml").read_text().splitlines()[0]
    assert (tmp_path / "experiments" / schema.partition("$schema=")[2]).is_file()

    valid = run("abstats", "validate", cwd=tmp_path)
    assert valid.output == "1 experiment and 1 metric are valid.\n"
    assert valid.errors == ""

    built = run("dbt", "build", cwd=tmp_path)
    assert built.code == 0, built.output
    shown = run("abstats", "show", cwd=tmp_path)
    assert shown.code == 0, shown.errors
    assert "KEEP RUNNING  treatment against control" in shown.output
