"""Partitions of the incremental per-unit tables: which are stale, by the hash of their inputs.

A partition is a pure function of its inputs, and keeps their hash in a row of its own (the one
without a unit). It is computed anew when the hash differs: after new, late, duplicated, deleted
or edited events and exposures, edited metrics, or a build that was killed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlglot import exp

from abstats import __version__
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.hashing import short_hash
from abstats.spec.horizon import horizon_of
from abstats.warehouse.dialects import sqlglot_dialect
from abstats.warehouse.fingerprints import row_hash_sql
from abstats.warehouse.literal_rows import literal_rows_sql
from abstats.warehouse.measurement_plan import MeasurementPlan, PlannedMetric
from abstats.warehouse.relation import aliased
from abstats.warehouse.unit_events import longest_lookback
from abstats.warehouse.unit_states import states_of_term

_DAY = timedelta(days=1)
_PLANNED_TYPES = {
    "experiment_id": "text",
    "fact": "text",
    "plan_hash": "text",
    "start_date": "date",
    "end_date": "date",
}
EMPTIED = -1
"""Stands for the hash of a partition whose inputs are gone: it is empty, and its row stays."""


@dataclass(frozen=True)
class PartitionSources:
    """The relations, as text, that staleness is told from.

    Attributes:
        fact_days: fact, event_date, n_events, fingerprint.
        exposure_days: experiment_id, exposure_date, n_units, fingerprint.
        dates: experiment_id, analysis_date.
        stored: The incremental table as the last build left it; None where there is none yet.
        grids: The grids of quantiles: experiment_id, fact, metric_name, definition_hash, point,
            value; None where states do not depend on them.
        kept: Column -> the engine's type of the columns of `stored` that stay, as NULL, when no
            metric needs them any more; empty where the engine can drop them.
    """

    fact_days: str
    exposure_days: str
    dates: str
    stored: str | None
    grids: str | None = None
    kept: Mapping[str, str] = field(default_factory=dict)


def stale_days_sql(plan: MeasurementPlan, sources: PartitionSources, adapter_type: str) -> str:
    """Stale partitions by the date of the events: what units did after their exposure.

    Such a partition follows from the events of its date and the exposures until then.

    Columns: partition_key, experiment_id, fact, partition_date, inputs_hash.
    """
    inputs = row_hash_sql(
        ["planned.plan_hash", "days.n_events", "days.fingerprint", "exposed.fingerprint"],
        adapter_type,
    )
    current = f"""
    select
        planned.experiment_id,
        planned.fact,
        days.event_date as partition_date,
        {inputs} as inputs_hash
    from planned
    inner join {aliased(sources.fact_days, "days")}
        on
            planned.fact = days.fact
            and days.event_date >= planned.start_date
            and days.event_date < planned.end_date
            and days.event_date <= planned.analysis_date
    inner join (
        select
            experiment_id,
            exposure_date,
            sum(fingerprint) over (
                partition by experiment_id order by exposure_date
            ) as fingerprint,
            lead(exposure_date) over (
                partition by experiment_id order by exposure_date
            ) as next_date
        from {sources.exposure_days}
    ) as exposed
        on
            planned.experiment_id = exposed.experiment_id
            and days.event_date >= exposed.exposure_date
            and (exposed.next_date is null or days.event_date < exposed.next_date)"""
    return _stale_sql(plan, current, sources, adapter_type)


def stale_cohorts_sql(plan: MeasurementPlan, sources: PartitionSources, adapter_type: str) -> str:
    """Stale partitions by the date of the exposure: what its units did before it.

    Such a partition follows from the exposures of its date and the events until then, from the
    experiment's start or the longest lookback on.

    Columns: partition_key, experiment_id, fact, partition_date, inputs_hash.
    """
    inputs = row_hash_sql(
        [
            "planned.plan_hash",
            "exposed.n_units",
            "exposed.fingerprint",
            "sum(days.n_events)",
            "sum(days.fingerprint)",
        ],
        adapter_type,
    )
    days_before = exp.DateSub(
        this=exp.column("exposure_date", table="exposed"),
        expression=exp.Literal.number(longest_lookback(plan).days),
        unit=exp.var("DAY"),
    ).sql(dialect=sqlglot_dialect(adapter_type))
    current = f"""
    select
        planned.experiment_id,
        planned.fact,
        exposed.exposure_date as partition_date,
        {inputs} as inputs_hash
    from planned
    inner join {aliased(sources.exposure_days, "exposed")}
        on
            planned.experiment_id = exposed.experiment_id
            and exposed.exposure_date <= planned.analysis_date
    left join {aliased(sources.fact_days, "days")}
        on
            planned.fact = days.fact
            and days.event_date <= exposed.exposure_date
            and (days.event_date >= planned.start_date or days.event_date >= {days_before})
    group by
        planned.experiment_id,
        planned.fact,
        planned.plan_hash,
        exposed.exposure_date,
        exposed.n_units,
        exposed.fingerprint"""
    # What happened before the exposure is counted at no grid.
    return _stale_sql(plan, current, replace(sources, grids=None), adapter_type)


def plan_hash(experiment: ExperimentSpec, metrics: Sequence[PlannedMetric]) -> str:
    """Hash of the declarations that the states of an experiment's units follow from."""
    return short_hash(
        [
            __version__,
            experiment.unit,
            experiment.start.isoformat(),
            experiment.end.isoformat(),
            sorted(
                [m.spec.name, m.spec.definition_hash, str(m.windows[experiment.name])]
                for m in metrics
            ),
            sorted({s.name for m in metrics for term in m.terms for s in states_of_term(term)}),
        ]
    )


def _stale_sql(
    plan: MeasurementPlan, current: str, sources: PartitionSources, adapter_type: str
) -> str:
    stored = sources.stored or _NOTHING_STORED
    # Whatever is stored and no longer wanted is emptied, also of experiments that are gone and
    # after the analysis date: it would look fresh when it comes back, but for the columns that
    # other metrics, gone and back too, have lost meanwhile.
    return f"""
with planned as (
    select declared.*, dates.analysis_date
    from ({_declared_sql(plan, sources.grids, adapter_type)}) as declared
    inner join {aliased(sources.dates, "dates")} on declared.experiment_id = dates.experiment_id
),
current_partitions as ({current}
),
stored_partitions as (
    select stored.experiment_id, stored.fact, stored.partition_date, stored.inputs_hash
    from {stored} as stored
    where stored.unit_id is null
),
partitions as (
    select
        coalesce(now.experiment_id, before.experiment_id) as experiment_id,
        coalesce(now.fact, before.fact) as fact,
        coalesce(now.partition_date, before.partition_date) as partition_date,
        coalesce(now.inputs_hash, {EMPTIED}) as inputs_hash,
        before.inputs_hash as stored_hash
    from current_partitions as now
    full outer join stored_partitions as before
        on
            now.experiment_id = before.experiment_id
            and now.fact = before.fact
            and now.partition_date = before.partition_date
)
select
    experiment_id || '|' || fact || '|' || cast(partition_date as varchar(10)) as partition_key,
    experiment_id,
    fact,
    partition_date,
    inputs_hash
from partitions
where stored_hash is null or stored_hash <> inputs_hash"""


_NOTHING_STORED = """(
        select experiment_id, fact, start_date as partition_date,
            cast(0 as bigint) as inputs_hash, experiment_id as unit_id
        from planned where 1 = 0
    )"""


def _declared_sql(plan: MeasurementPlan, grids: str | None, adapter_type: str) -> str:
    """The planned rows; with grids, which states follow from too, these are in the hash."""
    rows = literal_rows_sql(_PLANNED_TYPES, _planned_rows(plan), adapter_type)
    if grids is None or not any(metric.has_frozen_grid for metric in plan.metrics):
        return rows
    point = row_hash_sql(["metric_name", "definition_hash", "point", "value"], adapter_type)
    hashed = row_hash_sql(["literals.plan_hash", "coalesce(points.fingerprint, 0)"], adapter_type)
    return f"""
        select
            literals.experiment_id,
            literals.fact,
            {hashed} as plan_hash,
            literals.start_date,
            literals.end_date
        from ({rows}) as literals
        left join (
            select experiment_id, fact, sum({point}) as fingerprint
            from {grids}
            group by experiment_id, fact
        ) as points
            on literals.experiment_id = points.experiment_id and literals.fact = points.fact"""


def _planned_rows(plan: MeasurementPlan) -> list[tuple[str | date, ...]]:
    rows: list[tuple[str | date, ...]] = []
    for name, experiment in plan.experiments.items():
        metrics = plan.metrics_of(name)
        horizon = horizon_of(experiment, (metric.spec for metric in metrics))
        for fact in sorted({name for metric in metrics for name in metric.facts}):
            measured = [metric for metric in metrics if fact in metric.facts]
            hashed = plan_hash(experiment, measured)
            rows.append((name, fact, hashed, experiment.start, horizon.decided_on + _DAY))
    return rows
