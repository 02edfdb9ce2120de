"""From joined events to one row of states per unit: every value is aggregated once per phase.

An event's phase says which periods it lies in. Values are first aggregated by unit and phase, then
the few phases of a unit are merged into the states of each period. A condition beside every
aggregate of every event would cost twice as much.
"""

from collections.abc import Sequence
from functools import reduce

import ibis
import ibis.expr.types as ir

from abstats.warehouse.terms import Period
from abstats.warehouse.unit_events import is_active_before, is_within, state_of_events
from abstats.warehouse.unit_states import State


def states_by_unit(
    joined: ir.Table,
    states: Sequence[State],
    keys: Sequence[str],
    *,
    active: str | None = None,
    all_count: bool = False,
) -> ir.Table:
    """The states of joined events: one row per unit, named `unit_id`, and further keys.

    Args:
        joined: Events with the units they count for (`events_of_units`).
        states: The states that are wanted.
        keys: Columns of the joined events to group by beside the unit.
        active: Name of a column that says whether the unit has an event between the experiment's
            start and its exposure; None for no such column.
        all_count: Every joined event lies in the period of every state.
    """
    joined = joined.mutate(unit_id=joined.unit_id_right)
    grouped = [*keys, "unit_id"]
    activity = {} if active is None else {active: is_active_before(joined)}
    # Lists are merged only where they must be: not every engine can flatten them.
    if all_count or any(state.merge == "union" for state in states):
        whole = {s.name: state_of_events(s, joined, all_count=all_count) for s in states}
        return joined.group_by(grouped).agg(**activity, **whole)
    periods = list(dict.fromkeys(state.period for state in states))
    joined = joined.mutate(phase=_phase(periods, joined))
    parts = {state.part_name: state for state in states}
    by_phase = joined.group_by([*grouped, "phase"]).agg(
        **activity,
        **{name: state_of_events(state, joined, all_count=True) for name, state in parts.items()},
    )
    is_in = {period: (by_phase.phase & (1 << i)) != 0 for i, period in enumerate(periods)}
    # Not FILTER: DuckDB cuts all columns anew for every aggregate that has one.
    kept = {
        state: is_in[state.period].ifelse(by_phase[state.part_name], ibis.null(state.type))
        for state in states
    }
    return by_phase.group_by(grouped).agg(
        **({} if active is None else {active: by_phase[active].any()}),
        **{state.name: state.merged(values) for state, values in kept.items()},
    )


def _phase(periods: Sequence[Period], joined: ir.Table) -> ir.IntegerValue:
    """A whole number with one bit per period."""
    bits = [is_within(period, joined).ifelse(1 << index, 0) for index, period in enumerate(periods)]
    return reduce(lambda a, b: a + b, bits, ibis.literal(0)).cast("int64")
