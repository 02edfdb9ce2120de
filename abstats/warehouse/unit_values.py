"""From a unit's states to the columns of its metrics."""

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import ibis
import ibis.expr.types as ir

from abstats.spec.measure import TOTALS
from abstats.spec.values import TransformSpec
from abstats.warehouse.terms import Term
from abstats.warehouse.truth import as_number
from abstats.warehouse.unit_states import VALUE_OF_LAST, states_of_term


class Value(NamedTuple):
    """A unit's value of some terms.

    Attributes:
        number: The value; 0 or NULL without events, as it was asked.
        is_there: True where each of the terms has a value.
    """

    number: ir.FloatingValue
    is_there: ir.BooleanValue


def value_of(terms: Sequence[Term], states: ir.Table, *, fills_all: bool) -> Value:
    """The weighed sum of the terms.

    Args:
        terms: The terms of one column.
        states: A row per unit with the columns of `states_of_term` and of frozen scales.
        fills_all: A term without events is 0 whatever it is; else only totals are, and an
            average, extreme or last value is NULL.
    """
    found = [_term_value(term, states, fills_all=fills_all) for term in terms]
    weighed = [
        _weighed(value.number, term, states) for term, value in zip(terms, found, strict=True)
    ]
    return Value(
        reduce(lambda a, b: a + b, weighed),
        reduce(lambda a, b: a & b, [value.is_there for value in found]),
    )


def transformed(value: ir.FloatingValue, transform: TransformSpec | None) -> ir.Value:
    """The value as it is averaged; NaN, which the gate refuses, where it has no logarithm."""
    if transform is None:
        return value
    if transform.above is not None:
        return as_number(value > transform.above)
    no_number = ibis.literal("NaN").cast("float64")
    is_defined = value.isnull() | (value > -1.0)
    # An engine may work out both branches, and stop at the logarithm of 0.
    argument = is_defined.ifelse(value + 1.0, 1.0)
    return is_defined.ifelse(argument.ln(), no_number)


def capped(value: ir.Value, cap: ir.Value) -> ir.Value:
    """The value, at most the cap; NULL while there is no cap."""
    return cap.isnull().ifelse(ibis.null("float64"), (value > cap).ifelse(cap, value))


def _weighed(value: ir.Value, term: Term, states: ir.Table) -> ir.Value:
    weighed = value if term.weight == 1.0 else value * term.weight
    return weighed if term.frozen_scale is None else weighed / states[term.frozen_scale]


def _term_value(term: Term, states: ir.Table, *, fills_all: bool) -> Value:
    first, *others = (states[state.name] for state in states_of_term(term))
    agg = term.measure.agg
    if term.is_any:
        number, is_there = first, first.notnull()
    elif agg == "average":
        number, is_there = first / others[0].nullif(0.0), first.notnull()
    elif agg == "last_value":
        number, is_there = first[VALUE_OF_LAST], first.notnull()
    elif agg == "count_distinct":
        number = first.length().cast("float64")
        # Without events the list is NULL on some engines and empty on others.
        is_there = number.fill_null(0.0) > 0.0
    else:
        number, is_there = first, first.notnull()
    is_total = term.is_any or agg in TOTALS
    return Value(number.fill_null(0.0) if fills_all or is_total else number, is_there)
