from datetime import datetime, timedelta

import pytest

from abstats.demo.experiments import FOLLOW_UP_DAYS, HISTORY_DAYS, START_AT
from tests.demo.conftest import DAYS, USERS

LOG_START = START_AT - timedelta(days=HISTORY_DAYS)
END = START_AT + timedelta(days=DAYS)
LOG_END = END + timedelta(days=FOLLOW_UP_DAYS)
EVENTS = {
    "requests": ("request_id", "requested_at"),
    "page_loads": ("request_id", "rendered_at"),
    "impressions": ("impression_id", "shown_at"),
    "clicks": ("click_id", "clicked_at"),
    "watches": ("watch_id", "started_at"),
    "orders": ("order_id", "ordered_at"),
}


def test_the_experiments_start_on_a_fixed_day():
    assert datetime(2026, 1, 5) == START_AT


@pytest.mark.parametrize("table", EVENTS)
def test_events_have_one_row_per_key_and_lie_within_the_log(log, table):
    key, event_at = EVENTS[table]
    n, n_keys, first, last, zone = log.sql(f"""
        select count(*), count(distinct {key}), min({event_at}), max({event_at}),
            any_value(typeof({event_at}))
        from raw.{table}
    """).fetchone()
    assert n == n_keys > 100
    assert LOG_START <= first < LOG_START + timedelta(days=2)
    assert LOG_END - timedelta(days=2) < last < LOG_END + timedelta(minutes=10)
    assert zone == "TIMESTAMP"


@pytest.mark.parametrize("table", EVENTS)
def test_two_events_in_a_hundred_arrive_hours_late(log, table):
    _, event_at = EVENTS[table]
    share, fastest, slowest = log.sql(f"""
        select avg((loaded_at >= {event_at} + interval 1 hour)::int),
            min(loaded_at - {event_at}), max(loaded_at - {event_at})
        from raw.{table}
    """).fetchone()
    assert 0.005 < share < 0.04
    assert fastest >= timedelta(seconds=5)
    assert timedelta(hours=12) < slowest <= timedelta(days=3)


def test_events_follow_from_each_other_in_time(log):
    assert log.sql("""
        select count(*)
        from raw.requests
        inner join raw.page_loads using (request_id)
        inner join raw.impressions using (request_id)
        left join raw.clicks using (impression_id)
        left join raw.watches using (click_id)
        left join raw.orders using (click_id)
        where not (
            requested_at <= rendered_at and shown_at = rendered_at
            and coalesce(shown_at < clicked_at, true)
            and coalesce(clicked_at < started_at, true)
            and coalesce(clicked_at < ordered_at, true)
        )
    """).fetchone() == (0,)


def test_every_request_shows_five_different_movies(log):
    assert log.sql("""
        select n, n_movies, count(*) = (select count(*) from raw.requests)
        from (
            select count(*) as n, count(distinct movie_id) as n_movies
            from raw.impressions group by request_id
        )
        group by all
    """).fetchall() == [(5, 5, True)]


def test_nobody_is_shown_a_movie_they_rated(log):
    assert log.sql(
        "select count(*) from raw.impressions inner join raw.ratings using (viewer_id, movie_id)"
    ).fetchone() == (0,)


def test_recommenders_were_fitted_before_the_log_begins(log):
    (last,) = log.sql("select max(rated_at) from raw.ratings").fetchone()
    assert last < LOG_START


def test_some_viewers_sign_up_during_the_experiments_and_are_not_seen_before(log):
    (new,) = log.sql(
        f"select count(*) from raw.viewers where signed_up_at >= timestamp '{START_AT}'"
    ).fetchone()
    assert 0.12 * USERS < new < 0.18 * USERS
    assert log.sql("""
        select count(*) from raw.requests inner join raw.viewers using (viewer_id)
        where requested_at < signed_up_at
    """).fetchone() == (0,)


def test_collaborative_filtering_serves_everybody_before_the_experiments(log):
    assert log.sql(f"""
        select distinct model from raw.requests where requested_at < timestamp '{START_AT}'
    """).fetchall() == [("cf",)]


def test_exposures_are_logged_per_request_while_the_experiments_take_in_viewers(log):
    first, last, repeated = log.sql("""
        select min(exposed_at), max(exposed_at), count(*) > 2 * count(distinct viewer_id)
        from raw.experiment_exposures where experiment_id = 'aa_check'
    """).fetchone()
    assert first >= START_AT
    assert last < END
    assert repeated
    assert log.sql(f"""
        select count(*) from raw.requests
        anti join raw.experiment_exposures using (request_id)
        where requested_at >= timestamp '{START_AT}' and requested_at < timestamp '{END}'
    """).fetchone() == (0,)


def test_the_exposed_variant_is_the_model_that_served(log):
    assert log.sql("""
        select distinct experiment_id, surface, variant_id, model
        from raw.experiment_exposures inner join raw.requests using (request_id)
        where experiment_id not in ('aa_check', 'explained_picks')
        order by all
    """).fetchall() == [
        ("recommender_cf_vs_content", "home", "cf", "cf"),
        ("recommender_cf_vs_content", "home", "content", "content"),
        ("up_next_ranking", "up_next", "blend", "blend"),
        ("up_next_ranking", "up_next", "cf", "cf"),
        ("up_next_ranking", "up_next", "popular", "popular"),
    ]


def test_reasons_slow_the_home_page_from_the_start_on_and_nothing_else(log):
    rows = log.sql(f"""
        with arms as (
            select distinct bucketing_id, variant_id from raw.experiment_exposures
            where experiment_id = 'explained_picks'
        )
        select surface, requested_at >= timestamp '{START_AT}', variant_id, avg(latency_ms)
        from raw.requests
        inner join arms using (bucketing_id)
        inner join raw.page_loads using (request_id)
        group by all
    """).fetchall()
    latency = {tuple(place): value for *place, value in rows}
    for surface in ("home", "up_next"):
        for is_running in (False, True):
            slowed = latency[surface, is_running, "reasons"]
            slowness = slowed / latency[surface, is_running, "plain"]
            expected = 1.15 if is_running and surface == "home" else 1.0
            assert abs(slowness - expected) < 0.06


def test_the_split_still_decides_after_the_end_so_that_windows_can_close(log):
    assert log.sql(f"""
        with variants as (
            select distinct bucketing_id, variant_id from raw.experiment_exposures
            where experiment_id = 'recommender_cf_vs_content'
        )
        select avg((model = variant_id)::int), count(*) > 500
        from raw.requests inner join variants using (bucketing_id)
        where surface = 'home' and requested_at >= timestamp '{END}'
    """).fetchone() == (1.0, True)


def test_about_one_viewer_in_a_hundred_meets_both_variants_on_a_second_device(log):
    share, on_tv = log.sql("""
        with met as (
            select viewer_id, count(distinct variant_id) as variants, bool_or(platform = 'tv') as tv
            from raw.experiment_exposures
            where experiment_id = 'recommender_cf_vs_content' group by 1
        )
        select avg((variants > 1)::int), bool_and(tv) filter (variants > 1) from met
    """).fetchone()
    assert 0.003 < share < 0.025
    assert on_tv
