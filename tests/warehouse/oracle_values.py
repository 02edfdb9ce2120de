"""A unit's value of a metric by a loop over its events. A further aggregation goes here."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from abstats.spec.measure import Measure
from abstats.spec.metric import MetricSpec


class Event(NamedTuple):
    """A row of a fact, its time in UTC; a measure's `expr` is `value` or `weight`.

    `unit` is the user, `device` a unit of another type that experiments may randomise instead.
    """

    unit: int | None
    at: datetime | None
    value: float | None
    weight: float | None = 1.0
    device: int | None = None


Facts = Mapping[str, Sequence[Event]]
FILTERS: Mapping[str | None, Callable[[Event], bool]] = {
    None: lambda _: True,
    "weight > 0": lambda event: event.weight is not None and event.weight > 0,
}
"""What the filters of the measures mean."""


class Number(NamedTuple):
    """A sum and what its rounding error is proportional to.

    Attributes:
        value: The sum.
        magnitude: Sum of what was added, without signs.
    """

    value: float
    magnitude: float


class Term(NamedTuple):
    """A value in a column: of which measure, 1 for any qualifying event instead, its weight."""

    measure: Measure
    is_any: bool = False
    weight: float = 1.0


def columns_of(metric: MetricSpec) -> dict[str, list[Term]]:
    """The metric's own columns, each a weighted sum."""
    if metric.kind == "composite":
        return {
            "y": [
                Term(p.numerator, p.kind == "proportion", p.weight / (p.standard_deviation or 1.0))
                for p in metric.parts
            ]
        }
    assert metric.kind in ("mean", "proportion", "ratio", "retention")
    columns = {"y": [Term(metric.numerator, metric.kind in ("proportion", "retention"))]}
    if metric.denominator is not None:
        columns["d"] = [Term(metric.denominator)]
    return columns


def value_of(term: Term, events: Sequence[Event]) -> Number | None:
    """A term of some events of a unit; None where none has a value."""
    counted = [event for event in events if FILTERS[term.measure.filter](event)]
    found = [(event.at, getattr(event, term.measure.expr)) for event in counted]
    found = [(at, value) for at, value in found if value is not None]
    values = [value for _, value in found]
    if not values:
        return None
    agg = term.measure.agg
    if term.is_any:
        # A qualifying event has a value other than 0, and for a count any value.
        return Number(float(agg == "count" or any(value != 0 for value in values)), 1.0)
    if agg in ("sum", "average"):
        n = 1 if agg == "sum" else len(values)
        return Number(math.fsum(values) / n, math.fsum(abs(value) for value in values))
    # Of the values at a unit's last instant the largest.
    single = {
        "count": float(len(values)),
        "count_distinct": float(len(set(values))),
        "min": min(values),
        "max": max(values),
        "last_value": max(found)[1],
    }[agg]
    return Number(single, abs(single))


def column_value(
    metric: MetricSpec,
    terms: Sequence[Term],
    events: Sequence[Sequence[Event]],
    *,
    is_history: bool = False,
) -> Number | None:
    """A column of a unit; None where it has no value. A total of no events before is a zero."""
    numbers = []
    for term, of_term in zip(terms, events, strict=True):
        number = value_of(term, of_term)
        is_total = term.is_any or term.measure.agg in ("sum", "count", "count_distinct")
        if number is None and (metric.missing == "zero" or (is_history and is_total)):
            number = Number(0.0, 0.0)
        if number is None:
            return None
        numbers.append(Number(number.value * term.weight, number.magnitude * abs(term.weight)))
    return Number(
        math.fsum(number.value for number in numbers),
        math.fsum(number.magnitude for number in numbers),
    )
