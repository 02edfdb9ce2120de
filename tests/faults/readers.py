"""A BI tool that asks for the public tables of a Postgres again and again."""

import threading
import time
from types import TracebackType
from typing import Any

import psycopg2

from tests.engines.warehouses import SCHEMA, Postgres

from .contents import TABLES, Contents, cleaned, is_either

MOMENT = 5.0
"""Seconds that a query of a small table may take on a machine that builds, too."""
PAUSE = 0.02


class Readers:
    """Reads in a thread of its own for as long as the block runs.

    Attributes:
        reads: How many queries were answered.
        longest: The longest of them, in seconds.
        errors: What was not answered.
    """

    def __init__(self, warehouse: Postgres) -> None:
        self.reads = 0
        self.longest = 0.0
        self.errors: list[str] = []
        self._warehouse = warehouse
        self._found: dict[str, dict[str, list[dict[str, Any]]]] = {table: {} for table in TABLES}
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> "Readers":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def found_only(self, *wanted: Contents) -> None:
        """Every answer was one of these tables as a whole, and none was waited for."""
        assert not self.errors
        assert self.reads > len(TABLES)
        assert self.longest < MOMENT
        for table, answers in self._found.items():
            for rows in answers.values():
                assert is_either(cleaned(rows), [each[table] for each in wanted]), table

    def _read(self) -> None:
        connection = psycopg2.connect(**self._warehouse.server, options="-c timezone=UTC")
        connection.autocommit = True
        with connection.cursor() as cursor:
            while not self._is_over.is_set():
                for table in TABLES:
                    started = time.monotonic()
                    try:
                        cursor.execute(f"select * from {SCHEMA}.{table}")
                    except psycopg2.Error as error:
                        self.errors.append(f"{table}: {error}")
                        continue
                    names = [column.name for column in cursor.description]
                    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
                    self.longest = max(self.longest, time.monotonic() - started)
                    self.reads += 1
                    # Kept once for each build that wrote it.
                    self._found[table].setdefault(str(rows), rows)
                    self._is_over.wait(PAUSE)
        connection.close()
