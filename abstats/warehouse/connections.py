"""Read-only Ibis connections from what a dbt profile says, for reading the small result tables.

dbt makes every write on its own connection; this one is for `abstats show` alone.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import duckdb
import ibis
from ibis.backends import BaseBackend

from abstats.spec.problems import nearest

_LOCK_HOLDER = re.compile(r"lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
_REMOTE = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:")


class Credentials(Protocol):
    """What a connection needs of dbt's credentials; further attributes belong to the adapter."""

    @property
    def type(self) -> str:
        """Name of the dbt adapter: duckdb, postgres, ..."""
        ...


class WarehouseError(Exception):
    """The warehouse cannot be read; `str()` says why and what to do."""


def connect_read_only(credentials: Credentials) -> BaseBackend:
    """Open the warehouse of a dbt profile for reading.

    Raises:
        WarehouseError: The adapter is not supported, or the database is missing, locked by
            another process, or no database.
    """
    connect = _CONNECT.get(credentials.type)
    if connect is None:
        supported = ", ".join(_CONNECT)
        hint = nearest(credentials.type, _CONNECT)
        raise WarehouseError(
            f"type == {credentials.type!r} in the dbt profile, must be an adapter that abstats "
            f"can read results from: {supported}.{' ' + hint if hint else ''} The result tables "
            "are ordinary tables: any client of that warehouse shows them."
        )
    return connect(credentials)


def _connect_duckdb(credentials: Credentials) -> BaseBackend:
    path: str = credentials.path  # type: ignore[attr-defined]
    if path == ":memory:":
        raise WarehouseError(
            "path == ':memory:' in the dbt profile, must be a file: "
            "a database in memory is gone when dbt has finished."
        )
    if _is_remote(path):
        raise WarehouseError(
            f"path == {path!r} in the dbt profile, must be a DuckDB file on this machine."
        )
    # dbt-duckdb opens a relative path from the working directory, and so does this.
    file = Path(path).expanduser()
    if not file.is_file():
        raise WarehouseError(
            f"database == {str(file)!r}, there is no such file. The dbt profile names it; "
            "a relative path starts from the working directory. "
            "`dbt build` makes it (in the demo after `abstats simulate`)."
        )
    try:
        return ibis.duckdb.connect(file, read_only=True)
    except duckdb.Error as error:
        raise WarehouseError(_explained(file, str(error))) from error


def _is_remote(path: str) -> bool:
    return _REMOTE.match(path) is not None


def _explained(file: Path, error: str) -> str:
    """DuckDB's message in our words."""
    holder = _LOCK_HOLDER.search(error)
    if holder is not None:
        return (
            f"database == {str(file)!r} is in use by another process, PID {holder['pid']} "
            f"({holder['program']}). DuckDB lets nobody read while one process may write: "
            "wait until it has finished (a dbt build?) or close it, then run again."
        )
    if "not a valid DuckDB database" in error:
        return f"database == {str(file)!r}, must be a DuckDB database file."
    return f"database == {str(file)!r}, cannot be opened: {error}"


_CONNECT: dict[str, Callable[[Credentials], BaseBackend]] = {"duckdb": _connect_duckdb}
