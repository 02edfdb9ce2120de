"""A fact's columns as the join needs them."""

import duckdb
import pytest

from abstats.spec.measure import Aggregation, Measure
from abstats.warehouse.fact_events import fact_events_sql
from abstats.warehouse.relation import Relation


def measure(
    agg: Aggregation, expr: str, time_column: str = "event_at", filter: str | None = None
) -> Measure:
    return Measure(
        fact="events",
        fact_unique_id="model.world.events",
        agg=agg,
        expr=expr,
        filter=filter,
        time_column=time_column,
        entities={"user": "user_id"},
    )


def selected(measures: dict[str, Measure], table: str, types: dict[str, str] | None = None) -> str:
    return fact_events_sql(
        Relation(table, types or {}),
        measures,
        "user_id",
        unit_as_text=False,
        adapter_type="duckdb",
    )


def test_counts_and_booleans_become_doubles_and_keep_null() -> None:
    table = (
        "(select 1 as user_id, timestamp '2026-01-05' as event_at, value"
        " from (values (true), (false), (null)) as t(value))"
    )
    sql = selected(
        {"counted": measure("count", "value"), "summed": measure("sum_boolean", "value")}, table
    )
    relation = duckdb.sql(sql)
    assert [str(type_) for type_ in relation.types[2:]] == ["DOUBLE", "DOUBLE"]
    assert [row[2:] for row in relation.fetchall()] == [(1.0, 1.0), (1.0, 0.0), (None, None)]


def test_a_sum_of_integers_is_no_hugeint() -> None:
    sql = selected(
        {"value": measure("sum", "1")}, "(select 1 as user_id, timestamp '2026-01-05' as event_at)"
    )
    assert str(duckdb.sql(f"select sum(value) from ({sql})").types[0]) == "DOUBLE"


def test_a_zoned_time_is_compared_in_utc_whatever_the_zone_of_the_session() -> None:
    """Law 13."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'America/New_York'")
        connection.execute(
            "create table events as select 1 as user_id,"
            " timestamptz '2026-01-05 12:00:00+00' as event_at"
        )
        sql = selected(
            {"value": measure("count", "user_id")},
            "events",
            {"event_at": "timestamp with time zone"},
        )
        ours = connection.execute(f"select cast(event_at as text) from ({sql})").fetchone()
        naive = connection.execute(
            "select cast(cast(event_at as timestamp) as text) from events"
        ).fetchone()
    assert ours == ("2026-01-05 12:00:00",)
    assert naive == ("2026-01-05 07:00:00",)


def test_a_date_is_refused_as_time() -> None:
    with pytest.raises(ValueError, match="time column event_at has type date, must be a timestamp"):
        selected({"value": measure("count", "user_id")}, "events", {"event_at": "date"})


def test_two_time_columns_on_one_fact_are_refused() -> None:
    with pytest.raises(ValueError, match="several time columns"):
        selected(
            {
                "one": measure("count", "user_id"),
                "two": measure("count", "user_id", time_column="paid_at"),
            },
            "events",
        )


def test_a_comment_at_the_end_of_an_expression_ends_with_its_line() -> None:
    table = "(select 1 as user_id, timestamp '2026-01-05' as event_at, 3 as amount)"
    measures = {
        "net": measure("sum", "amount -- gross"),
        "paid": measure("count", "amount -- any"),
        "large": measure("sum_boolean", "amount > 2 -- or so"),
    }
    assert duckdb.sql(selected(measures, table)).fetchall()[0][2:] == (3.0, 1.0, 1.0)


def test_an_event_that_does_not_meet_the_filter_has_no_value() -> None:
    table = (
        "(select 1 as user_id, timestamp '2026-01-05' as event_at, amount, kind"
        " from (values (3, 'paid'), (4, 'free'), (5, null)) as t(amount, kind))"
    )
    paid = "kind = 'paid' -- by card"
    measures = {
        "net": measure("sum", "amount", filter=paid),
        "orders": measure("count", "amount", filter=paid),
        "large": measure("sum_boolean", "amount > 3", filter=paid),
    }
    found = [row[2:] for row in duckdb.sql(selected(measures, table)).fetchall()]
    assert found == [(3.0, 1.0, 0.0), (None, None, None), (None, None, None)]


def test_values_that_are_counted_once_each_stay_text() -> None:
    table = "(select 1 as user_id, timestamp '2026-01-05' as event_at, 'x7' as item)"
    relation = duckdb.sql(selected({"items": measure("count_distinct", "item")}, table))
    assert relation.fetchall()[0][2:] == ("x7",)
