"""The laws of measurement, through dbt and the engine, against a loop over rows.

Two random worlds of 200 users, two experiments and two facts; many events lie exactly on the
bounds: at the instant of exposure, a microsecond before it, at the end of a window, at the
beginning of the covariate's period.
"""

import random
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import combinations_with_replacement

import duckdb
import pytest

from .host_project import HostProject
from .oracle import (
    Event,
    Experiment,
    Exposure,
    Metric,
    cells,
    first_exposures,
    mean_and_covariance,
    unit_rows,
)

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
# The last event is on this day, so that three-day windows of late units are not complete.
DATA_ENDS_AT = datetime(2026, 1, 14)

METRICS = {
    metric.name: metric
    for metric in (
        Metric("minutes", "plays", "minutes", lookback=7 * DAY),
        Metric("minutes_where_known", "plays", "minutes", lookback=3 * DAY, excludes=True),
        Metric("plays", "plays", "one", lookback=7 * DAY),
        Metric("known_plays", "plays", "has_minutes"),
        Metric("finishers", "plays", "is_finished", kind="proportion", lookback=2 * DAY),
        Metric("minutes_per_play", "plays", "minutes", "one", kind="ratio", lookback=7 * DAY),
        Metric("revenue", "orders", "amount", lookback=5 * DAY),
        Metric("returners", "orders", "is_returned", kind="proportion"),
    )
}
EXPERIMENTS = {
    "ranker": Experiment(
        "ranker",
        datetime(2026, 1, 5),
        datetime(2026, 1, 15),
        {
            "minutes": 3 * DAY,
            "minutes_where_known": 3 * DAY,
            "known_plays": timedelta(hours=36),
            "finishers": 3 * DAY,
            "minutes_per_play": 3 * DAY,
            "revenue": timedelta(hours=60),
            "returners": 3 * DAY,
        },
        has_platform=True,
    ),
    "page": Experiment(
        "page",
        datetime(2026, 1, 7),
        datetime(2026, 1, 13),
        dict.fromkeys(("plays", "minutes", "finishers", "minutes_per_play")),
    ),
}
PAIRS = [(experiment, metric) for experiment, e in EXPERIMENTS.items() for metric in e.windows]


class World:
    """Rows of a log and two facts."""

    def __init__(self, seed):
        rng = random.Random(seed)
        self.log = []
        self.facts = {"plays": [], "orders": []}
        for user in range(200):
            for experiment, variants in (("ranker", ("control", "treatment")), ("page", "abc")):
                self._expose(rng, EXPERIMENTS[experiment], user, rng.choice(variants), variants)
            self._act(rng, user)
        self.log.append(Exposure("ranker", None, "control", datetime(2026, 1, 6), None, "web"))
        self.log.append(Exposure("unknown", 1, "control", datetime(2026, 1, 6), None, "web"))
        last = DATA_ENDS_AT - MICROSECOND
        self.facts["plays"].append(Event(0, last, {"minutes": 1.0, "is_finished": None}))
        for event in self.facts["plays"]:
            event.values["one"] = 1.0
            event.values["has_minutes"] = None if event.values["minutes"] is None else 1.0

    def _expose(self, rng, experiment, user, variant, variants):
        hours = (experiment.end - experiment.start) // timedelta(hours=1)
        for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
            at = experiment.start + timedelta(hours=rng.randrange(-30, hours + 20))
            if at >= DATA_ENDS_AT:
                at -= 3 * DAY
            met = rng.choice(variants) if rng.random() < 0.15 else variant
            self.log.append(
                Exposure(
                    experiment.name,
                    user,
                    None if rng.random() < 0.02 else met,
                    at,
                    rng.choice((None, at - 20 * DAY, at - DAY, at - timedelta(hours=23), at)),
                    rng.choice(("web", "app", None)),
                )
            )

    def _act(self, rng, user):
        """Events anywhere, and on the bounds of this user's exposures."""
        exposed = [row.at for row in self.log if row.user == user]
        bounds = (
            timedelta(),
            -MICROSECOND,
            3 * DAY,
            3 * DAY - MICROSECOND,
            timedelta(hours=36),
            timedelta(hours=60),
            -7 * DAY,
            -7 * DAY - MICROSECOND,
            -2 * DAY,
        )
        for fact, events in self.facts.items():
            for _ in range(rng.choice((0, 1, 3, 6))):
                if exposed and rng.random() < 0.6:
                    at = rng.choice(exposed) + rng.choice(bounds)
                else:
                    at = datetime(2025, 12, 24) + timedelta(minutes=rng.randrange(30_000))
                if at >= DATA_ENDS_AT:
                    continue
                if fact == "plays":
                    minutes = None if rng.random() < 0.3 else round(rng.expovariate(0.1), 3)
                    values = {"minutes": minutes, "is_finished": rng.choice((None, 0.0, 1.0))}
                else:
                    amount = round(rng.gauss(20, 9), 2)
                    # Nobody in control returns an order (law 10).
                    is_control = any(row.variant == "control" for row in self._of(user))
                    returned = 0.0 if is_control else rng.choice((0.0, 1.0))
                    values = {"amount": amount, "is_returned": returned}
                events.append(Event(user, at, values))

    def _of(self, user):
        return [row for row in self.log if row.user == user]

    def load(self, project):
        with duckdb.connect(str(project.database)) as connection:
            connection.execute("create schema raw")
            connection.execute(
                "create table raw.exposures (experiment_id text, user_id bigint, variant_id text, "
                "exposed_at timestamp, first_seen_at timestamp, platform text)"
            )
            connection.execute(
                "create table raw.plays (user_id bigint, played_at timestamp, minutes double, "
                "is_finished boolean)"
            )
            connection.execute(
                "create table raw.orders (user_id bigint, ordered_at timestamp, amount double, "
                "is_returned boolean)"
            )
            connection.executemany(
                "insert into raw.exposures values (?, ?, ?, ?, ?, ?)",
                [
                    (r.experiment, r.user, r.variant, r.at, r.first_seen_at, r.platform)
                    for r in self.log
                ],
            )
            connection.executemany(
                "insert into raw.plays values (?, ?, ?, ?)",
                [
                    (e.user, e.at, e.values["minutes"], e.values["is_finished"])
                    for e in self.facts["plays"]
                ],
            )
            connection.executemany(
                "insert into raw.orders values (?, ?, ?, ?)",
                [
                    (e.user, e.at, e.values["amount"], e.values["is_returned"])
                    for e in self.facts["orders"]
                ],
            )

    def units(self, experiment):
        return first_exposures(self.log, EXPERIMENTS[experiment])

    def unit_rows(self, experiment, metric):
        return list(
            unit_rows(
                METRICS[metric],
                EXPERIMENTS[experiment],
                self.units(experiment),
                self.facts,
                DATA_ENDS_AT,
            )
        )


@pytest.fixture(scope="module", params=[1, 2])
def built(request, tmp_path_factory):
    """A world and the project that was built on it."""
    world = World(request.param)
    project = HostProject.copy_of("laws", tmp_path_factory.mktemp("laws"))
    world.load(project)
    project.install()
    project.build()
    return world, project


@pytest.mark.parametrize(("experiment", "metric"), PAIRS)
def test_every_cell_has_the_moments_of_a_loop_over_rows(built, experiment, metric):
    world, project = built
    spec = METRICS[metric]
    units = world.units(experiment)
    expected = cells(spec, EXPERIMENTS[experiment], units, world.facts, DATA_ENDS_AT)
    columns = ["y"] if spec.denominator is None else ["y", "d"]
    if spec.lookback is not None:
        columns += [f"x_{column}" for column in columns] + ["missing"]
    stored = {}
    for row in project.rows("fct_experiment_moments", experiment_id=experiment, metric_name=metric):
        key = (row["variant_id"], row["segment_name"], row["segment_value"])
        stored[(*key, row["column_a"], row["column_b"])] = row
    assert {key[:3] for key in stored} == set(expected)
    assert len(expected) == (8 if experiment == "ranker" else 3)
    for cell, rows in expected.items():
        for a, b in combinations_with_replacement(columns, 2):
            found = stored.pop((*cell, a, b))
            mean_a, mean_b, covariance = mean_and_covariance(rows, a, b)
            assert found["n"] == len(rows)
            assert found["mean_a"] == pytest.approx(mean_a, rel=1e-9, abs=1e-9)
            assert found["mean_b"] == pytest.approx(mean_b, rel=1e-9, abs=1e-9)
            assert found["cov_ab"] == pytest.approx(covariance, rel=1e-9, abs=1e-9)
    assert not stored


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_a_unit_belongs_to_the_variant_of_its_first_exposure(built, experiment):
    world, project = built
    stored = {
        row["unit_id"]: (row["variant_id"], row["exposed_at"], row["n_variants"])
        for row in project.rows("fct_experiment_exposures", experiment_id=experiment)
    }
    expected = {
        str(user): (unit.variant, unit.at, len(unit.variants))
        for user, unit in world.units(experiment).items()
    }
    assert stored == expected
    moved = sum(len(unit.variants) > 1 for unit in world.units(experiment).values())
    assert moved > 0
    assert (
        f"{moved} of {len(expected)} units"
        in (project.check("units_in_several_variants", experiment_id=experiment)["detail"])
    )


def test_dropping_units_that_met_several_variants_would_change_the_numbers(built):
    world, project = built
    rows = world.unit_rows("ranker", "minutes")
    kept = [row["y"] for unit, row in rows if unit.variant == "treatment"]
    dropped = [
        row["y"] for unit, row in rows if unit.variant == "treatment" and len(unit.variants) == 1
    ]
    found = project.result("minutes", experiment_id="ranker")
    assert found["treatment_n_units"] == len(kept) > len(dropped)
    assert found["treatment_mean"] == pytest.approx(sum(kept) / len(kept), rel=1e-9)
    assert found["treatment_mean"] != pytest.approx(sum(dropped) / len(dropped), rel=1e-3)


def test_joining_on_dates_would_give_another_number(built):
    """Trap 6: what happened on the day of exposure, but before it, is not an outcome."""
    world, project = built
    by_timestamp, by_date = [], []
    for user, unit in world.units("page").items():
        if unit.variant != "b":
            continue
        mine = [event for event in world.facts["plays"] if event.user == user]
        end = EXPERIMENTS["page"].end
        by_timestamp.append(sum(unit.at <= event.at < end for event in mine))
        by_date.append(sum(unit.at.date() <= event.at.date() < end.date() for event in mine))
    found = project.result("plays", experiment_id="page", treatment_variant_id="b")
    assert found["treatment_mean"] == pytest.approx(sum(by_timestamp) / len(by_timestamp), rel=1e-9)
    assert sum(by_date) > 1.05 * sum(by_timestamp)


def test_an_event_at_the_instant_of_exposure_is_an_outcome_and_no_covariate(built):
    """Trap 3: a covariate ends strictly before the exposure."""
    world, project = built
    at_exposure = 0
    for user, unit in world.units("page").items():
        at_exposure += sum(
            event.user == user and event.at == unit.at for event in world.facts["plays"]
        )
    assert at_exposure > 5
    seen = defaultdict(float)
    for row in project.query(
        "select plays__y as y, plays__x_y as x from int_experiment_unit_measures "
        "where experiment_id = 'page'"
    ):
        seen["y"] += row["y"]
        seen["x"] += row["x"] or 0.0
    rows = world.unit_rows("page", "plays")
    assert seen["y"] == sum(row["y"] for _, row in rows)
    assert seen["x"] == sum(row["x_y"] or 0.0 for _, row in rows)


def test_only_units_whose_window_is_complete_count(built):
    """Law 7, trap 15: neither in the numerator nor in the denominator."""
    world, project = built
    units = world.units("ranker")
    mature = {
        variant: sum(
            unit.variant == variant and unit.at + 3 * DAY <= DATA_ENDS_AT for unit in units.values()
        )
        for variant in ("control", "treatment")
    }
    for metric in ("minutes", "minutes_per_play", "finishers"):
        found = project.result(metric, experiment_id="ranker")
        assert found["control_n_units"] == mature["control"]
        assert found["treatment_n_units"] == mature["treatment"]
    assert sum(mature.values()) < len(units)
    assert project.row("dim_experiments", experiment_id="ranker")["state"] == "running"
    assert not project.verdict(experiment_id="ranker")["is_final"]


def test_missing_values_are_zeros_or_excluded_with_their_own_n(built):
    """Trap 16: never all rows counted and only the known ones averaged."""
    world, project = built
    zero = project.result("minutes", experiment_id="ranker")
    known = project.result("minutes_where_known", experiment_id="ranker")
    rows = [
        row["y"]
        for unit, row in world.unit_rows("ranker", "minutes_where_known")
        if unit.variant == "treatment"
    ]
    assert known["treatment_n_units"] == len(rows) < zero["treatment_n_units"]
    assert known["treatment_mean"] == pytest.approx(sum(rows) / len(rows), rel=1e-9)
    total = known["treatment_mean"] * known["treatment_n_units"]
    assert zero["treatment_mean"] * zero["treatment_n_units"] == pytest.approx(total, rel=1e-9)


def test_no_events_in_one_arm_still_give_an_estimate_and_an_interval(built):
    """Law 10, trap 10."""
    _, project = built
    found = project.result("returners", experiment_id="ranker")
    assert found["control_mean"] == 0.0
    assert found["effect_abs"] == found["treatment_mean"] > 0.0
    assert found["effect_abs_ci_lower"] < found["effect_abs"] < found["effect_abs_ci_upper"]
    assert 0.0 < found["p_value"] < 1.0


def test_every_mean_travels_with_its_own_n(built):
    """Law 15: no row of the results has a mean of other units than it counts."""
    world, project = built
    for metric, spec in METRICS.items():
        if metric not in EXPERIMENTS["ranker"].windows or spec.kind == "ratio":
            continue
        found = project.result(metric, experiment_id="ranker")
        for side, variant in (("control", "control"), ("treatment", "treatment")):
            values = [
                row["y"]
                for unit, row in world.unit_rows("ranker", metric)
                if unit.variant == variant
            ]
            assert found[f"{side}_n_units"] == len(values)
            assert found[f"{side}_mean"] == pytest.approx(sum(values) / len(values), abs=1e-9)
