"""Type I error over many looks, simulated with seeds; the figures of the method note."""

import math

import numpy as np
import pytest
from scipy import stats

from abstats.inference import estimate_effect
from abstats.inference.anytime import always_valid, follow_looks
from abstats.inference.anytime.normal_mixture import critical_z, tuned_growth
from abstats.inference.anytime.start import FEWEST_EVENTS, LEAST_FRACTION, fewest_units
from abstats.moments import Moments

from .paths import Paths, crossed, small_arm, watched

LOOKS = 2_160
CAP = math.exp(2 * stats.norm.isf(0.001))


def log_normal(rng, shape):
    return np.exp(2.0 * rng.standard_normal(shape, dtype=np.float32)).astype(float)


def winsorised(rng, shape):
    """Log-normal with sigma 2, capped at its .999 quantile."""
    return np.minimum(log_normal(rng, shape), CAP)


def revenue(rng, shape):
    """One unit in twenty buys, for a log-normal amount."""
    buys = rng.random(shape, dtype=np.float32) < 0.05
    return buys * np.exp(rng.standard_normal(shape, dtype=np.float32)).astype(float)


def rare(rng, shape):
    return (rng.random(shape, dtype=np.float32) < 0.005).astype(float)


def started(paths: Paths, fewest: float, events: float = 0.0) -> np.ndarray:
    return (paths.smaller >= fewest) & (paths.events >= events) & (paths.fraction >= LEAST_FRACTION)


@pytest.mark.slow
def test_skewed_metrics_in_equal_arms_hold_from_the_first_hundred_units() -> None:
    for draw, seed in ((log_normal, 212), (revenue, 213)):
        paths = watched(draw, 0.5, experiments=1_000, looks=1_080, units_per_look=20, seed=seed)
        assert crossed(paths, started(paths, 100)) < 0.03


@pytest.mark.slow
@pytest.mark.parametrize("draw", [winsorised, revenue])
@pytest.mark.parametrize(
    ("ratio", "planned", "before"), [(2, 1_000, 0.0), (20, 5_000, 0.07), (99, 10_000, 0.06)]
)
def test_skewed_metrics_hold_from_the_first_allowed_look_and_not_before(
    draw, ratio, planned, before
) -> None:
    """Planned units are the smaller arm's; without the rule .10 to .13 at 20/1."""
    paths = small_arm(draw, ratio, planned, experiments=2_000, looks=500, seed=214)
    assert crossed(paths, started(paths, 20)) > before
    assert crossed(paths, started(paths, fewest_units(ratio))) < 0.06


@pytest.mark.slow
def test_uncapped_heavy_tails_in_unequal_arms_break_the_bounds() -> None:
    """Log-normal with sigma 2 at 99/1: .08 from the first allowed look on; cap such a metric."""
    paths = small_arm(log_normal, 99, 20_000, experiments=1_000, looks=500, seed=216)
    assert crossed(paths, started(paths, fewest_units(99))) > 0.06
    assert crossed(paths, started(paths, 15_000)) < 0.05


@pytest.mark.slow
@pytest.mark.parametrize(("share", "before"), [(0.5, 0.0), (0.1, 0.0), (0.01, 0.05)])
def test_rare_events_hold_by_the_score_test_once_the_small_arm_expects_one(share, before) -> None:
    paths = watched(
        rare, share, experiments=2_000, looks=1_080, units_per_look=20, seed=217, score=True
    )
    assert crossed(paths, started(paths, 20)) > before
    assert crossed(paths, started(paths, 100, FEWEST_EVENTS)) < 0.035


def users(rng, n, lift):
    """Impressions, clicks and both from before exposure, for n units of an arm."""
    taste = rng.gamma(4.0, size=n)
    shown, before_shown = (rng.poisson(5.0 * taste) + 1.0 for _ in range(2))
    clicks = rng.poisson(0.1 * (1.0 + lift) * shown)
    return np.column_stack([clicks, shown, rng.poisson(0.1 * before_shown), before_shown])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "estimator", "columns"),
    [
        ("mean", "unadjusted", ("y",)),
        ("mean", "cuped", ("y", "x_y")),
        ("ratio", "unadjusted", ("y", "d")),
        ("ratio", "cuped", ("y", "d", "x_y", "x_d")),
    ],
)
def test_the_bounds_hold_a_true_lift_at_all_looks_together(kind, estimator, columns) -> None:
    """28 looks at 100 new units an arm, through the functions themselves."""
    rng = np.random.default_rng(219)
    lift, looks, per_look, experiments = 0.1, 28, 100, 160
    control_value = 0.1 if kind == "ratio" else 0.1 * (5.0 * 4.0 + 1.0)
    at = [("y", "d", "x_y", "x_d").index(name) for name in columns]
    missed = missed_relative = 0
    for _ in range(experiments):
        arms = [users(rng, looks * per_look, gain)[:, at] for gain in (0.0, lift)]
        running = [None, None]
        effects = []
        for look in range(looks):
            rows = slice(look * per_look, (look + 1) * per_look)
            new = [Moments.from_rows(columns, arm[rows]) for arm in arms]
            running = [b if a is None else a.merge(b) for a, b in zip(running, new, strict=True)]
            effects.append(estimate_effect(kind, *running, estimator=estimator))
        planned = (looks * per_look, looks * per_look)
        seen = follow_looks(effects, planned=planned, counts_each_unit_once=True)
        results = [look.result for look in seen]
        assert {result.status for result in results} <= {"ok", "relative_unbounded"}
        truth = lift * control_value
        missed += any(not r.ci_lower < truth < r.ci_upper for r in results)
        missed_relative += any(
            r.relative_ci_lower > lift or r.relative_ci_upper < lift for r in results
        )
    assert missed / experiments <= 0.025
    assert missed_relative / experiments <= 0.025


def test_the_clock_of_information_holds_through_a_ramp() -> None:
    """99/1 for a fifth of the units, then 50/50: units would claim a fifth of the information."""
    looks, experiments = 500, 4_000
    k = np.arange(1, looks + 1)
    treated = np.cumsum(np.where(k <= looks // 5, 0.01, 0.5)) * 40
    control = 40.0 * k - treated
    information = 1 / (1 / treated + 1 / control)
    fraction = information * (1 / 10_000 + 1 / 10_000)
    steps = np.sqrt(np.diff(information, prepend=0.0))
    assert fraction[looks // 5] < 0.02
    assert (treated + control)[looks // 5] / 20_000 > 0.2
    assert ever_beyond(steps, fraction, 220, experiments) < 0.03


def test_the_arrays_of_these_simulations_are_what_always_valid_says() -> None:
    rng = np.random.default_rng(218)
    n = 2_500
    for _ in range(20):
        rows = [rng.exponential(size=n) for _ in (0, 1)]
        effect = estimate_effect("mean", *(Moments.from_rows(("y",), row) for row in rows))
        result = always_valid(effect, planned=(n, n), counts_each_unit_once=True)
        critical = critical_z(tuned_growth(0.05), 0.05)
        half_width = (result.ci_upper - result.ci_lower) / 2
        assert half_width == pytest.approx(critical * effect.std_error, rel=2e-3)
        # Student's t makes them a little wider, never narrower.
        assert half_width > critical * effect.std_error


def ever_beyond(steps_sd, fraction, seed, experiments=4_000) -> float:
    """Share of A/A experiments ever beyond the boundary whose totals' difference takes these steps.

    Steps are normal with standard deviations `steps_sd`, shape (looks,); the boundary's clock is
    `fraction`, from the units counted.
    """
    rng = np.random.default_rng(seed)
    looks = len(steps_sd)
    critical = np.array([critical_z(f * tuned_growth(0.05), 0.05) for f in fraction])
    sd = np.sqrt((steps_sd**2).cumsum())
    beyond = 0
    for _ in range(experiments // 1_000):
        totals = (rng.standard_normal((1_000, looks)) * steps_sd).cumsum(axis=1)
        beyond += (np.abs(totals) > critical * sd).any(axis=1).sum()
    return beyond / experiments
