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
from sqlglot import exp

from abstats.spec.measure import Measure
from abstats.warehouse.dialects import sqlglot_dialect
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
        "exposures": _with_text_ids(sources.exposures, adapter_type),
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
            as_text = relation.type_of(entity) != sources.exposures.type_of("unit_id")
            subqueries[name] = fact_events_sql(
                relation,
                measures,
                entity,
                unit_as_text=as_text,
                adapter_type=adapter_type,
            )
            events = placeholder(
                name,
                {"unit_id": "string", "event_at": _TIMESTAMP, **dict.fromkeys(measures, "float64")},
            )
            mine = units.filter(units.experiment_id.isin(experiments))
            unit_id = mine.unit_id_text if as_text else mine.unit_id
            per_unit_type.append(_unit_totals(plan, fact, mine, unit_id, events))
        if per_unit_type:
            totals.append(
                ibis.union(*per_unit_type) if len(per_unit_type) > 1 else per_unit_type[0]
            )
    return compile_expression(_wide(plan, units, totals), subqueries, adapter_type)


def _with_text_ids(exposures: Relation, adapter_type: str) -> str:
    """The exposures with their ids as text too.

    Where the types of two ids differ both sides are compared as text: an engine that casts one
    side by itself would stop at the first id of a fact that is no id of the log ('guest').
    """
    text = exp.DataType.build("text").sql(dialect=sqlglot_dialect(adapter_type))
    return f"select *, cast(unit_id as {text}) as unit_id_text from {exposures.sql}"


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
            "unit_id_text": "string",
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


def _unit_totals(
    plan: MeasurementPlan, fact: str, units: ir.Table, unit_id: ir.Value, events: ir.Table
) -> ir.Table:
    joined = events.join(
        units,
        [
            events.unit_id == unit_id,
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
    # The log's own id: a fact's may have another type.
    keys = [joined.experiment_id, joined.unit_id_right.name("unit_id")]
    return joined.group_by(keys).agg(**totals)


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
        is_mature = _is_mature(plan, metric, wide)
        is_measured = is_mature & _has_values(metric, wide)
        for outcome, covariate, _ in metric.measures:
            total = wide[metric.unit_column(outcome)]
            columns[metric.unit_column(outcome)] = is_measured.ifelse(
                total.fill_null(0.0), ibis.null("float64")
            )
            if metric.lookback is not None:
                history = wide[metric.unit_column(covariate)].fill_null(0.0)
                columns[metric.unit_column(covariate)] = (is_mature & wide.is_observable).ifelse(
                    history, ibis.null("float64")
                )
    return wide.select(**columns)


def _any_active(plan: MeasurementPlan, wide: ir.Table) -> ir.Value:
    active: ir.Value = ibis.literal(False)
    for fact in plan.facts():
        active = active | wide[f"{ACTIVE_BEFORE_EXPOSURE}__{fact}"].fill_null(False)
    return active


def _is_mature(plan: MeasurementPlan, metric: PlannedMetric, wide: ir.Table) -> ir.BooleanValue:
    """True where the unit's window is complete."""
    windowed = [name for name, window in metric.windows.items() if window is not None]
    open_ended = [name for name, window in metric.windows.items() if window is None]
    return wide.experiment_id.isin(open_ended) | (
        wide.experiment_id.isin(windowed)
        & (_window_end_of(plan, metric, wide) <= wide.analysis_end_at)
    )


def _has_values(metric: PlannedMetric, wide: ir.Table) -> ir.BooleanValue:
    """True where the unit counts for the metric: always, unless no value excludes it."""
    has_values: ir.BooleanValue = ibis.literal(True)
    if metric.spec.missing == "exclude":
        for outcome, _, _ in metric.measures:
            has_values = has_values & wide[metric.unit_column(outcome)].notnull()
    return has_values


def _interval(length: timedelta) -> ir.IntervalScalar:
    return ibis.interval(seconds=int(length.total_seconds()))
