"""A small world, built once: as a file with its log, and as a connection that knows the tastes."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from abstats.demo import simulate
from abstats.demo.world import World, build

USERS, DAYS, SEED = 2000, 14, 3


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "world.duckdb"
    simulate(path, users=USERS, days=DAYS, seed=SEED)
    return path


@pytest.fixture
def log(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(database), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def world() -> Iterator[duckdb.DuckDBPyConnection]:
    """The same world with what no log shows: tastes, slates, chances."""
    with duckdb.connect() as connection:
        for _ in build(connection, World(USERS, DAYS, SEED)):
            pass
        yield connection
