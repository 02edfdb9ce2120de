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
    return f"database == {str(file)!r}, cannot be opened: {error}"


def errors() -> tuple[type[Exception], ...]:
    """What the driver raises."""
    return (duckdb.Error,)
