"""Builds of one project that is parsed once, and that can be killed.

A process parses the project; every build is a fork of it, with dbt's own runner and the parsed
manifest, and nothing of one build is left to the next.
"""

import gc
import os
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from tests.forked_dbt import CONTEXT

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

    def run(self, *arguments: str, kill_after: float | None = None) -> Ended:
        """Run a command of dbt; kill it after so many seconds unless it has ended."""
        with self.running(*arguments, kill_after=kill_after) as ended:
            pass
        return ended[0]

    @contextmanager
    def running(self, *arguments: str, kill_after: float | None = None) -> Iterator[list[Ended]]:
        """The same while the caller does something else; the list is filled at the end."""
        ended: list[Ended] = []
        with tempfile.NamedTemporaryFile() as printed:
            self._pipe.send(([*arguments, *self._places], kill_after, printed.name))
            yield ended
            code, seconds = self._pipe.recv()
            output = Path(printed.name).read_text(encoding="utf-8", errors="replace")
            ended.append(Ended(code, output, seconds))


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
            arguments, kill_after, printed = pipe.recv()
        except EOFError:
            return
        started = time.monotonic()
        process = os.fork()
        if process == 0:
            _dbt(arguments, parsed.result, printed)
        pipe.send((_ended(process, kill_after), time.monotonic() - started))


def _ended(process: int, kill_after: float | None) -> int:
    """Exit code of a process, which is killed after a time."""
    if kill_after is not None:
        until = time.monotonic() + kill_after
        while time.monotonic() < until:
            done, status = os.waitpid(process, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.002)
        os.kill(process, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def _dbt(arguments: list[str], manifest: object, printed: str) -> None:
    """Run dbt in a forked process, and end it."""
    code = 2
    try:
        to_file = os.open(printed, os.O_WRONLY | os.O_APPEND)
        for stream in (1, 2):
            os.dup2(to_file, stream)
        from dbt.cli.main import dbtRunner  # noqa: PLC0415 - imported before the fork

        code = 0 if dbtRunner(manifest=manifest).invoke(arguments).success else 1  # type: ignore[arg-type]
        import atexit  # noqa: PLC0415 - only here

        # A forked process ends without them; DuckDB's file would keep its log.
        atexit._run_exitfuncs()
    finally:
        os._exit(code)
