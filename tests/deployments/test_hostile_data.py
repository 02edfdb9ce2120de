"""Identifiers of any text, times of any zone, and experiments in any state."""

import random
import statistics
from collections import defaultdict
from datetime import UTC, datetime, timedelta, timezone

import duckdb
import pytest

from .host_project import HostProject

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

OLD, NEW, GHOST = 'it\'s "old"', 'it\'s "new"', "ghost; --"
COUNTRIES = ("日本", 'a "b" c', "d'e", "all", "", None)
ACCOUNTS = ("o'neil", 'a "b"', "  spaces  ", "日本", "semi;colon", "%like_")
START = datetime(2026, 1, 5, tzinfo=UTC)
NEW_YORK = timezone(timedelta(hours=-5))


def world():
    """Log and plays: 120 users, in the first days of a four-week experiment."""
    rng = random.Random(20260105)
    log, plays = [], []
    for user in range(1, 121):
        variant, country = (OLD, NEW)[user % 2], COUNTRIES[user % len(COUNTRIES)]
        # User 1 is exposed in the first hour of the first day: still the day before in New York.
        exposed_at = START + timedelta(minutes=30 if user == 1 else rng.randrange(1, 9 * 1440))
        log.append(("running", str(user), variant, exposed_at, country))
        if user % 7 == 0:
            log.append(("running", str(user), None, exposed_at + timedelta(hours=1), country))
        if user % 11 == 0:
            log.append(("running", str(user), variant, START - timedelta(seconds=1), country))
        for _ in range(rng.randrange(4)):
            played_at = exposed_at + timedelta(minutes=rng.randrange(-2000, 2000))
            plays.append((user, played_at, float(rng.randrange(1, 60))))
        # At the instant of exposure, written in another zone.
        plays.append((user, exposed_at.astimezone(NEW_YORK), 1000.0))
    return log, plays


def load(project, log, plays):
    logins = []
    for i, account in enumerate(ACCOUNTS):
        log = [*log, ("accounts", account, "ab"[i % 2], START + timedelta(hours=i), "x")]
        logins += [(account, START + timedelta(days=1, hours=i))] * (i + 1)
    with duckdb.connect(str(project.database)) as connection:
        connection.execute("create schema raw")
        connection.execute(
            'create table raw."exposure log" '
            '("experiment" text, "Unit Key" text, "variant" text, "at" timestamptz, country text)'
        )
        connection.execute(
            "create table raw.plays (user_id bigint, played_at timestamptz, minutes double)"
        )
        connection.execute("create table raw.logins (account_name text, logged_in_at timestamptz)")
        connection.executemany('insert into raw."exposure log" values (?, ?, ?, ?, ?)', log)
        connection.executemany("insert into raw.plays values (?, ?, ?)", plays)
        connection.executemany("insert into raw.logins values (?, ?)", logins)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    project = HostProject.copy_of("hostile", tmp_path_factory.mktemp("hostile"))
    # A session far from UTC must not shift a day.
    project.write_profile(settings={"TimeZone": "America/New_York"}, schema="main")
    load(project, *world())
    project.install()
    project.build()
    return project


def rows(project, table, **where):
    return project.rows(f"main_experiments.{table}", **where)


def row(project, table, **where):
    return project.row(f"main_experiments.{table}", **where)


def minutes_by(key):
    """Minutes of every exposed user after the exposure, by a loop over rows."""
    log, plays = world()
    first = {}
    for _, user, variant, at, country in log:
        if variant is not None and at >= START and (user not in first or at < first[user][1]):
            first[user] = (variant, at, country)
    last_day = max([at for *_, at, _ in log] + [at for _, at, _ in plays]).astimezone(UTC)
    cells = defaultdict(list)
    for user, (variant, exposed_at, country) in first.items():
        total = 0.0
        for player, played_at, minutes in plays:
            if str(player) == user and played_at >= exposed_at:
                total += minutes
        cells[key(variant, country)].append(total)
    return cells, last_day.date()


def test_everything_is_in_the_schema_that_the_project_chose(hostile):
    found = hostile.query(
        "select distinct table_schema from information_schema.tables "
        "where table_name like '%experiment%' and table_name not like 'stg_%' "
        "and table_schema != 'raw'"
    )
    assert [found_row["table_schema"] for found_row in found] == ["main_experiments"]


def test_texts_of_the_spec_arrive_as_they_were_written(hostile):
    found = row(hostile, "dim_experiments", experiment_id="running")
    assert found["owner"] == 'O\'Brien & "Söhne"'
    assert found["hypothesis"] == (
        'It\'s "better"; drop table users; -- {{ this }} {% if %} \\ 100 %'
    )
    assert found["description"] == "日本語 'and' \"quotes\""
    metric = row(hostile, "dim_metrics", metric_name="minutes")
    assert metric["label"] == "Minutes: it's what a \"user\" played; 'ok' --"


def test_variants_of_any_text_have_the_numbers_of_a_loop_over_rows(hostile):
    cells, _ = minutes_by(lambda variant, _: variant)
    found = row(
        hostile,
        "fct_experiment_results",
        experiment_id="running",
        treatment_variant_id=NEW,
        segment_name="all",
    )
    assert found["control_variant_id"] == OLD
    assert (found["control_n_units"], found["treatment_n_units"]) == (60, 60)
    assert found["control_mean"] == pytest.approx(statistics.mean(cells[OLD]), rel=1e-12)
    assert found["treatment_mean"] == pytest.approx(statistics.mean(cells[NEW]), rel=1e-12)
    assert found["treatment_std"] == pytest.approx(statistics.stdev(cells[NEW]), rel=1e-12)


def test_segment_values_of_any_text_have_theirs(hostile):
    cells, _ = minutes_by(lambda variant, country: (variant, country))
    for country in COUNTRIES:
        found = row(
            hostile,
            "fct_experiment_results",
            experiment_id="running",
            treatment_variant_id=NEW,
            segment_name="order",
            segment_value="(missing)" if country is None else country,
        )
        for side, variant in (("control", OLD), ("treatment", NEW)):
            values = cells[variant, country]
            assert found[f"{side}_n_units"] == len(values)
            if values:
                assert found[f"{side}_mean"] == pytest.approx(statistics.mean(values), rel=1e-12)


def test_a_variant_without_units_has_its_rows_and_a_status(hostile):
    found = row(
        hostile,
        "fct_experiment_results",
        experiment_id="running",
        treatment_variant_id=GHOST,
        segment_name="all",
    )
    assert (found["status"], found["treatment_n_units"], found["p_value"]) == ("no_data", 0, None)
    check = row(
        hostile,
        "fct_experiment_health",
        experiment_id="running",
        check_name="variants_without_units",
    )
    assert check["status"] in ("warn", "fail")
    assert GHOST in check["detail"]


def test_log_rows_outside_the_dates_and_without_variant_are_counted(hostile):
    outside = row(
        hostile,
        "fct_experiment_health",
        experiment_id="running",
        check_name="exposures_outside_dates",
    )
    assert outside["status"] == "warn"
    assert outside["detail"].startswith("10 of 147 exposure rows")
    missing = row(
        hostile, "fct_experiment_health", experiment_id="running", check_name="missing_variant"
    )
    assert missing["status"] == "fail"
    assert missing["detail"].startswith("17 of 147 exposure rows")


def test_days_are_those_of_utc_whatever_the_session_s_zone(hostile):
    _, last_day = minutes_by(lambda variant, _: variant)
    found = row(hostile, "dim_experiments", experiment_id="running")
    assert found["first_exposed_at"] == datetime(2026, 1, 5, 0, 30)
    assert found["analysis_date"] == last_day
    assert found["state"] == "running"


def test_an_experiment_without_exposures_is_planned_and_has_all_its_rows(hostile):
    assert row(hostile, "dim_experiments", experiment_id="not_started")["state"] == "planned"
    found = row(hostile, "fct_experiment_results", experiment_id="not_started")
    assert (found["status"], found["control_n_units"]) == ("no_data", 0)
    verdict = row(hostile, "fct_experiment_decisions", experiment_id="not_started")
    assert (verdict["verdict"], verdict["rule"]) == ("keep_running", "no_exposures")
    checks = rows(hostile, "fct_experiment_health", experiment_id="not_started")
    assert {check["status"] for check in checks} == {"not_applicable"}


def test_unit_ids_of_any_text_meet_their_events(hostile):
    found = row(hostile, "fct_experiment_results", experiment_id="accounts", segment_name="all")
    # Logins are 1 to 6; a has the accounts 0, 2, 4 and b the others.
    assert (found["control_mean"], found["treatment_mean"]) == (3.0, 4.0)
    exposed = rows(hostile, "fct_experiment_exposures", experiment_id="accounts")
    assert {unit["unit_id"] for unit in exposed} == set(ACCOUNTS)


def test_nobody_is_judged_on_a_broken_log(hostile):
    verdicts = rows(hostile, "fct_experiment_decisions", experiment_id="running")
    assert {verdict["treatment_variant_id"] for verdict in verdicts} == {NEW, GHOST}
    assert {verdict["verdict"] for verdict in verdicts} == {"invalid"}
