"""Build the demo world in a DuckDB file: all of it or nothing."""

import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from abstats.demo.world import World, build, create_tables

MIN_USERS = 100
MAX_USERS = 10_000_000
MEMORY_LIMIT = "3GB"
PUBLISHING = 0.05  # share of the run that copying takes


class SimulationError(Exception):
    """The demo world could not be built; the database is as it was."""


def simulate(
    database: Path,
    users: int = 20_000,
    days: int = 28,
    seed: int = 7,
    progress: Callable[[str, float], None] | None = None,
) -> None:
    """Write a simulated movie service into schema `raw` of a DuckDB file.

    Published in one transaction: readers see the old tables or the new ones. The same arguments
    give the same rows. Other schemas, and other tables of `raw`, are left alone.

    Args:
        database: File to write; made if missing.
        users: Viewers that ever sign up, 100 to 10 million.
        days: Days of the experiments from 2026-01-05; the log has 28 days before and 7 after.
        seed: Seed of every draw, 0 to 2**31 - 1.
        progress: Called with what is being done and the fraction done, 0 to 1.

    Raises:
        ValueError: If an argument is out of range.
        SimulationError: If the database is locked, is no DuckDB file, or cannot be written.
    """
    _check("users", users, MIN_USERS, MAX_USERS)
    _check("days", days, 1, 365)
    _check("seed", seed, 0, 2**31 - 1)
    if not database.parent.is_dir():
        raise SimulationError(
            f"database == {str(database)!r}, its folder must exist: {str(database.parent)!r}."
        )
    existed = database.exists()
    report = progress or _unreported
    try:
        # Built apart and published in one transaction: within one, DuckDB would keep all the
        # temporary tables of all chunks until it commits.
        with (
            TemporaryDirectory(dir=database.parent, prefix=".abstats-simulate-") as scratch,
            _connect(database, Path(scratch)) as connection,
        ):
            for label, fraction in build(connection, World(users, days, seed)):
                report(label, fraction * (1 - PUBLISHING))
            report("publishing", 1 - PUBLISHING)
            _publish(connection)
    except BaseException as error:
        if not existed:
            database.unlink(missing_ok=True)
        if isinstance(error, duckdb.Error):
            raise SimulationError(f"database == {str(database)!r}: {error}") from error
        raise
    report("done", 1.0)


def _unreported(_label: str, _fraction: float) -> None:
    """Nobody asked how far it is."""


def _check(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ValueError(f"{name} == {value}, must be >= {low} and <= {high}.")


def _connect(database: Path, scratch: Path) -> duckdb.DuckDBPyConnection:
    """A connection that builds in a file of its own and holds the lock of `target`."""
    connection = duckdb.connect(
        config={
            "memory_limit": MEMORY_LIMIT,
            "preserve_insertion_order": False,
            "temp_directory": str(scratch),
        }
    )
    try:
        connection.execute(f"attach {_quoted(database)} as target")
    except duckdb.Error as error:
        connection.close()
        if "lock" in str(error).lower():
            holder = re.search(r"PID \d+", str(error))
            raise SimulationError(
                f"database == {str(database)!r}, must not be open in another process"
                f"{f' ({holder.group()})' if holder else ''}. "
                "Close the program that uses it and run again."
            ) from error
        raise SimulationError(
            f"database == {str(database)!r}, cannot be opened: {error}"
        ) from error
    connection.execute(f"attach {_quoted(scratch / 'world.duckdb')} as world")
    connection.execute("use world")
    return connection


def _publish(connection: duckdb.DuckDBPyConnection) -> None:
    tables = connection.execute(
        "select table_name from duckdb_tables() "
        "where database_name = 'world' and schema_name = 'raw'"
    ).fetchall()
    connection.begin()
    connection.execute("use target")
    create_tables(connection)
    for (table,) in tables:
        connection.execute(f"insert into target.raw.{table} from world.raw.{table}")
    connection.commit()


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
