"""Ramps and post-stratification: what is compared with what, against loops over rows."""

import itertools
from datetime import date

import numpy as np
import pytest
from scipy import stats

from abstats.analysis import estimate_results
from tests.analysis.worlds import DAY, STAMP, a_metric, an_experiment, moment_rows, moments_table

FRIDAY, SATURDAY = "2026-01-05", "2026-01-08"
RAMP = [
    {"from": FRIDAY, "weights": {"control": 0.99, "new": 0.01}},
    {"from": SATURDAY, "weights": {"control": 0.5, "new": 0.5}},
]
BY_PLATFORM = {"segments": ["platform"], "analysis": {"post_stratify": "platform"}}
CLICKS = a_metric("clicks")


def rows_of(experiment, metric, *blocks, day=DAY):
    table = estimate_results(
        [experiment],
        {metric.name: metric},
        moments_table(*blocks),
        analysis_dates={experiment.name: day},
        **STAMP,
    )
    return table.to_pylist()


def by_estimator(experiment, metric, *blocks):
    """Rows of the whole population by estimator; one comparison."""
    found = rows_of(experiment, metric, *blocks)
    return {row["estimator"]: row for row in found if row["segment_name"] == "all"}


def a_share(metric, variant, stratum, events, units):
    """The stored moments of `events` in `units`, without a row for each unit."""
    (row,) = moment_rows(metric, variant, ["y"], [[0.0]], stratum=stratum)
    share = events / units
    return [
        row
        | {
            "n": units,
            "mean_a": share,
            "mean_b": share,
            "cov_ab": share * (1 - share) * units / (units - 1),
        }
    ]


def blocks_of(metric, world, columns=("y",)):
    """Moments of rows by (variant, stratum)."""
    return [
        moment_rows(metric, variant, columns, rows, stratum=stratum)
        for (variant, stratum), rows in world.items()
    ]


def weighted_effect(world):
    """Differences of means by stratum, weighted by the units of both arms: a loop over strata."""
    strata = sorted({stratum for _, stratum in world})
    units = {s: sum(len(world[v, s]) for v in ("control", "new")) for s in strata}
    total = sum(units.values())
    return sum(
        units[s] / total * (np.mean(world["new", s][:, 0]) - np.mean(world["control", s][:, 0]))
        for s in strata
    )


def a_ramp_world(seed=1, units=((900, 30), (300, 280)), lift=0.5):
    """Rows (y, x); units of the first period are better ones, and there is little treatment."""
    rng = np.random.default_rng(seed)
    world = {}
    for (stratum, level), arms in zip(((FRIDAY, 4.0), (SATURDAY, 0.0)), units, strict=True):
        for variant, n in zip(("control", "new"), arms, strict=True):
            x = rng.gamma(2.0, 1.0, n)
            y = level + x + rng.normal(0, 1, n) + lift * (variant == "new")
            world[variant, stratum] = np.column_stack([y, x])
    return world


# Ramps


def test_a_ramp_is_compared_within_its_periods_and_the_pooled_number_is_nowhere():
    """Trap 7: 99/1, then 50/50. Pooled -.46 points, within the periods +.24."""
    visits = a_metric("visits", "proportion")
    experiment = an_experiment(allocation=RAMP, metrics={"primary": ["visits"]})
    blocks = [
        a_share(visits, "control", FRIDAY, 20_000, 990_000),
        a_share(visits, "new", FRIDAY, 230, 10_000),
        a_share(visits, "control", SATURDAY, 5_000, 500_000),
        a_share(visits, "new", SATURDAY, 6_000, 500_000),
    ]
    pooled = 6_230 / 510_000 - 25_000 / 1_490_000
    assert round(100 * pooled, 2) == -0.46
    (row,) = rows_of(experiment, visits, *blocks)
    friday, saturday = 230 / 10_000 - 20_000 / 990_000, 0.012 - 0.01
    expected = 0.5 * friday + 0.5 * saturday
    assert round(100 * expected, 2) == 0.24
    assert row["effect_abs"] == pytest.approx(expected, rel=1e-12)
    assert row["effect_abs_ci_lower"] > 0
    assert (row["estimator"], row["is_headline"]) == ("unadjusted", True)
    assert (row["control_n_units"], row["treatment_n_units"]) == (1_490_000, 510_000)
    assert (row["status"], row["status_reason"]) == ("ok", "")


def test_every_estimator_and_every_segment_of_a_ramp_is_within_its_periods():
    clicks = a_metric("clicks", cuped=True)
    world = a_ramp_world()
    centre = np.concatenate(list(world.values()))[:, 1].mean()
    world = {key: rows - [0.0, centre] for key, rows in world.items()}
    experiment = an_experiment(allocation=RAMP, segments=["platform"])
    blocks = blocks_of(clicks, world, ("y", "x_y"))
    blocks += [
        moment_rows(clicks, v, ("y", "x_y"), rows[:20], segment=("platform", "web"), stratum=s)
        for (v, s), rows in world.items()
    ]
    found = {
        (row["segment_name"], row["estimator"]): row for row in rows_of(experiment, clicks, *blocks)
    }
    assert len(found) == 4
    whole = found["all", "unadjusted"]
    assert whole["effect_abs"] == pytest.approx(weighted_effect(world), rel=1e-10)
    some = {key: rows[:20] for key, rows in world.items()}
    assert found["platform", "unadjusted"]["effect_abs"] == pytest.approx(
        weighted_effect(some), rel=1e-10
    )
    cuped = found["all", "cuped"]
    assert cuped["is_headline"]
    assert cuped["variance_reduction"] == pytest.approx(
        1 - (cuped["effect_abs_se"] / whole["effect_abs_se"]) ** 2, rel=1e-9
    )
    # Pooled, the better units of the first period would make the treatment look worse by 1.9.
    assert abs(cuped["effect_abs"] - 0.5) < 3 * cuped["effect_abs_se"] < 0.6


@pytest.mark.parametrize(("margin", "holds"), [(1.0, True), (0.01, False)])
def test_a_guardrail_of_a_ramp_is_tested_within_its_periods(margin, holds):
    world = a_ramp_world(lift=-0.2)
    experiment = an_experiment(
        allocation=RAMP,
        metrics={"primary": ["p"], "guardrails": [{"metric": "clicks", "absolute_margin": margin}]},
    )
    metrics = {"p": a_metric("p"), "clicks": CLICKS}
    blocks = blocks_of(CLICKS, {key: rows[:, :1] for key, rows in world.items()})
    table = estimate_results(
        [experiment], metrics, moments_table(*blocks), analysis_dates={"exp": DAY}, **STAMP
    )
    (row,) = (row for row in table.to_pylist() if row["metric_name"] == "clicks")
    distance = (weighted_effect(world) + margin) / row["effect_abs_se"]
    assert row["p_value_non_inferiority"] == pytest.approx(stats.norm.sf(distance), abs=0.003)
    assert row["is_non_inferior"] is holds


def test_a_period_without_a_treated_pair_is_left_out_and_named():
    world = a_ramp_world(units=((900, 1), (300, 280)))
    blocks = blocks_of(CLICKS, {key: rows[:, :1] for key, rows in world.items()})
    (row,) = rows_of(an_experiment(allocation=RAMP), CLICKS, *blocks)
    later = {key: rows for key, rows in world.items() if key[1] == SATURDAY}
    assert row["effect_abs"] == pytest.approx(weighted_effect(later), rel=1e-12)
    assert (row["control_n_units"], row["treatment_n_units"]) == (300, 280)
    assert row["status"] == "ok"
    assert row["status_reason"] == (
        "Left out, with fewer than two units of an arm: allocation period 2026-01-05 (901 units)."
    )


def test_on_its_first_day_a_ramp_of_three_variants_has_rows_for_each():
    experiment = an_experiment(
        variants={"control": 0.4, "a": 0.3, "b": 0.3},
        allocation=[
            {"from": FRIDAY, "weights": {"control": 0.98, "a": 0.01, "b": 0.01}},
            {"from": SATURDAY, "weights": {"control": 0.4, "a": 0.3, "b": 0.3}},
        ],
    )
    day = date(2026, 1, 5)
    rows = np.arange(50.0)[:, None]
    blocks = [
        moment_rows(CLICKS, variant, ["y"], rows[:n], stratum=FRIDAY, day=day)
        for variant, n in (("control", 50), ("a", 5))
    ]
    found = {
        row["treatment_variant_id"]: row for row in rows_of(experiment, CLICKS, *blocks, day=day)
    }
    assert (found["a"]["status"], found["b"]["status"]) == ("ok", "no_data")
    assert found["a"]["effect_abs"] == pytest.approx(2.0 - 24.5)
    assert found["b"]["control_n_units"] == 50


# Post-stratification


def a_platform_world(seed=2, lift=0.3, sizes=None):
    """Rows (y, x) by variant and platform; platforms differ by much."""
    rng = np.random.default_rng(seed)
    sizes = sizes or {"ios": (60, 70), "tv": (40, 30), "web": (300, 310)}
    world = {}
    for (platform, arms), level in zip(sizes.items(), itertools.cycle((0.0, 9.0, 3.0))):
        for variant, n in zip(("control", "new"), arms, strict=True):
            x = rng.gamma(2.0, 1.0, n)
            y = level + x + rng.normal(0, 1, n) + lift * (variant == "new")
            world[variant, platform] = np.column_stack([y, x])
    return world


def pooled_effect(world):
    arms = [
        np.concatenate([rows for (variant, _), rows in sorted(world.items()) if variant == name])
        for name in ("control", "new")
    ]
    return arms[1][:, 0].mean() - arms[0][:, 0].mean()


def test_post_stratification_has_rows_of_its_own_beside_the_pooled_ones():
    clicks = a_metric("clicks", cuped=True)
    world = a_platform_world()
    experiment = an_experiment(**BY_PLATFORM)
    found = by_estimator(experiment, clicks, *blocks_of(clicks, world, ("y", "x_y")))
    assert set(found) == {"unadjusted", "cuped", "post_stratified", "post_stratified_cuped"}
    unadjusted = found["unadjusted"]
    assert unadjusted["effect_abs"] == pytest.approx(pooled_effect(world), rel=1e-10)
    assert unadjusted["variance_reduction"] is None
    assert found["post_stratified"]["effect_abs"] == pytest.approx(
        weighted_effect(world), rel=1e-10
    )
    for name in ("post_stratified", "post_stratified_cuped"):
        row = found[name]
        share = (row["effect_abs_se"] / unadjusted["effect_abs_se"]) ** 2
        assert row["variance_reduction"] == pytest.approx(1 - share, rel=1e-12)
        assert row["control_n_units"] == unadjusted["control_n_units"] == 400
    gains = [
        found[name]["variance_reduction"]
        for name in ("cuped", "post_stratified", "post_stratified_cuped")
    ]
    assert 0 < gains[0] < gains[1] < gains[2]


def test_strata_that_tell_nothing_gain_nothing_and_say_so():
    rng = np.random.default_rng(4)
    world = {
        (variant, platform): rng.normal(0, 1, (200, 1))
        for variant in ("control", "new")
        for platform in ("a", "b", "c", "d")
    }
    found = by_estimator(an_experiment(**BY_PLATFORM), CLICKS, *blocks_of(CLICKS, world))
    assert abs(found["post_stratified"]["variance_reduction"]) < 0.01


@pytest.mark.parametrize(
    ("asks_cuped", "asks_strata", "has_covariate", "headline"),
    [
        (False, False, True, "unadjusted"),
        (True, False, True, "cuped"),
        (False, True, True, "post_stratified"),
        (True, True, True, "post_stratified_cuped"),
        (True, True, False, "post_stratified"),
        (True, False, False, "unadjusted"),
    ],
)
def test_the_headline_is_the_most_adjusted_estimate_that_has_a_p_value(
    asks_cuped, asks_strata, has_covariate, headline
):
    clicks = a_metric("clicks", cuped=asks_cuped)
    world = {k: rows * [1.0, float(has_covariate)] for k, rows in a_platform_world().items()}
    changes = BY_PLATFORM if asks_strata else {}
    found = by_estimator(an_experiment(**changes), clicks, *blocks_of(clicks, world, ("y", "x_y")))
    assert [name for name, row in found.items() if row["is_headline"]] == [headline]


def test_values_with_few_units_are_merged_into_the_largest_of_their_period():
    sizes = {"ios": (60, 70), "tv": (5, 1), "watch": (0, 4), "web": (300, 310)}
    world = {key: rows[:, :1] for key, rows in a_platform_world(sizes=sizes).items() if len(rows)}
    found = by_estimator(an_experiment(**BY_PLATFORM), CLICKS, *blocks_of(CLICKS, world))
    merged: dict = {}
    for (variant, platform), rows in sorted(world.items()):
        value = platform if platform == "ios" else "web"
        merged.setdefault((variant, value), []).append(rows)
    expected = weighted_effect({key: np.concatenate(rows) for key, rows in merged.items()})
    row = found["post_stratified"]
    assert row["effect_abs"] == pytest.approx(expected, rel=1e-12)
    assert (row["control_n_units"], row["treatment_n_units"]) == (365, 385)
    assert row["status_reason"] == ""


def test_in_a_ramp_values_are_merged_within_their_period_only():
    sizes = {
        f"{FRIDAY}|tv": (80, 1),
        f"{FRIDAY}|web": (300, 12),
        f"{SATURDAY}|tv": (40, 45),
        f"{SATURDAY}|web": (90, 85),
    }
    world = {key: rows[:, :1] for key, rows in a_platform_world(sizes=sizes).items()}
    experiment = an_experiment(allocation=RAMP, **BY_PLATFORM)
    found = by_estimator(experiment, CLICKS, *blocks_of(CLICKS, world))

    def regrouped(name_of):
        groups: dict = {}
        for (variant, stratum), rows in sorted(world.items()):
            groups.setdefault((variant, name_of(stratum)), []).append(rows)
        return {key: np.concatenate(rows) for key, rows in groups.items()}

    periods = regrouped(lambda stratum: stratum[:10])
    assert found["unadjusted"]["effect_abs"] == pytest.approx(weighted_effect(periods), rel=1e-12)
    values = regrouped(lambda stratum: FRIDAY if stratum.startswith(FRIDAY) else stratum)
    row = found["post_stratified"]
    assert row["effect_abs"] == pytest.approx(weighted_effect(values), rel=1e-12)


def test_strata_change_nothing_but_the_order_in_which_their_sums_are_added():
    """Without a ramp the unadjusted row is that of the units, whatever they are stratified by."""
    world = a_platform_world()
    found = by_estimator(
        an_experiment(**BY_PLATFORM),
        CLICKS,
        *blocks_of(CLICKS, {key: rows[:, :1] for key, rows in world.items()}),
    )
    blocks = [
        moment_rows(
            CLICKS,
            name,
            ["y"],
            np.concatenate(
                [rows[:, :1] for (variant, _), rows in world.items() if variant == name]
            ),
        )
        for name in ("control", "new")
    ]
    plain = by_estimator(an_experiment(), CLICKS, *blocks)["unadjusted"]
    for name, value in plain.items():
        if isinstance(value, float):
            assert found["unadjusted"][name] == pytest.approx(value, rel=1e-9), name


def test_only_the_segments_of_a_stratified_experiment_that_have_units_have_rows():
    world = {key: rows[:, :1] for key, rows in a_platform_world().items()}
    blocks = blocks_of(CLICKS, world)
    blocks += [
        moment_rows(CLICKS, v, ["y"], rows, segment=("platform", s), stratum=s)
        for (v, s), rows in world.items()
    ]
    found = rows_of(an_experiment(**BY_PLATFORM), CLICKS, *blocks)
    segments = {row["segment_value"]: row for row in found if row["estimator"] == "post_stratified"}
    assert set(segments) == {"all", "ios", "tv", "web"}
    for value in ("ios", "tv", "web"):
        expected = world["new", value].mean() - world["control", value].mean()
        assert segments[value]["effect_abs"] == pytest.approx(expected, rel=1e-12)
