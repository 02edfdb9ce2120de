"""When an event counts: to the microsecond, in UTC, whatever the zone of a column or a session."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.warehouse.declarations import FACT_TYPES, LOG_TYPES, declared, experiment, metric
from tests.warehouse.incremental import MOMENTS, UNIT_DAYS, Engine, Warehouse
from tests.warehouse.oracle import LogRow, expected_moments
from tests.warehouse.oracle_values import Event
from tests.warehouse.rendered_models import Declared

# Clocks go forward at 01:00 UTC on Sunday the 29th: Berlin's day has 23 hours.
START, END = date(2026, 3, 28), date(2026, 3, 30)
NOON = datetime(2026, 3, 28, 12)
MICROSECOND = timedelta(microseconds=1)
METRICS = [
    metric("total", lookback_days=1),
    metric("windowed", days=1, lookback_days=1),
    metric("buyers", "orders", "proportion", days=1, lookback_days=1),
]
ZONED = "timestamp with time zone"


def project(**log_types: str) -> Declared:
    spec = experiment("one", [m.name for m in METRICS], start=START, end=END)
    facts = {
        # One fact has a zone, the other has none.
        "clicks": {**FACT_TYPES, "event_at": log_types.get("exposed_at", "timestamp")},
        "orders": FACT_TYPES,
    }
    return replace(declared(spec, metrics=METRICS), log={**LOG_TYPES, **log_types}, facts=facts)


NAIVE = project()
WITH_ZONES = project(exposed_at=ZONED, first_seen_at=ZONED)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def build(
    engine: Engine,
    log: Sequence[LogRow],
    clicks: Sequence[Event],
    orders: Sequence[Event] = (),
    project: Declared = NAIVE,
) -> Warehouse:
    warehouse = Warehouse(engine)
    warehouse.sources = {"exposure_log": log, "clicks": clicks, "orders": orders}
    warehouse.build(project, date(2026, 4, 30))
    return warehouse


def means(warehouse: Warehouse, metric_name: str, column: str = "y") -> Mapping[date, float]:
    """Mean at each analysis date."""
    return {
        row["analysis_date"]: row["mean_a"]
        for row in warehouse.rows(MOMENTS)
        if (row["metric_name"], row["column_a"], row["column_b"]) == (metric_name, column, column)
    }


# A later row, so that the data goes on until then.
LATER = Event(9, datetime(2026, 4, 1), 1.0)


def test_an_event_at_the_instant_of_exposure_counts_after_it_and_never_before(
    engine: Engine,
) -> None:
    clicks = [Event(1, NOON, 1.0), Event(1, NOON - MICROSECOND, 10.0), LATER]
    built = build(engine, [LogRow("one", 1, "a", NOON)], clicks)
    assert means(built, "total")[START] == 1.0
    before = built.rows("int_experiment_unit_measures")[0]
    assert (before["total__y"], before["total__x_y"]) == (1.0, 10.0)


def test_the_first_instant_of_a_lookback_counts_and_the_one_before_does_not(
    engine: Engine,
) -> None:
    since = NOON - timedelta(days=1)
    clicks = [Event(1, since, 1.0), Event(1, since - MICROSECOND, 10.0), LATER]
    built = build(engine, [LogRow("one", 1, "a", NOON)], clicks)
    assert built.rows("int_experiment_unit_measures")[0]["total__x_y"] == 1.0


def test_the_last_microsecond_of_a_day_belongs_to_it_and_midnight_to_the_next(
    engine: Engine,
) -> None:
    midnight = datetime(2026, 3, 29)
    clicks = [Event(1, midnight - MICROSECOND, 1.0), Event(1, midnight, 10.0), LATER]
    built = build(engine, [LogRow("one", 1, "a", NOON)], clicks)
    assert means(built, "total") == {START: 1.0, date(2026, 3, 29): 11.0, date(2026, 3, 30): 11.0}
    days = {row["partition_date"] for row in built.rows(UNIT_DAYS) if row["unit_id"] is not None}
    assert days == {START, date(2026, 3, 29)}


def test_a_window_that_ends_at_midnight_is_complete_on_the_day_before_it(engine: Engine) -> None:
    first = datetime(2026, 3, 28)
    log = [LogRow("one", 1, "a", first), LogRow("one", 2, "a", first + MICROSECOND)]
    end = datetime(2026, 3, 29)
    clicks = [Event(1, end - MICROSECOND, 1.0), Event(1, end, 10.0), Event(2, end, 5.0), LATER]
    built = build(engine, log, clicks)
    # On the 28th the first unit alone is mature; the second one's window ends a microsecond later.
    assert means(built, "windowed") == {
        START: 1.0,
        date(2026, 3, 29): 3.0,
        date(2026, 3, 30): 3.0,
    }


def test_exposures_count_from_midnight_of_start_until_just_before_midnight_of_end(
    engine: Engine,
) -> None:
    start, end = datetime(2026, 3, 28), datetime(2026, 3, 30)
    log = [
        LogRow("one", 1, "a", start),
        LogRow("one", 2, "a", start - MICROSECOND),
        LogRow("one", 3, "a", end - MICROSECOND),
        LogRow("one", 4, "a", end),
    ]
    built = build(engine, log, [LATER])
    units = {row["unit_id"] for row in built.rows("int_experiment_exposures_first")}
    assert units == {1, 3}


def test_events_of_an_open_ended_metric_count_until_just_before_midnight_of_end(
    engine: Engine,
) -> None:
    end = datetime(2026, 3, 30)
    clicks = [Event(1, end - MICROSECOND, 1.0), Event(1, end, 10.0), LATER]
    built = build(engine, [LogRow("one", 1, "a", NOON)], clicks)
    assert max(means(built, "total").values()) == 1.0


def test_a_day_of_a_window_has_24_hours_also_when_clocks_change(engine: Engine) -> None:
    engine.connection.execute("set timezone = 'Europe/Berlin'")
    end = NOON + timedelta(days=1)
    clicks = [Event(1, end - MICROSECOND, 1.0), Event(1, end, 10.0), LATER]
    for zoned in (NAIVE, WITH_ZONES):
        log = [LogRow("one", 1, "a", NOON)]
        built = build(engine, *in_zones(log, clicks, zoned), project=zoned)
        assert means(built, "windowed")[date(2026, 3, 30)] == 1.0


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_zones_of_columns_and_of_the_session_change_no_moment(engine: Engine, zone: str) -> None:
    """Every hour of four days, of which some are on another date in the zone."""
    engine.connection.execute(f"set timezone = '{zone}'")
    hours = [datetime(2026, 3, 27) + timedelta(hours=hour) for hour in range(96)]
    log = [
        LogRow("one", unit, "ab"[unit % 2], at, at - timedelta(hours=20 + unit % 9))
        for unit, at in enumerate(hours)
    ]
    clicks = [Event(i % 96, at, 1.0 + i % 7) for i, at in enumerate(hours * 5)]
    clicks += [Event((7 * i) % 96, at, 2.0 + i % 5) for i, at in enumerate(hours * 5)]
    orders = [Event((5 * i) % 96, at, float(i % 2)) for i, at in enumerate(hours * 2)]
    expected = expected_moments(
        NAIVE.experiments,
        METRICS,
        log,
        {"clicks": clicks, "orders": orders},
        date(2026, 3, 30),
    )
    for zoned in (NAIVE, WITH_ZONES):
        built = build(engine, *in_zones(log, clicks, zoned), orders, project=zoned)
        found = built.rows(MOMENTS)
        assert len(found) == len(expected)
        assert {(row["n"], round(row["mean_a"], 6)) for row in found} == {
            (moment.n, round(moment.mean_a, 6)) for moment in expected.values()
        }


def in_zones(
    log: Sequence[LogRow], clicks: Sequence[Event], project: Declared
) -> tuple[list[LogRow], list[Event]]:
    """The rows as a source with zones has them: each in one of three, at the same instants."""
    if project is NAIVE:
        return list(log), list(clicks)
    zones = [ZoneInfo(name) for name in ("Asia/Kolkata", "America/New_York", "Europe/Berlin")]

    def zoned(at: datetime, index: int) -> datetime:
        return at.replace(tzinfo=UTC).astimezone(zones[index % 3])

    return (
        [
            row._replace(
                at=zoned(row.at, i),
                first_seen_at=row.first_seen_at and zoned(row.first_seen_at, i + 1),
            )
            for i, row in enumerate(log)
        ],
        [row._replace(at=zoned(row.at, i)) for i, row in enumerate(clicks)],
    )


@pytest.mark.parametrize(("log", "clicks"), [({"exposed_at": "date"}, "timestamp"), ({}, "date")])
def test_dates_are_refused_where_an_instant_is_needed(
    engine: Engine, log: Mapping[str, str], clicks: str
) -> None:
    facts = {"clicks": {**FACT_TYPES, "event_at": clicks}, "orders": FACT_TYPES}
    of_dates = replace(NAIVE, log={**LOG_TYPES, **log}, facts=facts)
    with pytest.raises(ValueError, match="has type date, must be a timestamp"):
        Engine().database(of_dates)
