"""Grids of quantiles over events: the values at which units' events are counted, once frozen.

A grid is taken from the first days of an experiment, as many as it takes to have enough events of
exposed units; from then on it stays. Until then it is provisional: taken from all events so far,
and anew in every build. Counts below it belong to it, so partitions hash it (`partitions`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from math import ceil
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
from sqlglot import exp

from abstats.warehouse.dialects import sqlglot_dialect
from abstats.warehouse.literal_rows import literal_rows_sql
from abstats.warehouse.measurement_plan import N_POINTS, MeasurementPlan, PlannedMetric
from abstats.warehouse.placeholders import compile_expression, placeholder
from abstats.warehouse.relation import Relation
from abstats.warehouse.unit_events import (
    Sources,
    events_of_units,
    exposed_units,
    exposures_sql,
    fact_units,
    is_within,
)
from abstats.warehouse.unit_quantiles import levels_sql
from abstats.warehouse.unit_states import grid_column

COLUMNS = {
    "experiment_id": "text",
    "metric_name": "text",
    "definition_hash": "text",
    "fact": "text",
    "point": "bigint",
    "value": "double",
    "is_below": "boolean",
    "is_frozen": "boolean",
}
FEWEST_EVENTS, FEWEST_BEYOND = 10_000, 100
"""Events that a frozen grid needs, in all and on the shorter side of the quantile."""
_LARGEST_VALUE = 1e150
# The next smaller double than a value: 1.2e-16 of it rounds to its last bit.
_THRESHOLD = (
    "case when not is_below then value when value = 0 then -1e-300 "
    "else value - abs(value) * 1.2e-16 end"
)


class GridKey(NamedTuple):
    """What a grid belongs to.

    Attributes:
        experiment_id: Name of the experiment.
        metric_name: Name of the metric.
        definition_hash: Hash of the metric's definition.
    """

    experiment_id: str
    metric_name: str
    definition_hash: str


def quantile_grids_sql(
    plan: MeasurementPlan,
    sources: Sources,
    frozen: Collection[GridKey],
    levels: Mapping[str, Sequence[float]],
    adapter_type: str,
) -> str:
    """SQL of the grids that are not frozen yet; without such it reads no fact.

    With at most 32 distinct values all of them are points; else the quantiles at 64 levels are.
    Where the distribution steps (at each of few values; where several levels fall on one) a value
    is two points: events below it (`is_below`) and events at or below it.

    Args:
        plan: What is measured.
        sources: The relations; their `grids` are not read.
        frozen: The grids that stay.
        levels: By metric the probabilities of its grid: `inference.grid_levels`.
        adapter_type: dbt's name of the engine.
    """
    open_plan = _without_frozen(plan, frozen)
    if not open_plan.metrics:
        return literal_rows_sql(COLUMNS, [], adapter_type)
    metric_rows, level_rows = (
        literal_rows_sql(*_metric_rows(open_plan), adapter_type),
        levels_sql({m.spec.name: levels[m.spec.name] for m in open_plan.metrics}, adapter_type),
    )
    return f"""
with sampled as (
{_sample_sql(open_plan, sources, adapter_type)}
),
metrics as (
{metric_rows}
),
levels as (
{level_rows}
),
days as (
    select
        experiment_id,
        metric_name,
        event_date,
        sum(count(*)) over (
            partition by experiment_id, metric_name order by event_date
        ) as n_until
    from sampled
    group by experiment_id, metric_name, event_date
),
periods as (
    select
        days.experiment_id,
        days.metric_name,
        min(case when days.n_until >= metrics.n_needed then days.event_date end) as frozen_date,
        max(days.event_date) as last_date
    from days
    inner join metrics on days.metric_name = metrics.metric_name
    group by days.experiment_id, days.metric_name
),
ranked as (
    select
        sampled.experiment_id,
        sampled.metric_name,
        sampled.value,
        row_number() over (
            partition by sampled.experiment_id, sampled.metric_name order by sampled.value
        ) as position,
        dense_rank() over (
            partition by sampled.experiment_id, sampled.metric_name order by sampled.value
        ) as value_position
    from sampled
    inner join periods
        on
            sampled.experiment_id = periods.experiment_id
            and sampled.metric_name = periods.metric_name
            and sampled.event_date <= coalesce(periods.frozen_date, periods.last_date)
),
totals as (
    select
        experiment_id,
        metric_name,
        max(position) as n_events,
        max(value_position) as n_values
    from ranked
    group by experiment_id, metric_name
),
steps as (
    select
        ranked.experiment_id,
        ranked.metric_name,
        ranked.value,
        count(*) as n_levels
    from ranked
    inner join totals
        on
            ranked.experiment_id = totals.experiment_id
            and ranked.metric_name = totals.metric_name
    inner join levels
        on
            ranked.metric_name = levels.metric_name
            and ranked.position = greatest(1, ceil(levels.level * totals.n_events))
    where totals.n_values > {N_POINTS // 2}
    group by ranked.experiment_id, ranked.metric_name, ranked.value
    union all
    select distinct
        ranked.experiment_id,
        ranked.metric_name,
        ranked.value,
        2 as n_levels
    from ranked
    inner join totals
        on
            ranked.experiment_id = totals.experiment_id
            and ranked.metric_name = totals.metric_name
    where totals.n_values <= {N_POINTS // 2}
),
points as (
    select experiment_id, metric_name, value, false as is_below from steps
    union all
    select experiment_id, metric_name, value, true as is_below from steps where n_levels > 1
)
select
    points.experiment_id,
    points.metric_name,
    metrics.definition_hash,
    metrics.fact,
    row_number() over (
        partition by points.experiment_id, points.metric_name
        order by points.value, case when points.is_below then 0 else 1 end
    ) as point,
    points.value,
    points.is_below,
    periods.frozen_date is not null as is_frozen
from points
inner join metrics on points.metric_name = metrics.metric_name
inner join periods
    on
        points.experiment_id = periods.experiment_id
        and points.metric_name = periods.metric_name"""


def with_grids(plan: MeasurementPlan, units: ir.Table) -> ir.Table:
    """Exposed units with the values of their experiment's grids."""
    columns = _wide_columns(plan)
    if not columns:
        return units
    grids = placeholder("grids", {"experiment_id": "string", **dict.fromkeys(columns, "float64")})
    return units.left_join(grids, "experiment_id").drop("experiment_id_right")


def wide_grids_sql(plan: MeasurementPlan, grids: Relation | None, adapter_type: str) -> str:
    """`select` of one row per experiment with every point of its grids; NULL beyond the last.

    Raises:
        ValueError: A metric has a grid, and there is no relation of grids.
    """
    columns = _wide_columns(plan)
    if not columns:
        return ""
    if grids is None:
        raise ValueError("a quantile over events must have int_experiment_quantile_grids.")
    dialect = sqlglot_dialect(adapter_type)
    values = [
        f"max(case when definition_hash = '{metric.spec.definition_hash}' and point = {point} "
        f"then {_THRESHOLD} end) as {exp.to_identifier(name, quoted=True).sql(dialect=dialect)}"
        for name, (metric, point) in columns.items()
    ]
    joined = ",\n".join(values)
    return f"select experiment_id,\n{joined}\nfrom {grids.sql} group by experiment_id"


def _wide_columns(plan: MeasurementPlan) -> dict[str, tuple[PlannedMetric, int]]:
    return {
        grid_column(term.grid, term.point): (metric, term.point)
        for metric in plan.metrics
        for term in metric.terms
        if term.point
    }


def _without_frozen(plan: MeasurementPlan, frozen: Collection[GridKey]) -> MeasurementPlan:
    """The metrics with a grid to compute, each with the experiments that need it."""
    metrics = []
    for metric in plan.metrics:
        spec = metric.spec
        windows = {
            name: window
            for name, window in metric.windows.items()
            if GridKey(name, spec.name, spec.definition_hash) not in frozen
        }
        if metric.has_frozen_grid and windows:
            metrics.append(replace(metric, windows=windows))
    return replace(plan, metrics=tuple(metrics))


def _sample_sql(plan: MeasurementPlan, sources: Sources, adapter_type: str) -> str:
    """`select experiment_id, metric_name, event_date, value` of the events that count."""
    units = exposed_units(plan)
    subqueries = {
        "exposures": exposures_sql(sources.exposures, adapter_type),
        "dates": f"select * from {sources.dates.sql}",
    }
    samples = []
    for fact in fact_units(plan, sources, adapter_type):
        subqueries[fact.placeholder] = fact.sql
        joined = events_of_units(plan, fact, units)
        samples += [_sample(metric, joined) for metric in plan.metrics if fact.fact in metric.facts]
    sampled = ibis.union(*samples) if len(samples) > 1 else samples[0]
    return compile_expression(sampled, subqueries, adapter_type)


def _sample(metric: PlannedMetric, joined: ir.Table) -> ir.Table:
    values = joined[metric.terms[0].event_column]
    mine = joined.filter(
        joined.experiment_id.isin(list(metric.windows)),
        is_within(metric.period, joined),
        values.abs() <= _LARGEST_VALUE,
    )
    return mine.select(
        "experiment_id",
        metric_name=ibis.literal(metric.spec.name),
        event_date=mine.event_at.date(),
        value=mine[metric.terms[0].event_column],
    )


def _metric_rows(
    plan: MeasurementPlan,
) -> tuple[dict[str, str], Sequence[tuple[str | int, ...]]]:
    types = {
        "metric_name": "text",
        "definition_hash": "text",
        "fact": "text",
        "n_needed": "bigint",
    }
    rows = []
    for metric in plan.metrics:
        spec, p = metric.spec, _probability(metric)
        needed = max(FEWEST_EVENTS, ceil(FEWEST_BEYOND / min(p, 1.0 - p)))
        rows.append((spec.name, spec.definition_hash, spec.numerator.fact, needed))
    return types, rows


def _probability(metric: PlannedMetric) -> float:
    quantile = metric.spec.quantile
    if quantile is None:
        raise ValueError(f"metric {metric.spec.name!r} must say which quantile it is.")
    return quantile.p
