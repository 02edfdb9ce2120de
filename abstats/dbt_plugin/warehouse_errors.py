"""What a warehouse refuses is told in words: what is wrong, and what helps."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from dbt.adapters.factory import FACTORY
from dbt_common.exceptions import DbtRuntimeError

_MARK = "_abstats_wrapped"


def install_warehouse_errors() -> None:
    """Wrap `exception_handler` of the connection managers whose errors we explain, once."""
    for plugin in FACTORY.plugins.values():
        manager: Any = plugin.adapter.ConnectionManager
        explain = _EXPLAIN.get(manager.TYPE)
        if explain is not None and not hasattr(manager.exception_handler, _MARK):
            manager.exception_handler = _wrapped(manager.exception_handler, explain)


def _wrapped(handler: Callable[..., Any], explain: Callable[[Any, str], str | None]) -> Any:
    @contextmanager
    @wraps(handler)
    def handler_with_words(manager: Any, *args: Any, **kwargs: Any) -> Iterator[None]:
        try:
            with handler(manager, *args, **kwargs):
                yield
        except DbtRuntimeError as error:
            words = explain(manager.profile.credentials, str(error.msg))
            if words is not None:
                error.msg = words
            raise

    setattr(handler_with_words, _MARK, True)
    return handler_with_words


def _explain_duckdb(credentials: Any, error: str) -> str | None:
    from abstats.warehouse.connections.duckdb import explained_write

    return explained_write(credentials.path, error)


def _explain_postgres(credentials: Any, error: str) -> str | None:
    from abstats.warehouse.connections.postgres import explained

    return explained(credentials, error)


_EXPLAIN: dict[str, Callable[[Any, str], str | None]] = {
    "duckdb": _explain_duckdb,
    "postgres": _explain_postgres,
}
