"""dbt in processes that are forked from one which has imported it.

Importing dbt, DuckDB, Ibis and abstats is a quarter of a small build's time. What is started is
`dbt.cli.main`, as by the program `dbt`; nothing of one run is left to the next.
"""

import atexit
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
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
        output: What it printed; with its errors, unless these were asked for apart.
        errors: What it printed on standard error, if that was asked for apart.
    """

    code: int
    output: str
    errors: str = ""


def run(arguments: Sequence[str], folder: Path) -> Finished:
    """Run a dbt command line (without `dbt`) in a folder, with this process's environment."""
    return in_new_process(call_dbt, (list(arguments),), folder)


def in_new_process(
    target: Callable[..., None],
    arguments: Sequence[Any],
    folder: Path,
    *,
    environment: Mapping[str, str] | None = None,
    errors_apart: bool = False,
) -> Finished:
    """Call a function of a module in a process of its own, in a folder.

    Args:
        target: The function.
        arguments: Its arguments.
        folder: Working directory.
        environment: Environment variables; this process's if None.
        errors_apart: Whether standard error is kept apart from standard output.
    """
    variables = dict(os.environ if environment is None else environment)
    with tempfile.NamedTemporaryFile() as printed, tempfile.NamedTemporaryFile() as complained:
        streams = (printed.name, complained.name if errors_apart else printed.name)
        process = CONTEXT.Process(
            target=_call, args=(target, tuple(arguments), str(folder), streams, variables)
        )
        process.start()
        process.join()
        output, errors = (
            Path(file.name).read_text(encoding="utf-8") for file in (printed, complained)
        )
        assert process.exitcode is not None
        return Finished(process.exitcode, output, errors)


def _call(
    target: Callable[..., None],
    arguments: tuple[Any, ...],
    folder: str,
    streams: tuple[str, str],
    environment: dict[str, str],
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for number, name in enumerate(streams, start=1):
        os.dup2(os.open(name, os.O_WRONLY | os.O_APPEND), number)
    try:
        target(*arguments)
    finally:
        # A process of `multiprocessing` ends without them; DuckDB's file would keep its log.
        atexit._run_exitfuncs()


def call_dbt(arguments: list[str]) -> None:
    """The program `dbt`."""
    sys.argv = ["dbt", *arguments]
    from dbt.cli.main import cli  # noqa: PLC0415 - imported before the fork

    cli(arguments)


def call_abstats(arguments: list[str]) -> None:
    """The program `abstats`."""
    sys.argv = ["abstats", *arguments]
    from abstats.cli import app  # noqa: PLC0415 - imported before the fork

    app()


PROGRAMS = {"dbt": call_dbt, "abstats": call_abstats}
