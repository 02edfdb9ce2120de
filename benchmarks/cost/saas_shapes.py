"""The queries that SaaS platforms send to a warehouse: one per metric, and one for all metrics.

A chain of CTEs: the exposures, the units with their first exposure, the fact with a column per
metric, its left join to the units with one CASE for the value and one for the covariate of every
metric, a row per user, power sums per variant. The one-query-per-metric shape reads the fact twice,
for the value and for the covariate.
"""

from benchmarks.cost.project import LOOKBACK_DAYS, Metrics
from benchmarks.cost.world import START, World


def one_query_per_metric(world: World, metrics: Metrics) -> tuple[str, ...]:
    """A statement per metric; each returns variation, users and five power sums."""
    return tuple(
        f"""
        with {_units(world)},
        metric as (
            select user_id, event_at as timestamp, {expression} as value
            from raw.{metrics.fact}
            where {_in_dates(world)}
        ),
        user_metric_join as (
            select
                units.variation,
                units.user_id,
                case when {_after(world, metrics)} then metric.value else null end as value
            from distinct_users as units
            left join metric on metric.user_id = units.user_id
        ),
        user_metric_agg as (
            select variation, user_id, sum(coalesce(value, 0)) as value
            from user_metric_join
            group by variation, user_id
        ),
        user_covariate_metric as (
            select units.variation, units.user_id, sum(coalesce(metric.value, 0)) as value
            from distinct_users as units
            inner join metric on metric.user_id = units.user_id
            where {_BEFORE}
            group by units.variation, units.user_id
        )
        select m.variation, count(*) as users, {_power_sums("m.value", "c.value", "m0")}
        from user_metric_agg as m
        left join user_covariate_metric as c on c.user_id = m.user_id
        group by m.variation
        """
        for expression in metrics.expressions(world)
    )


def one_query_for_all(world: World, metrics: Metrics) -> str:
    """One statement; it returns variation, users and five power sums per metric."""
    expressions = metrics.expressions(world)
    values = ", ".join(f"{expression} as m{i}_value" for i, expression in enumerate(expressions))
    cases = ", ".join(
        f"case when {_after(world, metrics)} then metric.m{i}_value else null end as m{i}_value, "
        f"case when {_BEFORE} then metric.m{i}_value else null end as m{i}_covariate_value"
        for i in range(metrics.count)
    )
    totals = ", ".join(
        f"sum(coalesce(m{i}_value, 0)) as m{i}_value, "
        f"sum(coalesce(m{i}_covariate_value, 0)) as m{i}_covariate_value"
        for i in range(metrics.count)
    )
    sums = ", ".join(
        _power_sums(f"m.m{i}_value", f"m.m{i}_covariate_value", f"m{i}")
        for i in range(metrics.count)
    )
    return f"""
        with {_units(world)},
        metric as (
            select user_id, event_at as timestamp, {values}
            from raw.{metrics.fact}
            where {_in_dates(world)}
        ),
        user_metric_join as (
            select units.variation, units.user_id, {cases}
            from distinct_users as units
            left join metric on metric.user_id = units.user_id
        ),
        user_metric_agg as (
            select variation, user_id, {totals}
            from user_metric_join
            group by variation, user_id
        )
        select m.variation, count(*) as users, {sums}
        from user_metric_agg as m
        group by m.variation
    """


_BEFORE = "metric.timestamp >= units.preexposure_start and metric.timestamp < units.preexposure_end"


def _units(world: World) -> str:
    return f"""
        raw_experiment as (
            select * from raw.exposures
        ),
        experiment_exposures as (
            select user_id, variant_id as variation, exposed_at as timestamp
            from raw_experiment
            where
                experiment_id = '{world.experiment_names[0]}'
                and exposed_at >= timestamp '{START}'
                and exposed_at < timestamp '{world.end}'
        ),
        experiment_units as (
            select
                user_id,
                case
                    when count(distinct variation) > 1 then '__multiple__'
                    else max(variation)
                end as variation,
                min(timestamp) as first_exposure_timestamp
            from experiment_exposures
            group by user_id
        ),
        distinct_users as (
            select
                user_id,
                variation,
                first_exposure_timestamp as timestamp,
                first_exposure_timestamp as preexposure_end,
                first_exposure_timestamp - interval {LOOKBACK_DAYS} day as preexposure_start
            from experiment_units
        )
    """


def _in_dates(world: World) -> str:
    earliest = f"timestamp '{START}' - interval {LOOKBACK_DAYS} day"
    return f"event_at >= {earliest} and event_at < timestamp '{world.end}'"


def _after(world: World, metrics: Metrics) -> str:
    after = "metric.timestamp >= units.timestamp"
    if metrics.window_days is None:
        return f"{after} and metric.timestamp < timestamp '{world.end}'"
    return f"{after} and metric.timestamp < units.timestamp + interval {metrics.window_days} day"


def _power_sums(value: str, covariate: str, name: str) -> str:
    y, x = f"coalesce({value}, 0)", f"coalesce({covariate}, 0)"
    return (
        f"sum({y}) as {name}_main_sum, sum(power({y}, 2)) as {name}_main_sum_squares, "
        f"sum({x}) as {name}_covariate_sum, sum(power({x}, 2)) as {name}_covariate_sum_squares, "
        f"sum({y} * {x}) as {name}_main_covariate_sum_product"
    )
