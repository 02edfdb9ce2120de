"""The e-process of unit counts: printed values, exact sums, and ninety days of hourly checks."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from abstats.inference import sequential_sample_ratio_test
from abstats.inference.sequential_sample_ratio import CONCENTRATION


@pytest.mark.parametrize(
    ("counts", "weights", "p_value"),
    [
        ([800, 200], [0.5, 0.5], 8.126155715401769e-08),
        ([1100, 900], [0.5, 0.5], 0.20685901461423034),
        ([1800, 1200], [0.5, 0.5], 1.099173293697608e-06),
        ([2600, 1400], [0.5, 0.5], 5.115536116778213e-23),
        ([600, 200, 200], [0.34, 0.33, 0.33], 1.4343631225400445e-06),
        ([500, 500], [0.5, 0.5], 1.0),
    ],
)
def test_agrees_with_the_values_printed_in_growthbooks_tests(counts, weights, p_value) -> None:
    """GrowthBook's tests of its port of the authors' package `ssrm`, concentration 10,000."""
    result = sequential_sample_ratio_test(counts, weights)
    assert result.p_value == pytest.approx(p_value, rel=1e-9)


@given(st.lists(st.integers(0, 1), min_size=0, max_size=60), st.integers(1, 9))
def test_the_evidence_is_the_product_of_what_each_unit_adds(arrivals, tenths) -> None:
    """Unit by unit: its predicted over its declared probability, in fractions."""
    weights = [Fraction(tenths, 10), Fraction(10 - tenths, 10)]
    belief = [int(CONCENTRATION) * weight for weight in weights]
    evidence = Fraction(1)
    for variant in arrivals:
        evidence *= belief[variant] / sum(belief) / weights[variant]
        belief[variant] += 1
    counts = [arrivals.count(0), arrivals.count(1)]
    result = sequential_sample_ratio_test(counts, [float(weight) for weight in weights])
    assert result.log_e_value == pytest.approx(math.log(evidence), abs=1e-9)
    assert result.p_value == pytest.approx(min(1.0, 1 / float(evidence)), rel=1e-9)


@given(st.lists(st.integers(0, 10**6), min_size=3, max_size=3), st.floats(0.01, 100))
def test_the_order_of_variants_and_the_scale_of_weights_change_nothing(counts, scale) -> None:
    one = sequential_sample_ratio_test(counts, [0.5, 0.3, 0.2])
    other = sequential_sample_ratio_test(counts[::-1], [0.2 * scale, 0.3 * scale, 0.5 * scale])
    assert other.log_e_value == pytest.approx(one.log_e_value, rel=1e-6, abs=1e-5)


def test_before_any_unit_there_is_no_evidence() -> None:
    result = sequential_sample_ratio_test([0, 0], [0.5, 0.5])
    assert (result.log_e_value, result.p_value, result.expected) == (0.0, 1.0, (0.0, 0.0))


def hourly_limits(per_hour, hours, alpha):
    """Smallest excess of one variant that alarms, by hour: ours and the chi-square test's."""
    ours = np.empty(hours)
    n = per_hour * np.arange(1, hours + 1)
    for hour, total in enumerate(n):
        low, high = 0, total // 2
        while high - low > 1:
            middle = (low + high) // 2
            counts = [total // 2 + middle, total - total // 2 - middle]
            alarms = sequential_sample_ratio_test(counts, [0.5, 0.5]).p_value <= alpha
            low, high = (low, middle) if alarms else (middle, high)
        ours[hour] = high if high < total // 2 else np.inf
    return ours, stats.norm.isf(alpha / 2) * np.sqrt(n / 4)


@pytest.mark.slow
def test_ninety_days_of_hourly_checks_alarm_in_3_percent_and_ours_in_under_a_tenth() -> None:
    rng = np.random.default_rng(204)
    per_hour, hours, alpha, worlds = 100, 24 * 90, 0.001, 10_000
    ours, chi_square = hourly_limits(per_hour, hours, alpha)
    alarms = np.zeros(2)
    for _ in range(worlds // 1_000):
        excess = (rng.binomial(per_hour, 0.5, size=(1_000, hours)) - per_hour // 2).cumsum(axis=1)
        excess = np.abs(excess)
        alarms += (excess >= ours).any(axis=1).sum(), (excess > chi_square).any(axis=1).sum()
    rate, naive = alarms / worlds
    assert naive == pytest.approx(0.03, abs=0.006)
    assert rate <= 0.001


def test_a_share_off_by_half_a_point_is_mostly_found_within_the_ninety_days() -> None:
    """50.5 % instead of 50 %: at 100 units an hour seven times in ten."""
    rng = np.random.default_rng(205)
    found = 0
    for _ in range(200):
        count = rng.binomial(216_000, 0.505)
        found += sequential_sample_ratio_test([count, 216_000 - count], [1, 1]).p_value < 0.001
    assert 120 < found < 160


def test_misuse_is_told_as_by_the_fixed_test() -> None:
    with pytest.raises(ValueError, match=r"weights == \[1.0, 0.0\], must be > 0"):
        sequential_sample_ratio_test([1, 2], [1.0, 0.0])
