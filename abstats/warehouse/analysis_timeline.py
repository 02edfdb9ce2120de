"""The analysis dates of every experiment, each with the hash of what its moments follow from."""

from datetime import date, timedelta

from abstats import __version__
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.hashing import short_hash
from abstats.spec.horizon import horizon_of
from abstats.warehouse.fingerprints import row_hash_sql
from abstats.warehouse.literal_rows import literal_rows_sql
from abstats.warehouse.measurement_plan import MeasurementPlan
from abstats.warehouse.partitions import EMPTIED, plan_hash
from abstats.warehouse.relation import aliased

_TYPES = {"experiment_id": "text", "analysis_date": "date", "plan_hash": "text"}


def analysis_timeline_sql(
    plan: MeasurementPlan,
    *,
    dates: str,
    exposure_days: str,
    unit_days: str,
    unit_histories: str,
    scales: str,
    adapter_type: str,
) -> str:
    """`select experiment_id, analysis_date, inputs_hash`: every date with exposed units.

    Equal hashes mean equal moments; those of another hash are computed anew.

    Args:
        plan: What is measured.
        dates: Relation with the latest analysis date of each experiment.
        exposure_days: Relation of exposures by day, with fingerprints.
        unit_days: Relation of states by day of the event.
        unit_histories: Relation of states by day of the exposure.
        scales: Relation of frozen caps and standard deviations, which change every date.
        adapter_type: dbt's name of the engine.
    """
    inputs = row_hash_sql(
        ["declared.plan_hash", *(f"coalesce(sum({name}), 0)" for name in _SUMS)], adapter_type
    )
    scale_hash = row_hash_sql(
        ["metric_name", "definition_hash", "scale_name", "value"], adapter_type
    )
    return f"""
with declared as (
    select planned.*
    from ({literal_rows_sql(_TYPES, _declared_rows(plan), adapter_type)}) as planned
    inner join {aliased(dates, "dates")} on planned.experiment_id = dates.experiment_id
    where planned.analysis_date <= dates.analysis_date
),
inputs as (
    select experiment_id, exposure_date as input_date,
        fingerprint as exposures, 0 as days, 0 as histories, 0 as scales
    from {exposure_days}
    union all
    select experiment_id, partition_date, 0, inputs_hash, 0, 0
    from {unit_days} where unit_id is null and inputs_hash <> {EMPTIED}
    union all
    select experiment_id, partition_date, 0, 0, inputs_hash, 0
    from {unit_histories} where unit_id is null and inputs_hash <> {EMPTIED}
    union all
    select experiment_id, cast('0001-01-01' as date), 0, 0, 0, {scale_hash}
    from {scales}
)
select
    declared.experiment_id,
    declared.analysis_date,
    {inputs} as inputs_hash
from declared
inner join inputs
    on
        declared.experiment_id = inputs.experiment_id
        and inputs.input_date <= declared.analysis_date
group by declared.experiment_id, declared.analysis_date, declared.plan_hash
having sum(inputs.exposures) > 0"""


_SUMS = ("inputs.exposures", "inputs.days", "inputs.histories", "inputs.scales")


def _declared_rows(plan: MeasurementPlan) -> list[tuple[str | date, ...]]:
    rows: list[tuple[str | date, ...]] = []
    for name, experiment in plan.experiments.items():
        horizon = horizon_of(experiment, (metric.spec for metric in plan.metrics_of(name)))
        hashed = _moments_hash(plan, experiment)
        day = experiment.start
        while day <= horizon.decided_on:
            rows.append((name, day, hashed))
            day += timedelta(days=1)
    return rows


def _moments_hash(plan: MeasurementPlan, experiment: ExperimentSpec) -> str:
    """Hash of the declarations beside the units' states that moments follow from."""
    states = plan_hash(experiment, plan.metrics_of(experiment.name))
    return short_hash([__version__, states, list(experiment.segments)])
