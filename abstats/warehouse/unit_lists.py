"""States that are lists put together: by flattening them, or value by value where an engine cannot.

Postgres has no lists of lists of different lengths. There each value of a list becomes a row, and
the rows of a group are collected again.
"""

from collections.abc import Sequence

import ibis.expr.types as ir

from abstats.warehouse.dialects import has_lists_of_lists
from abstats.warehouse.unit_states import State, merged_states


def merged_by(
    table: ir.Table,
    keys: Sequence[str],
    states: Sequence[State],
    adapter_type: str,
    **further: ir.Value,
) -> ir.Table:
    """One row per group: its keys, its merged states and further aggregations."""
    direct, by_value = split_by_merge(states, adapter_type)
    merged = table.group_by(list(keys)).agg(**merged_states(table, direct), **further)
    for state in by_value:
        values = table.select(*keys, value=table[state.name].unnest())
        lists = values.group_by(list(keys)).agg(**{state.name: values.value.collect(distinct=True)})
        merged = _joined(merged, lists, keys)
    return merged


def with_running_lists(
    running: ir.Table, days: ir.Table, unit: Sequence[str], date: str, states: Sequence[State]
) -> ir.Table:
    """Units' days with each list as it has become by that day, value by value.

    Args:
        running: A row per unit and day.
        days: The lists of each unit and day.
        unit: Columns that identify the unit.
        date: Column of the day, of both tables.
        states: The lists.
    """
    keys = [*unit, date]
    known = days.select(*keys).distinct()
    for state in states:
        values = days.select(*unit, seen_on=days[date], value=days[state.name].unnest())
        so_far = known.inner_join(values, list(unit))
        so_far = so_far.filter(so_far.seen_on <= so_far[date])
        lists = so_far.group_by(keys).agg(**{state.name: so_far.value.collect(distinct=True)})
        running = _joined(running, lists, keys)
    return running


def split_by_merge(
    states: Sequence[State], adapter_type: str
) -> tuple[Sequence[State], Sequence[State]]:
    """The states that one aggregation merges on this engine, and the lists that none does."""
    by_value = [s for s in states if s.merge == "union" and not has_lists_of_lists(adapter_type)]
    return [state for state in states if state not in by_value], by_value


def _joined(table: ir.Table, lists: ir.Table, keys: Sequence[str]) -> ir.Table:
    joined = table.left_join(lists, list(keys))
    return joined.drop([f"{key}_right" for key in keys])
