"""Inference at the stop against rpact, brute force, its duality with the bounds, and coverage."""

import time

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from abstats.inference.sequential import (
    Bounds,
    Spending,
    futility_bounds,
    inference_at_stop,
    spending_bounds,
    stage_wise_p_value,
)

from .oracles import canonical_correlation, equal, score_paths, simpson_exits
from .test_boundaries import LOOK_TIMES
from .test_spending import ANY, OBRIEN_FLEMING, POCOCK


def test_rpacts_analysis_of_a_stop_at_the_third_of_four_looks() -> None:
    """rpact's own tests, test-f_analysis_base_survival.R, x1.

    One-sided Wang-Tsiatis bounds; log-rank statistic 2.9 with 29 events, so the log hazard ratio
    has standard error 2 / sqrt 29. rpact prints hazard ratios, and both ends of the interval.
    """
    upper = np.array([2.4878815, 2.4031352, 2.3549063])
    bounds = Bounds(np.array([0.2, 0.4, 0.6]), upper, -np.inf * upper, upper, upper, sides=1)
    found = inference_at_stop(bounds, 2.9, 2.0 / np.sqrt(29.0), alpha=0.025)
    assert found.p_value == pytest.approx(0.013371274, rel=2e-7)
    assert np.exp(found.estimate) == pytest.approx(2.632639, rel=1e-7)
    assert np.exp(found.ci_lower) == pytest.approx(1.1294538, rel=1e-7)
    assert found.ci_upper == np.inf
    upside = inference_at_stop(bounds, 2.9, 2.0 / np.sqrt(29.0), alpha=0.975)
    assert np.exp(upside.ci_lower) == pytest.approx(5.6956842, rel=1e-6)


@pytest.mark.parametrize("sides", [1, 2])
@pytest.mark.parametrize("statistic", [-3.1, 0.4, 2.6, 4.0])
def test_interval_and_estimate_have_their_probabilities_by_another_grid(sides, statistic) -> None:
    t = np.array([0.3, 0.5, 0.9])
    bounds = spending_bounds(t, alpha=0.05, sides=sides, spending=POCOCK)
    found = inference_at_stop(bounds, statistic, 0.5, alpha=0.05)
    lower = -bounds.upper if sides == 2 else np.full(3, -np.inf)
    information = t / t[-1] / 0.5**2
    ends = [(found.estimate, 0.5), (found.ci_lower, 0.05 / sides)]
    if sides == 2:
        ends.append((found.ci_upper, 0.975))
    for effect, probability in ends:
        above = simpson_exits(information, lower, [*bounds.upper[:2], statistic], theta=effect)[0]
        assert above.sum() == pytest.approx(probability, abs=1e-7)
    above = simpson_exits(information, lower, [*bounds.upper[:2], statistic])[0]
    if sides == 1:
        assert found.p_value == pytest.approx(above.sum(), rel=1e-6)
    else:
        downward = simpson_exits(information, [*lower[:2], statistic], bounds.upper)[1]
        expected = 2.0 * min(above.sum(), downward.sum())
        assert found.p_value == pytest.approx(expected, rel=1e-6)


def test_a_stop_at_the_first_look_is_a_fixed_test() -> None:
    bounds = spending_bounds([0.4], alpha=0.05, spending=POCOCK)
    found = inference_at_stop(bounds, -2.7, 0.3, alpha=0.05)
    half = 0.3 * stats.norm.isf(0.025)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(2.7), rel=1e-12)
    assert found.estimate == pytest.approx(-0.81, rel=1e-10)
    assert [found.ci_lower, found.ci_upper] == pytest.approx([-0.81 - half, -0.81 + half])


@given(LOOK_TIMES, ANY, st.sampled_from([1, 2]), st.data())
@settings(max_examples=40, deadline=None)
def test_p_is_at_most_alpha_exactly_when_the_bound_is_crossed(t, spending, sides, data) -> None:
    """The last look has t = 1; a stop before it is a crossing."""
    looks = data.draw(st.integers(1, t.size))
    bounds = spending_bounds(t[:looks], alpha=0.05, sides=sides, spending=spending)
    last = float(bounds.upper[-1])
    assume(np.isfinite(last))
    statistic = data.draw(st.floats(-5.0, 5.0))
    if looks < t.size:
        statistic = last + abs(statistic) / 5.0
    crossed = (abs(statistic) if sides == 2 else statistic) >= last
    assume(abs(abs(statistic) - last) > 1e-9)
    p_value = stage_wise_p_value(bounds, statistic)
    # Far out in the tails different statistics have the same p in 16 digits.
    assert (p_value <= 0.05) == crossed or abs(p_value - 0.05) < 1e-12
    if crossed:
        assert p_value <= bounds.alpha_spent[-1] + 1e-12


@given(LOOK_TIMES, ANY, st.sampled_from([1, 2]), st.floats(-4, 4), st.floats(0.01, 0.4))
@settings(max_examples=25, deadline=None)
def test_the_interval_holds_the_estimate_and_agrees_with_the_p_value(
    t, spending, sides, statistic, alpha
) -> None:
    bounds = spending_bounds(t, alpha=0.05, sides=sides, spending=spending)
    found = inference_at_stop(bounds, statistic, 1.0, alpha)
    assert found.ci_lower < found.estimate < found.ci_upper
    assume(abs(found.p_value - alpha) > 1e-7)
    excludes_zero = found.ci_lower > 0.0 or found.ci_upper < 0.0
    assert excludes_zero == (found.p_value < alpha)


@given(LOOK_TIMES, st.sampled_from([1, 2]), st.floats(-4, 4))
@settings(max_examples=15, deadline=None)
def test_inference_scales_with_the_standard_error_and_mirrors_with_the_sign(t, sides, statistic):
    bounds = spending_bounds(t, alpha=0.05, sides=sides, spending=POCOCK)
    one = inference_at_stop(bounds, statistic, 1.0, 0.05)
    ten = inference_at_stop(bounds, statistic, 10.0, 0.05)
    assert ten.estimate == pytest.approx(10 * one.estimate, abs=1e-7)
    assert ten.ci_lower == pytest.approx(10 * one.ci_lower, abs=1e-7)
    if sides == 2:
        mirrored = inference_at_stop(bounds, -statistic, 1.0, 0.05)
        assert mirrored.p_value == pytest.approx(one.p_value, rel=1e-9)
        assert mirrored.estimate == pytest.approx(-one.estimate, abs=1e-8)
        assert mirrored.ci_lower == pytest.approx(-one.ci_upper, abs=1e-8)


def test_p_values_keep_their_digits_in_the_tail() -> None:
    """The p-value cannot be below what earlier looks spent: here 1e-17 at t = .3."""
    bounds = spending_bounds([0.05, 0.6], alpha=0.05, spending=OBRIEN_FLEMING)
    p_value = stage_wise_p_value(bounds, 12.0)
    first = stats.norm.sf(bounds.upper[0])
    assert p_value == pytest.approx(2.0 * first, rel=1e-6)
    assert 0.0 < p_value < 1e-20


def test_an_impossible_jump_between_looks_still_has_an_interval() -> None:
    """z = 30 after a look below 2.3: the ordering knows only that the first look did not cross."""
    bounds = spending_bounds([0.5, 1.0], alpha=0.05, spending=POCOCK)
    found = inference_at_stop(bounds, 30.0, 1.0, 0.05)
    assert np.all(np.isfinite(found))
    assert found.ci_lower < found.estimate < found.ci_upper
    low = inference_at_stop(bounds, -30.0, 1.0, 0.05)
    assert low.estimate == pytest.approx(-found.estimate, abs=1e-7)


def test_binding_futility_counts_and_non_binding_does_not() -> None:
    arguments = {
        "drift": 2.9,
        "alpha": 0.025,
        "beta": 0.2,
        "spending": OBRIEN_FLEMING,
        "beta_spending": POCOCK,
    }
    t = np.array([0.5, 1.0])
    binding = futility_bounds(t, **arguments, is_binding=True)
    above = simpson_exits(t, [binding.futility[0], -np.inf], [binding.upper[0], 1.0])[0]
    assert stage_wise_p_value(binding, 1.0) == pytest.approx(above.sum(), rel=1e-6)
    found = inference_at_stop(binding, 1.0, 1.0, 0.025)
    assert found.ci_lower < found.estimate
    overruled = futility_bounds(t, **arguments)
    alone = spending_bounds(t, alpha=0.025, sides=1, spending=OBRIEN_FLEMING)
    assert stage_wise_p_value(overruled, 1.0) == stage_wise_p_value(alone, 1.0)


def test_a_correlation_matrix_gives_the_same_p_value() -> None:
    t = np.array([0.2, 0.5, 0.7])
    plain = spending_bounds(t, alpha=0.05, spending=POCOCK)
    matrix = spending_bounds(t, alpha=0.05, spending=POCOCK, correlation=canonical_correlation(t))
    for statistic in (-2.5, 1.0, 3.0):
        expected = stage_wise_p_value(plain, statistic)
        assert stage_wise_p_value(matrix, statistic) == pytest.approx(expected, abs=2e-5)


@pytest.mark.slow
def test_the_interval_after_two_thousand_looks_takes_seconds() -> None:
    bounds = spending_bounds(equal(2_160)[:2_000], alpha=0.05, spending=OBRIEN_FLEMING)
    began = time.process_time()
    found = inference_at_stop(bounds, float(bounds.upper[-1]), 1.0, 0.05)
    assert time.process_time() - began < 30.0
    assert found.p_value == pytest.approx(bounds.alpha_spent[-1], rel=1e-8)
    assert 0.0 < found.ci_lower < found.estimate < bounds.upper[-1]


def _threshold(bounds: Bounds, attribute: str, effect: float, std_error: float) -> float:
    """The statistic at which a bound of the interval, or the estimate, equals the effect.

    After the first look they grow with the statistic up to a limit, so there may be none.
    """

    def excess(z: float) -> float:
        return getattr(inference_at_stop(bounds, z, std_error, 0.05), attribute) - effect

    if excess(-12.0) > 0.0:
        return -np.inf
    return optimize.brentq(excess, -12.0, 12.0, xtol=1e-8) if excess(12.0) > 0.0 else np.inf


@pytest.mark.parametrize("drift", [0.0, 1.5, 3.5])
def test_the_interval_covers_and_the_estimate_is_median_unbiased(drift) -> None:
    """Both are monotone in the statistic, so each look has thresholds; 400,000 experiments.

    The fixed interval around the last estimate and that estimate itself fail the same check
    wherever the experiment can stop early.
    """
    t = np.array([0.25, 0.5, 0.75, 1.0])
    spending = Spending("hwang_shih_decani", 1.0)
    z = score_paths(np.random.default_rng(403), 400_000, t, drift)
    bounds = spending_bounds(t, alpha=0.05, spending=spending)
    stopped = np.abs(z) >= bounds.upper
    at = np.where(stopped.any(axis=1), stopped.argmax(axis=1), 3)
    last = z[np.arange(at.size), at]
    covered, below = np.zeros(at.size, bool), np.zeros(at.size, bool)
    for k in range(4):
        part = spending_bounds(t[: k + 1], alpha=0.05, spending=spending)
        low, middle, high = (
            _threshold(part, name, drift, 1.0 / np.sqrt(t[k]))
            for name in ("ci_upper", "estimate", "ci_lower")
        )
        covered |= (at == k) & (last >= low) & (last <= high)
        below |= (at == k) & (last <= middle)
    assert covered.mean() == pytest.approx(0.95, abs=4 * np.sqrt(0.05 * 0.95 / at.size))
    assert below.mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(at.size))
    naive = np.abs(last - drift * np.sqrt(t[at])) <= stats.norm.isf(0.025)
    if drift < 3.0:
        assert naive.mean() < 0.94
    if drift > 3.0:
        assert (last <= drift * np.sqrt(t[at])).mean() < 0.47


def test_the_p_value_is_uniform_under_the_null() -> None:
    t = np.array([0.3, 0.6, 1.0])
    z = score_paths(np.random.default_rng(404), 200_000, t)
    bounds = spending_bounds(t, alpha=0.2, spending=POCOCK)
    stopped = np.abs(z) >= bounds.upper
    at = np.where(stopped.any(axis=1), stopped.argmax(axis=1), 2)
    for level in (0.02, 0.1, 0.2, 0.5):
        share = 0.0
        for k in range(3):
            part = bounds._replace(
                fractions=t[: k + 1],
                upper=bounds.upper[: k + 1],
                futility=bounds.futility[: k + 1],
            )
            # p falls as |z| grows, so p <= level from a threshold on.
            if stage_wise_p_value(part, 8.0) > level:
                continue
            critical = optimize.brentq(
                lambda value, part=part, level=level: stage_wise_p_value(part, value) - level,
                0.01,
                8.0,
            )
            share += ((at == k) & (np.abs(z[:, k]) >= critical)).mean()
        assert share == pytest.approx(level, abs=4 * np.sqrt(level * (1 - level) / 200_000))


def test_misuse_is_told_by_name_value_and_rule() -> None:
    bounds = spending_bounds([0.5], alpha=0.05, spending=POCOCK)
    with pytest.raises(ValueError, match=r"statistic == nan, must be finite"):
        stage_wise_p_value(bounds, np.nan)
    with pytest.raises(ValueError, match=r"std_error == 0\.0, must be finite and > 0"):
        inference_at_stop(bounds, 1.0, 0.0, 0.05)
    with pytest.raises(ValueError, match=r"alpha == 1\.0, must be > 0 and < 1"):
        inference_at_stop(bounds, 1.0, 1.0, 1.0)
    with pytest.raises(ValueError, match=r"bounds\.is_binding == True, must be False"):
        stage_wise_p_value(bounds._replace(is_binding=True), 1.0)
    matrix = spending_bounds([0.5], alpha=0.05, spending=POCOCK, correlation=[[1.0]])
    with pytest.raises(ValueError, match=r"use repeated_intervals"):
        inference_at_stop(matrix, 1.0, 1.0, 0.05)
