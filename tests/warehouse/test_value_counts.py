"""Values that no variance can be computed of are found before it is tried."""

import math

import duckdb

from abstats.warehouse.measurement_plan import plan_measurement
from abstats.warehouse.relation import Relation
from abstats.warehouse.value_counts import value_counts_sql
from tests.warehouse.worlds import (
    START_AT,
    Event,
    Exposure,
    World,
    compiled,
    experiment,
    load,
    metric,
)

EXPERIMENTS = [experiment("e1", ["total", "rate"])]
METRICS = [metric("total"), metric("rate", "ratio")]


def test_nan_infinity_and_overflowing_numbers_are_counted_per_metric() -> None:
    values = [1.0, math.nan, math.inf, -math.inf, 1e160, None, 0.0]
    world = World(
        [Exposure("e1", unit, "a", START_AT) for unit in range(len(values))],
        [Event(unit, START_AT, value, -1.0) for unit, value in enumerate(values)],
        experiments=EXPERIMENTS,
    )
    sql = value_counts_sql(plan_measurement(EXPERIMENTS, METRICS), Relation("units", {}), "duckdb")
    with duckdb.connect() as connection:
        load(connection, world)
        statements = compiled(EXPERIMENTS, METRICS)
        connection.execute(f"create table exposures as {statements.exposures}")
        connection.execute(f"create table units as {statements.units}")
        rows = connection.execute(f"select * from ({sql}) order by 1").fetchall()
    assert rows == [("rate", 7, 0, 4), ("total", 5, None, 4)]
