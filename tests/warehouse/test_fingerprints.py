"""A day's fingerprint sees whatever its numbers depend on."""

from datetime import date
from itertools import combinations, product

import duckdb
import pytest

from abstats.warehouse.fingerprints import fact_days_sql, row_hash_sql
from abstats.warehouse.measurement_plan import plan_measurement
from abstats.warehouse.relation import Relation
from tests.warehouse.worlds import experiment, measure, metric

START = date(2026, 1, 5)
USERS, VALUES = range(20), range(20)


def test_units_that_swap_their_values_change_the_sum_of_hashes() -> None:
    """36,100 swaps; DuckDB's hash of several columns alone, an exclusive or, misses some."""
    columns = ["user_id", "value"]

    def unchanged_sums(row_hash: str) -> int:
        with duckdb.connect() as connection:
            hashes = {
                (user, value): found
                for user, value, found in connection.execute(
                    f"select user_id, value, {row_hash} from (select u as user_id,"
                    " cast(v as double) as value from range(20) as a(u), range(20) as b(v))"
                ).fetchall()
            }
        return sum(
            hashes[a, x] + hashes[b, y] == hashes[a, y] + hashes[b, x]
            for (a, b), (x, y) in product(combinations(USERS, 2), combinations(VALUES, 2))
        )

    assert unchanged_sums(row_hash_sql(columns, "duckdb")) == 0
    assert unchanged_sums("hash(user_id, value) % 4294967296") > 0


@pytest.mark.parametrize(
    ("row", "other"),
    [
        ("null::bigint, 1", "1, null::bigint"),
        ("null::varchar", "''"),
        ("'', null::varchar", "null::varchar, ''"),
        ("'ab', ''", "'a', 'b'"),
        ("0.0::double", "null::double"),
        ("1.0::double, null::double", "null::double, 1.0::double"),
        ("timestamp '2026-01-05'", "timestamp '2026-01-05 00:00:00.000001'"),
        ("1e8::double", "1e8::double + 1.5e-8"),
    ],
)
def test_rows_that_differ_have_other_hashes(row: str, other: str) -> None:
    with duckdb.connect() as connection:
        first, second = (
            connection.execute(f"select {row_hash_sql(columns.split(', '), 'duckdb')}").fetchone()
            for columns in (row, other)
        )
    assert first != second


def test_a_value_that_changes_places_with_a_null_is_told_from_it_on_spark() -> None:
    """xxhash64(null, 1) is xxhash64(1, null) there."""
    assert row_hash_sql(["a", "b"], "spark") == (
        "(xxhash64(a, case when a is null then 1 else 0 end,"
        " b, case when b is null then 1 else 0 end) & 4294967295)"
    )


def fingerprints(*rows: str, columns: str = "user_id, event_at, value, weight, label") -> set:
    """The days of a fact with these rows, read by a sum, a filtered count and two unit types."""
    metrics = [
        metric("total"),
        metric("labels", agg="count_distinct", filter="weight > 0"),
    ]
    plan = plan_measurement([experiment("e1", [m.name for m in metrics])], metrics)
    relation = Relation("events", {"user_id": "bigint", "event_at": "timestamp"}, "UTC")
    with duckdb.connect() as connection:
        values = ", ".join(f"({row})" for row in rows)
        connection.execute(f"create table events as from (values {values}) as rows({columns})")
        return set(
            connection.execute(fact_days_sql(plan, {"events": relation}, "duckdb")).fetchall()
        )


AT = "timestamp '2026-01-05 23:59:59.999999'"
NEXT = "timestamp '2026-01-06'"
ROW = f"1, {AT}, 2.0::double, 1.0::double, 'a'"


@pytest.mark.parametrize(
    "rows",
    [
        (ROW, ROW),
        (f"2, {AT}, 2.0::double, 1.0::double, 'a'",),
        (f"1, {NEXT}, 2.0::double, 1.0::double, 'a'",),
        (f"1, {AT} - interval 1 microsecond, 2.0::double, 1.0::double, 'a'",),
        (f"1, {AT}, null::double, 1.0::double, 'a'",),
        (f"1, {AT}, 1.0::double, 2.0::double, 'a'",),
        (f"1, {AT}, 2.0::double, 0.0::double, 'a'",),
        (f"1, {AT}, 2.0::double, 1.0::double, ''",),
        (f"1, {AT}, 2.0::double, 1.0::double, null::varchar",),
    ],
)
def test_every_column_that_metrics_read_is_in_a_day_s_fingerprint(rows: tuple[str, ...]) -> None:
    assert fingerprints(*rows) != fingerprints(ROW)


def test_rows_in_another_order_and_columns_that_nobody_reads_change_nothing() -> None:
    other = f"2, {AT}, 7.0::double, 1.0::double, 'b'"
    columns = "user_id, event_at, value, weight, label, comment"
    assert fingerprints(ROW, other) == fingerprints(other, ROW)
    assert fingerprints(f"{ROW}, 'x'", columns=columns) == fingerprints(ROW)
    assert measure("label").entities == {"user": "user_id"}


def test_of_rows_that_are_only_added_nothing_but_the_time_is_read() -> None:
    metrics = [metric("total")]
    plan = plan_measurement([experiment("e1", ["total"])], metrics)
    relation = Relation(
        "(select timestamp '2026-01-05' as event_at)", {"event_at": "timestamp"}, "UTC"
    )
    with duckdb.connect() as connection:
        sql = fact_days_sql(plan, {"events": relation}, "duckdb", append_only=["events"])
        assert connection.execute(sql).fetchall() == [("events", START, 1, 0)]
