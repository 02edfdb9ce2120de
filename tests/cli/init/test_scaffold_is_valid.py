"""What `abstats init` makes parses, validates and builds without being filled in."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.init.test_init import PROFILES, PROJECT

pytestmark = [pytest.mark.dbt, pytest.mark.slow]


def run(program: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A command of this environment, from its shell."""
    return subprocess.run(
        [str(Path(sys.executable).parent / program), *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_fresh_project_parses_validates_builds_and_shows(tmp_path):
    (tmp_path / "dbt_project.yml").write_text(PROJECT)
    (tmp_path / "profiles.yml").write_text(PROFILES)
    assert run("abstats", "init", cwd=tmp_path).returncode == 0
    before_deps = run("abstats", "validate", cwd=tmp_path)
    assert before_deps.returncode == 1
    assert "dbt deps" in before_deps.stderr

    assert run("dbt", "deps", cwd=tmp_path).returncode == 0
    parsed = run("dbt", "parse", cwd=tmp_path)
    assert parsed.returncode == 0, parsed.stdout
    schema = (tmp_path / "experiments" / "example.yml").read_text().splitlines()[0]
    assert (tmp_path / "experiments" / schema.partition("$schema=")[2]).is_file()

    valid = run("abstats", "validate", cwd=tmp_path)
    assert valid.stdout == "1 experiment and 1 metric are valid.\n"
    assert valid.stderr == ""

    built = run("dbt", "build", cwd=tmp_path)
    assert built.returncode == 0, built.stdout
    shown = run("abstats", "show", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "KEEP RUNNING  treatment against control" in shown.stdout
