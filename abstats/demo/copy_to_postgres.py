"""Copy a demo world from its DuckDB file to Postgres: all of it or nothing."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from abstats.demo.simulation import SimulationError

_TYPES = {
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "DOUBLE": "double precision",
    "INTEGER": "integer",
    "TIMESTAMP": "timestamp",
    "TINYINT": "smallint",
    "VARCHAR": "text",
}
_NULL = "\\N"


def copy_to_postgres(world: Path, connection: Any) -> None:
    """Replace the tables of schema `raw` by those of a demo world, in one transaction.

    Args:
        world: DuckDB file that `simulate` has written.
        connection: An open psycopg2 connection; it is committed.

    Raises:
        SimulationError: schema raw has tables of these names that no simulation wrote, or the
            server refuses.
    """
    import psycopg2  # noqa: PLC0415 - comes with dbt-postgres, an extra of its own

    try:
        with connection, connection.cursor() as cursor, duckdb.connect(str(world)) as source:
            tables = _tables(source)
            _refuse_foreign_tables(cursor, set(tables))
            cursor.execute("create schema if not exists raw")
            for table, columns in tables.items():
                _copy(source, cursor, table, columns)
    except psycopg2.Error as error:
        raise SimulationError(f"Postgres: {str(error).strip()}") from error


def _tables(source: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Table -> column -> type in Postgres."""
    rows = source.execute(
        "select table_name, column_name, data_type from information_schema.columns "
        "where table_schema = 'raw' order by table_name, ordinal_position"
    ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for table, column, type_ in rows:
        tables.setdefault(table, {})[column] = _TYPES[type_]
    return tables


def _refuse_foreign_tables(cursor: Any, tables: set[str]) -> None:
    cursor.execute("select table_name from information_schema.tables where table_schema = 'raw'")
    found = {name for (name,) in cursor.fetchall()} & tables
    if found and "true_effects" not in found:
        raise SimulationError(
            "Postgres has tables in schema raw that are not of a simulation "
            f"({', '.join(sorted(found))}): they would be replaced. Name another database."
        )


def _copy(
    source: duckdb.DuckDBPyConnection, cursor: Any, table: str, columns: dict[str, str]
) -> None:
    declared = ", ".join(f'"{name}" {type_}' for name, type_ in columns.items())
    # Not dropped: the staging views of an earlier build stand on it.
    cursor.execute(f'create table if not exists raw."{table}" ({declared})')
    cursor.execute(f'truncate raw."{table}"')
    with TemporaryDirectory() as folder:
        file = Path(folder) / "rows.csv"
        source.execute(f"copy raw.\"{table}\" to '{file}' (header false, nullstr '{_NULL}')")
        with file.open(encoding="utf-8") as rows:
            cursor.copy_expert(
                f"copy raw.\"{table}\" from stdin with (format csv, null '{_NULL}')", rows
            )
