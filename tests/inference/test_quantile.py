"""Quantile effects: promises, statuses, and the guardrail."""

import math

import numpy as np
import pytest
from scipy import stats

from abstats.inference import (
    QuantileCurve,
    quantile_effect,
    quantile_non_inferiority,
    with_alpha,
)
from abstats.inference.tails import critical_value

from .quantile_worlds import WORLDS, curve, curves, latencies, misses
from .rows import numbers

TESTS = 500


def lognormal(n, seed, factor=1.0):
    draw = np.random.default_rng(seed).lognormal(3.0, 0.5, n)
    return np.arange(n), factor * draw, n


def evenly(n, factor):
    """The quantiles of the log-normal themselves, so that nothing is left to chance."""
    quantiles = np.exp(3.0 + 0.5 * stats.norm.ppf((np.arange(n) + 0.5) / n))
    return np.arange(n), factor * quantiles, n


def test_an_effect_explains_itself():
    control, treatment = curves(0.9, *(evenly(n, f) for n, f in ((4_000, 1.0), (1_000, 1.2))))
    effect = quantile_effect(0.9, control, treatment)
    assert (effect.control_n, effect.treatment_n, effect.test) == (4_000, 1_000, "woodruff")
    assert (effect.status, effect.status_reason) == ("ok", "")
    truth = math.exp(3.0 + 0.5 * 1.2815515655446004)
    assert effect.control_mean == pytest.approx(truth, rel=0.002)
    assert effect.estimate == effect.treatment_mean - effect.control_mean
    assert effect.relative == effect.estimate / effect.control_mean
    assert effect.ci_lower < 0.2 * truth < effect.ci_upper
    assert effect.relative_ci_lower < 0.2 < effect.relative_ci_upper
    assert effect.p_value < 1e-3
    # Asymptotic: sqrt(p (1 - p)) / (f sqrt n), f = phi(z) / (sigma q).
    density = math.exp(-(1.2815515655446004**2) / 2) / math.sqrt(2 * math.pi) / 0.5
    std = 0.3 / density * truth
    assert effect.control_std == pytest.approx(std, rel=0.02)
    assert effect.std_error == pytest.approx(std * math.sqrt(1 / 4_000 + 1.44 / 1_000), rel=0.03)
    assert effect.mde == pytest.approx((1.96 + 0.8416) * effect.std_error, rel=0.001)
    assert effect.mde_relative == effect.mde / effect.control_mean
    assert math.isnan(effect.variance_reduction)


def test_the_bounds_move_with_alpha_and_agree_with_the_p_value():
    control, treatment = curves(0.9, lognormal(2_000, 1), lognormal(2_000, 2, 1.03))
    effect = quantile_effect(0.9, control, treatment)
    assert numbers(with_alpha(effect, 0.05)) == pytest.approx(numbers(effect), nan_ok=True)
    assert with_alpha(effect, 0.01) == quantile_effect(
        0.9, control, treatment, alpha=0.01
    )._replace(mde=effect.mde, mde_relative=effect.mde_relative, region=effect.region)
    for alpha, holds_zero in ((effect.p_value * 0.999, True), (effect.p_value * 1.001, False)):
        moved = with_alpha(effect, alpha)
        assert (moved.ci_lower <= 0.0 <= moved.ci_upper) == holds_zero
        assert (moved.relative_ci_lower <= 0.0 <= moved.relative_ci_upper) == holds_zero


def test_the_same_curves_give_the_same_bytes():
    arms = [curves(0.95, latencies(np.random.default_rng(1), 500)) for _ in range(2)]
    first, second = (quantile_effect(0.95, *a, *a)._replace(region=None) for a in arms)
    assert repr(first) == repr(second)


def test_cookie_cats_medians_differ_by_a_round_and_not_significantly(cookie_cats):
    rounds, version = cookie_cats["rounds"], cookie_cats["version"]
    arms = [(np.arange((version == v).sum()), rounds[version == v]) for v in ("gate_30", "gate_40")]
    control, treatment = curves(0.5, *((u, v, len(v)) for u, v in arms))
    effect = quantile_effect(0.5, control, treatment)
    assert (effect.control_mean, effect.treatment_mean) == (17.0, 16.0)
    assert effect.ci_lower <= -1.0 <= effect.ci_upper
    assert effect.ci_lower <= 0.0 <= effect.ci_upper
    assert effect.p_value > 0.05


@pytest.mark.slow
@pytest.mark.parametrize(("p", "factor"), [(0.5, 1.3), (0.95, 1.0)])
def test_intervals_of_clustered_latency_cover_the_true_difference(p, factor):
    given, missed = misses("latency", p, (3_600, 400), TESTS, factor=factor, seed=5)
    assert given > 0.9
    assert 0.021 < missed < 0.079


@pytest.mark.slow
@pytest.mark.parametrize("world", ["latency in steps of 100", "log-normal per user"])
@pytest.mark.parametrize("sizes", [(1_000, 1_000), (1_800, 200)])
def test_ties_and_single_events_make_intervals_wider_never_too_narrow(world, sizes):
    _, missed = misses(world, 0.95, sizes, TESTS, seed=6)
    assert missed < 0.06


@pytest.mark.slow
def test_few_units_get_no_p99_rather_than_a_wrong_one():
    given, _ = misses("latency", 0.99, (100, 100), 100)
    assert given < 0.05
    given, _ = misses("log-normal per user", 0.99, (1_800, 200), 20)
    assert given == 0.0


@pytest.mark.parametrize("relative", [True, False])
@pytest.mark.parametrize("direction", ["increase", "decrease"])
def test_a_guardrail_passes_exactly_where_its_bound_is_within_the_margin(relative, direction):
    sign = 1.0 if direction == "increase" else -1.0
    answers = set()
    for factor in (0.9, 0.97, 1.0, 1.03, 1.1):
        control, treatment = curves(0.9, lognormal(1_500, 1), lognormal(1_500, 2, factor))
        margin = 0.08 if relative else 3.0
        result = quantile_non_inferiority(
            0.9, control, treatment, margin=margin, relative=relative, direction=direction
        )
        assert result.status == "ok"
        assert result.is_non_inferior == (sign * result.bound > -margin)
        assert result.is_non_inferior == (result.p_value <= 0.05)
        effect = quantile_effect(0.9, control, treatment, alpha=0.1)
        bounds = (
            (effect.relative_ci_lower, effect.relative_ci_upper)
            if relative
            else (effect.ci_lower, effect.ci_upper)
        )
        assert result.bound == pytest.approx(bounds[0] if sign > 0 else bounds[1])
        answers.add(result.is_non_inferior)
    assert answers == {True, False}


def counted(values, n=None, unit=None, grid=None):
    values = np.asarray(values, dtype=float)
    grid = np.unique(values) if grid is None else np.asarray(grid, dtype=float)
    unit = np.arange(len(values)) if unit is None else np.asarray(unit)
    return curve(unit, values, n or len(values), grid)


def nowhere(n, grid):
    k = len(grid)
    nan = np.full(k, np.nan)
    return QuantileCurve(np.array(grid), n, nan, nan, nan, nan, math.nan, math.nan)


GRID = [1.0, 2.0, 3.0, 4.0]
MANY = [1.0, 2.0, 3.0, 4.0] * 100


@pytest.mark.parametrize(
    ("p", "treatment", "status", "reason"),
    [
        (0.5, nowhere(0, GRID), "no_data", "The treatment has no units."),
        (0.5, nowhere(9, GRID), "no_data", "The moments of the treatment are not finite."),
        (0.5, counted([], 9, grid=GRID), "no_data", "The treatment has no events."),
        (0.5, nowhere(1, GRID), "too_few_units", "one unit; a variance needs two"),
        (0.5, counted([9.0] * 400, grid=GRID), "outside_grid", "above every value of the grid"),
        (0.5, counted([1.0, 3.0] * 4, grid=GRID), "too_few_events", "of 4.0 independent events"),
        (0.99, counted(MANY, grid=GRID), "too_few_events", "an interval needs about 8"),
    ],
)
def test_a_quantile_that_cannot_be_had_has_a_status_and_a_reason(p, treatment, status, reason):
    for control, other in ((counted(MANY), treatment), (treatment, counted(MANY))):
        effect = quantile_effect(p, control, other)
        assert effect.status == status
        assert reason.replace("treatment", "control") in effect.status_reason.replace(
            "treatment", "control"
        )
        for number in (effect.ci_lower, effect.ci_upper, effect.p_value, effect.std_error):
            assert math.isnan(number)
        answer = quantile_non_inferiority(
            p, control, other, margin=0.1, relative=True, direction="decrease"
        )
        assert (answer.status, answer.is_non_inferior) == (status, None)
    effect = quantile_effect(0.5, counted(MANY), counted([1.0, 3.0] * 4, grid=GRID))
    assert (effect.control_mean, effect.treatment_mean, effect.estimate) == (2.0, 1.0, -1.0)


def test_a_quantile_below_an_interpolated_grid_is_outside_it():
    base = counted([1.0, 1.0, 1.0, 2.0] * 100)
    fields = {k: getattr(base, k) for k in base.__dataclass_fields__}
    early = QuantileCurve(**(fields | {"mean_at": np.array([0.1, 0.25])}))
    effect = quantile_effect(0.5, early, early)
    assert effect.status == "outside_grid"
    assert "below every value" in effect.status_reason


def test_a_certain_quantile_has_an_effect_and_a_test_only_where_the_arms_differ():
    """Most users have no order: the median is 0 whatever happens."""
    none = counted([0.0] * 900 + [1.0] * 100)
    same = quantile_effect(0.5, none, none)
    assert (same.status, same.estimate, same.std_error) == ("zero_variance", 0.0, 0.0)
    one = counted([0.0] * 100 + [1.0] * 900)
    other = quantile_effect(0.5, none, one)
    assert (other.status, other.estimate) == ("relative_undefined", 1.0)
    assert (other.ci_lower, other.ci_upper) == (1.0, 1.0)
    assert other.std_error == pytest.approx(other.estimate / other.statistic)
    assert other.p_value < 1e-20


def test_users_who_are_all_alike_have_no_test():
    unit = np.repeat(np.arange(200), 2)
    alike = counted([1.0, 2.0] * 200, n=200, unit=unit)
    assert quantile_effect(0.5, alike, alike).status == "zero_variance"
    answer = quantile_non_inferiority(
        0.5, alike, alike, margin=0.1, relative=True, direction="decrease"
    )
    assert answer.status == "zero_variance"


def test_a_level_too_strict_for_the_events_has_no_bounds_but_a_p_value():
    control, treatment = curves(0.95, lognormal(300, 1), lognormal(300, 2))
    effect = quantile_effect(0.95, control, treatment)
    assert effect.status == "ok"
    strict = with_alpha(effect, 1e-6)
    assert strict.status == "too_few_events"
    assert "at this level" in strict.status_reason
    assert math.isnan(strict.ci_lower)
    assert strict.p_value == effect.p_value
    assert with_alpha(strict, 0.05) == effect


def test_a_margin_relative_to_a_zero_quantile_is_undefined():
    zero, one = counted([0.0] * 900 + [1.0] * 100), counted([0.0] * 100 + [1.0] * 900)
    answer = quantile_non_inferiority(
        0.5, zero, one, margin=0.1, relative=True, direction="decrease"
    )
    assert answer.status == "relative_undefined"
    absolute = quantile_non_inferiority(
        0.5, zero, one, margin=2.0, relative=False, direction="decrease"
    )
    assert absolute.is_non_inferior
    assert absolute.bound == 1.0


@pytest.mark.parametrize(
    ("p", "change", "message"),
    [
        (1.0, {}, "p == 1.0, must be > 0 and < 1."),
        (0.5, {"alpha": 0.0}, "alpha == 0.0, must be > 0 and < 1."),
        (0.5, {"power": 1.0}, "power == 1.0, must be > 0 and < 1."),
    ],
)
def test_arguments_out_of_range_are_refused(p, change, message):
    with pytest.raises(ValueError, match=message):
        quantile_effect(p, counted(MANY), counted(MANY), **change)
    with pytest.raises(ValueError, match="grid of the treatment"):
        quantile_effect(0.5, counted(MANY), counted([1.0, 2.0]))
    with pytest.raises(ValueError, match=r"margin == 1.5, must be > 0 and < 1\."):
        quantile_non_inferiority(
            0.5, counted(MANY), counted(MANY), margin=1.5, relative=True, direction="decrease"
        )


def test_every_world_has_a_p95():
    rng = np.random.default_rng(9)
    for world, draw in WORLDS.items():
        effect = quantile_effect(0.95, *curves(0.95, draw(rng, 3_000), draw(rng, 3_000)))
        assert effect.status == "ok", world
        assert effect.std_error < critical_value(0.025) * effect.control_mean
