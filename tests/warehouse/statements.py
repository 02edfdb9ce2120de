"""Every statement that Ibis or sqlglot writes for a model, for any dialect."""

from collections.abc import Callable, Mapping

from abstats.warehouse.analysis_timeline import analysis_timeline_sql
from abstats.warehouse.bucket_sums import bucket_sums_sql
from abstats.warehouse.cell_moments import cell_moments_sql
from abstats.warehouse.covariate_moments import covariate_moments_sql
from abstats.warehouse.declared import declared_rows_sql
from abstats.warehouse.fingerprints import fact_days_sql
from abstats.warehouse.frozen_scales import frozen_scales_sql
from abstats.warehouse.gini_values import gini_values_sql
from abstats.warehouse.measurement_plan import MeasurementPlan
from abstats.warehouse.partitions import PartitionSources
from abstats.warehouse.quantile_grids import quantile_grids_sql
from abstats.warehouse.relation import Relation
from abstats.warehouse.strata import stratified_exposures_sql
from abstats.warehouse.unit_days import unit_days_sql, unit_histories_sql
from abstats.warehouse.unit_events import Sources
from abstats.warehouse.unit_measures import unit_measures_sql
from abstats.warehouse.unit_states import outcome_states
from abstats.warehouse.unit_timeline import (
    StoredStates,
    latest_measures_sql,
    timeline_measures_sql,
)
from abstats.warehouse.unit_totals import unit_totals_schema, unit_totals_sql
from abstats.warehouse.value_counts import value_counts_sql
from tests.warehouse.worlds import FACTS

Levels = Mapping[str, list[float]]

_RELATIONS = {
    name: Relation(name, {})
    for name in ("exposures", "dates", "unit_days", "unit_totals", "unit_histories", "scales")
}
_EVENTS = {"user_id": "bigint", "event_at": "timestamp", "value": "double", "weight": "double"}
_SOURCES = Sources(
    exposures=_RELATIONS["exposures"],
    dates=_RELATIONS["dates"],
    facts={fact: Relation(fact, {}) for fact in FACTS},
    grids=Relation("grids", {}),
    scales=_RELATIONS["scales"],
)
_STORED = StoredStates(**_RELATIONS)
_PARTITIONS = PartitionSources(
    fact_days="fact_days",
    exposure_days="exposure_days",
    dates="dates",
    stored="stored",
    grids="grids",
)


def _totals_of(plan: MeasurementPlan) -> Relation:
    """Stored totals of the same states, to which days are added."""
    return Relation("unit_totals", dict(unit_totals_schema(outcome_states(plan))))


STATEMENTS: Mapping[str, Callable[[MeasurementPlan, Levels, str], str]] = {
    "analysis_timeline": lambda plan, _, adapter: analysis_timeline_sql(
        plan,
        dates="dates",
        exposure_days="exposure_days",
        unit_days="unit_days",
        unit_histories="unit_histories",
        scales="scales",
        adapter_type=adapter,
    ),
    "bucket_sums": lambda plan, _, adapter: bucket_sums_sql(plan, "units", adapter),
    "cell_moments": lambda plan, levels, adapter: cell_moments_sql(
        plan, "select * from units", "select * from wanted", adapter, levels
    ),
    "covariate_moments": lambda plan, _, adapter: covariate_moments_sql(
        plan, "units", adapter, all_observable=False
    ),
    "declared_experiments": lambda plan, _, adapter: declared_rows_sql(
        "experiments",
        tuple(plan.experiments.values()),
        [metric.spec for metric in plan.metrics],
        adapter,
    ),
    "fact_days": lambda plan, _, adapter: fact_days_sql(
        plan, {fact: Relation(fact, _EVENTS, "UTC") for fact in FACTS}, adapter
    ),
    "frozen_scales": lambda plan, _, adapter: frozen_scales_sql(plan, _SOURCES, "stored", adapter),
    "gini_values": lambda plan, _, adapter: gini_values_sql(plan, _SOURCES, "units", adapter),
    "latest_measures": lambda plan, _, adapter: latest_measures_sql(plan, _STORED, adapter),
    "quantile_grids": lambda plan, levels, adapter: quantile_grids_sql(
        plan, _SOURCES, (), levels, adapter
    ),
    "stratified_exposures": lambda plan, _, adapter: stratified_exposures_sql(
        plan, "exposures", "dates", adapter
    ),
    "timeline_measures": lambda plan, _, adapter: timeline_measures_sql(
        plan, _STORED, "select experiment_id, analysis_date from wanted", adapter
    ),
    "unit_days": lambda plan, _, adapter: unit_days_sql(plan, _SOURCES, _PARTITIONS, adapter),
    "unit_histories": lambda plan, _, adapter: unit_histories_sql(
        plan, _SOURCES, _PARTITIONS, adapter
    ),
    "unit_totals": lambda plan, _, adapter: unit_totals_sql(
        plan, Relation("unit_days", {}), _totals_of(plan), adapter
    ),
    "unit_measures": lambda plan, _, adapter: unit_measures_sql(plan, _SOURCES, adapter),
    "value_counts": lambda plan, _, adapter: value_counts_sql(plan, Relation("units", {}), adapter),
}
"""By the name of its function in `modules.abstats`: from a plan, the levels of its quantiles and
the adapter's name to the statement."""
