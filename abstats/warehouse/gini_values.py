"""Gini coefficients of blocks of equally many units, whole and without each group of units.

For the whole population at the latest analysis date, computed anew in every build: coefficients of
parts do not add up to that of the whole, so nothing could be kept from day to day.
"""

from dataclasses import replace

import ibis
from sqlglot import exp

from abstats.spec.values import UNIT
from abstats.warehouse.dialects import sqlglot_dialect
from abstats.warehouse.literal_rows import literal_rows_sql
from abstats.warehouse.measurement_plan import OUTCOME, MeasurementPlan, PlannedMetric
from abstats.warehouse.placeholders import compile_expression
from abstats.warehouse.portable_digest import portable_digest_sql
from abstats.warehouse.quoting import quoted_for
from abstats.warehouse.relation import aliased
from abstats.warehouse.unit_events import (
    Sources,
    events_of_units,
    exposed_units,
    exposures_sql,
    fact_units,
    is_within,
)

COLUMNS = {
    "experiment_id": "text",
    "metric_name": "text",
    "definition_hash": "text",
    "variant_id": "text",
    "analysis_date": "date",
    "n_units": "bigint",
    "units_per_block": "bigint",
    "block": "bigint",
    "left_out_group": "bigint",
    "gini": "double",
}
N_GROUPS, MOST_BLOCKS = 20, 10
"""Groups of units that are left out in turn, and blocks of an arm that are used."""
_NO_GROUP = -1
_SIDE = "receiving_side"


def gini_values_sql(plan: MeasurementPlan, sources: Sources, units: str, adapter_type: str) -> str:
    """SQL of the coefficients: one row per metric, arm, block and group left out (-1: none).

    A block has as many units as the smallest arm. Totals are those of the entity, the same list
    for all arms: all with an event of a counted unit; or of the units themselves. Coefficients of
    a block without a positive total are NULL.

    Args:
        plan: What is measured.
        sources: The relations.
        units: The per-unit table at the latest date.
        adapter_type: dbt's name of the engine.
    """
    selects = [
        _metric_sql(plan, metric, sources, units, adapter_type)
        for metric in plan.metrics
        if metric.spec.gini is not None
    ]
    return "\nunion all\n".join(selects) or literal_rows_sql(COLUMNS, [], adapter_type)


def _metric_sql(
    plan: MeasurementPlan, metric: PlannedMetric, sources: Sources, units: str, adapter_type: str
) -> str:
    amount = quoted_for(metric.unit_column(OUTCOME), adapter_type)
    is_over_units = metric.spec.gini is not None and metric.spec.gini.over == UNIT
    text = exp.DataType.build("text").sql(dialect=sqlglot_dialect(adapter_type))
    hashed = portable_digest_sql(
        f"cast(units.unit_id as {text}) || '|' || units.experiment_id || '|gini'", adapter_type
    )
    arms = literal_rows_sql(
        {"experiment_id": "text", "variant_id": "text"},
        [(name, v) for name in metric.windows for v in plan.experiments[name].variants],
        adapter_type,
    )
    left_out = literal_rows_sql(
        {"left_out_group": "bigint"}, [(k,) for k in range(_NO_GROUP, N_GROUPS)], adapter_type
    )
    if is_over_units:
        events = "select experiment_id, unit_id, unit_id as receiver, amount from counted"
        # A unit leaves with its group; it is not one more that has nothing.
        receivers, is_receiver = _RECEIVERS_ARE_UNITS, _IS_RECEIVER_OF_BLOCK
    else:
        events = _events_sql(plan, metric, sources, adapter_type)
        receivers, is_receiver = _RECEIVERS, ""
    return f"""
select * from (
with counted as (
    select
        units.experiment_id,
        units.unit_id,
        units.variant_id,
        units.analysis_date,
        units.{amount} as amount,
        row_number() over (
            partition by units.experiment_id, units.variant_id
            order by {hashed}, units.unit_id
        ) - 1 as place
    from {aliased(units, "units")}
    inner join (
{arms}
    ) as arms
        on units.experiment_id = arms.experiment_id and units.variant_id = arms.variant_id
    where units.{amount} is not null
),
arm_sizes as (
    select
        experiment_id,
        variant_id,
        min(analysis_date) as analysis_date,
        count(*) as n_units,
        min(count(*)) over (partition by experiment_id) as units_per_block
    from counted
    group by experiment_id, variant_id
),
placed as (
    select
        counted.experiment_id,
        counted.variant_id,
        counted.unit_id,
        arm_sizes.n_units,
        arm_sizes.units_per_block,
        cast(floor(counted.place * 1.0 / arm_sizes.units_per_block) as bigint) as block,
        mod(counted.place, {N_GROUPS}) as unit_group
    from counted
    inner join arm_sizes
        on
            counted.experiment_id = arm_sizes.experiment_id
            and counted.variant_id = arm_sizes.variant_id
),
grouped as (
    select * from placed
    where block < {MOST_BLOCKS} and (block + 1) * units_per_block <= n_units
),
left_out as (
{left_out}
),
events as (
{events}
),
parts as (
    select
        grouped.experiment_id,
        grouped.variant_id,
        grouped.block,
        events.receiver,
        grouped.unit_group,
        sum(events.amount) as total
    from grouped
    inner join events
        on grouped.experiment_id = events.experiment_id and grouped.unit_id = events.unit_id
    where events.amount <> 0
    group by
        grouped.experiment_id,
        grouped.variant_id,
        grouped.block,
        events.receiver,
        grouped.unit_group
),
totals as (
    select experiment_id, variant_id, block, receiver, sum(total) as total
    from parts
    group by experiment_id, variant_id, block, receiver
),
replicates as (
    select
        totals.experiment_id,
        totals.variant_id,
        totals.block,
        left_out.left_out_group,
        totals.total - coalesce(parts.total, 0) as total
    from totals
    cross join left_out
    left join parts
        on
            totals.experiment_id = parts.experiment_id
            and totals.variant_id = parts.variant_id
            and totals.block = parts.block
            and totals.receiver = parts.receiver
            and left_out.left_out_group = parts.unit_group
),
ranked as (
    select
        *,
        row_number() over (
            partition by experiment_id, variant_id, block, left_out_group order by total desc
        ) as rank_from_top
    from replicates
),
sums as (
    select
        experiment_id,
        variant_id,
        block,
        left_out_group,
        sum(total) as total,
        sum(rank_from_top * total) as ranked_total
    from ranked
    group by experiment_id, variant_id, block, left_out_group
),
blocks as (
    select distinct experiment_id, variant_id, block from grouped
),
receivers as (
{receivers}
)
select
    blocks.experiment_id,
    '{metric.spec.name}' as metric_name,
    '{metric.spec.definition_hash}' as definition_hash,
    blocks.variant_id,
    arm_sizes.analysis_date,
    arm_sizes.n_units,
    arm_sizes.units_per_block,
    blocks.block,
    left_out.left_out_group,
    case when sums.total > 0 then
        (receivers.n + 1) * 1.0 / receivers.n - 2.0 * sums.ranked_total / (receivers.n * sums.total)
    end as gini
from blocks
cross join left_out
inner join arm_sizes
    on
        blocks.experiment_id = arm_sizes.experiment_id
        and blocks.variant_id = arm_sizes.variant_id
left join sums
    on
        blocks.experiment_id = sums.experiment_id
        and blocks.variant_id = sums.variant_id
        and blocks.block = sums.block
        and left_out.left_out_group = sums.left_out_group
left join receivers
    on
        blocks.experiment_id = receivers.experiment_id
        {is_receiver}
) as gini_of_metric"""


_RECEIVERS = """
    select events.experiment_id, count(distinct events.receiver) as n
    from events
    inner join counted
        on events.experiment_id = counted.experiment_id and events.unit_id = counted.unit_id
    group by events.experiment_id"""
_RECEIVERS_ARE_UNITS = """
    select
        grouped.experiment_id,
        grouped.variant_id,
        grouped.block,
        left_out.left_out_group,
        sum(case when grouped.unit_group <> left_out.left_out_group then 1 else 0 end) as n
    from grouped
    cross join left_out
    group by
        grouped.experiment_id, grouped.variant_id, grouped.block, left_out.left_out_group"""
_IS_RECEIVER_OF_BLOCK = """and blocks.variant_id = receivers.variant_id
        and blocks.block = receivers.block
        and left_out.left_out_group = receivers.left_out_group"""


def _events_sql(
    plan: MeasurementPlan, metric: PlannedMetric, sources: Sources, adapter_type: str
) -> str:
    """`select experiment_id, unit_id, receiver, amount` of the events that count."""
    alone = replace(plan, metrics=(metric,))
    numerator, gini = metric.spec.numerator, metric.spec.gini
    if gini is None:
        raise ValueError(f"metric {metric.spec.name!r} must say whose totals it compares.")
    side = numerator.model_copy(
        update={"agg": "count_distinct", "expr": numerator.entities[gini.over]}
    )
    units = exposed_units(alone)
    subqueries = {
        "exposures": exposures_sql(sources.exposures, adapter_type),
        "dates": f"select * from {sources.dates.sql}",
    }
    parts = []
    for fact in fact_units(alone, sources, adapter_type, {_SIDE: side}):
        subqueries[fact.placeholder] = fact.sql
        joined = events_of_units(alone, fact, units, {_SIDE: "string"})
        mine = joined.filter(
            joined.experiment_id.isin(list(metric.windows)),
            is_within(metric.period, joined),
            joined[_SIDE].notnull(),
        )
        parts.append(
            mine.select(
                "experiment_id",
                unit_id=mine.unit_id_right,
                receiver=mine[_SIDE],
                amount=mine[metric.terms[0].event_column],
            )
        )
    events = ibis.union(*parts) if len(parts) > 1 else parts[0]
    return compile_expression(events, subqueries, adapter_type)
