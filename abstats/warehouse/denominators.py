"""How many units of each ratio metric have a denominator that can be divided by."""

from functools import reduce

import ibis
import ibis.expr.types as ir

from abstats.warehouse.literal_rows import literal_rows_sql
from abstats.warehouse.measurement_plan import DENOMINATOR, OUTCOME, MeasurementPlan, PlannedMetric
from abstats.warehouse.placeholders import compile_expression, placeholder
from abstats.warehouse.relation import Relation
from abstats.warehouse.unit_measures import unit_measures_schema

COLUMNS = {
    "metric_name": "text",
    "n_positive_denominators": "bigint",
    "n_with_values": "bigint",
}


def denominators_sql(plan: MeasurementPlan, units: Relation, adapter_type: str) -> str:
    """SQL: per ratio metric, units with a positive denominator and units with any value."""
    ratios = [metric for metric in plan.metrics if metric.spec.denominator is not None]
    if not ratios:
        return literal_rows_sql(COLUMNS, [], adapter_type)
    table = placeholder("units", unit_measures_schema(plan))
    counts = reduce(ibis.union, [_counts(table, metric) for metric in ratios])
    return compile_expression(counts, {"units": f"select * from {units.sql}"}, adapter_type)


def _counts(units: ir.Table, metric: PlannedMetric) -> ir.Table:
    outcome = units[metric.unit_column(OUTCOME)]
    denominator = units[metric.unit_column(DENOMINATOR)]
    return units.agg(
        metric_name=ibis.literal(metric.spec.name),
        n_positive_denominators=units.count(where=denominator > 0),
        n_with_values=units.count(where=(outcome != 0) | (denominator != 0)),
    )
