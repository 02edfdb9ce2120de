"""Conversions: whether a unit's first base event was followed by a conversion within the window."""

from collections.abc import Mapping
from typing import Any

import ibis.expr.types as ir

from abstats.warehouse.measurement_plan import (
    DENOMINATOR,
    OUTCOME,
    PlannedMetric,
    conversion_window,
)
from abstats.warehouse.truth import as_number
from abstats.warehouse.unit_events import interval
from abstats.warehouse.unit_states import states_of_term


def conversion_columns(metric: PlannedMetric, states: ir.Table) -> Mapping[str, ir.Value]:
    """A conversion's columns for every exposed unit.

    `d` is 1 for a unit whose first base event, between its exposure and the end of exposures, is
    a whole window before the last known instant; `y` is 1 if it converted within that window as
    well. So a unit counts in both from the same instant on, and until then in neither.

    Args:
        metric: The conversion.
        states: Exposed units with their states and the instant until which events are
            `known_until`.
    """
    (base,), (conversion,) = (metric.outcomes[column] for column in (DENOMINATOR, OUTCOME))
    first: Any = states[states_of_term(base)[0].name]
    instants: Any = states[states_of_term(conversion)[0].name]
    window_end = first + interval(conversion_window(metric.spec))
    is_complete = (window_end <= states.known_until).fill_null(False)
    within = instants.filter(lambda instant: (instant >= first) & (instant < window_end))
    is_converted = is_complete & (within.length().fill_null(0) > 0)
    return {
        OUTCOME: as_number(is_converted),
        DENOMINATOR: as_number(is_complete),
    }
