"""Write a demo world from its DuckDB file to Parquet: a folder per table, logs by day."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import duckdb

from abstats.demo.simulation import SimulationError

DAY = "day"
"""The column that a log is partitioned by: the UTC day of the event."""
_EVENT_TIMES = {
    "clicks": "clicked_at",
    "experiment_exposures": "exposed_at",
    "impressions": "shown_at",
    "orders": "ordered_at",
    "page_loads": "rendered_at",
    "requests": "requested_at",
    "watches": "started_at",
}
_MARK = "true_effects"


class ParquetTable(NamedTuple):
    """One table of the world as files.

    Attributes:
        name: Its name.
        folder: Where its files are; of a log in folders `day=2026-01-05`.
        is_by_day: Whether it is such a log.
    """

    name: str
    folder: Path
    is_by_day: bool


def write_parquet(world: Path, folder: Path) -> list[ParquetTable]:
    """Replace the folder by the tables of a demo world; it is swapped in when all are written.

    Args:
        world: DuckDB file that `simulate` has written.
        folder: Folder to write, made if missing.

    Raises:
        SimulationError: the folder holds something that no simulation wrote, or cannot be written.
    """
    _refuse_foreign_folder(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with (
            TemporaryDirectory(dir=folder.parent, prefix=".abstats-parquet-") as scratch,
            duckdb.connect(str(world), read_only=True) as source,
        ):
            made = Path(scratch) / "world"
            made.mkdir()
            names = [
                name
                for (name,) in source.execute(
                    "select table_name from duckdb_tables() where schema_name = 'raw' order by 1"
                ).fetchall()
            ]
            for name in names:
                _write(source, name, made / name)
            if folder.exists():
                shutil.rmtree(folder)
            made.rename(folder)
    except (OSError, duckdb.Error) as error:
        raise SimulationError(f"folder == {str(folder)!r} cannot be written: {error}") from error
    return [ParquetTable(name, folder / name, name in _EVENT_TIMES) for name in names]


def _write(source: duckdb.DuckDBPyConnection, name: str, folder: Path) -> None:
    time = _EVENT_TIMES.get(name)
    target = str(folder).replace("'", "''")
    if time is None:
        folder.mkdir()
        source.execute(f"copy raw.{name} to '{target}/rows.parquet' (format parquet)")
        return
    # One thread writes one file a day, where two would write two.
    source.execute("set threads = 1")
    source.execute(
        f"copy (select *, cast({time} as date) as {DAY} from raw.{name}) "  # noqa: S608 - own names
        f"to '{target}' (format parquet, partition_by ({DAY}))"
    )


def _refuse_foreign_folder(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).is_dir():
        raise SimulationError(
            f"folder == {str(folder)!r} holds something that no simulation wrote: it would be "
            "replaced. Name another one."
        )
