"""Small tables between Python and dbt's own connection.

Nothing here opens a connection: rows travel through the one that dbt holds, inside its
transaction. Only tables below the waist pass, whose size does not depend on users or events.
"""

from contextlib import AbstractContextManager
from types import ModuleType
from typing import Any

import pyarrow as pa

from abstats.warehouse.transfer import duckdb, postgres, spark

_ENGINES: dict[str, ModuleType] = {"duckdb": duckdb, "postgres": postgres, "spark": spark}


def read_table(adapter: Any, relation: str) -> pa.Table:
    """All rows of a relation.

    Args:
        adapter: dbt's adapter.
        relation: The relation as `ref()` renders it.

    Raises:
        NotImplementedError: no transfer is written for this engine.
    """
    engine = _engine(adapter)
    with _errors_of_dbt(adapter, relation):
        rows: pa.Table = engine.read_table(_handle(adapter), relation)
    return rows


def write_temporary_table(adapter: Any, name: str, rows: pa.Table) -> None:
    """Create or replace a temporary table with the rows, on dbt's connection.

    Raises:
        NotImplementedError: no transfer is written for this engine.
    """
    engine = _engine(adapter)
    with _errors_of_dbt(adapter, name):
        engine.write_temporary_table(_handle(adapter), name, rows)


def _engine(adapter: Any) -> ModuleType:
    engine = _ENGINES.get(adapter.type())
    if engine is None:
        raise NotImplementedError(
            f"adapter type == {adapter.type()!r}: Python models run on {', '.join(_ENGINES)} only."
        )
    return engine


def _errors_of_dbt(adapter: Any, relation: str) -> AbstractContextManager[None]:
    """What the driver raises is told as for dbt's own statements, which begin with its handler."""
    handler: AbstractContextManager[None] = adapter.connections.exception_handler(relation)
    return handler


def _handle(adapter: Any) -> Any:
    """The driver's connection behind dbt's."""
    return adapter.connections.get_thread_connection().handle
