"""The incremental tables of a small world, from scratch, and the per-unit table of every date."""

from collections.abc import Sequence

import duckdb

from abstats.spec.experiment import ExperimentSpec
from abstats.spec.metric import MetricSpec
from abstats.warehouse.fingerprints import fact_days_sql
from abstats.warehouse.measurement_plan import plan_measurement
from abstats.warehouse.partitions import PartitionSources
from abstats.warehouse.quantile_grids import quantile_grids_sql
from abstats.warehouse.relation import Relation
from abstats.warehouse.strata import stratified_exposures_sql
from abstats.warehouse.unit_days import unit_days_sql, unit_histories_sql
from abstats.warehouse.unit_timeline import StoredStates, timeline_measures_sql
from tests.warehouse.worlds import SOURCES, levels_of

DATES = (
    "select d.experiment_id, cast(day as date) as analysis_date from dates as d,"
    " range(d.starts_at, d.analysis_end_at, interval 1 day) as days(day)"
)


def build_timeline(
    connection: duckdb.DuckDBPyConnection,
    experiments: Sequence[ExperimentSpec],
    metrics: Sequence[MetricSpec],
) -> None:
    """Fill `timeline` with the per-unit table of every date; the world has been loaded."""
    plan = plan_measurement(experiments, metrics)
    exposures = stratified_exposures_sql(plan, "first_exposures", "dates", "duckdb")
    connection.execute(f"create table exposures as {exposures}")
    connection.execute(f"create table fact_days as {fact_days_sql(plan, SOURCES.facts, 'duckdb')}")
    connection.execute(
        "create table exposure_days as select experiment_id, cast(exposed_at as date) as"
        " exposure_date, count(*) as n_units, cast(sum(hash(unit_id) % 1000) as bigint) as"
        " fingerprint from exposures group by 1, 2"
    )
    connection.execute(
        "create table grids as " + quantile_grids_sql(plan, SOURCES, (), levels_of(plan), "duckdb")
    )
    partitions = PartitionSources("fact_days", "exposure_days", "dates", None, "grids")
    for table, sql_of in (("unit_days", unit_days_sql), ("unit_histories", unit_histories_sql)):
        connection.execute(f"create table {table} as {sql_of(plan, SOURCES, partitions, 'duckdb')}")
    names = ("unit_days", "unit_totals", "unit_histories")
    stored = {name: Relation(name, {}) for name in names}
    states = StoredStates(SOURCES.exposures, SOURCES.dates, **stored)
    sql = timeline_measures_sql(plan, states, DATES, "duckdb")
    connection.execute(f"create table timeline as {sql}")
