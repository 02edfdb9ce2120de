"""Quantiles over units: shares of units at or below the points of a grid of their own date.

A unit's value is finished by then, so the grid needs no freezing: it is taken, for every
experiment and date, from the values of all its units.
"""

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from abstats.warehouse.literal_rows import literal_rows_sql
from abstats.warehouse.measurement_plan import (
    OUTCOME,
    POINT_VALUES,
    POINTS,
    MeasurementPlan,
    PlannedMetric,
)
from abstats.warehouse.placeholders import placeholder
from abstats.warehouse.truth import as_number

LEVELS = "quantile_levels"
_LEVEL_TYPES = {"metric_name": "string", "point": "int64", "level": "float64"}
_KEYS = ("experiment_id", "analysis_date")


def with_unit_points(plan: MeasurementPlan, units: ir.Table) -> ir.Table:
    """Units with the columns of their quantiles: points, and 1 at or below a point, else 0.

    The placeholder `LEVELS` stands for `levels_sql`.
    """
    for metric in plan.metrics:
        if metric.has_own_grid:
            units = _with_points(metric, units)
    return units


def levels_sql(levels: Mapping[str, Sequence[float]], adapter_type: str) -> str:
    """`select metric_name, point, level`: the probabilities of each metric's grid, from point 0."""
    types = {"metric_name": "text", "point": "bigint", "level": "double"}
    rows = [(name, k, level) for name, found in levels.items() for k, level in enumerate(found)]
    return literal_rows_sql(types, rows, adapter_type)


def _with_points(metric: PlannedMetric, units: ir.Table) -> ir.Table:
    outcome = metric.unit_column(OUTCOME)
    names = [metric.unit_column(name) for name in POINT_VALUES]
    counted = units.filter(units[outcome].notnull())
    ranked = counted.select(
        *_KEYS,
        value=outcome,
        position=ibis.row_number().over(group_by=list(_KEYS), order_by=outcome) + 1,
    )
    totals = counted.group_by(list(_KEYS)).agg(n=counted.count())
    # Discrete quantiles: the values of units, by their place.
    all_levels = placeholder(LEVELS, _LEVEL_TYPES)
    wanted = all_levels.filter(all_levels.metric_name == metric.spec.name)
    places = totals.cross_join(wanted)
    place = ibis.greatest((places.n * places.level).ceil().cast("int64"), 1)
    places = places.mutate(place=place)
    found = ranked.inner_join(
        places, [*(ranked[key] == places[key] for key in _KEYS), ranked.position == places.place]
    )
    points = found.group_by(list(_KEYS)).agg(
        **{name: found.value.max(where=found.point == k) for k, name in enumerate(names)}
    )
    units = units.left_join(points, list(_KEYS)).drop([f"{key}_right" for key in _KEYS])
    value = units[outcome]
    shares = {}
    for k, name in enumerate(names):
        point = units[name]
        is_counted = value <= point
        if k + 1 < len(names):
            # Before its last point a value has the units below it.
            is_counted = (value < point) | (is_counted & (point < units[names[k + 1]]))
        shares[metric.unit_column(POINTS[k])] = as_number(is_counted)
    return units.mutate(**shares)
