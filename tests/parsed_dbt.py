"""Builds of one project that is parsed once, and that can be killed.

A process parses the project; every build is a fork of it, with dbt's own runner and the parsed
manifest, and nothing of one build is left to the next.
"""

import atexit
import gc
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from tests.forked_dbt import CONTEXT

LONGEST = 900.0
"""Seconds after which a command is killed that nobody wants to kill: it waits for something."""
# dbt looks through all variables of the environment for every message that it makes.
_KEPT = ("PATH", "HOME", "PYTHONPATH", "LANG", "TMPDIR")


class Ended(NamedTuple):
    """One dbt command that has ended.

    Attributes:
        code: Exit code, or minus the number of the signal that ended it.
        output: What it printed, standard output and error together.
        seconds: How long it took.
    """

    code: int
    output: str
    seconds: float

    @property
    def was_killed(self) -> bool:
        """Whether it ran until it was killed."""
        return self.code == -signal.SIGKILL


class ParsedDbt:
    """A project that is parsed; a context manager, at whose end nothing of it runs any more."""

    def __init__(self, places: Sequence[str], folder: Path) -> None:
        """Parse.

        Args:
            places: The options that say where the project and its profile are.
            folder: Working directory.
        """
        self._places = list(places)
        self._pipe, theirs = CONTEXT.Pipe()
        self._process = CONTEXT.Process(target=_keep, args=(theirs, self._places, str(folder)))
        self._process.start()
        theirs.close()
        assert self._pipe.recv() == "parsed"

    def __enter__(self) -> "ParsedDbt":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pipe.close()
        self._process.join()

    def run(
        self,
        *arguments: str,
        kill_after: float = LONGEST,
        program: "Program | None" = None,
    ) -> Ended:
        """Run a command of dbt.

        Args:
            arguments: The command line.
            kill_after: Seconds after which it is killed, unless it has ended.
            program: What the process does instead of only running the command.
        """
        command = [*arguments, *self._places]
        with tempfile.NamedTemporaryFile() as printed:
            self._pipe.send((program or _straight, command, kill_after, printed.name))
            code, seconds = self._pipe.recv()
            output = Path(printed.name).read_text(encoding="utf-8", errors="replace")
        return Ended(code, output, seconds)


Invoke = Callable[[list[str]], bool]
"""Runs dbt's command line; did it succeed?"""
Program = Callable[[Invoke, list[str]], bool]
"""What a process does with a command line."""


def _straight(invoke: Invoke, command: list[str]) -> bool:
    return invoke(command)


def _keep(pipe: Connection, places: list[str], folder: str) -> None:
    for name in set(os.environ) - set(_KEPT):
        del os.environ[name]
    os.chdir(folder)
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - imported before the fork

    parsed = dbtRunner().invoke(["parse", "--quiet", "--no-partial-parse", *places])
    if not parsed.success:
        raise RuntimeError("the project is not parsed", parsed.exception)
    # A fork shares the pages that the collector of garbage leaves alone.
    gc.freeze()
    pipe.send("parsed")
    while True:
        try:
            program, command, kill_after, printed = pipe.recv()
        except EOFError:
            return
        started = time.monotonic()
        process = os.fork()
        if process == 0:
            _dbt(program, command, parsed.result, printed)
        pipe.send((_ended(process, kill_after), time.monotonic() - started))


def _ended(process: int, kill_after: float) -> int:
    """Exit code of a process, which is killed after a time."""
    until = time.monotonic() + kill_after
    while time.monotonic() < until:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(process, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def _dbt(program: Program, command: list[str], manifest: object, printed: str) -> None:
    """Run dbt in a forked process, and end it."""
    code = 2
    try:
        to_file = os.open(printed, os.O_WRONLY | os.O_APPEND)
        for stream in (1, 2):
            os.dup2(to_file, stream)
        from dbt.cli.main import dbtRunner  # noqa: PLC0415 - imported before the fork

        runner = dbtRunner(manifest=manifest)  # type: ignore[arg-type]
        code = 0 if program(lambda line: runner.invoke(line).success, command) else 1
        # A forked process ends without them; DuckDB's file would keep its log.
        atexit._run_exitfuncs()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)
