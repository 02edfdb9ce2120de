"""The score test of two proportions against exact arithmetic, statsmodels and enumeration."""

import decimal
import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from abstats.inference.fieller import fieller_interval
from abstats.inference.score import (
    Counts,
    difference_interval,
    difference_statistic,
    ratio_interval,
    ratio_statistic,
)

CRITICAL = 1.959963984540054


@pytest.mark.parametrize(
    ("n0", "n1", "sizes"),
    [
        (9_000, 1_000, (0.045, 0.0062, 0.0012)),
        (19_800, 200, (0.051, 0.0149, 0.0037)),
        (950, 50, (0.054, 0.0276, 0.0108)),
        (190, 10, (0.046, 0.0371, 0.0195)),
    ],
)
def test_the_score_test_exceeds_levels_far_below_5_percent_by_what_the_notes_print(n0, n1, sizes):
    """All counts that have probability, at p = .005 in both arms."""
    p = 0.005
    ranges = [np.arange(int(stats.binom.isf(1e-12, n, p)) + 2) for n in (n0, n1)]
    weights = np.outer(*(stats.binom.pmf(x, n, p) for x, n in zip(ranges, (n0, n1), strict=True)))
    z = [
        [difference_statistic(Counts(int(x), n0, int(y), n1)) for y in ranges[1]] for x in ranges[0]
    ]
    p_values = 2 * stats.norm.sf(np.abs(z))
    for level, size in zip((0.05, 0.005, 0.0005), sizes, strict=True):
        rounding = 6e-4 if level == 0.05 else 6e-5
        assert weights[p_values <= level].sum() == pytest.approx(size, abs=rounding)
    family = {(19_800, 200): 0.14, (950, 50): 0.24}.get((n0, n1))
    if family is not None:
        at_least_one = 1 - (1 - weights[p_values <= 0.005].sum()) ** 10
        assert at_least_one == pytest.approx(family, abs=0.005)


@st.composite
def counts(draw, largest=10**7, smallest=0):
    arms = []
    for _ in "ct":
        n = draw(st.integers(max(smallest, 1), largest))
        arms += [draw(st.integers(smallest, n)), n]
    return Counts(*arms)


def exact_difference_statistic(case: Counts, bound: float) -> float:
    """Score statistic with sixty digits; the restricted estimate by bisection."""
    with decimal.localcontext() as context:
        context.prec = 60
        x0, n0, x1, n1 = map(Decimal, case)
        d, tiny = Decimal(bound), Decimal("1e-40")
        low, high = max(Decimal(0), -d) + tiny, min(Decimal(1), 1 - d) - tiny

        def slope(p: Decimal) -> Decimal:
            q = p + d
            return x0 / p - (n0 - x0) / (1 - p) + x1 / q - (n1 - x1) / (1 - q)

        for _ in range(180):
            middle = (low + high) / 2
            low, high = (middle, high) if slope(middle) > 0 else (low, middle)
        q = low + d
        variance = low * (1 - low) / n0 + q * (1 - q) / n1
        return float((x1 / n1 - x0 / n0 - d) / variance.sqrt())


@given(counts())
@example(Counts(0, 1, 1, 1))
@example(Counts(10**6 - 3, 10**6, 10**6 - 9, 10**6))
@example(Counts(0, 10**7, 0, 10**7))
@example(Counts(3, 10**7, 0, 10**3))
@example(Counts(480_000, 2_096_937, 678_000, 11_882_655))
def test_the_bounds_are_where_the_exact_statistic_is_critical(case) -> None:
    lower, upper = difference_interval(case, CRITICAL)
    assert lower <= case.treatment / case.treatment_n - case.control / case.control_n <= upper
    # Just outside it rejects, just inside it does not.
    nudge = 1e-9 * (upper - lower)
    if lower - nudge > -1:
        assert exact_difference_statistic(case, lower - nudge) > CRITICAL
    if upper + nudge < 1:
        assert exact_difference_statistic(case, upper + nudge) < -CRITICAL
    assert exact_difference_statistic(case, lower + nudge) < CRITICAL
    assert exact_difference_statistic(case, upper - nudge) > -CRITICAL


@pytest.mark.parametrize("seed", range(20))
def test_ratio_intervals_agree_with_statsmodels(seed) -> None:
    """Its interval of the difference (0.14) is wrong: a count stands for a sample size there."""
    rng = np.random.default_rng(seed)
    n0, n1 = rng.integers(30, 5_000, size=2)
    case = Counts(*map(int, (rng.integers(3, n0 - 3), n0, rng.integers(3, n1 - 3), n1)))
    both = case.treatment, case.treatment_n, case.control, case.control_n
    expected = confint_proportions_2indep(*both, method="score", compare="ratio", correction=False)
    assert ratio_interval(case, CRITICAL) == pytest.approx(expected, rel=1e-6)


@given(counts(smallest=1))
def test_ratio_bounds_are_where_the_statistic_is_critical(case) -> None:
    lower, upper = ratio_interval(case, CRITICAL)
    nudge = 1e-9
    assert ratio_statistic(case, lower * (1 - nudge)) > CRITICAL
    assert ratio_statistic(case, lower * (1 + nudge)) < CRITICAL
    assert ratio_statistic(case, upper * (1 + nudge)) < -CRITICAL
    assert ratio_statistic(case, upper * (1 - nudge)) > -CRITICAL


@given(counts())
def test_no_difference_and_ratio_one_are_the_pooled_z(case) -> None:
    p = (case.control + case.treatment) / (case.control_n + case.treatment_n)
    error = math.sqrt(p * (1 - p) * (1 / case.control_n + 1 / case.treatment_n))
    gap = case.treatment / case.treatment_n - case.control / case.control_n
    z = gap / error if error > 0 else 0.0
    assert difference_statistic(case) == pytest.approx(z, rel=1e-9, abs=1e-12)
    assert ratio_statistic(case) == pytest.approx(z, rel=1e-7, abs=1e-9)


@given(counts())
def test_swapping_the_arms_mirrors_difference_and_inverts_ratio(case) -> None:
    swapped = Counts(case.treatment, case.treatment_n, case.control, case.control_n)
    lower, upper = difference_interval(case, CRITICAL)
    width = upper - lower
    mirrored = difference_interval(swapped, CRITICAL)
    assert (-upper, -lower) == pytest.approx(mirrored, abs=1e-9 * width)
    lower, upper = ratio_interval(case, CRITICAL)
    inverted = (1 / upper, 1 / lower if lower > 0 else math.inf)
    assert ratio_interval(swapped, CRITICAL) == pytest.approx(inverted, rel=1e-9)


@given(counts())
def test_both_intervals_leave_out_no_effect_exactly_where_the_test_rejects(case) -> None:
    """Law 9 for proportions."""
    z = difference_statistic(case)
    if abs(abs(z) - CRITICAL) < 1e-7:
        return
    lower, upper = difference_interval(case, CRITICAL)
    assert (lower > 0, upper < 0) == (z > CRITICAL, z < -CRITICAL)
    lower, upper = ratio_interval(case, CRITICAL)
    assert (lower > 1, upper < 1) == (z > CRITICAL, z < -CRITICAL)


def test_no_event_in_control_bounds_the_ratio_from_below_only() -> None:
    lower, upper = ratio_interval(Counts(0, 1000, 30, 1000), CRITICAL)
    assert lower == pytest.approx(7.83621, rel=1e-6)
    assert upper == math.inf
    assert ratio_interval(Counts(0, 10, 0, 10), CRITICAL) == (0.0, math.inf)


@pytest.mark.parametrize(
    ("sizes", "score_covers", "fieller_covers"),
    [((9_000, 1_000), 0.954, 0.919), ((19_800, 200), 0.949, 0.633)],
)
def test_exact_coverage_for_rare_events_in_unequal_arms(
    sizes, score_covers, fieller_covers
) -> None:
    """At p = .005 in both arms, by enumerating all outcomes that matter."""
    n0, n1 = sizes
    p = 0.005
    score_ratio = score_difference = fieller = total = 0.0
    control = range(*stats.binom.ppf([1e-7, 1 - 1e-7], n0, p).astype(int))
    for x0 in control:
        for x1 in range(int(stats.binom.ppf(1 - 1e-7, n1, p)) + 1):
            weight = stats.binom._pmf(x0, n0, p) * stats.binom._pmf(x1, n1, p)
            case = Counts(x0, n0, x1, n1)
            total += weight
            lower, upper = ratio_interval(case, CRITICAL)
            score_ratio += weight * (lower <= 1 <= upper)
            lower, upper = difference_interval(case, CRITICAL)
            score_difference += weight * (lower <= 0 <= upper)
            p0, p1 = x0 / n0, x1 / n1
            v0, v1 = p0 * (1 - p0) / n0, p1 * (1 - p1) / n1
            lower, upper = fieller_interval(
                p1 - p0,
                p0,
                variance=v0 + v1,
                control_variance=v0,
                covariance=-v0,
                critical=CRITICAL,
            )
            fieller += weight * (lower <= 0 <= upper)
    assert total == pytest.approx(1, abs=1e-6)
    assert score_ratio >= 0.945
    assert score_difference >= 0.945
    assert score_ratio == pytest.approx(score_covers, abs=6e-4)
    assert fieller == pytest.approx(fieller_covers, abs=6e-4)


def test_intervals_widen_with_the_critical_value() -> None:
    case = Counts(5, 100, 9, 110)
    for interval in (difference_interval, ratio_interval):
        bounds = np.array([interval(case, critical) for critical in (1.0, 2.0, 3.0)])
        assert (np.diff(bounds[:, 0]) < 0).all()
        assert (np.diff(bounds[:, 1]) > 0).all()
