"""Build the demo world in a DuckDB file: all of it or nothing."""

import re
from collections.abc import Callable
from pathlib import Path

import duckdb

from abstats.demo.world import World, build

MIN_USERS = 100
MAX_USERS = 10_000_000
MEMORY_LIMIT = "3GB"


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

    One transaction: readers see the old tables or the new ones. The same arguments give the
    same rows. Other schemas, and other tables of `raw`, are left alone.

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
    existed = database.exists()
    connection = _connect(database)
    finished = False
    try:
        connection.begin()
        for label, fraction in build(connection, World(users, days, seed)):
            if progress is not None:
                progress(label, fraction)
        connection.commit()
        finished = True
    except duckdb.Error as error:
        raise SimulationError(f"database == {str(database)!r}: {error}") from error
    finally:
        connection.close()
        if not finished and not existed:
            database.unlink(missing_ok=True)


def _check(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ValueError(f"{name} == {value}, must be >= {low} and <= {high}.")


def _connect(database: Path) -> duckdb.DuckDBPyConnection:
    if not database.parent.is_dir():
        raise SimulationError(
            f"database == {str(database)!r}, its folder must exist: {str(database.parent)!r}."
        )
    try:
        return duckdb.connect(
            str(database),
            config={"memory_limit": MEMORY_LIMIT, "preserve_insertion_order": False},
        )
    except duckdb.Error as error:
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
