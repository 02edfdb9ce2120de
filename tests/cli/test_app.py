"""The application as a whole."""

import subprocess
import sys

import pytest

from abstats import __version__
from abstats.cli.terminal import complain
from tests.cli import warehouse

COMMANDS = ("simulate", "validate", "show", "init")


def test_the_version_is_shown(abstats):
    assert abstats("--version").stdout == f"abstats {__version__}\n"


def test_help_names_all_commands(abstats):
    shown = abstats("--help").stdout
    assert all(command in shown for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_shows_an_example(abstats, command):
    shown = abstats(command, "--help")
    assert shown.exit_code == 0
    assert f"Example: abstats {command}" in " ".join(shown.stdout.split())


def test_help_does_not_wait_for_dbt_and_ibis():
    program = (
        "import sys; from typer.testing import CliRunner; from abstats.cli import app\n"
        "CliRunner().invoke(app, ['--help'])\n"
        "print([name for name in ('dbt', 'ibis', 'duckdb') if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


@pytest.mark.slow
def test_a_terminal_without_unicode_gets_plain_characters(tmp_path):
    warehouse.build(tmp_path, warehouse.ship())
    found = subprocess.run(
        [sys.executable, "-c", "from abstats.cli import app; app()", "show"],
        capture_output=True,
        cwd=tmp_path,
        env={"PYTHONIOENCODING": "ascii", "PATH": "", "HOME": str(tmp_path)},
        check=True,
    )
    text = found.stdout.decode("ascii")
    assert "SHIP" in text
    assert "[" in text
    assert "o" in text


def test_a_complaint_is_not_broken_into_lines(capsys):
    complain("long " * 100)
    assert len(capsys.readouterr().err.splitlines()) == 1
