"""Arrow tables to and from DuckDB, which reads them where they are."""

from typing import Any

import pyarrow as pa

from abstats.warehouse.quoting import quoted


def read_table(handle: Any, relation: str) -> pa.Table:
    """All rows of a relation."""
    return handle.cursor().execute(f"select * from {relation}").to_arrow_table()


def write_temporary_table(handle: Any, name: str, rows: pa.Table) -> None:
    """Create or replace a temporary table with the rows."""
    connection = handle.cursor()
    view = f"{name}__arrow"
    connection.register(view, rows)
    try:
        connection.execute(
            f"create or replace temp table {quoted(name)} as select * from {quoted(view)}"
        )
    finally:
        connection.unregister(view)
