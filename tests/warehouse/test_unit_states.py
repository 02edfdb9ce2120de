"""States of parts of a unit's events make up that of all of them, and equal ones are shared."""

from datetime import datetime, timedelta
from typing import Any

import duckdb
import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abstats.spec.covariate import CupedSpec
from abstats.warehouse.measurement_plan import plan_measurement
from abstats.warehouse.placeholders import compile_expression
from abstats.warehouse.terms import Period
from abstats.warehouse.unit_states import How, State, states_of
from tests.warehouse.worlds import experiment, metric

AFTER = Period(timedelta(), None)
NUMBERS: tuple[How, ...] = ("sum", "count", "any", "min", "max", "last")
START = datetime(2026, 1, 5)

events = st.lists(
    st.tuples(
        st.integers(0, 3),
        # Instants that coincide, and others a microsecond apart.
        st.integers(0, 3).map(lambda n: START + timedelta(microseconds=n)),
        st.one_of(st.none(), st.integers(-3, 3).map(float)),
    ),
    max_size=12,
)


def rows(sql_of: Any, parts: list[tuple[int, datetime, float | None]]) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute("create table events (part bigint, event_at timestamp, value double)")
        for row in parts:
            connection.execute("insert into events values (?, ?, ?)", row)
        table = ibis.table(
            {"part": "int64", "event_at": "timestamp(6)", "value": "float64"}, name="events"
        )
        return connection.execute(ibis.to_sql(sql_of(table), dialect="duckdb")).fetchall()


def of_events(how: How, table: ibis.Table) -> ibis.Value:
    values = table.value.cast("string") if how == "distinct" else table.value
    return State("s", "events", "value", how, AFTER).of_events(
        values, table.event_at, ibis.literal(True)
    )


@pytest.mark.parametrize("how", NUMBERS)
@settings(max_examples=15, deadline=None)
@given(parts=events)
def test_merged_states_of_parts_are_the_state_of_the_whole(
    how: How, parts: list[tuple[int, datetime, float | None]]
) -> None:
    state = State("s", "events", "value", how, AFTER)

    def by_part(table: ibis.Table) -> ibis.Table:
        return table.group_by("part").agg(s=of_events(how, table))

    whole = rows(lambda t: t.agg(s=of_events(how, t)), parts)
    merged = rows(lambda t: by_part(t).agg(s=state.merged(by_part(t).s)), parts)
    running = rows(
        lambda t: (
            by_part(t)
            .mutate(
                s=state.merged(by_part(t).s).over(
                    ibis.window(order_by="part", preceding=None, following=0)
                )
            )
            .order_by("part")
        ),
        parts,
    )
    assert merged == whole
    if parts:
        assert running[-1][1:] == whole[0]


@settings(max_examples=15, deadline=None)
@given(parts=events)
def test_merged_lists_of_distinct_values_are_those_of_the_whole(
    parts: list[tuple[int, datetime, float | None]],
) -> None:
    state = State("s", "events", "value", "distinct", AFTER)

    def merged(table: ibis.Table) -> ibis.Table:
        by_part = table.group_by("part").agg(s=of_events("distinct", table))
        return by_part.agg(s=state.merged(by_part.s).length())

    def running(table: ibis.Table) -> ibis.Table:
        by_part = table.group_by("part").agg(s=of_events("distinct", table))
        until_now = ibis.cumulative_window(order_by="part")
        return by_part.mutate(s=state.merged(by_part.s, until_now).length()).order_by("part")

    distinct = len({value for _, _, value in parts if value is not None})
    assert (rows(merged, parts)[0][0] or 0) == distinct
    if parts:
        assert (rows(running, parts)[-1][1] or 0) == distinct


def test_the_last_of_values_at_one_instant_is_the_largest() -> None:
    at = START + timedelta(microseconds=1)
    parts = [(0, at, 2.0), (0, at, 7.0), (0, START, 9.0), (0, at + timedelta(seconds=1), None)]
    found = rows(lambda t: t.agg(s=of_events("last", t)), parts)
    assert found[0][0][2] == 7.0


def test_metrics_on_the_same_measure_and_window_share_their_states() -> None:
    cuped = CupedSpec(enabled=False)
    metrics = [
        metric("total", days=7, cuped=cuped),
        metric("per_weight", "ratio", days=7, cuped=cuped),
        metric("average", agg="average", days=7, cuped=cuped),
        metric("longer", days=14, cuped=cuped),
        metric("only_some", days=7, filter="weight > 0", cuped=cuped),
    ]
    names = [spec.name for spec in metrics]
    plan = plan_measurement([experiment("e1", names), experiment("e2", names[:1])], metrics)
    hows = sorted((s.value.rpartition("_")[0], s.how, s.period.name) for s in states_of(plan))
    assert hows == [
        ("value", "count", "7d"),
        ("value", "sum", "14d"),
        ("value", "sum", "7d"),
        ("value", "sum", "7d"),
        ("weight", "sum", "7d"),
    ]


def test_a_state_has_the_same_name_whatever_else_is_declared() -> None:
    one, other = metric("total", days=7), metric("zzz", agg="max")
    alone = states_of(plan_measurement([experiment("e1", ["total"])], [one]))
    beside = states_of(plan_measurement([experiment("e1", ["zzz", "total"])], [one, other]))
    assert {state.name for state in alone} < {state.name for state in beside}
    assert all(len(state.name) <= 63 for state in beside)


def test_an_engine_that_cannot_merge_lists_says_so_and_what_to_do() -> None:
    state = State("s", "events", "value", "distinct", AFTER)
    table = ibis.table({"s": "array<string>"}, name="states")
    with pytest.raises(ValueError, match=r"adapter type == 'postgres', .*`timeline: latest`"):
        compile_expression(table.agg(s=state.merged(table.s)), {}, "postgres")
