"""A DuckDB file that cannot be opened is told in words instead of dbt's traceback."""

from functools import wraps
from typing import Any

from dbt.adapters.exceptions.connection import FailedToConnectError
from dbt.adapters.factory import FACTORY

_MARK = "_abstats_wrapped"


def install_duckdb_opening() -> None:
    """Wrap `open` of the connection manager of dbt-duckdb, once; other adapters are left alone."""
    for plugin in FACTORY.plugins.values():
        manager: Any = plugin.adapter.ConnectionManager
        if manager.TYPE == "duckdb" and not hasattr(manager.open, _MARK):
            manager.open = classmethod(_wrapped(manager.open.__func__))


def _wrapped(open_: Any) -> Any:
    @wraps(open_)
    def open_or_explain(manager: Any, connection: Any) -> Any:
        import duckdb

        from abstats.warehouse.connections.duckdb import explained

        try:
            return open_(manager, connection)
        except duckdb.IOException as error:
            message = explained(connection.credentials.path, str(error))
            raise FailedToConnectError(message) from error

    setattr(open_or_explain, _MARK, True)
    return open_or_explain
