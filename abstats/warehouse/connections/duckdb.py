"""Read-only connections to a DuckDB file."""

import re
from pathlib import Path
from typing import Any

import duckdb
import ibis
from ibis.backends import BaseBackend

from abstats.warehouse.connections.error import WarehouseError

_LOCK_HOLDER = re.compile(r"lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
_REMOTE = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:")


def connect(credentials: Any) -> BaseBackend:
    """Open the file.

    Raises:
        WarehouseError: there is no such file, another process holds it, or it is no database.
    """
    path: str = credentials.path
    if path == ":memory:":
        raise WarehouseError(
            "path == ':memory:' in the dbt profile, must be a file: "
            "a database in memory is gone when dbt has finished."
        )
    if _is_remote(path):
        raise WarehouseError(
            f"path == {_without_token(path)!r} in the dbt profile, must be a DuckDB file on this "
            "machine."
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
        raise WarehouseError(explained(file, str(error))) from error


def _is_remote(path: str) -> bool:
    return _REMOTE.match(path) is not None


def _without_token(path: str) -> str:
    """A path of a cloud's database without what follows it: `md:name?motherduck_token=...`."""
    return path.partition("?")[0]


def explained(file: Path | str, error: str) -> str:
    """DuckDB's message about a file that it cannot open, in our words."""
    if _is_remote(str(file)):
        # The message may repeat the path, and with it a token.
        return f"database == {_without_token(str(file))!r}, cannot be opened."
    holder = _LOCK_HOLDER.search(error)
    if holder is not None:
        return (
            f"database == {str(file)!r} is in use by another process, PID {holder['pid']} "
            f"({holder['program']}). While one process may write, DuckDB lets no other open the "
            "file: wait until it has finished (a dbt build?) or close it, then run again."
        )
    if "not a valid DuckDB database" in error:
        return f"database == {str(file)!r}, must be a DuckDB database file."
    return explained_write(file, error) or f"database == {str(file)!r}, cannot be opened: {error}"


def explained_write(file: Path | str, error: str) -> str | None:
    """DuckDB's message about a file that it cannot write, in our words; None for another one."""
    for mark, words in _NOT_WRITTEN.items():
        if mark in error:
            return f"database == {str(file)!r}, {words} DuckDB says: {error}"
    return None


_FULL = (
    "cannot grow: the disk is full, or a limit of the system is reached. Tables that were not "
    "finished are the old ones; make room, then run again."
)
_NOT_WRITTEN = {
    "No space left on device": _FULL,
    "File too large": _FULL,
    "Disk quota exceeded": _FULL,
    "failed to offload data block": _FULL,
    "Permission denied": "must be a file in a folder that this user may write.",
    "Read-only file system": "must be on a file system that can be written.",
    "attached in read-only mode": (
        "is opened for reading only, must be writable for a build: the dbt profile says so "
        "(`access_mode`)."
    ),
    "has been invalidated because of a previous fatal error": (
        "was closed after an earlier error of this build, which says why."
    ),
}


def errors() -> tuple[type[Exception], ...]:
    """What the driver raises."""
    return (duckdb.Error,)
