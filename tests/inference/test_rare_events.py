"""Proportions with few events in a small arm: against enumeration, and at their exact size."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from abstats.inference import estimate_effect, non_inferiority, with_alpha
from abstats.inference.rare_events import (
    difference_interval,
    difference_tail,
    is_rare,
    mid_p_value,
    ratio_interval,
)
from abstats.inference.score import (
    Counts,
    difference_statistic,
    ratio_statistic,
    restricted_by_difference,
    restricted_by_ratio,
)
from abstats.inference.tails import critical_value, two_sided_p

from .rows import share

TABLES = (
    st.tuples(st.integers(5, 400), st.integers(5, 4_000))
    .flatmap(
        lambda n: st.builds(
            Counts,
            st.integers(0, n[0]),
            st.just(n[0]),
            st.integers(0, n[1]),
            st.just(n[1]),
        )
    )
    .filter(lambda c: 0 < c.control + c.treatment < c.control_n + c.treatment_n)
)


def brute_force(counts):
    """Both mid-p tails over all tables, with the differences compared as fractions."""
    x0, n0, x1, n1 = counts
    p = (x0 + x1) / (n0 + n1)
    observed = Fraction(x1, n1) - Fraction(x0, n0)
    above = below = 0.0
    control, treatment = (stats.binom.pmf(np.arange(n + 1), n, p) for n in (n0, n1))
    for a in range(n0 + 1):
        for b in range(n1 + 1):
            difference = Fraction(b, n1) - Fraction(a, n0)
            chance = control[a] * treatment[b]
            above += chance * ((difference > observed) + 0.5 * (difference == observed))
            below += chance * ((difference < observed) + 0.5 * (difference == observed))
    return min(2 * min(above, below), 1.0)


@pytest.mark.parametrize(
    "counts",
    [
        (3, 120, 2, 10),
        (0, 120, 1, 10),
        (7, 90, 0, 30),
        (1, 20, 9, 60),
        (4, 40, 9, 40),
        (85, 90, 20, 30),
    ],
)
def test_the_p_value_is_the_sum_over_all_tables(counts) -> None:
    """One arm's size a multiple of the other's, where nothing is interpolated."""
    assert mid_p_value(Counts(*counts)) == pytest.approx(brute_force(counts), rel=1e-9)


def test_between_sizes_that_share_no_lattice_it_is_interpolated() -> None:
    for counts in ((3, 117, 2, 11), (2, 101, 1, 13)):
        assert mid_p_value(Counts(*counts)) == pytest.approx(brute_force(counts), rel=0.15)


def test_with_a_known_control_it_is_the_mid_p_of_one_binomial() -> None:
    """A control of 2e9 units at .005; 5 of 200 against it."""
    counts = Counts(10_000_000, 2_000_000_000, 5, 200)
    p = stats.binom.sf(5, 200, 0.005) + 0.5 * stats.binom.pmf(5, 200, 0.005)
    assert mid_p_value(counts) == pytest.approx(2 * p, rel=1e-3)


def test_it_keeps_its_digits_in_the_tail() -> None:
    """Of control 1e-3 is sure: 2 P(X > 40) + P(X = 40) at 200 units."""
    p = mid_p_value(Counts(2_000_000, 2_000_000_000, 40, 200))
    assert p == pytest.approx(2 * stats.binom.sf(39, 200, 0.001), rel=0.05)
    assert 0.0 < p < 1e-70


@settings(deadline=None)
@given(TABLES)
def test_swapping_arms_or_counting_non_events_changes_no_p_value(counts) -> None:
    x0, n0, x1, n1 = counts
    p = mid_p_value(counts)
    assert mid_p_value(Counts(x1, n1, x0, n0)) == pytest.approx(p, rel=1e-7, abs=1e-300)
    assert mid_p_value(Counts(n0 - x0, n0, n1 - x1, n1)) == pytest.approx(p, rel=1e-7, abs=1e-300)


@settings(deadline=None, max_examples=60)
@given(TABLES, st.sampled_from([0.2, 0.05, 0.005, 0.0005]))
def test_both_intervals_leave_out_no_effect_exactly_where_the_p_value_is_below_alpha(
    counts, alpha
) -> None:
    p = mid_p_value(counts)
    if abs(p - alpha) < 1e-6 * alpha:
        return
    critical = critical_value(alpha / 2)
    lower, upper = difference_interval(counts, critical)
    ratio_lower, ratio_upper = ratio_interval(counts, critical)
    assert (lower > 0 or upper < 0) == (p <= alpha)
    assert (ratio_lower > 1 or ratio_upper < 1) == (p <= alpha)
    assert (
        lower <= counts.treatment / counts.treatment_n - counts.control / counts.control_n <= upper
    )


@settings(deadline=None, max_examples=40)
@given(TABLES)
def test_intervals_are_nested_and_turn_round_with_the_arms(counts) -> None:
    x0, n0, x1, n1 = counts
    wide, narrow = (difference_interval(counts, critical_value(a / 2)) for a in (0.01, 0.1))
    assert wide[0] <= narrow[0] <= narrow[1] <= wide[1]
    turned = difference_interval(Counts(x1, n1, x0, n0), critical_value(0.05))
    assert (-turned[1], -turned[0]) == pytest.approx(narrow, abs=1e-9)
    if n0 == n1:  # which arm is enumerated then depends on their order
        return
    ratio = ratio_interval(counts, critical_value(0.05))
    turned = ratio_interval(Counts(x1, n1, x0, n0), critical_value(0.05))
    for ours, theirs in zip(ratio, turned[::-1], strict=True):
        if 0.0 < theirs < math.inf and 1e-100 < ours < 1e100:
            assert ours == pytest.approx(1 / theirs, rel=1e-6)


@given(TABLES, st.floats(-0.9, 0.9), st.floats(0.05, 20))
def test_restricted_shares_are_those_of_the_score_statistics(counts, difference, ratio) -> None:
    x0, n0, x1, n1 = counts
    p0, p1 = restricted_by_difference(counts, difference)
    assert p1 - p0 == pytest.approx(difference, abs=1e-12)
    gap = x1 / n1 - x0 / n0 - difference
    variance = p0 * (1 - p0) / n0 + p1 * (1 - p1) / n1
    if variance > 1e-9:
        z = gap / math.sqrt(variance)
        assert difference_statistic(counts, difference) == pytest.approx(z, rel=1e-5, abs=1e-9)
    p0, p1 = restricted_by_ratio(counts, ratio)
    variance = ratio**2 * p0 * (1 - p0) / n0 + p1 * (1 - p1) / n1
    if variance > 1e-9:
        z = (x1 / n1 - ratio * x0 / n0) / math.sqrt(variance)
        assert ratio_statistic(counts, ratio) == pytest.approx(z, rel=1e-5, abs=1e-9)


def test_it_is_used_where_a_small_arm_expects_few_events_and_nowhere_else() -> None:
    assert is_rare(Counts(99, 19_800, 1, 200))
    assert is_rare(Counts(19_701, 19_800, 199, 200))
    assert not is_rare(Counts(0, 1_000, 30, 1_000))  # equal arms are not skewed
    assert not is_rare(Counts(900, 9_000, 100, 1_000))
    assert not is_rare(Counts(0, 900, 0, 10))
    rare = estimate_effect("proportion", share(99, 19_800), share(6, 200))
    assert (rare.test, rare.status) == ("mid_p", "ok")
    assert rare.p_value == mid_p_value(Counts(99, 19_800, 6, 200))
    assert estimate_effect("proportion", share(0, 1_000), share(30, 1_000)).test == "score_z"


@pytest.mark.parametrize(
    "counts", [(99, 19_800, 0, 200), (0, 1_900, 2, 100), (150, 19_800, 7, 200)]
)
def test_an_effects_bounds_at_any_level_agree_with_its_p_value(counts) -> None:
    x0, n0, x1, n1 = counts
    effect = estimate_effect("proportion", share(x0, n0), share(x1, n1))
    assert effect.test == "mid_p"
    for alpha in (0.5, 0.05, 0.005, 0.0005):
        at = with_alpha(effect, alpha)
        is_significant = effect.p_value <= alpha
        assert (at.ci_lower > 0 or at.ci_upper < 0) == is_significant
        if not math.isnan(at.relative_ci_lower):
            assert (at.relative_ci_lower > 0 or at.relative_ci_upper < 0) == is_significant


def exact_size(n0, n1, p, alphas):
    """Chances of p-values at or below each alpha, ours and the score test's, over all tables."""
    m0, m1 = n0 * p, n1 * p
    ours, score = np.zeros(len(alphas)), np.zeros(len(alphas))
    for x0 in range(max(int(m0 - 6 * m0**0.5 - 2), 0), int(m0 + 6 * m0**0.5 + 6)):
        for x1 in range(min(int(m1 + 9 * m1**0.5 + 9), n1) + 1):
            chance = stats.binom.pmf(x0, n0, p) * stats.binom.pmf(x1, n1, p)
            if chance < 1e-9 or x0 + x1 == 0:
                continue
            counts = Counts(x0, n0, x1, n1)
            z = two_sided_p(difference_statistic(counts))
            score += chance * (z <= np.array(alphas))
            exact = mid_p_value(counts) if is_rare(counts) else z
            ours += chance * (exact <= np.array(alphas))
    return ours, score


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n0", "n1", "p"),
    [
        (19_800, 200, 0.005),
        (950, 50, 0.005),
        (190, 10, 0.005),
        (9_000, 1_000, 0.005),
        (1_800, 200, 0.02),
    ],
)
def test_it_holds_every_level_where_the_score_test_holds_only_five_percent(n0, n1, p) -> None:
    alphas = (0.05, 0.005, 0.0005)
    ours, score = exact_size(n0, n1, p, alphas)
    assert (ours <= np.array(alphas) * 1.001).all()
    assert score[0] < 0.055
    assert score[1] > 1.2 * 0.005
    assert score[2] > 2 * 0.0005


@pytest.mark.slow
def test_beyond_the_threshold_the_score_test_is_nearly_right() -> None:
    ours, _ = exact_size(9_000, 1_000, 0.02, (0.05, 0.005, 0.0005))
    assert ours[1] < 1.3 * 0.005
    assert ours[2] < 2 * 0.0005


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n0", "n1", "p0", "p1"),
    [(19_800, 200, 0.005, 0.02), (950, 50, 0.02, 0.08), (9_000, 1_000, 0.005, 0.01)],
)
def test_its_intervals_cover_differences_and_ratios(n0, n1, p0, p1) -> None:
    """Counts drawn 3,000 times; Monte-Carlo standard error .004."""
    rng, tests, critical = np.random.default_rng(8), 3_000, critical_value(0.025)
    pairs = np.stack([rng.binomial(n0, p0, tests), rng.binomial(n1, p1, tests)], axis=1)
    found = {}
    for x0, x1 in np.unique(pairs, axis=0):
        counts = Counts(int(x0), n0, int(x1), n1)
        lower, upper = difference_interval(counts, critical)
        ratios = ratio_interval(counts, critical)
        found[x0, x1] = lower <= p1 - p0 <= upper, ratios[0] <= p1 / p0 <= ratios[1]
    covered = np.mean([found[x0, x1] for x0, x1 in pairs], axis=0)
    assert (covered > 0.95 - 0.013).all()
    assert (covered < 0.985).all()


def likeliest(counts, difference):
    """Shares that differ by `difference`, by maximising the likelihood."""
    x0, n0, x1, n1 = counts

    def loss(p0):
        return -stats.binom.logpmf(x0, n0, p0) - stats.binom.logpmf(x1, n1, p0 + difference)

    ends = max(0.0, -difference) + 1e-12, min(1.0, 1.0 - difference) - 1e-12
    p0 = optimize.minimize_scalar(loss, bounds=ends, method="bounded", options={"xatol": 1e-12}).x
    return p0, p0 + difference


@pytest.mark.parametrize("direction", ["increase", "decrease"])
@pytest.mark.parametrize(("x0", "x1"), [(4, 0), (4, 1), (9, 3), (2, 2)])
def test_a_margin_is_tested_by_the_sum_over_all_tables(x0, x1, direction) -> None:
    counts, margin = Counts(x0, 60, x1, 6), 0.05
    null = -margin if direction == "increase" else margin
    p0, p1 = likeliest(counts, null)
    upper = 0.0
    for a, chance_a in enumerate(stats.binom.pmf(np.arange(61), 60, p0)):
        for b, chance_b in enumerate(stats.binom.pmf(np.arange(7), 6, p1)):
            gap = Fraction(b, 6) - Fraction(a, 60) - Fraction(x1, 6) + Fraction(x0, 60)
            upper += chance_a * chance_b * ((gap > 0) + 0.5 * (gap == 0))
    test = non_inferiority(
        "proportion",
        share(x0, 60),
        share(x1, 6),
        margin=margin,
        relative=False,
        direction=direction,
    )
    expected = upper if direction == "increase" else 1.0 - upper
    assert is_rare(counts)
    assert test.p_value == pytest.approx(expected, rel=1e-5)
    assert upper == pytest.approx(difference_tail(counts, null, 1), rel=1e-5)


@given(
    st.tuples(st.integers(1, 12), st.integers(0, 4)),
    st.floats(0.05, 0.9),
    st.sampled_from(["increase", "decrease"]),
    st.booleans(),
    st.sampled_from([0.05, 0.005]),
)
@settings(max_examples=40, deadline=None)
def test_a_rare_events_bound_is_within_the_margin_exactly_where_it_is_kept(
    events, margin, direction, relative, alpha
) -> None:
    x0, x1 = events
    if not is_rare(Counts(x0, 900, x1, 60)):
        return
    size = margin if relative else margin * 0.02
    test = non_inferiority(
        "proportion",
        share(x0, 900),
        share(x1, 60),
        margin=size,
        relative=relative,
        direction=direction,
        alpha=alpha,
    )
    if abs(test.p_value / alpha - 1.0) < 1e-6:
        return
    kept = test.bound > -size if direction == "increase" else test.bound < size
    assert test.is_non_inferior == kept


@pytest.mark.parametrize("relative", [True, False])
def test_a_margin_of_rare_events_holds_where_the_score_test_at_it_does_not(relative) -> None:
    """Exact sizes at the margin: .065 and .092 by the score test, .024 and .018 for .005."""
    n0, n1, p, margin = 900, 100, 0.005, 0.2
    size, wrong = dict.fromkeys((0.05, 0.005), 0.0), dict.fromkeys((0.05, 0.005), 0.0)
    for x0 in range(18):
        for x1 in range(7):
            chance = stats.binom.pmf(x0, n0, p) * stats.binom.pmf(x1, n1, p * (1 - margin))
            if x0 + x1 == 0 or (relative and x0 == 0):
                continue
            counts = Counts(x0, n0, x1, n1)
            ours = non_inferiority(
                "proportion",
                share(x0, n0),
                share(x1, n1),
                margin=margin if relative else margin * p,
                relative=relative,
                direction="increase",
            )
            score = ratio_statistic(counts, 1 - margin)
            if not relative:
                score = difference_statistic(counts, -margin * p)
            for alpha in size:
                size[alpha] += chance * (ours.p_value <= alpha)
                wrong[alpha] += chance * (stats.norm.sf(score) <= alpha)
    assert size[0.05] < 0.053
    assert size[0.005] < 0.005
    assert wrong[0.05] > 0.06
    assert wrong[0.005] > 0.015
