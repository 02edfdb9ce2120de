"""The warehouses of the fault tests: the public tables at once, and a world that is forgotten."""

import duckdb

from tests.engines.warehouses import SCHEMA, DuckDB, Postgres

from .contents import TABLES, Contents, cleaned


class DuckDBFile(DuckDB):
    """A file that is opened after each build."""

    def contents(self) -> Contents:
        """All public tables, as a program that only reads finds them."""
        found: dict[str, list[dict[str, object]] | None] = dict.fromkeys(TABLES)
        with duckdb.connect(str(self.file), read_only=True) as connection:
            for table in TABLES:
                try:
                    rows = connection.sql(f"select * from {SCHEMA}.{table}")
                except duckdb.CatalogException:
                    continue
                found[table] = cleaned(rows.to_arrow_table().to_pylist())
        return found

    def forget(self) -> None:
        """Drop everything that was built."""
        self.execute(f"drop schema if exists {SCHEMA} cascade")


class PostgresDatabase(Postgres):
    """A database of its own."""

    def __init__(self, host: str, database: str) -> None:
        Postgres(host).alone(f"create database {database}")
        super().__init__(host, database)

    def contents(self) -> Contents:
        """All public tables, as somebody else's connection finds them."""
        with self._cursor() as cursor:
            cursor.execute(
                "select table_name from information_schema.tables where table_schema = %s",
                (SCHEMA,),
            )
            there = {name for (name,) in cursor.fetchall()}
        return {table: cleaned(self.rows(table)) if table in there else None for table in TABLES}

    def forget(self) -> None:
        """Drop everything that was built."""
        self.execute(f"drop schema if exists {SCHEMA} cascade")
