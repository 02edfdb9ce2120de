"""The benchmark's world is what its parameters say, and the same on every run."""

from dataclasses import replace
from datetime import datetime

import duckdb
import pytest

from benchmarks.cost.world import EXPOSURES_PER_UNIT, World, world_file
from tests.benchmarks.cost.worlds import SMALL


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    file = world_file(SMALL, tmp_path_factory.mktemp("world"))
    with duckdb.connect(str(file), read_only=True) as connection:
        yield connection


def test_the_same_parameters_give_the_same_rows(world, tmp_path):
    with duckdb.connect(str(world_file(SMALL, tmp_path)), read_only=True) as again:
        for table in ("exposures", "activity", "events"):
            rows = f"select * from raw.{table}"
            assert again.execute(rows).fetchall() == world.execute(rows).fetchall()


def test_another_seed_gives_other_rows(world, tmp_path):
    other = replace(SMALL, seed=2)
    rows = "select user_id from raw.activity"
    with duckdb.connect(str(world_file(other, tmp_path)), read_only=True) as connection:
        assert connection.execute(rows).fetchall() != world.execute(rows).fetchall()


@pytest.mark.parametrize("table", ["activity", "events"])
def test_events_lie_in_order_over_all_days(world, table):
    times = [at for (at,) in world.execute(f"select event_at from raw.{table}").fetchall()]
    assert len(times) == SMALL.events
    assert times == sorted(times)
    per_day = dict.fromkeys(range(SMALL.days), 0)
    for at in times:
        per_day[(at - datetime(2026, 1, 1)).days] += 1
    assert max(per_day.values()) - min(per_day.values()) <= 1


def test_every_enrolled_unit_logs_each_exposure_with_one_variant(world):
    rows = world.execute(
        """
        select experiment_id, user_id, count(*), count(distinct variant_id)
        from raw.exposures
        group by all
        """
    ).fetchall()
    assert {name for name, *_ in rows} == set(SMALL.experiment_names)
    assert {tuple(counts) for _, _, *counts in rows} == {(EXPOSURES_PER_UNIT, 1)}
    share = len(rows) / (SMALL.units * SMALL.experiments)
    assert share == pytest.approx(SMALL.share, abs=0.1)  # 3 standard errors are 0.07


@pytest.mark.slow
def test_events_compact_badly_by_unit_and_day(tmp_path):
    # The proportions of 20 million events of a million units in 28 days: 12.8 million unit-days.
    world = World(events=400_000, units=20_000, measures=1)
    with duckdb.connect(str(world_file(world, tmp_path)), read_only=True) as connection:
        (unit_days,) = connection.execute(
            "select count(distinct (user_id, cast(event_at as date))) from raw.activity"
        ).fetchone()
    assert unit_days / world.events == pytest.approx(0.64, abs=0.005)
