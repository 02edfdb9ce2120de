"""A ramp from 99/1 to 50/50, stratified by platform too, from the log to the verdict.

The users of the first days are better customers, and hardly any of them is treated: pooled, the
treatment looks much worse than it is.
"""

import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta

import duckdb
import pytest

from .host_project import HostProject

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

START, CHANGE, END = datetime(2026, 1, 5), datetime(2026, 1, 9), datetime(2026, 1, 15)
VARIANTS = ("two_pages", "one_page")
# First exposures of a period: since when, how many, share that orders, by variant.
PERIODS = {
    "2026-01-05": (START, (4950, 50), (0.30, 0.40)),
    "2026-01-09": (CHANGE, (1010, 990), (0.10, 0.13)),
}
RECENT = 40
"""Users of the first period who are dealt anew when the weights change."""


class World:
    """Users and orders, as rows."""

    def __init__(self):
        rng = random.Random(7)
        self.users, self.log, self.orders = {}, [], []
        for period, (_, sizes, shares) in PERIODS.items():
            for variant, n, share in zip(VARIANTS, sizes, shares, strict=True):
                for _ in range(n):
                    self._user(rng, period, variant, share)
        for user in range(RECENT):
            again = (CHANGE + timedelta(hours=1), *self.users[user][2:])
            self.log.append(("checkout", user, "one_page", *again))

    def _user(self, rng, period, variant, share):
        user, (since, _, (share_before, _)) = len(self.users), PERIODS[period]
        at = since + timedelta(minutes=rng.randrange(3 * 1440))
        platform = rng.choice(("ios", "web", "web", None))
        country = rng.choices(("pt", "no", "is", "fo", None), (50, 30, 10, 5, 5))[0]
        self.users[user] = (period, variant, platform, country)
        self.log.append(("checkout", user, variant, at, platform, country))
        if rng.random() < (share if platform == "ios" else share / 2):
            for _ in range(rng.randrange(1, 4)):
                ordered_at = at + timedelta(minutes=rng.randrange(2 * 1440))
                amount = float(rng.randrange(5, 60))
                self.orders.append((user, ordered_at, rng.choice(("app", "site")), amount))
        if rng.random() < share_before:
            self.orders.append((user, at - timedelta(days=2), "site", float(rng.randrange(9, 40))))
        if user == 0:
            self.orders.append((user, END - timedelta(seconds=1), "app", 5.0))

    def values(self, metric):
        """The metric's value of every user, by a loop over orders."""
        exposed = {}
        for _, user, _, at, *_ in self.log:
            exposed.setdefault(user, at)
        totals = dict.fromkeys(self.users, 0.0)
        for user, ordered_at, channel, amount in self.orders:
            if ordered_at >= exposed[user]:
                kept = metric in ("revenue", "buyers") or metric == f"{channel}_revenue"
                totals[user] += amount if kept else 0.0
        if metric == "buyers":
            return {user: float(total > 0) for user, total in totals.items()}
        return totals

    def effect(self, metric, stratum_of):
        """Differences of means within strata, weighted by their users."""
        cells = defaultdict(list)
        values = self.values(metric)
        for user, (_, variant, *_) in self.users.items():
            cells[stratum_of(self.users[user]), variant].append(values[user])
        effect = 0.0
        for stratum in {stratum for stratum, _ in cells}:
            control, treatment = (cells[stratum, variant] for variant in VARIANTS)
            difference = sum(treatment) / len(treatment) - sum(control) / len(control)
            effect += (len(control) + len(treatment)) / len(self.users) * difference
        return effect


WORLD = World()


@pytest.fixture(scope="module")
def ramp(tmp_path_factory):
    project = HostProject.copy_of("ramp", tmp_path_factory.mktemp("ramp"))
    with duckdb.connect(str(project.database)) as connection:
        connection.execute("create schema raw")
        connection.execute(
            "create table raw.exposures (experiment_id text, user_id bigint, variant_id text,"
            " exposed_at timestamp, platform text, country text)"
        )
        connection.execute(
            "create table raw.orders (user_id bigint, ordered_at timestamp, channel text,"
            " amount double)"
        )
        for table, rows in (("exposures", WORLD.log), ("orders", WORLD.orders)):
            columns = [list(column) for column in zip(*rows, strict=True)]
            names = [f"unnest(${i + 1})" for i in range(len(columns))]
            connection.execute(f"insert into raw.{table} select {', '.join(names)}", columns)
    project.install()
    project.build("--vars", "{analysis_date: '2026-01-14'}")
    return project


def result(project, metric, **where):
    return project.result(metric, analysis_date=END.date() - timedelta(days=1), **where)


def test_the_pooled_effect_is_wrong_and_nowhere_shown(ramp):
    """Trap 7, through dbt and the engine."""
    pooled = WORLD.effect("buyers", lambda _: "all")
    expected = WORLD.effect("buyers", lambda user: user[0])
    assert pooled < -0.05 < 0.01 < expected
    row = result(ramp, "buyers")
    assert row["effect_abs"] == pytest.approx(expected, rel=1e-12)
    assert (row["control_n_units"], row["treatment_n_units"]) == (5960, 1040)
    shown = ramp.rows(
        "fct_experiment_results", every_date=True, metric_name="buyers", segment_name="all"
    )
    assert len({row["analysis_date"] for row in shown}) == 10
    assert all(row["effect_abs"] is None or row["effect_abs"] > pooled / 2 for row in shown[-8:])


@pytest.mark.parametrize("metric", ["buyers", "revenue"])
def test_post_stratified_rows_are_within_period_and_platform(ramp, metric):
    row = result(ramp, metric, estimator="post_stratified")
    expected = WORLD.effect(metric, lambda user: (user[0], user[2]))
    assert row["effect_abs"] == pytest.approx(expected, rel=1e-10)
    unadjusted = result(ramp, metric)
    share = (row["effect_abs_se"] / unadjusted["effect_abs_se"]) ** 2
    assert row["variance_reduction"] == pytest.approx(1 - share, rel=1e-9)


def test_the_headline_is_the_most_adjusted_row(ramp):
    headlines = {
        row["metric_name"]: row["estimator"]
        for row in ramp.rows("fct_experiment_results", segment_name="all", is_headline=True)
        if row["analysis_date"] == END.date() - timedelta(days=1)
    }
    assert headlines == {
        "buyers": "post_stratified",
        "revenue": "post_stratified_cuped",
        "app_revenue": "post_stratified",
        "site_revenue": "post_stratified",
    }


def test_the_moments_of_a_cell_have_their_stratum(ramp):
    found = {
        (row["variant_id"], row["stratum"]): row["n"]
        for row in ramp.rows("fct_experiment_moments", metric_name="units", segment_name="all")
        if row["analysis_date"] == END.date() - timedelta(days=1)
    }
    expected = Counter(
        (variant, f"{period}|{platform or '(missing)'}")
        for period, variant, platform, _ in WORLD.users.values()
    )
    assert found == expected


def test_health_judges_each_period_by_its_weights(ramp):
    subjects = {
        row["subject"]: row["status"]
        for row in ramp.rows("fct_experiment_health", check_name="sample_ratio_mismatch")
    }
    assert subjects == {
        "experiment": "pass",
        "period 2026-01-05": "pass",
        "period 2026-01-09": "pass",
    }
    # Of the metrics with a covariate none decides, so nothing is tested jointly.
    assert ramp.check("covariate_balance")["status"] == "not_applicable"
    assert ramp.check("covariate_balance", "revenue")["status"] == "pass"
    for name in ("activity_before_exposure", "variants_without_units"):
        assert ramp.check(name)["status"] == "pass", name


def test_users_that_were_dealt_anew_are_flagged_under_the_ramp(ramp):
    row = ramp.check("units_in_several_variants")
    assert row["status"] == "warn"
    assert f"{RECENT} of 7,000 units" in row["detail"]
    assert "The spec has a ramp" in row["next_step"]


def test_the_tail_of_a_dimension_is_folded_alike_in_all_tables(ramp):
    values = {"pt", "no", "(other)", "(missing)"}
    expected = Counter(
        country if country in values else "(missing)" if country is None else "(other)"
        for *_, country in WORLD.users.values()
    )
    segments = Counter(
        row["segment_value"]
        for row in ramp.rows("fct_experiment_exposure_segments", segment_name="country")
    )
    assert segments == expected
    units = Counter()
    for row in ramp.rows("fct_experiment_moments", metric_name="units", segment_name="country"):
        if row["analysis_date"] == END.date() - timedelta(days=1):
            units[row["segment_value"]] += row["n"]
    assert units == expected
    results = ramp.rows("fct_experiment_results", segment_name="country", metric_name="revenue")
    assert {row["segment_value"] for row in results} == values
    assert {row["family"] for row in results} == {"secondary metrics by country, pre-registered"}


def test_the_children_of_revenue_add_up_to_its_effect_at_every_date(ramp):
    effects = {
        row["analysis_date"]: row["effect_abs"]
        for row in ramp.rows(
            "fct_experiment_results",
            every_date=True,
            metric_name="revenue",
            segment_name="all",
            estimator="unadjusted",
        )
    }
    found = defaultdict(dict)
    for row in ramp.rows("fct_experiment_contributions", every_date=True):
        assert (row["parent_metric_name"], row["status"]) == ("revenue", "ok")
        found[row["analysis_date"]][row["child_metric_name"]] = row["contribution_abs"]
    assert found.keys() == effects.keys()
    for day, parts in found.items():
        assert sum(parts.values()) == pytest.approx(effects[day], rel=1e-9)
        assert abs(parts["(residual)"]) < 1e-9
    last = found[max(found)]
    for metric in ("app_revenue", "site_revenue"):
        expected = WORLD.effect(metric, lambda user: user[0])
        assert last[metric] == pytest.approx(expected, rel=1e-10)


def test_every_segment_has_its_test_at_the_latest_date(ramp):
    rows = ramp.rows("fct_experiment_segment_tests")
    assert {row["analysis_date"] for row in rows} == {END.date() - timedelta(days=1)}
    assert {(row["segment_name"], row["is_preregistered"]) for row in rows} == {
        ("platform", False),
        ("country", True),
    }
    assert len(rows) == 2 * 4
    assert {row["status"] for row in rows} == {"ok"}
    assert {row["degrees_of_freedom"] for row in rows} == {2, 3}
