"""Follows a page as a reader does: writes files, runs commands, compares what they print."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests import forked_dbt
from tests.built_before import DATA_TESTS, is_built
from tests.parsed_before import is_parsed

from .not_run import NOT_RUN
from .pages import Block

# What a shell would do something about, but for quotes and a comment at the end.
_FOR_A_SHELL = re.compile(r"[|&;<>$`~*?\n\\]")
_BARS = re.compile(r"[─━├┤┼│┊●╌█]+")


def follow(blocks: Iterable[Block], folder: Path) -> None:
    """Do what the blocks say, in `folder`; a `text` block is what the commands before it print."""
    printed = ""
    for block in blocks:
        if block.file is not None:
            write(block, folder)
        elif block.language == "sh":
            wanted = [command for command in block.commands if command not in NOT_RUN]
            printed = "\n".join(shell(command, folder) for command in wanted)
        elif block.language == "text":
            assert_printed(block.text, printed)


def write(block: Block, folder: Path) -> None:
    """Write the file that a block is the content of."""
    file = folder / str(block.file)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(block.text, encoding="utf-8")


def shell(command: str, folder: Path, *, may_fail: bool = False) -> str:
    """What a command prints; it must succeed. `abstats` and `dbt` are those of this Python.

    One that is nothing but a call of either runs in a process that has them imported.

    Args:
        command: The command.
        folder: Where it runs.
        may_fail: Exit code 1 is an answer too, and what is printed on standard error is printed.
    """
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DBT_", "PYTEST"))
    }
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    environment |= {"COLUMNS": "100", "DBT_LOG_LEVEL_FILE": "none"}
    if is_parsed(folder, folder / "target"):
        environment["DBT_PARTIAL_PARSE"] = "true"
    if is_built(folder / "target"):
        environment["DBT_EXCLUDE_RESOURCE_TYPES"] = " ".join(DATA_TESTS)
    program, *arguments = shlex.split(command, comments=True)
    if program in forked_dbt.PROGRAMS and not _FOR_A_SHELL.search(command):
        done = forked_dbt.in_new_process(
            forked_dbt.PROGRAMS[program],
            [arguments],
            folder,
            environment=environment,
            errors_apart=not may_fail,
        )
        code, printed, errors = done
    else:
        run = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        code, printed, errors = run.returncode, run.stdout, run.stderr
    assert code in ((0, 1) if may_fail else (0,)), f"{command}\n{printed}{errors}"
    return printed


def assert_printed(shown: str, printed: str) -> None:
    """The lines of a page stand in what was printed, in order and without a gap.

    A line `...` stands for any number of lines. How wide columns are and where bars end is not
    compared.
    """
    found = [_words(line) for line in printed.splitlines()]
    start, is_next = 0, False
    for line in shown.splitlines():
        if line.strip() == "...":
            is_next = False
            continue
        at = next((i for i in range(start, len(found)) if found[i] == _words(line)), None)
        assert at is not None, f"not printed: {line}\n{printed}"
        assert not is_next or at == start, f"lines are left out before: {line}\n{printed}"
        start, is_next = at + 1, True


def _words(line: str) -> str:
    return " ".join(_BARS.sub(" ", line).split())
