"""Per-unit states: numbers of which those of disjoint sets of events make up that of the union.

A unit's value is finished from its states, so days can be added up in any order, and no event has
to be read again for a later analysis date. A state is named by what it is made of: metrics that
need the same one share it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir
from ibis.expr.builders import LegacyWindowBuilder

from abstats.spec.measure import Measure
from abstats.warehouse.measurement_plan import MeasurementPlan
from abstats.warehouse.terms import Period, Term
from abstats.warehouse.truth import as_number

ACTIVE_BEFORE_EXPOSURE = "is_active_before_exposure"

How = Literal["sum", "count", "any", "min", "max", "last", "distinct", "first", "instants"]
Merge = Literal["sum", "min", "max", "union"]

_MERGES: dict[How, Merge] = {
    "sum": "sum",
    "count": "sum",
    "any": "max",
    "min": "min",
    "max": "max",
    "last": "max",
    "distinct": "union",
    "first": "min",
    "instants": "union",
}
_TYPES: dict[How, str] = {
    "last": "array<float64>",
    "distinct": "array<string>",
    "first": "timestamp(6)",
    "instants": "array<timestamp(6)>",
}
_HOWS: dict[str, tuple[How, ...]] = {
    "average": ("sum", "count"),
    "min": ("min",),
    "max": ("max",),
    "last_value": ("last",),
    "count_distinct": ("distinct",),
}
VALUE_OF_LAST = 2
"""Position of the value in the state `last`: seconds, microseconds, value."""


@dataclass(frozen=True)
class State:
    """One state column, shared by all metrics that need it.

    Attributes:
        name: Its column in the tables of states.
        fact: The fact whose events it is made of.
        value: The column of the fact's events that it is made of.
        how: What it holds of the values that are not NULL. sum, count, min, max. any: 1 with a
            value other than 0, else 0. last: the instant and value of the last event (seconds
            since 1970, microseconds, value), so that the larger value wins at one instant.
            distinct: the list of distinct values. first, instants: when the first event with a
            value other than 0 happened, and the list of when all did.
        period: The time around the exposure whose events count.
        threshold: Where given, the state is not one of the values but of 1 for a value at or
            below this column of the unit, else 0.
    """

    name: str
    fact: str
    value: str
    how: How
    period: Period
    threshold: str | None = None

    @property
    def is_covariate(self) -> bool:
        """Made of the events before the exposure instead of those after it."""
        return self.period.is_before_exposure

    @property
    def merge(self) -> Merge:
        """How two states become one; `union` needs an engine that can flatten lists."""
        return _MERGES[self.how]

    @property
    def part_name(self) -> str:
        """Name of the same aggregation over events of any period."""
        counted = "" if self.threshold is None else f"__{self.threshold}"
        return f"{self.value}__{self.how}{counted}"

    @property
    def type(self) -> str:
        """Its Ibis type."""
        return _TYPES.get(self.how, "float64")

    def of_events(
        self, values: ir.Column, event_at: ir.Column, where: ir.BooleanValue | None
    ) -> ir.Value:
        """The state of a set of events; NULL where none has a value.

        Args:
            values: The values of the events.
            event_at: Their instants.
            where: Which of them count; None for all.
        """
        if self.how == "count":
            return values.count(where=where).cast("float64").nullif(0.0)
        if self.how == "any":
            return as_number(values != 0).max(where=where)
        if self.how == "last":
            # As doubles both parts are exact; the seconds alone are not to the microsecond.
            parts = [event_at.epoch_seconds(), event_at.microsecond()]
            last = ibis.array([*(part.cast("float64") for part in parts), values])
            has_value = values.notnull()
            return last.max(where=has_value if where is None else where & has_value)
        if self.how == "distinct":
            counted = values if where is None else where.ifelse(values, ibis.null("string"))
            return counted.collect(distinct=True)
        if self.how in ("first", "instants"):
            is_counted = values != 0 if where is None else where & (values != 0)
            instants = is_counted.ifelse(event_at, ibis.null("timestamp(6)"))
            return instants.min() if self.how == "first" else instants.collect(distinct=True)
        aggregated: ir.Value = getattr(values, self.how)(where=where)
        return aggregated

    def merged(self, states: ir.Column, over: LegacyWindowBuilder | None = None) -> ir.Value:
        """The state of the union of disjoint sets.

        Args:
            states: Their states, one per row.
            over: The rows of a window that are merged; None for those of a group.
        """
        if self.merge == "union":
            lists = states.collect()
            return (lists if over is None else lists.over(over)).flatten().unique()
        merged: ir.Value = getattr(states, self.merge)()
        return merged if over is None else merged.over(over)


def states_of_term(term: Term) -> tuple[State, ...]:
    """The states that a term is finished from."""
    if term.point:
        return (_counted_state(term, term.point),)
    hows: tuple[How, ...] = _HOWS.get(term.measure.agg, ("sum",))
    if term.is_any:
        hows = ("any",)
    elif term.point == 0:
        hows = ("count",)
    elif term.instants is not None:
        hows = ("first",) if term.instants == "first" else ("instants",)
    value, period = term.event_column, term.period
    return tuple(
        State(f"{value}__{how}__{period.name}", term.measure.fact, value, how, period)
        for how in hows
    )


def grid_column(grid: str, point: int) -> str:
    """The unit's column with a value of a frozen grid; points count from 1."""
    return f"grid_{grid}_{point:02d}"


def _counted_state(term: Term, point: int) -> State:
    column, period = grid_column(term.grid, point), term.period
    name = f"{term.event_column}__{column}__{period.name}"
    return State(name, term.measure.fact, term.event_column, "sum", period, threshold=column)


def measures_of(plan: MeasurementPlan, fact: str) -> dict[str, Measure]:
    """The columns that the events of a fact are projected to."""
    return {term.event_column: term.measure for term in _terms(plan, fact)}


def event_schema(plan: MeasurementPlan, fact: str) -> dict[str, str]:
    """The Ibis types of those columns."""
    return {
        term.event_column: "string" if term.form == "text" else "float64"
        for term in _terms(plan, fact)
    }


def states_of(plan: MeasurementPlan, fact: str | None = None) -> Sequence[State]:
    """Every state column, or those of one fact, each once."""
    states = (state for term in _terms(plan, fact) for state in states_of_term(term))
    return tuple(dict.fromkeys(states))


def outcome_states(plan: MeasurementPlan, fact: str | None = None) -> Sequence[State]:
    """The states of events after the exposure."""
    return [state for state in states_of(plan, fact) if not state.is_covariate]


def covariate_states(plan: MeasurementPlan, fact: str | None = None) -> Sequence[State]:
    """The states of events before the exposure."""
    return [state for state in states_of(plan, fact) if state.is_covariate]


def merged_states(table: ir.Table, states: Sequence[State]) -> Mapping[str, ir.Value]:
    """Aggregations of a table of states to one state per group."""
    return {state.name: state.merged(table[state.name]) for state in states}


def _terms(plan: MeasurementPlan, fact: str | None) -> list[Term]:
    return [
        term
        for metric in plan.metrics
        for term in metric.terms
        if fact in (None, term.measure.fact)
    ]
