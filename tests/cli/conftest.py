"""A shell to run commands in."""

from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from abstats.cli import app


@pytest.fixture
def abstats(monkeypatch) -> Callable:
    """Runs a command line as from a pipe of 100 columns."""
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name in ("DBT_PROFILES_DIR", "DBT_PROJECT_DIR", "DBT_TARGET", "DBT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    runner = CliRunner()

    def run(*arguments: object, **environment: str):
        return runner.invoke(app, [str(argument) for argument in arguments], env=environment)

    return run
