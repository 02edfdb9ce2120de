"""Where output goes, how wide it may be, and which characters it may use."""

import os
import re
import sys
from typing import TextIO

from rich.console import Console

PIPED_WIDTH = 100
"""Columns of output that goes to a file or a pipe, where COLUMNS does not say otherwise."""

WIDEST = 120
"""Lines longer than this are hard to read, however wide the terminal is."""

NARROWEST = 60
"""Below this, tables are not squeezed further: the terminal wraps."""


def output() -> Console:
    """The console of results: stdout, with colours in a terminal only (and not with NO_COLOR)."""
    console = _console(sys.stdout)
    piped = not console.is_terminal and "COLUMNS" not in os.environ
    width = PIPED_WIDTH if piped else console.width
    console.width = min(max(width, NARROWEST), WIDEST)
    return console


def write(console: Console, text: str) -> None:
    """Text that a console has rendered, to stdout."""
    # Rich fills lines up with spaces, which are no use in a file.
    sys.stdout.write(text if console.is_terminal else re.sub(r" +$", "", text, flags=re.MULTILINE))


def errors() -> Console:
    """The console of progress and complaints: stderr."""
    return _console(sys.stderr)


def complain(message: str) -> None:
    """Say on stderr what went wrong; long lines stay whole, so that they can be searched."""
    errors().print(message, style="red", markup=False, highlight=False, soft_wrap=True)


def warn(message: str) -> None:
    """Say on stderr what may be wrong, and go on."""
    errors().print(message, style="yellow", markup=False, highlight=False, soft_wrap=True)


def _console(stream: TextIO) -> Console:
    # Names in the data may hold characters that the terminal's encoding lacks.
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")
    return Console(file=stream, highlight=False, emoji=False)
