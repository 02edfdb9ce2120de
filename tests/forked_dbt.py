"""dbt in processes that are forked from one which has imported it.

Importing dbt, DuckDB, Ibis and abstats is a quarter of a small build's time. What is started is
`dbt.cli.main`, as by the program `dbt`; nothing of one run is left to the next.
"""

import atexit
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "dbt.adapters.duckdb",
        "dbt.cli.main",
        "dbt.parser.manifest",
        "dbt.task.build",
        "abstats.cli.app",
        "abstats.dbt_plugin.plugin",
        "abstats.dbt_plugin.rendering",
        "abstats.pipeline.decisions",
        "abstats.pipeline.results",
        "ibis.backends.duckdb",
    ]
)


class Finished(NamedTuple):
    """One dbt command that has ended.

    Attributes:
        code: Exit code.
        output: What it printed, standard output and error together.
    """

    code: int
    output: str


def run(arguments: Sequence[str], folder: Path) -> Finished:
    """Run a dbt command line (without `dbt`) in a folder, with this process's environment."""
    return in_new_process(_dbt, (list(arguments),), folder)


def in_new_process(target: Callable[..., None], arguments: Sequence[Any], folder: Path) -> Finished:
    """Call a function of a module in a process of its own, in a folder."""
    with tempfile.NamedTemporaryFile() as printed:
        started = (target, tuple(arguments), str(folder), printed.name, dict(os.environ))
        process = _CONTEXT.Process(target=_call, args=started)
        process.start()
        process.join()
        output = Path(printed.name).read_text(encoding="utf-8")
        assert process.exitcode is not None
        return Finished(process.exitcode, output)


def _call(
    target: Callable[..., None],
    arguments: tuple[Any, ...],
    folder: str,
    printed: str,
    environment: dict[str, str],
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    to_file = os.open(printed, os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(to_file, stream)
    try:
        target(*arguments)
    finally:
        # A process of `multiprocessing` ends without them; DuckDB's file would keep its log.
        atexit._run_exitfuncs()


def _dbt(arguments: list[str]) -> None:
    sys.argv = ["dbt", *arguments]
    from dbt.cli.main import cli  # noqa: PLC0415 - imported before the fork

    cli(arguments)
