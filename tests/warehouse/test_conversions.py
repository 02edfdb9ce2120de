"""Conversions against a loop over the events, at the latest date and at every date."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import assume, given, settings

from abstats.spec.covariate import CupedSpec
from tests.warehouse.test_units_and_moments import worlds
from tests.warehouse.timelines import build_timeline
from tests.warehouse.worlds import (
    END_AT,
    START_AT,
    Event,
    Exposure,
    World,
    build,
    compiled,
    experiment,
    load,
    metric,
)

NO_CUPED = CupedSpec(enabled=False)
# A base event is a weight other than 0 on another fact, a conversion a value.
METRICS = [
    metric("quick", "conversion", days=1, denominator_fact="orders", cuped=NO_CUPED),
    metric("slow", "conversion", days=4, cuped=NO_CUPED),
]
NAMES = [spec.name for spec in METRICS]
EXPERIMENTS = [experiment("e1", NAMES, segments=["platform"]), experiment("e2", ["slow"])]
STATEMENTS = compiled(EXPERIMENTS, METRICS)
NOON = datetime(2026, 1, 6, 12)
HOUR = timedelta(hours=1)


def expected(world: World, name: str, exposure: Exposure, known_until: datetime) -> Any:
    """(converted, has a complete base event) by a loop over the unit's events."""
    fact, window = {"quick": ("orders", 1), "slow": ("events", 4)}[name]
    mine = [event for event in world.events if event.unit == exposure.unit]
    bases = [
        event.at
        for event in mine
        if event.fact == fact and event.weight and exposure.at <= event.at < END_AT
    ]
    if not bases:
        return 0.0, 0.0
    first, end = min(bases), min(bases) + timedelta(days=window)
    if end > known_until:
        return 0.0, 0.0
    converted = any(e.fact == "events" and e.value and first <= e.at < end for e in mine)
    return float(converted), 1.0


@settings(max_examples=40, deadline=None)
@given(world=worlds())
def test_a_unit_converts_as_a_loop_over_its_events_says(world: World) -> None:
    world = replace(world, experiments=EXPERIMENTS)
    with duckdb.connect() as connection:
        build(connection, world, STATEMENTS)
        units = {
            (row["experiment_id"], row["unit_id"]): row
            for row in connection.execute("select * from units").to_arrow_table().to_pylist()
        }
    for exposure in world.exposures:
        if exposure.at >= world.analysis_end_at:
            continue
        row = units[exposure.experiment, exposure.unit]
        for name in NAMES if exposure.experiment == "e1" else ["slow"]:
            found = row[f"{name}__y"], row[f"{name}__d"]
            assert found == expected(world, name, exposure, world.analysis_end_at)


@settings(max_examples=10, deadline=None)
@given(world=worlds())
def test_every_date_of_the_timeline_is_what_was_known_then(world: World) -> None:
    world = replace(world, experiments=EXPERIMENTS)
    with duckdb.connect() as connection:
        load(connection, world)
        build_timeline(connection, EXPERIMENTS, METRICS)
        rows = connection.execute("select * from timeline").to_arrow_table().to_pylist()
    exposures = {(e.experiment, e.unit): e for e in world.exposures}
    # Nobody may be known before the last date.
    assume(rows)
    for row in rows:
        exposure = exposures[row["experiment_id"], row["unit_id"]]
        known_until = datetime.combine(row["analysis_date"], datetime.min.time())
        for name in NAMES if exposure.experiment == "e1" else ["slow"]:
            found = row[f"{name}__y"], row[f"{name}__d"]
            wanted = expected(world, name, exposure, known_until + timedelta(days=1))
            assert found == wanted


@pytest.mark.parametrize(
    ("base", "conversion", "outcome"),
    [
        (NOON, NOON, (1.0, 1.0)),
        (NOON, NOON + 4 * 24 * HOUR - timedelta(microseconds=1), (1.0, 1.0)),
        (NOON, NOON + 4 * 24 * HOUR, (0.0, 1.0)),
        (NOON, NOON - timedelta(microseconds=1), (0.0, 1.0)),
        (NOON - timedelta(microseconds=1), NOON, (0.0, 0.0)),
        (END_AT - timedelta(microseconds=1), END_AT + HOUR, (1.0, 1.0)),
        (END_AT, END_AT + HOUR, (0.0, 0.0)),
    ],
    ids=[
        "at the instant of exposure and of the base event",
        "just within the window",
        "at its end",
        "just before the base event",
        "base event before the exposure",
        "base event just before exposures end",
        "base event when exposures end",
    ],
)
def test_the_first_instant_of_a_window_belongs_to_it_and_its_end_does_not(
    base: datetime, conversion: datetime, outcome: tuple[float, float]
) -> None:
    world = World(
        [Exposure("e2", 1, "a", NOON)],
        [Event(1, base, 0.0, weight=1.0), Event(1, conversion, 1.0, weight=0.0)],
        experiments=EXPERIMENTS,
    )
    with duckdb.connect() as connection:
        build(connection, world, STATEMENTS)
        assert connection.execute("select slow__y, slow__d from units").fetchone() == outcome


def test_a_conversion_before_its_window_is_complete_counts_in_neither_column() -> None:
    """Law 7: a unit that converts early must not come into the numerator early."""
    events = [Event(1, NOON, 1.0, weight=1.0)]
    for known_until, outcome in (
        (NOON.replace(hour=0) + timedelta(days=4), (0.0, 0.0)),
        (NOON.replace(hour=0) + timedelta(days=5), (1.0, 1.0)),
    ):
        world = World(
            [Exposure("e2", 1, "a", START_AT)],
            events,
            analysis_end_at=known_until,
            experiments=EXPERIMENTS,
        )
        with duckdb.connect() as connection:
            build(connection, world, STATEMENTS)
            assert connection.execute("select slow__y, slow__d from units").fetchone() == outcome
