"""Exposed units and their events: the one join of facts with exposures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
from sqlglot import exp

from abstats.spec.measure import Measure
from abstats.warehouse.dialects import sqlglot_dialect
from abstats.warehouse.fact_events import fact_events_sql
from abstats.warehouse.measurement_plan import MeasurementPlan
from abstats.warehouse.placeholders import placeholder
from abstats.warehouse.relation import Relation
from abstats.warehouse.terms import Period
from abstats.warehouse.unit_states import State, event_schema, measures_of

TIMESTAMP = "timestamp(6)"
# Younger units had no day in which they could have been seen before their exposure.
_SHORTEST_HISTORY = timedelta(days=1)


@dataclass(frozen=True)
class Sources:
    """The relations that per-unit tables are computed from.

    Attributes:
        exposures: First exposures: experiment_id, unit_id, variant_id, exposed_at, first_seen_at,
            stratum, one column per segment and one per attribute.
        dates: One row per experiment: starts_at, ends_at, analysis_end_at.
        facts: Fact name -> relation.
        scales: Frozen caps and standard deviations; None where no metric has one.
        grids: The frozen grids of quantiles; only metrics that have one need it.
    """

    exposures: Relation
    dates: Relation
    facts: Mapping[str, Relation]
    scales: Relation | None = None
    grids: Relation | None = None


class FactUnits(NamedTuple):
    """The events of one fact for the experiments that randomise one type of unit.

    Attributes:
        fact: Name of the fact.
        placeholder: Name of the placeholder of its events.
        unit: The unit type.
        experiments: The experiments that randomise it and measure something on the fact.
        sql: `select unit_id, event_at, <measures>`.
        as_text: Ids of fact and exposures have different types and are compared as text.
    """

    fact: str
    placeholder: str
    unit: str
    experiments: tuple[str, ...]
    sql: str
    as_text: bool


def fact_units(
    plan: MeasurementPlan,
    sources: Sources,
    adapter_type: str,
    further: Mapping[str, Measure] = MappingProxyType({}),
) -> Iterator[FactUnits]:
    """Every fact with every unit type that it can be joined on.

    Args:
        plan: What is measured.
        sources: The relations.
        adapter_type: dbt's name of the engine.
        further: Columns of the events beside those of the plan.

    Raises:
        ValueError: a fact's time column is a date, or its measures disagree on the time column.
    """
    for fact in plan.facts():
        measures = {**measures_of(plan, fact), **further}
        for unit, randomised in plan.units().items():
            experiments = tuple(name for name in randomised if fact in plan.facts_of(name))
            if not experiments:
                continue
            entity = next((m.entities[unit] for m in measures.values() if unit in m.entities), None)
            if entity is None:
                continue
            relation = sources.facts[fact]
            as_text = relation.type_of(entity) != sources.exposures.type_of("unit_id")
            sql = fact_events_sql(
                relation, measures, entity, unit_as_text=as_text, adapter_type=adapter_type
            )
            yield FactUnits(fact, f"{fact}__{unit}", unit, experiments, sql, as_text)


def exposures_sql(exposures: Relation, adapter_type: str) -> str:
    """The exposures with their ids as text too.

    Where the types of two ids differ both sides are compared as text: an engine that casts one
    side by itself would stop at the first id of a fact that is no id of the log ('guest').
    """
    text = exp.DataType.build("text").sql(dialect=sqlglot_dialect(adapter_type))
    return f"select *, cast(unit_id as {text}) as unit_id_text from {exposures.sql}"


def segment_column(segment: str) -> str:
    """Name of a segment's column in the exposures and per-unit tables."""
    return f"segment__{segment}"


def attribute_column(attribute: str) -> str:
    """Name of a unit attribute's column in the exposures."""
    return f"attribute__{attribute}"


def exposed_units(plan: MeasurementPlan) -> ir.Table:
    """Units exposed until the analysis date, with the bounds of what counts for them."""
    exposures = placeholder(
        "exposures",
        {
            "experiment_id": "string",
            "unit_id": "string",
            "unit_id_text": "string",
            "variant_id": "string",
            "exposed_at": TIMESTAMP,
            "first_seen_at": TIMESTAMP,
            "stratum": "string",
            **{segment_column(segment): "string" for segment in plan.segments},
            **{attribute_column(attribute): "float64" for attribute in plan.attributes()},
        },
    )
    dates = placeholder(
        "dates",
        {
            "experiment_id": "string",
            "starts_at": TIMESTAMP,
            "ends_at": TIMESTAMP,
            "analysis_date": "date",
            "analysis_end_at": TIMESTAMP,
        },
    )
    units = exposures.inner_join(dates, "experiment_id")
    units = units.filter(units.exposed_at < units.analysis_end_at)
    return units.mutate(
        experiment_number=experiment_number(plan, units.experiment_id),
        read_from=ibis.least(units.starts_at, units.exposed_at - interval(longest_lookback(plan))),
        is_observable=units.first_seen_at.isnull()
        | (units.first_seen_at <= units.exposed_at - interval(_SHORTEST_HISTORY)),
        **{
            _window_end_column(window): _window_end(plan, window, units)
            for window in dict.fromkeys(metric.period.until for metric in plan.metrics)
        },
    )


def experiment_number(plan: MeasurementPlan, experiment_id: ir.Value) -> ir.IntegerValue:
    """The experiment as a small number, which groups faster than its name; of this build only."""
    numbers = [(name, ibis.literal(i, "int16")) for i, name in enumerate(plan.experiments)]
    none = ibis.literal(-1, "int16")
    return experiment_id.cases(*numbers, else_=none) if numbers else none


def longest_lookback(plan: MeasurementPlan) -> timedelta:
    """How far before its exposure any metric looks at a unit."""
    return max((m.lookback for m in plan.metrics if m.lookback), default=timedelta())


def window_end(period: Period, table: ir.Table) -> ir.Value:
    """Where a count after the exposure ends for a unit; an open-ended one with the experiment."""
    if period.past_end is not None:
        end: ir.Value = table.ends_at + interval(period.past_end)
        return end
    return table[_window_end_column(period.until)]


def events_of_units(
    plan: MeasurementPlan,
    fact: FactUnits,
    units: ir.Table,
    further: Mapping[str, str] = MappingProxyType({}),
) -> ir.Table:
    """The fact's events joined with the units they count for, from `read_from` on.

    The log's own id is `unit_id_right`: a fact's may have another type. `further` are the types
    of columns that `fact_units` was asked for beside those of the plan.
    """
    events = fact_events(plan, fact, further)
    mine = units.filter(units.experiment_id.isin(fact.experiments))
    return events.join(
        mine,
        [
            events.unit_id == (mine.unit_id_text if fact.as_text else mine.unit_id),
            events.event_at >= mine.read_from,
            events.event_at < mine.analysis_end_at,
        ],
    )


def fact_events(
    plan: MeasurementPlan, fact: FactUnits, further: Mapping[str, str] = MappingProxyType({})
) -> ir.Table:
    """The events of a fact for one type of unit: unit_id, event_at and the measures' values."""
    return placeholder(
        fact.placeholder,
        {
            "unit_id": "string",
            "event_at": TIMESTAMP,
            **event_schema(plan, fact.fact),
            **further,
        },
    )


def state_of_events(state: State, joined: ir.Table, *, all_count: bool = False) -> ir.Value:
    """The aggregation of joined events that gives a state.

    Args:
        state: The state.
        joined: Events with the units they count for.
        all_count: Every joined event lies in the state's period, which saves asking.
    """
    values = joined[state.value]
    where = None if all_count else is_within(state.period, joined)
    if state.threshold is not None:
        # 64 sums of one condition each: a filter beside every one would double their cost.
        is_below = values <= joined[state.threshold]
        is_counted = is_below if where is None else where & is_below
        total: ir.Value = is_counted.ifelse(1.0, 0.0).sum().nullif(0.0)
        return total
    return state.of_events(values, joined.event_at, where)


def is_within(period: Period, joined: ir.Table) -> ir.BooleanValue:
    """Whether an event lies in the period: `since` belongs to it, its end does not."""
    if period.is_before_exposure:
        since = joined.exposed_at - interval(-period.since)
        return (joined.event_at < joined.exposed_at) & (joined.event_at >= since)
    since = joined.exposed_at + interval(period.since) if period.since else joined.exposed_at
    return (joined.event_at >= since) & (joined.event_at < window_end(period, joined))


def is_active_before(joined: ir.Table) -> ir.BooleanValue:
    """Whether the unit has an event between the experiment's start and its exposure."""
    return ((joined.event_at >= joined.starts_at) & (joined.event_at < joined.exposed_at)).any()


def interval(length: timedelta) -> ir.IntervalScalar:
    """A length of time as Ibis has it."""
    return ibis.interval(seconds=int(length.total_seconds()))


def _window_end_column(window: timedelta | None) -> str:
    return f"window_end__{Period(timedelta(), window).name}"


def _window_end(plan: MeasurementPlan, window: timedelta | None, units: ir.Table) -> ir.Value:
    """The end of a declared window, or of the one that the unit's experiment has."""
    if window is not None:
        return units.exposed_at + interval(window)
    return ibis.cases(
        *(
            (
                units.experiment_id == name,
                units.ends_at
                if spec.window is None
                else units.exposed_at + interval(spec.window.duration),
            )
            for name, spec in plan.experiments.items()
        ),
        else_=ibis.null(TIMESTAMP),
    )
