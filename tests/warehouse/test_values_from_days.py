"""States by day, merged, give the values that one pass over all events gives; for every metric."""

import math

import duckdb
from hypothesis import given, settings

from abstats.warehouse.fingerprints import fact_days_sql
from abstats.warehouse.measurement_plan import plan_measurement
from abstats.warehouse.partitions import PartitionSources
from abstats.warehouse.relation import Relation
from abstats.warehouse.unit_days import unit_days_sql, unit_histories_sql
from abstats.warehouse.unit_states import ACTIVE_BEFORE_EXPOSURE
from abstats.warehouse.unit_timeline import (
    StoredStates,
    latest_measures_sql,
    timeline_measures_sql,
)
from abstats.warehouse.unit_totals import unit_totals_sql
from tests.warehouse.test_units_and_moments import ALL_METRICS, EXPERIMENTS, METRICS, worlds
from tests.warehouse.worlds import SOURCES, World, load

PLAN = plan_measurement(EXPERIMENTS, METRICS)
PARTITIONS = PartitionSources("fact_days", "exposure_days", "dates", None)
STORED = StoredStates(
    exposures=SOURCES.exposures,
    dates=SOURCES.dates,
    unit_days=Relation("unit_days", {}),
    unit_totals=Relation("unit_totals", {}),
    unit_histories=Relation("unit_histories", {}),
    scales=SOURCES.scales,
)
WANTED = "select experiment_id, analysis_date from dates"
TABLES = {
    "exposures": ALL_METRICS.exposures,
    "scales": ALL_METRICS.scales,
    "fact_days": fact_days_sql(PLAN, SOURCES.facts, "duckdb"),
    "exposure_days": (
        "select experiment_id, cast(exposed_at as date) as exposure_date, count(*) as n_units,"
        " cast(1 as bigint) as fingerprint from exposures group by 1, 2"
    ),
    "unit_days": unit_days_sql(PLAN, SOURCES, PARTITIONS, "duckdb"),
    "unit_histories": unit_histories_sql(PLAN, SOURCES, PARTITIONS, "duckdb"),
    "unit_totals": unit_totals_sql(PLAN, STORED.unit_days, None, "duckdb"),
    "latest": latest_measures_sql(PLAN, STORED, "duckdb"),
    "timeline": timeline_measures_sql(PLAN, STORED, WANTED, "duckdb"),
    "direct": ALL_METRICS.units,
}


@settings(max_examples=12, deadline=None)
@given(world=worlds())
def test_both_ways_through_the_days_give_the_values_of_one_pass(world: World) -> None:
    with duckdb.connect() as connection:
        load(connection, world)
        for name, sql in TABLES.items():
            connection.execute(f"create table {name} as {sql}")
        direct, latest, timeline = (
            {
                (row["experiment_id"], row["unit_id"]): row
                for row in connection.execute(f"select * from {name}").to_arrow_table().to_pylist()
            }
            for name in ("direct", "latest", "timeline")
        )
    for found in (latest, timeline):
        assert found.keys() == direct.keys()
        for key, row in direct.items():
            for column, value in row.items():
                # By days, only the facts of the experiment's own metrics show activity.
                if column == ACTIVE_BEFORE_EXPOSURE:
                    continue
                if isinstance(value, float):
                    assert math.isclose(found[key][column], value, rel_tol=1e-12, abs_tol=1e-12)
                else:
                    assert found[key][column] == value, column
