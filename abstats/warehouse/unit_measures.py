"""The per-unit table: every metric's columns for every exposed unit at an analysis date.

One row per experiment and exposed unit. Exposed units without events are in it with zeros (law 3).
Post-period events satisfy `event_at >= exposed_at`, covariates lie strictly before it, both
compared as timestamps (law 2). Values of units whose window is not complete at the analysis date
are NULL (law 7).
"""

import ibis
import ibis.expr.types as ir

from abstats.warehouse.conversions import conversion_columns
from abstats.warehouse.frozen_scales import scales_subquery, with_scales
from abstats.warehouse.measurement_plan import CAP, MISSING, MeasurementPlan, PlannedMetric
from abstats.warehouse.placeholders import compile_expression
from abstats.warehouse.quantile_grids import wide_grids_sql, with_grids
from abstats.warehouse.quoting import fitting
from abstats.warehouse.unit_events import (
    TIMESTAMP,
    Sources,
    attribute_column,
    events_of_units,
    exposed_units,
    exposures_sql,
    fact_units,
    segment_column,
    window_end,
)
from abstats.warehouse.unit_phases import states_by_unit
from abstats.warehouse.unit_states import ACTIVE_BEFORE_EXPOSURE, states_of
from abstats.warehouse.unit_values import capped, transformed, value_of

UNIT_KEYS = ("experiment_number", "unit_id")


def unit_measures_sql(plan: MeasurementPlan, sources: Sources, adapter_type: str) -> str:
    """SQL of the per-unit table at the latest analysis date, in one pass over each fact.

    Raises:
        ValueError: a fact's time column is a date, or its measures disagree on the time column.
    """
    units = with_grids(plan, exposed_units(plan))
    subqueries = {
        "exposures": exposures_sql(sources.exposures, adapter_type),
        "dates": f"select * from {sources.dates.sql}",
        **scales_subquery(plan, sources.scales),
        "grids": wide_grids_sql(plan, sources.grids, adapter_type),
    }
    by_fact: dict[str, list[ir.Table]] = {}
    for fact in fact_units(plan, sources, adapter_type):
        subqueries[fact.placeholder] = fact.sql
        joined = events_of_units(plan, fact, units)
        totals = states_by_unit(
            joined,
            states_of(plan, fact.fact),
            ["experiment_number"],
            active=active_column(fact.fact),
        )
        by_fact.setdefault(fact.fact, []).append(totals)
    wide = units.mutate(known_until=units.analysis_end_at)
    for totals_of_fact in by_fact.values():
        totals = ibis.union(*totals_of_fact) if len(totals_of_fact) > 1 else totals_of_fact[0]
        wide = with_states(wide, totals)
    active: ir.Value = ibis.literal(False)
    for name in by_fact:
        active = active | wide[active_column(name)].fill_null(False)
    wide = wide.mutate(**{ACTIVE_BEFORE_EXPOSURE: active})
    return compile_expression(finished_measures(plan, wide), subqueries, adapter_type)


def with_states(units: ir.Table, states: ir.Table) -> ir.Table:
    """Units with their states; NULL for those that have none."""
    joined = units.left_join(states, list(UNIT_KEYS))
    return joined.drop([f"{key}_right" for key in UNIT_KEYS])


def unit_measures_schema(plan: MeasurementPlan) -> dict[str, str]:
    """Columns of the per-unit table and their Ibis types."""
    return {
        "experiment_id": "string",
        "unit_id": "string",
        "variant_id": "string",
        "exposed_at": TIMESTAMP,
        "analysis_date": "date",
        "stratum": "string",
        **{segment_column(segment): "string" for segment in plan.segments},
        ACTIVE_BEFORE_EXPOSURE: "boolean",
        "is_observable": "boolean",
        **{
            metric.unit_column(column): "float64"
            for metric in plan.metrics
            for column in metric.columns
            if column != MISSING
        },
        **{
            metric.unit_column(column, is_winsorised=True): "float64"
            for metric in plan.metrics
            if metric.is_winsorised
            for column in (*metric.outcomes, *metric.twins)
        },
    }


def active_column(fact: str) -> str:
    """Column that says whether a unit has events of the fact before its exposure."""
    return fitting(f"{ACTIVE_BEFORE_EXPOSURE}__{fact}")


def finished_measures(plan: MeasurementPlan, states: ir.Table) -> ir.Table:
    """Every metric's columns from the units' states.

    Args:
        plan: What is measured.
        states: Exposed units with their states (NULL for none), `is_active_before_exposure`, the
            `analysis_date` and the instant until which events are `known_until`.
    """
    states = with_scales(plan, states)
    columns: dict[str, ir.Value] = {
        "experiment_id": states.experiment_id,
        "unit_id": states.unit_id,
        "variant_id": states.variant_id,
        "exposed_at": states.exposed_at,
        "analysis_date": states.analysis_date,
        "stratum": states.stratum,
        **{segment_column(segment): states[segment_column(segment)] for segment in plan.segments},
        ACTIVE_BEFORE_EXPOSURE: states[ACTIVE_BEFORE_EXPOSURE],
        "is_observable": states.is_observable,
    }
    for metric in plan.metrics:
        columns |= _columns_of(metric, states)
    return states.select(**columns)


def _columns_of(metric: PlannedMetric, states: ir.Table) -> dict[str, ir.Value]:
    """A metric's columns but its indicator."""
    if metric.spec.kind == "conversion":
        conversion = conversion_columns(metric, states)
        return {metric.unit_column(name): column for name, column in conversion.items()}
    is_mature = _is_mature(metric, states)
    fills_all = metric.fills_all
    outcomes, twins, further = (
        {name: value_of(terms, states, fills_all=fills_all) for name, terms in own.items()}
        for own in (metric.outcomes, metric.twins, metric.further_covariates)
    )
    is_measured: ir.BooleanValue = is_mature
    if not fills_all:
        for value in outcomes.values():
            is_measured = is_measured & value.is_there
    has_history = is_mature & states.is_observable
    transform = metric.spec.transform
    columns: dict[str, ir.Value] = {}
    for counts, values in ((is_measured, outcomes), (has_history, twins)):
        for name, value in values.items():
            column = metric.unit_column(name)
            columns[column] = _where(counts, transformed(value.number, transform))
            if metric.is_winsorised:
                # The same cap for what a unit did before: any function of its past may adjust.
                winsorised = capped(value.number, states[metric.scale_column(CAP)])
                column = metric.unit_column(name, is_winsorised=True)
                columns[column] = _where(counts, winsorised)
    for name, value in further.items():
        columns[metric.unit_column(name)] = _where(has_history, value.number)
    for name, attribute in metric.attributes.items():
        # Known at the exposure, whether or not the unit could be observed before.
        known = states[attribute_column(attribute)]
        columns[metric.unit_column(name)] = _where(is_mature, known)
    return columns


def _where(condition: ir.BooleanValue, value: ir.Value) -> ir.Value:
    return condition.ifelse(value, ibis.null("float64"))


def _is_mature(metric: PlannedMetric, states: ir.Table) -> ir.BooleanValue:
    """True where the unit's window is complete."""
    windowed = [name for name, window in metric.windows.items() if window is not None]
    open_ended = [name for name, window in metric.windows.items() if window is None]
    return states.experiment_id.isin(open_ended) | (
        states.experiment_id.isin(windowed)
        & (window_end(metric.period, states) <= states.known_until)
    )
