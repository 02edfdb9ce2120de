"""Whether each metric's unit values can be computed with, counted in the engine."""

from functools import reduce

import ibis
import ibis.expr.types as ir

from abstats.warehouse.literal_rows import literal_rows_sql
from abstats.warehouse.measurement_plan import (
    DENOMINATOR,
    MISSING,
    POINTS,
    MeasurementPlan,
    PlannedMetric,
)
from abstats.warehouse.placeholders import compile_expression, placeholder
from abstats.warehouse.relation import Relation
from abstats.warehouse.unit_measures import unit_measures_schema

COLUMNS = {
    "metric_name": "text",
    "n_with_values": "bigint",
    "n_positive_denominators": "bigint",
    "n_unusable": "bigint",
}
LARGEST_VALUE = 1e150
"""The square of a larger number is no longer a double; neither are NaN and infinity."""


def value_counts_sql(plan: MeasurementPlan, units: Relation, adapter_type: str) -> str:
    """SQL, per metric: units with a value, with a positive denominator, with an unusable number."""
    if not plan.metrics:
        return literal_rows_sql(COLUMNS, [], adapter_type)
    table = placeholder("units", unit_measures_schema(plan))
    counts = reduce(ibis.union, [_counts(table, metric) for metric in plan.metrics])
    return compile_expression(counts, {"units": f"select * from {units.sql}"}, adapter_type)


def _counts(units: ir.Table, metric: PlannedMetric) -> ir.Table:
    # Counts at the points of a grid are usable where the count of events is.
    left_out = {MISSING, *POINTS}
    columns = [units[metric.unit_column(name)] for name in metric.columns if name not in left_out]
    has_value = columns[0] != 0
    positive: ir.Value = ibis.null("int64")
    if metric.spec.denominator is not None:
        denominator = units[metric.unit_column(DENOMINATOR)]
        has_value = has_value | (denominator != 0)
        positive = units.count(where=denominator > 0)
    # NaN is larger than every number in some engines and equal to none in others.
    is_unusable = reduce(
        lambda a, b: a | b,
        [(~(column.abs() <= LARGEST_VALUE)).fill_null(False) for column in columns],
    )
    return units.agg(
        metric_name=ibis.literal(metric.spec.name),
        n_with_values=units.count(where=has_value),
        n_positive_denominators=positive,
        n_unusable=units.count(where=is_unusable),
    )
