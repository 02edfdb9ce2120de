"""Timestamps without a zone have the one that the project declares, or are refused."""

from datetime import datetime
from zoneinfo import ZoneInfo

import duckdb
import pytest

from abstats.warehouse.relation import Relation
from abstats.warehouse.utc import utc_timestamp_sql


@pytest.mark.parametrize("type_", ["timestamp", "TIMESTAMP_NS", "timestamp without time zone"])
def test_a_timestamp_of_unknown_zone_is_refused(type_: str) -> None:
    with pytest.raises(ValueError, match="has no time zone, and the project does not say") as error:
        utc_timestamp_sql(Relation("shop.events", {"event_at": type_}), "event_at", "duckdb")
    assert "shop.events: time column event_at" in str(error.value)
    assert "set the var `time_zone`" in str(error.value)


@pytest.mark.parametrize(
    "local",
    [
        datetime(2026, 3, 29, 1, 59, 59),
        datetime(2026, 3, 29, 3),
        datetime(2026, 7, 1, 12),
        datetime(2026, 12, 1, 0, 0, 0, 1),
    ],
)
def test_a_declared_zone_is_converted_as_python_converts_it(local: datetime) -> None:
    relation = Relation("events", {"event_at": "timestamp"}, "Europe/Berlin")
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'America/New_York'")
        connection.execute("create table events as select $1::timestamp as event_at", [local])
        sql = f"select {utc_timestamp_sql(relation, 'event_at', 'duckdb')} from events"
        (found,) = connection.execute(sql).fetchone()
    expected = local.replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(ZoneInfo("UTC"))
    assert found == expected.replace(tzinfo=None)


def test_a_zoned_timestamp_needs_no_declaration() -> None:
    relation = Relation("events", {"event_at": "timestamp with time zone"}, "Europe/Berlin")
    assert utc_timestamp_sql(relation, "event_at", "duckdb") == "timezone('UTC', event_at)"


def test_an_unknown_zone_is_refused_with_the_nearest_name() -> None:
    relation = Relation("events", {"event_at": "timestamp"}, "Europe/Berlln")
    with pytest.raises(ValueError, match="Did you mean 'Europe/Berlin'"):
        utc_timestamp_sql(relation, "event_at", "duckdb")


def test_what_stands_in_the_zone_is_no_sql() -> None:
    relation = Relation("events", {"event_at": "timestamp"}, "UTC', now()) --")
    with pytest.raises(ValueError, match="must be a name of the IANA"):
        utc_timestamp_sql(relation, "event_at", "duckdb")


def test_on_spark_an_instant_is_taken_as_it_is_and_only_a_time_without_zone_converted() -> None:
    types = {"instant": "timestamp", "local": "timestamp_ntz"}
    relation = Relation("events", types, "Europe/Berlin")
    assert utc_timestamp_sql(relation, "instant", "spark") == "(instant)"
    converted = "to_utc_timestamp(local, 'Europe/Berlin')"
    assert utc_timestamp_sql(relation, "local", "spark") == converted
    with pytest.raises(ValueError, match="has no time zone"):
        utc_timestamp_sql(Relation("events", types), "local", "spark")
