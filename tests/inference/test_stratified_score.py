"""The score test of a weighted average over strata against likelihoods maximised by brute force."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize

from abstats.inference import estimate_effect, score
from abstats.inference.score import Counts
from abstats.inference.stratified_score import (
    _contrast,
    difference_interval,
    difference_statistic,
    ratio_interval,
    ratio_statistic,
)

from .rows import share

CRITICAL = 1.959963984540054
DIFFERENCES = st.floats(-0.9, 0.9).filter(lambda d: d == 0 or abs(d) > 1e-6)


@st.composite
def tables(draw, fewest=0):
    """One to four strata of two arms, with any number of events."""
    strata = []
    for _ in range(draw(st.integers(2, 4))):
        n0, n1 = draw(st.integers(5, 3_000)), draw(st.integers(5, 3_000))
        strata.append(
            Counts(
                draw(st.integers(fewest, n0 - fewest)),
                n0,
                draw(st.integers(fewest, n1 - fewest)),
                n1,
            )
        )
    return strata


def brute_force(strata, ratio, difference):
    """Restricted shares by a general optimiser, and z from the formula in words."""
    x = np.array([[s.control, s.treatment] for s in strata], dtype=float)
    n = np.array([[s.control_n, s.treatment_n] for s in strata], dtype=float)
    weights = n.sum(axis=1) / n.sum()
    coefficients = np.stack([-ratio * weights, weights], axis=1)

    def loss(p):
        p = p.reshape(x.shape)
        return -np.sum(x * np.log(p) + (n - x) * np.log1p(-p)) / n.sum()

    def slope(p):
        p = p.reshape(x.shape)
        return (-(x / p - (n - x) / (1 - p)) / n.sum()).ravel()

    found = optimize.minimize(
        loss,
        np.full(x.size, 0.5),
        jac=slope,
        method="SLSQP",
        bounds=[(1e-9, 1 - 1e-9)] * x.size,
        constraints={"type": "eq", "fun": lambda p: coefficients.ravel() @ p - difference},
        options={"ftol": 1e-15, "maxiter": 500},
    )
    p = found.x.reshape(x.shape)
    gaps = x[:, 1] / n[:, 1] - ratio * x[:, 0] / n[:, 0]
    variance = np.sum(coefficients**2 * p * (1 - p) / n)
    variance += weights @ (gaps - weights @ gaps) ** 2 / n.sum()
    return (weights @ gaps - difference) / math.sqrt(variance)


@pytest.mark.parametrize("seed", range(12))
def test_the_statistic_is_that_of_the_shares_most_likely_under_the_null(seed) -> None:
    rng = np.random.default_rng(seed)
    strata = []
    for _ in range(2 + seed % 2):
        n = rng.integers(20, 200, size=2)
        x = rng.binomial(n, rng.uniform(0.1, 0.9, size=2))
        strata.append(Counts(int(x[0]), int(n[0]), int(x[1]), int(n[1])))
    for difference in (0.0, 0.1, -0.3):
        expected = brute_force(strata, 1.0, difference)
        assert difference_statistic(strata, difference) == pytest.approx(expected, rel=1e-4)
    for ratio in (0.7, 1.0, 1.6):
        expected = brute_force(strata, ratio, 0.0)
        assert ratio_statistic(strata, ratio) == pytest.approx(expected, rel=1e-4)


@given(tables(), DIFFERENCES, st.floats(0.05, 20))
def test_the_multiplier_of_one_stratum_finds_the_closed_form(strata, difference, ratio) -> None:
    """Miettinen and Nurminen's cubic and Koopman's quadratic, at any count."""
    for table in strata:
        contrast = _contrast([table], 1.0)
        z = contrast.statistic(contrast.multiplier(difference), difference)
        assert z == pytest.approx(score.difference_statistic(table, difference), rel=1e-6, abs=1e-9)
        contrast = _contrast([table], ratio)
        z = contrast.statistic(contrast.multiplier(0.0), 0.0)
        assert z == pytest.approx(score.ratio_statistic(table, ratio), rel=1e-6, abs=1e-9)
        assert difference_statistic([table], difference) == score.difference_statistic(
            table, difference
        )
        assert difference_interval([table], CRITICAL) == score.difference_interval(table, CRITICAL)
        assert ratio_interval([table], CRITICAL) == score.ratio_interval(table, CRITICAL)


@settings(max_examples=40)
@given(tables())
def test_the_bounds_are_the_nulls_just_not_rejected(strata) -> None:
    lower, upper = difference_interval(strata, CRITICAL)
    assert -1 <= lower <= upper <= 1
    for bound, z in ((lower, CRITICAL), (upper, -CRITICAL)):
        if abs(bound) < 1 - 1e-9:
            assert difference_statistic(strata, bound) == pytest.approx(z, rel=1e-6)
    lower, upper = ratio_interval(strata, CRITICAL)
    assert 0 <= lower <= upper
    for bound, z in ((lower, CRITICAL), (upper, -CRITICAL)):
        if 1e-100 < bound < 1e100:
            assert ratio_statistic(strata, bound) == pytest.approx(z, rel=1e-6)


@settings(max_examples=40)
@given(tables(fewest=1), DIFFERENCES)
def test_events_and_non_events_and_the_arms_mirror_each_other(strata, difference) -> None:
    z = difference_statistic(strata, difference)
    assume(abs(z) < 100)
    others = [Counts(n0 - x0, n0, n1 - x1, n1) for x0, n0, x1, n1 in strata]
    assert difference_statistic(others, -difference) == pytest.approx(-z, rel=1e-6, abs=1e-9)
    swapped = [Counts(x1, n1, x0, n0) for x0, n0, x1, n1 in strata]
    assert difference_statistic(swapped, -difference) == pytest.approx(-z, rel=1e-6, abs=1e-9)
    lower, upper = ratio_interval(strata, CRITICAL)
    inverted = ratio_interval(swapped, CRITICAL)
    assert inverted == pytest.approx((1 / upper, 1 / lower), rel=1e-6)


@settings(max_examples=40)
@given(tables(fewest=1))
def test_strata_of_equal_shares_come_near_the_test_of_their_total(strata) -> None:
    """Ten thousand times the counts, the same in all strata: the averages are the total's."""
    one = strata[0]
    large = Counts(*(1_000 * count for count in one))
    z = difference_statistic([large, large, large])
    total = score.difference_statistic(Counts(*(3 * count for count in large)))
    assert z == pytest.approx(total, rel=1e-9, abs=1e-9)


def test_no_event_in_any_stratum_is_no_difference() -> None:
    strata = [Counts(0, 100, 0, 50), Counts(0, 30, 0, 40)]
    assert difference_statistic(strata) == 0.0
    lower, upper = difference_interval(strata, CRITICAL)
    assert lower < 0 < upper
    assert ratio_interval(strata, CRITICAL) == (0.0, math.inf)
    assert difference_statistic([Counts(100, 100, 50, 50), Counts(30, 30, 40, 40)]) == 0.0


@pytest.mark.slow
def test_in_a_ramp_it_rejects_5_percent_where_walds_rejects_14() -> None:
    """Two of a hundred treated in the first period, which counts as much as the second."""
    rng = np.random.default_rng(15)
    tests, sizes, shares = 3_000, [(9_900, 100), (5_000, 5_000)], (0.02, 0.01)
    events = [rng.binomial(pair, p, size=(tests, 2)) for pair, p in zip(sizes, shares, strict=True)]
    rejected = wrong = 0
    for i in range(tests):
        strata = [
            Counts(int(x[i, 0]), n[0], int(x[i, 1]), n[1])
            for x, n in zip(events, sizes, strict=True)
        ]
        rejected += abs(difference_statistic(strata)) > CRITICAL
        arms = [[share(s[2 * a], s[2 * a + 1]) for s in strata] for a in (0, 1)]
        wrong += estimate_effect("mean", *arms).p_value < 0.05
    assert rejected / tests == pytest.approx(0.045, abs=0.012)
    assert wrong / tests > 0.11


@pytest.mark.slow
def test_it_covers_95_percent_where_only_the_first_period_has_an_effect() -> None:
    """From 10 to 50 percent, a share of .05 doubled at first; one effect for all covers .92."""
    rng = np.random.default_rng(16)
    tests, truth, relative = 1_500, 0.025, 0.5
    covered = covered_relative = assumed_equal = 0
    for n in rng.multinomial(2_000, [0.5, 0.5], size=tests):
        treated = rng.binomial(n, [0.1, 0.5])
        x0 = rng.binomial(n - treated, 0.05)
        x1 = rng.binomial(treated, [0.10, 0.05])
        table = np.stack([x0, n - treated, x1, treated], axis=1).tolist()
        strata = [Counts(*row) for row in table]
        covered += abs(difference_statistic(strata, truth)) <= CRITICAL
        covered_relative += abs(ratio_statistic(strata, 1 + relative)) <= CRITICAL
        assumed_equal += abs(with_one_effect(strata, truth)) <= CRITICAL
    assert covered / tests == pytest.approx(0.947, abs=0.017)
    assert covered_relative / tests == pytest.approx(0.947, abs=0.017)
    assert assumed_equal / tests < 0.935


def with_one_effect(strata, difference):
    """Miettinen and Nurminen's statistic: each stratum restricted to the same difference."""
    units = sum(s.control_n + s.treatment_n for s in strata)
    gap = variance = 0.0
    for s in strata:
        weight = (s.control_n + s.treatment_n) / units
        own = s.treatment / s.treatment_n - s.control / s.control_n - difference
        z = score.difference_statistic(s, difference)
        gap += weight * own
        variance += weight**2 * (own / z) ** 2
    return gap / math.sqrt(variance)
