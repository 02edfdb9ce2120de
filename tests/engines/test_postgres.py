"""What is particular to Postgres, on a real server."""

import math
from datetime import date, datetime
from types import SimpleNamespace

import duckdb
import psycopg2
import pyarrow as pa
import pytest

from abstats.demo import SimulationError, simulate
from abstats.demo.copy_to_postgres import copy_to_postgres
from abstats.warehouse.cell_moments import cell_moments_sql
from abstats.warehouse.connections import WarehouseError, connect_read_only
from abstats.warehouse.covariate_moments import covariate_moments_sql
from abstats.warehouse.measurement_plan import plan_measurement
from abstats.warehouse.transfer import postgres as transfer
from abstats.warehouse.unit_events import TIMESTAMP
from abstats.warehouse.unit_measures import unit_measures_schema
from tests.warehouse.dialect_snapshots import NO_CUPED
from tests.warehouse.worlds import experiment, metric

from .warehouses import Postgres
from .world import INJECTED

pytestmark = pytest.mark.slow

POSTGRES_TYPES = {
    "string": "text",
    "date": "date",
    "boolean": "boolean",
    "float64": "double precision",
    TIMESTAMP: "timestamp",
}

ROWS = pa.table(
    {
        'te"xt': pa.array(["\\.", None, f"a,b\r\n{INJECTED}", 'q"u', "\\N", ""]),
        "double": pa.array([0.1, None, 1e300, -5e-324, 2.0**53, 1 / 3]),
        "big": pa.array([2**62, None, 0, -1, 5, 6]),
        "flag": pa.array([True, None, False, True, True, False]),
        "day": pa.array([date(2026, 1, 5), None, *[date(1999, 12, 31)] * 4]),
        "at": pa.array([datetime(2026, 1, 5, 1, 2, 3, 4), None, *[datetime(1999, 1, 1)] * 4]),
    }
)


@pytest.fixture
def database(postgres_host, request):
    """A new database: its name, and a connection."""
    name = f"test_{abs(hash(request.node.name)) % 10**8}"
    server = Postgres(postgres_host)
    server.alone(f"create database {name}")
    connection = psycopg2.connect(host=postgres_host, user="postgres", dbname=name)
    yield SimpleNamespace(name=name, connection=connection, host=postgres_host)
    connection.close()
    server.alone(f"drop database {name} with (force)")


def test_what_is_written_is_read_again(database):
    transfer.write_temporary_table(database.connection, "rows", ROWS)
    assert transfer.read_table(database.connection, "rows") == ROWS


def test_a_table_is_replaced_and_may_be_empty(database):
    transfer.write_temporary_table(database.connection, "rows", ROWS)
    transfer.write_temporary_table(database.connection, "rows", ROWS.slice(0, 0))
    found = transfer.read_table(database.connection, "rows")
    assert found.num_rows == 0
    assert found.schema == ROWS.schema


@pytest.mark.parametrize("names", [[], ["visited"]], ids=["no experiment", "no covariate"])
def test_moments_of_nothing_have_their_types(database, names):
    """An empty list has no type on Postgres."""
    metrics = [metric(name, cuped=NO_CUPED) for name in names]
    plan = plan_measurement([experiment("one", names)] if names else [], metrics)
    columns = unit_measures_schema(plan)
    types = ", ".join(f'"{name}" {POSTGRES_TYPES[type_]}' for name, type_ in columns.items())
    wanted = "select 'one'::text as experiment_id, date '2026-01-05' as analysis_date, "
    statements = {
        "covariates": covariate_moments_sql(plan, "units", "postgres", all_observable=False),
        "cells": cell_moments_sql(
            plan, "select * from units", f"{wanted} 1::bigint as inputs_hash", "postgres"
        ),
    }
    with database.connection as connection, connection.cursor() as cursor:
        cursor.execute(f"create table units ({types})")
        cursor.execute(
            "insert into units (experiment_id, unit_id, variant_id, analysis_date, is_observable) "
            "values ('one', '1', 'a', '2026-01-05', true)"
        )
        for name, statement in statements.items():
            cursor.execute(f"create table {name} as {statement}")
            cursor.execute(f"select count(*), max(mean_a), max(cov_ab) from {name}")
            n_units = len(names) * (name == "cells")
            assert cursor.fetchone() == (n_units, 1.0 if n_units else None, None)


def test_numbers_that_are_none_are_written_as_such(database):
    rows = pa.table({"n": pa.array([math.nan, math.inf, -math.inf])})
    transfer.write_temporary_table(database.connection, "rows", rows)
    found = transfer.read_table(database.connection, "rows")["n"].to_pylist()
    assert math.isnan(found[0])
    assert found[1:] == [math.inf, -math.inf]


def test_a_type_that_no_model_has_is_told(database):
    with pytest.raises(ValueError, match="no Arrow type is known for odd"):
        transfer.read_table(database.connection, "(select '{1}'::int[] as odd) as t")
    lists = pa.table({"odd": pa.array([[1]])})
    with pytest.raises(ValueError, match="odd: no Postgres type"):
        transfer.write_temporary_table(database.connection, "rows", lists)


def credentials(made, **other):
    return SimpleNamespace(
        **{
            "type": "postgres",
            "host": made.host,
            "port": 5432,
            "user": "postgres",
            "password": "planted",
            "database": made.name,
            "role": None,
            **other,
        }
    )


def test_a_connection_reads_and_cannot_write(database):
    with database.connection as connection, connection.cursor() as cursor:
        cursor.execute("create table numbers as select 1 as n")
    opened = connect_read_only(credentials(database))
    try:
        assert opened.table("numbers").to_pyarrow().to_pydict() == {"n": [1]}
        with pytest.raises(Exception, match="read-only"):
            opened.raw_sql("create table more as select 1 as n")
    finally:
        opened.disconnect()


@pytest.mark.parametrize("wrong", [{"database": "nowhere"}, {"host": "/no/such/folder"}])
def test_a_server_that_refuses_is_told_without_the_password(database, wrong):
    with pytest.raises(WarehouseError, match="cannot be opened") as raised:
        connect_read_only(credentials(database, **wrong))
    assert next(iter(wrong.values())) in str(raised.value)
    assert "planted" not in str(raised.value)


def test_the_demo_world_is_copied_row_by_row_and_again(database, tmp_path):
    file = tmp_path / "world.duckdb"
    simulate(file, users=100, days=1)
    for _ in range(2):
        copy_to_postgres(file, database.connection)
    with duckdb.connect(str(file), read_only=True) as source:
        tables = [
            name for (name,) in source.sql("select table_name from duckdb_tables()").fetchall()
        ]
        for table in tables:
            wanted = source.sql(f"select * from raw.{table}").fetchall()
            with database.connection.cursor() as cursor:
                cursor.execute(f"select * from raw.{table}")
                assert sorted(map(str, cursor.fetchall())) == sorted(map(str, wanted)), table
    assert len(tables) > 5


def test_raw_tables_of_somebody_else_are_not_replaced(database, tmp_path):
    file = tmp_path / "world.duckdb"
    simulate(file, users=100, days=1)
    with database.connection as connection, connection.cursor() as cursor:
        cursor.execute("create schema raw; create table raw.orders as select 1 as id")
    with pytest.raises(SimulationError, match=r"not of a simulation \(orders\)"):
        copy_to_postgres(file, database.connection)
    with database.connection.cursor() as cursor:
        cursor.execute("select * from raw.orders")
        assert cursor.fetchall() == [(1,)]
