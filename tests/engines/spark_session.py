"""dbt builds in one process that has a Spark session, which lives in dbt's process.

Starting a JVM and its metastore costs more than building a small project, so that all builds of a
test share them; a process is forked for them, since the session belongs to whoever started it.
"""

import pickle
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from dbt.cli.main import dbtRunner
from typer.testing import CliRunner

from tests.forked_dbt import in_new_process

Rows = list[dict[str, Any]]


class Step(NamedTuple):
    """One thing to do in the session.

    Attributes:
        kind: dbt runs a command line, abstats does, a table is read, a folder copied.
        arguments: The command line, the name of the table, or from where to where.
    """

    kind: str
    arguments: Sequence[str]


def run_in_session(steps: Sequence[Step], folder: Path) -> list[Any]:
    """What the steps gave: of dbt its success, of abstats what it said, of a table its rows."""
    found = folder / "found.pickle"
    finished = in_new_process(_run, (list(steps), str(found)), folder)
    assert finished.code == 0, finished.output
    results: list[Any] = pickle.loads(found.read_bytes())
    failed = [step for step, result in zip(steps, results, strict=True) if result is False]
    assert not failed, f"{failed}\n{finished.output}"
    return results


def _run(steps: list[Step], found: str) -> None:
    results = [_STEPS[step.kind](step.arguments) for step in steps]
    Path(found).write_bytes(pickle.dumps(results))


def _dbt(arguments: Sequence[str]) -> bool:
    return dbtRunner().invoke(list(arguments)).success


def _abstats(arguments: Sequence[str]) -> str:
    from abstats.cli import app  # noqa: PLC0415 - imported before the fork

    environment = {"COLUMNS": "100", "DBT_TARGET_PATH": str(Path("target").resolve())}
    run = CliRunner().invoke(app, list(arguments), env=environment)
    return run.stdout if run.exit_code == 0 else f"{run.output}{run.exception!r}"


def _rows(table: Sequence[str]) -> Rows:
    from pyspark.sql import SparkSession  # noqa: PLC0415 - only this process starts Java

    session = SparkSession.builder.getOrCreate()
    rows: Rows = session.sql(f"select * from {table[0]}").toArrow().to_pylist()
    # An instant here, a time of UTC without a zone on the other engines.
    return [
        {name: v.replace(tzinfo=None) if isinstance(v, datetime) else v for name, v in row.items()}
        for row in rows
    ]


def _copy(places: Sequence[str]) -> bool:
    shutil.copytree(*places, dirs_exist_ok=True)
    return True


_STEPS = {"abstats": _abstats, "copy": _copy, "dbt": _dbt, "rows": _rows}
