"""Moments of covariates over all exposed units, for the tests that variants were alike before.

A metric's own block has the units that count for it, which what they did after exposure may
select; these have everybody. Covariates of the metrics that decide (primary and guardrail) are in
one joint block, those of every other metric in one of their own: a joint block of all would cost
the square of their number.
"""

from collections.abc import Iterable
from itertools import combinations_with_replacement
from typing import NamedTuple

import ibis
import ibis.expr.types as ir

from abstats.warehouse.measurement_plan import MISSING, MeasurementPlan, PlannedMetric
from abstats.warehouse.moment_pairs import PAIRS, Pair, long_moments, moments_of_cells, pairs_sql
from abstats.warehouse.placeholders import compile_expression, placeholder
from abstats.warehouse.unit_measures import unit_measures_schema

COVARIATES = "covariates"
_ALL = "all"
_UNIT, _MISSING_OF_UNIT = "unit", "unit_is_missing"


class _Column(NamedTuple):
    """A covariate's name in the moments and its column of the units."""

    name: str
    unit_column: str


def covariate_moments_sql(
    plan: MeasurementPlan, units: str, adapter_type: str, *, all_observable: bool
) -> str:
    """SQL of rows like those of `fct_experiment_moments`, at the latest analysis date.

    Their metric is `covariates`, their definition_hash that of the metric, `covariates` for the
    joint block.

    Args:
        plan: What is measured.
        units: Relation of the per-unit table.
        adapter_type: dbt's name of the engine.
        all_observable: The exposure log does not say when units were first seen.
    """
    pairs = _pairs(plan)
    constants = {_MISSING_OF_UNIT: 0.0} if all_observable else {}
    moments = long_moments(moments_of_cells(_centred(plan), pairs, constants))
    subqueries = {"units": f"select * from {units}", PAIRS: pairs_sql(pairs, adapter_type)}
    return compile_expression(moments, subqueries, adapter_type)


def _pairs(plan: MeasurementPlan) -> list[Pair]:
    experiments_of: dict[tuple[str, _Column, _Column], list[str]] = {}
    for name in plan.experiments:
        deciding = plan.deciding_metrics(name)
        joint = [column for metric in deciding for column in _columns(metric)]
        blocks = {COVARIATES: [*joint, _Column(MISSING, _MISSING_OF_UNIT)] if joint else []}
        for metric in plan.metrics_of(name):
            if metric not in deciding:
                blocks[metric.spec.definition_hash] = _columns(metric)
        for block, columns in blocks.items():
            for a, b in combinations_with_replacement(columns, 2):
                experiments_of.setdefault((block, a, b), []).append(name)
    return [
        Pair(COVARIATES, block, a.name, b.name, a.unit_column, b.unit_column, tuple(names), _UNIT)
        for (block, a, b), names in experiments_of.items()
    ]


def _columns(metric: PlannedMetric) -> list[_Column]:
    return [
        _Column(f"{metric.spec.name}.{covariate}", metric.unit_column(covariate))
        for covariate in metric.covariates
    ]


def _centred(plan: MeasurementPlan) -> ir.Table:
    """Units with centred covariates: 0 where there is none, as if it were average."""
    units = placeholder("units", unit_measures_schema(plan))
    columns = list(_all_columns(plan))
    centres = units.group_by("experiment_id").agg(
        **{f"centre__{column}": units[column].mean() for column in columns}
    )
    units = units.inner_join(centres, "experiment_id")
    centred = {c: (units[c] - units[f"centre__{c}"]).fill_null(0.0) for c in columns}
    return units.mutate(
        **centred,
        **{_MISSING_OF_UNIT: units.is_observable.ifelse(0.0, 1.0), _UNIT: ibis.literal(1.0)},
        segment_name=ibis.literal(_ALL),
        segment_value=ibis.literal(_ALL),
    )


def _all_columns(plan: MeasurementPlan) -> Iterable[str]:
    for metric in plan.metrics:
        for column in _columns(metric):
            yield column.unit_column
