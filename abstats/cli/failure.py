"""How a command fails: one message on stderr, a non-zero exit, no traceback."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from abstats.cli.terminal import complain

P = ParamSpec("P")


class CommandError(Exception):
    """A command cannot do what it was asked; `str()` is the whole message for the user."""


def failing_clearly(command: Callable[P, None]) -> Callable[P, None]:
    """Turn the failures that are foreseen into messages; a bug keeps its traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except CommandError as error:
            complain(str(error))
            raise typer.Exit(1) from None
        except BrokenPipeError:
            raise
        except OSError as error:
            where = f": {error.filename}" if error.filename else ""
            complain(f"{error.strerror or error}{where}")
            raise typer.Exit(1) from None

    return run
