"""Small tables between Python and dbt's own connection.

Nothing here opens a connection: rows travel through the one that dbt holds, inside its
transaction. Only tables below the waist pass, whose size does not depend on users or events.
"""

from typing import Any

import pyarrow as pa


def read_table(adapter: Any, relation: str) -> pa.Table:
    """All rows of a relation.

    Args:
        adapter: dbt's adapter.
        relation: The relation as `ref()` renders it.

    Raises:
        NotImplementedError: no transfer is written for this engine.
    """
    return _duckdb(adapter).execute(f"select * from {relation}").to_arrow_table()


def write_temporary_table(adapter: Any, name: str, rows: pa.Table) -> None:
    """Create or replace a temporary table with the rows, on dbt's connection.

    Raises:
        NotImplementedError: no transfer is written for this engine.
    """
    connection = _duckdb(adapter)
    view = f"{name}__arrow"
    connection.register(view, rows)
    try:
        connection.execute(f'create or replace temp table "{name}" as select * from "{view}"')
    finally:
        connection.unregister(view)


def _duckdb(adapter: Any) -> Any:
    """The DuckDB connection behind dbt's."""
    if adapter.type() != "duckdb":
        raise NotImplementedError(
            f"adapter type == {adapter.type()!r}: Arrow transfer is written for duckdb only."
        )
    return adapter.connections.get_thread_connection().handle.cursor()
