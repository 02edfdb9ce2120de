"""Per-unit states: numbers of which those of disjoint sets of events make up that of the union.

A unit's value is finished from its states, so days can be added up in any order, and no event has
to be read again for a later analysis date.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import ibis.expr.types as ir

from abstats.spec.measure import Measure
from abstats.warehouse.measurement_plan import MeasurementPlan, PlannedMetric

ACTIVE_BEFORE_EXPOSURE = "is_active_before_exposure"


@dataclass(frozen=True)
class State:
    """One state column of a metric.

    Attributes:
        name: Its column in the tables of states.
        metric: The metric it belongs to.
        fact: The fact whose events it is made of.
        value: The column of the fact's events that it is made of.
        is_covariate: Made of the events before the exposure instead of those after it.
        merge: How two states become one: `sum`, or `max` for "at least one".
    """

    name: str
    metric: PlannedMetric
    fact: str
    value: str
    is_covariate: bool
    merge: Literal["sum", "max"]

    def of_events(self, values: ir.Column, where: ir.BooleanValue) -> ir.Value:
        """The state of a set of events; NULL where none has a value."""
        if self.merge == "max":
            # A qualifying event has a value other than 0.
            return (values != 0).cast("float64").max(where=where)
        return values.sum(where=where)

    def merged(self, states: ir.Column) -> ir.Value:
        """The state of the union of disjoint sets."""
        return states.max() if self.merge == "max" else states.sum()


def measures_of(plan: MeasurementPlan, fact: str) -> dict[str, Measure]:
    """The columns that the events of a fact are projected to."""
    return {
        metric.unit_column(column): measure
        for metric in plan.metrics
        for column, _, measure in metric.measures
        if measure.fact == fact
    }


def states_of(plan: MeasurementPlan, fact: str | None = None) -> Sequence[State]:
    """Every state column, or those of one fact."""
    return [
        state
        for metric in plan.metrics
        for outcome, covariate, measure in metric.measures
        if fact in (None, measure.fact)
        for state in _states(metric, outcome, covariate, measure.fact)
    ]


def outcome_states(plan: MeasurementPlan, fact: str | None = None) -> Sequence[State]:
    """The states of events after the exposure."""
    return [state for state in states_of(plan, fact) if not state.is_covariate]


def covariate_states(plan: MeasurementPlan, fact: str | None = None) -> Sequence[State]:
    """The states of events before the exposure."""
    return [state for state in states_of(plan, fact) if state.is_covariate]


def merged_states(table: ir.Table, states: Sequence[State]) -> Mapping[str, ir.Value]:
    """Aggregations of a table of states to one state per group."""
    return {state.name: state.merged(table[state.name]) for state in states}


def _states(metric: PlannedMetric, outcome: str, covariate: str, fact: str) -> list[State]:
    merge: Literal["sum", "max"] = "max" if metric.spec.kind == "proportion" else "sum"
    value = metric.unit_column(outcome)
    states = [State(value, metric, fact, value, False, merge)]
    if metric.lookback is not None:
        states.append(State(metric.unit_column(covariate), metric, fact, value, True, merge))
    return states
