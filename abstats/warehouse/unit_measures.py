"""Events to units: one pass over each fact gives every metric of every experiment.

The result has one row per experiment and exposed unit. Exposed units without events are in it with
zeros (law 3). Post-period events satisfy `event_at >= exposed_at`, covariates lie strictly before
it, both compared as timestamps (law 2). Values of units whose window is not complete at the
analysis date are NULL (law 7).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import ibis
import ibis.expr.types as ir

from abstats.spec.metric import Measure
from abstats.warehouse.fact_events import fact_events_sql
from abstats.warehouse.measurement_plan import MeasurementPlan, PlannedMetric
from abstats.warehouse.placeholders import compile_expression, placeholder
from abstats.warehouse.relation import Relation

ACTIVE_BEFORE_EXPOSURE = "is_active_before_exposure"
_KEYS = ("experiment_id", "unit_id")
_TIMESTAMP = "timestamp(6)"
# Younger units had no day in which they could have been seen before their exposure.
_SHORTEST_HISTORY = timedelta(days=1)


@dataclass(frozen=True)
class Sources:
    """The relations that the per-unit table is computed from.

    Attributes:
        exposures: First exposures: experiment_id, unit_id, variant_id, exposed_at, first_seen_at
            and one column per segment.
        dates: One row per experiment: starts_at, ends_at, analysis_end_at.
        facts: Fact name -> relation.
    """

    exposures: Relation
    dates: Relation
    facts: Mapping[str, Relation]


def unit_measures_sql(plan: MeasurementPlan, sources: Sources, adapter_type: str) -> str:
    """SQL of the per-unit table for all experiments of the plan.

    Raises:
        ValueError: a fact's time column is a date, or its measures disagree on the time column.
    """
    subqueries = {
        "exposures": f"select * from {sources.exposures.sql}",
        "dates": f"select * from {sources.dates.sql}",
    }
    units = _exposed_units(plan)
    totals = []
    for fact in plan.facts():
        measures = _measures(plan, fact)
        per_unit_type = []
        for unit, experiments in plan.units().items():
            entity = _unit_expression(measures, unit)
            if entity is None:
                continue
            name = f"{fact}__{unit}"
            relation = sources.facts[fact]
            subqueries[name] = fact_events_sql(
                relation,
                measures,
                entity,
                unit_as_text=relation.type_of(entity) != sources.exposures.type_of("unit_id"),
                adapter_type=adapter_type,
            )
            events = placeholder(
                name,
                {"unit_id": "string", "event_at": _TIMESTAMP, **dict.fromkeys(measures, "float64")},
            )
            mine = units.filter(units.experiment_id.isin(experiments))
            per_unit_type.append(_unit_totals(plan, fact, mine, events))
        if per_unit_type:
            totals.append(
                ibis.union(*per_unit_type) if len(per_unit_type) > 1 else per_unit_type[0]
            )
    return compile_expression(_wide(plan, units, totals), subqueries, adapter_type)


def unit_measures_schema(plan: MeasurementPlan) -> dict[str, str]:
    """Columns of the per-unit table and their Ibis types."""
    return {
        "experiment_id": "string",
        "unit_id": "string",
        "variant_id": "string",
        "exposed_at": _TIMESTAMP,
        **{segment_column(segment): "string" for segment in plan.segments},
        ACTIVE_BEFORE_EXPOSURE: "boolean",
        "is_observable": "boolean",
        **{
            metric.unit_column(column): "float64"
            for metric in plan.metrics
            for column in metric.columns
            if column != "missing"
        },
    }


def segment_column(segment: str) -> str:
    """Name of a segment's column in the exposures and per-unit tables."""
    return f"segment__{segment}"


def _exposed_units(plan: MeasurementPlan) -> ir.Table:
    exposures = placeholder(
        "exposures",
        {
            "experiment_id": "string",
            "unit_id": "string",
            "variant_id": "string",
            "exposed_at": _TIMESTAMP,
            "first_seen_at": _TIMESTAMP,
            **{segment_column(segment): "string" for segment in plan.segments},
        },
    )
    dates = placeholder(
        "dates",
        {
            "experiment_id": "string",
            "starts_at": _TIMESTAMP,
            "ends_at": _TIMESTAMP,
            "analysis_end_at": _TIMESTAMP,
        },
    )
    units = exposures.inner_join(dates, "experiment_id")
    units = units.filter(units.exposed_at < units.analysis_end_at)
    longest = max((m.lookback for m in plan.metrics if m.lookback), default=timedelta())
    return units.mutate(
        read_from=ibis.least(units.starts_at, units.exposed_at - _interval(longest)),
        is_observable=units.first_seen_at.isnull()
        | (units.first_seen_at <= units.exposed_at - _interval(_SHORTEST_HISTORY)),
        **{
            f"window_end_{index}": ibis.cases(
                *(
                    (units.experiment_id == name, _window_end(units, window))
                    for name, window in windows.items()
                ),
                else_=ibis.null(_TIMESTAMP),
            )
            for index, windows in enumerate(_distinct_windows(plan))
        },
    )


def _distinct_windows(plan: MeasurementPlan) -> list[Mapping[str, timedelta | None]]:
    """Each assignment of windows to experiments, once: metrics with equal ones share a column."""
    distinct: list[Mapping[str, timedelta | None]] = []
    for metric in plan.metrics:
        if metric.windows not in distinct:
            distinct.append(metric.windows)
    return distinct


def _window_end(units: ir.Table, window: timedelta | None) -> ir.Value:
    if window is None:
        return ibis.least(units.ends_at, units.analysis_end_at)
    return units.exposed_at + _interval(window)


def _window_end_of(plan: MeasurementPlan, metric: PlannedMetric, table: ir.Table) -> ir.Value:
    return table[f"window_end_{_distinct_windows(plan).index(metric.windows)}"]


def _measures(plan: MeasurementPlan, fact: str) -> dict[str, Measure]:
    return {
        metric.unit_column(column): measure
        for metric in plan.metrics
        for column, _, measure in metric.measures
        if measure.fact == fact
    }


def _unit_expression(measures: Mapping[str, Measure], unit: str) -> str | None:
    return next((m.entities[unit] for m in measures.values() if unit in m.entities), None)


def _unit_totals(plan: MeasurementPlan, fact: str, units: ir.Table, events: ir.Table) -> ir.Table:
    joined = events.join(
        units,
        [
            events.unit_id == units.unit_id,
            events.event_at >= units.read_from,
            events.event_at < units.analysis_end_at,
        ],
    )
    totals: dict[str, ir.Value] = {
        f"{ACTIVE_BEFORE_EXPOSURE}__{fact}": (
            (joined.event_at >= joined.starts_at) & (joined.event_at < joined.exposed_at)
        ).any()
    }
    for metric in plan.metrics:
        is_post = (joined.event_at >= joined.exposed_at) & (
            joined.event_at < _window_end_of(plan, metric, joined)
        )
        for outcome, covariate, measure in metric.measures:
            if measure.fact != fact:
                continue
            value = joined[metric.unit_column(outcome)]
            totals[metric.unit_column(outcome)] = _total(metric, value, is_post)
            if metric.lookback is not None:
                is_pre = (joined.event_at < joined.exposed_at) & (
                    joined.event_at >= joined.exposed_at - _interval(metric.lookback)
                )
                totals[metric.unit_column(covariate)] = _total(metric, value, is_pre)
    return joined.group_by(list(_KEYS)).agg(**totals)


def _total(metric: PlannedMetric, value: ir.FloatingColumn, where: ir.BooleanValue) -> ir.Value:
    """A unit's total: NULL where it has no value at all."""
    if metric.spec.kind == "proportion":
        # A qualifying event has a value other than 0; no events gives NULL.
        return (value != 0).cast("float64").max(where=where)
    return value.sum(where=where)


def _wide(plan: MeasurementPlan, units: ir.Table, totals: list[ir.Table]) -> ir.Table:
    wide = units
    for total in totals:
        wide = wide.left_join(total, list(_KEYS)).drop([f"{key}_right" for key in _KEYS])
    columns: dict[str, ir.Value] = {
        "experiment_id": wide.experiment_id,
        "unit_id": wide.unit_id,
        "variant_id": wide.variant_id,
        "exposed_at": wide.exposed_at,
        **{segment_column(segment): wide[segment_column(segment)] for segment in plan.segments},
        ACTIVE_BEFORE_EXPOSURE: _any_active(plan, wide),
        "is_observable": wide.is_observable,
    }
    for metric in plan.metrics:
        is_measured = _is_measured(plan, metric, wide)
        for outcome, covariate, _ in metric.measures:
            total = wide[metric.unit_column(outcome)]
            columns[metric.unit_column(outcome)] = is_measured.ifelse(
                total.fill_null(0.0), ibis.null("float64")
            )
            if metric.lookback is not None:
                history = wide[metric.unit_column(covariate)].fill_null(0.0)
                columns[metric.unit_column(covariate)] = (is_measured & wide.is_observable).ifelse(
                    history, ibis.null("float64")
                )
    return wide.select(**columns)


def _any_active(plan: MeasurementPlan, wide: ir.Table) -> ir.Value:
    active: ir.Value = ibis.literal(False)
    for fact in plan.facts():
        active = active | wide[f"{ACTIVE_BEFORE_EXPOSURE}__{fact}"].fill_null(False)
    return active


def _is_measured(plan: MeasurementPlan, metric: PlannedMetric, wide: ir.Table) -> ir.BooleanValue:
    """True where the unit counts: window complete, and a value where none is no zero."""
    windowed = [name for name, window in metric.windows.items() if window is not None]
    open_ended = [name for name, window in metric.windows.items() if window is None]
    is_mature = wide.experiment_id.isin(open_ended) | (
        wide.experiment_id.isin(windowed)
        & (_window_end_of(plan, metric, wide) <= wide.analysis_end_at)
    )
    if metric.spec.missing == "zero":
        return is_mature
    for outcome, _, _ in metric.measures:
        is_mature = is_mature & wide[metric.unit_column(outcome)].notnull()
    return is_mature


def _interval(length: timedelta) -> ir.IntervalScalar:
    return ibis.interval(seconds=int(length.total_seconds()))
