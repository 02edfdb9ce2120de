"""The floor: the best single statement we can write by hand for one experiment's moments.

First exposures join the fact, a unit's events are summed before and after its exposure, and
`var_samp` and `covar_samp` give the moments of every variant. Of the ways of writing it that were
tried, the fastest are here; a run takes the one that costs least on its data. A long log has one
more: a unit's rows are one per event type that it has, and the zeros of all other types enter the
moments by algebra.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from benchmarks.cost.project import LOOKBACK_DAYS, Metrics
from benchmarks.cost.world import START, World

TOLERANCE = 1e-9
_MOMENTS = ("mean_y", "mean_x", "var_y", "var_x", "cov_yx")


def floor_statements(
    world: World, metrics: Metrics, *, until: date | None = None
) -> dict[str, str]:
    """The ways of writing the floor: name -> statement.

    Each returns variant_id, n, then for every metric the means and variances of its value `y` and
    its covariate `x`, and their covariance.

    Args:
        world: Whose first experiment is analysed.
        metrics: What is measured.
        until: The analysis uses what happened before this day; None is the whole world.
    """
    ways: Mapping[str, Callable[..., str]] = {
        "grouped by side": _grouped_by_side,
        "two joins": _two_joins,
        "case": _case,
    }
    until = until or world.end
    first = _first_exposures(world, metrics, until)
    fact = f"raw.{metrics.fact}"
    statements = {
        name: f"with {first}, {way(world, metrics, fact, until)} {_moments(metrics)}"
        for name, way in ways.items()
    }
    if metrics.fact == "events":
        statements["sparse"] = f"with {first}, {_sparse(world, metrics, fact, until)}"
    return statements


def largest_difference(
    floor: Sequence[Sequence[object]], ours: Sequence[Mapping[str, object]], metrics: Metrics
) -> float:
    """The largest difference of the two moments, as a share of the larger or of the deviation.

    Args:
        floor: Rows of the floor.
        ours: Rows of `fct_experiment_moments` of the same experiment.
        metrics: What was measured.

    Raises:
        ValueError: A row of the floor is not in ours, or the numbers of units differ.
    """
    by_pair = {
        (row["variant_id"], row["metric_name"], row["column_a"], row["column_b"]): row
        for row in ours
    }
    n_units = sum(_number(row[1]) for row in floor)
    largest = 0.0
    for index, name in enumerate(metrics.names):
        start = 2 + index * len(_MOMENTS)
        # Ours is centred on the experiment's mean.
        centre = sum(_number(row[1]) * _number(row[start + 1]) for row in floor) / n_units
        for row in floor:
            mean_y, mean_x, var_y, var_x, cov_yx = map(_number, row[start : start + len(_MOMENTS)])
            scales = var_y**0.5, var_x**0.5
            yy = by_pair[row[0], name, "y", "y"]
            xx = by_pair[row[0], name, "x_y", "x_y"]
            yx = by_pair[row[0], name, "y", "x_y"]
            if {yy["n"], xx["n"], yx["n"]} != {row[1]}:
                raise ValueError(f"n of {name} in {row[0]} == {yy['n']}, must be {row[1]}.")
            pairs = (
                (mean_y, yy["mean_a"], max(abs(mean_y), scales[0])),
                (mean_x - centre, xx["mean_a"], scales[1]),
                (var_y, yy["cov_ab"], var_y),
                (var_x, xx["cov_ab"], var_x),
                (cov_yx, yx["cov_ab"], scales[0] * scales[1]),
            )
            largest = max(largest, *(abs(a - _number(b)) / scale for a, b, scale in pairs if scale))
    return largest


def _first_exposures(world: World, metrics: Metrics, until: date) -> str:
    matured = ""
    if metrics.window_days is not None:
        matured = (
            f"having min(exposed_at) <= timestamp '{until}' - interval {metrics.window_days} day"
        )
    return f"""
        first as (
            select
                user_id,
                arg_min(variant_id, exposed_at) as variant_id,
                min(exposed_at) as exposed_at
            from raw.exposures
            where
                experiment_id = '{world.experiment_names[0]}'
                and exposed_at >= timestamp '{START}'
                and exposed_at < timestamp '{until}'
            group by user_id
            {matured}
        )
    """


def _grouped_by_side(world: World, metrics: Metrics, fact: str, until: date) -> str:
    totals = ", ".join(
        f"sum(cast({expression} as double)) as total_{index}"
        for index, expression in enumerate(metrics.expressions(world))
    )
    return f"""
        totals as (
            select user_id, event_at >= exposed_at as is_post, {totals}
            from {fact}
            inner join first using (user_id)
            where {_pre_or_post(metrics, until)}
            group by user_id, is_post
        ),
        units as (
            select first.variant_id, {_filled(metrics, "post.total_{0}", "pre.total_{0}")}
            from first
            left join (from totals where is_post) as post using (user_id)
            left join (from totals where not is_post) as pre using (user_id)
        )
    """


def _two_joins(world: World, metrics: Metrics, fact: str, until: date) -> str:
    totals = ", ".join(
        f"sum(cast({expression} as double)) as total_{index}"
        for index, expression in enumerate(metrics.expressions(world))
    )
    sides = ", ".join(
        f"""
        {name} as (
            select user_id, {totals}
            from {fact}
            inner join first using (user_id)
            where {where}
            group by user_id
        )
        """
        for name, where in (("post", _post(metrics, until)), ("pre", _PRE))
    )
    return f"""
        {sides},
        units as (
            select first.variant_id, {_filled(metrics, "post.total_{0}", "pre.total_{0}")}
            from first
            left join post using (user_id)
            left join pre using (user_id)
        )
    """


def _case(world: World, metrics: Metrics, fact: str, until: date) -> str:
    totals = ", ".join(
        f"sum(case when is_post then cast({expression} as double) else 0.0 end) as y_{index}, "
        f"sum(case when is_post then 0.0 else cast({expression} as double) end) as x_{index}"
        for index, expression in enumerate(metrics.expressions(world))
    )
    return f"""
        joined as (
            select *, event_at >= exposed_at as is_post
            from {fact}
            inner join first using (user_id)
            where {_pre_or_post(metrics, until)}
        ),
        totals as (
            select user_id, {totals} from joined group by user_id
        ),
        units as (
            select first.variant_id, {_filled(metrics, "y_{0}", "x_{0}")}
            from first
            left join totals using (user_id)
        )
    """


def _sparse(world: World, metrics: Metrics, fact: str, until: date) -> str:
    types = world.event_type_names[: metrics.count]
    some = "" if len(types) == world.event_types else f"and event_type <= '{types[-1]}'"
    moments = ", ".join(
        f"{_of_type('k * mean_y / n', name)}, {_of_type('k * mean_x / n', name)}, "
        f"{_of_type(_with_zeros('yy', 'mean_y', 'mean_y'), name)}, "
        f"{_of_type(_with_zeros('xx', 'mean_x', 'mean_x'), name)}, "
        f"{_of_type(_with_zeros('yx', 'mean_y', 'mean_x'), name)}"
        for name in types
    )
    return f"""
        joined as (
            select user_id, variant_id, event_type, value, event_at >= exposed_at as is_post
            from {fact}
            inner join first using (user_id)
            where {_pre_or_post(metrics, until)} {some}
        ),
        totals as (
            select
                user_id,
                event_type,
                any_value(variant_id) as variant_id,
                sum(case when is_post then value else 0.0 end) as y,
                sum(case when is_post then 0.0 else value end) as x
            from joined
            group by user_id, event_type
        ),
        of_units_with_events as (
            select
                variant_id,
                event_type,
                count(*) as k,
                avg(y) as mean_y,
                avg(x) as mean_x,
                var_pop(y) as yy,
                var_pop(x) as xx,
                covar_pop(y, x) as yx
            from totals
            group by variant_id, event_type
        ),
        all_units as (
            select variant_id, count(*) as n from first group by variant_id
        )
        select variant_id, any_value(n), {moments}
        from all_units
        left join of_units_with_events using (variant_id)
        group by variant_id
    """


def _with_zeros(covariance: str, mean_a: str, mean_b: str) -> str:
    """The sample covariance of k units and n - k zeros."""
    return f"k * ({covariance} + {mean_a} * {mean_b} * (1 - k / n)) / (n - 1)"


def _of_type(value: str, event_type: str) -> str:
    return f"coalesce(sum({value}) filter (event_type = '{event_type}'), 0)"


_PRE = f"event_at < exposed_at and event_at >= exposed_at - interval {LOOKBACK_DAYS} day"


def _post(metrics: Metrics, until: date) -> str:
    end = f"timestamp '{until}'"
    post = f"event_at >= exposed_at and event_at < {end}"
    if metrics.window_days is not None:
        post += f" and event_at < exposed_at + interval {metrics.window_days} day"
    return post


def _pre_or_post(metrics: Metrics, until: date) -> str:
    where = (
        f"event_at < timestamp '{until}' and event_at >= exposed_at - interval {LOOKBACK_DAYS} day"
    )
    if metrics.window_days is not None:
        where += f" and event_at < exposed_at + interval {metrics.window_days} day"
    return where


def _filled(metrics: Metrics, post: str, pre: str) -> str:
    return ", ".join(
        f"coalesce({post.format(index)}, 0) as y_{index}, "
        f"coalesce({pre.format(index)}, 0) as x_{index}"
        for index in range(metrics.count)
    )


def _moments(metrics: Metrics) -> str:
    moments = ", ".join(
        f"avg(y_{i}), avg(x_{i}), var_samp(y_{i}), var_samp(x_{i}), covar_samp(y_{i}, x_{i})"
        for i in range(metrics.count)
    )
    return f"select variant_id, count(*), {moments} from units group by variant_id"


def _number(value: object) -> float:
    return float(str(value))
