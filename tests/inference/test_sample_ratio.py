"""Sample ratio mismatch against scipy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from abstats.inference import sample_ratio_test, stratified_sample_ratio_test


@given(st.lists(st.tuples(st.integers(1, 10**6), st.floats(0.01, 1)), min_size=2, max_size=5))
def test_agrees_with_scipys_chi_square(arms) -> None:
    counts, weights = zip(*arms, strict=True)
    expected = [sum(counts) * weight / sum(weights) for weight in weights]
    result = sample_ratio_test(counts, weights)
    oracle = stats.chisquare(counts, expected, sum_check=False)
    assert result.statistic == pytest.approx(oracle.statistic, rel=1e-9, abs=1e-12)
    assert result.p_value == pytest.approx(oracle.pvalue, rel=1e-6, abs=1e-300)
    assert result.expected == pytest.approx(expected)
    assert result.degrees_of_freedom == len(arms) - 1


def test_without_units_there_is_no_p_value() -> None:
    assert math.isnan(sample_ratio_test([0, 0], [0.5, 0.5]).p_value)


def test_an_arm_without_units_alarms() -> None:
    assert sample_ratio_test([1000, 0], [0.5, 0.5]).p_value < 1e-200


def test_misuse_is_told_by_name_value_and_rule() -> None:
    with pytest.raises(ValueError, match=r"len\(counts\) == 2, must be len\(weights\) == 1"):
        sample_ratio_test([1, 2], [1.0])
    with pytest.raises(ValueError, match=r"len\(counts\) == 1, must be >= 2"):
        sample_ratio_test([1], [1.0])
    with pytest.raises(ValueError, match=r"weights == \[1.0, 0.0\], must be > 0"):
        sample_ratio_test([1, 2], [1.0, 0.0])
    with pytest.raises(ValueError, match=r"counts == \[1, -2\], must be >= 0"):
        sample_ratio_test([1, -2], [0.5, 0.5])


PERIODS = st.lists(
    st.tuples(
        st.lists(st.integers(1, 10**6), min_size=3, max_size=3),
        st.lists(st.floats(0.01, 1), min_size=3, max_size=3),
    ),
    min_size=1,
    max_size=4,
)


@given(PERIODS)
def test_the_chi_squares_of_periods_add_up(periods) -> None:
    counts, weights = zip(*periods, strict=True)
    result = stratified_sample_ratio_test(counts, weights)
    alone = [sample_ratio_test(*period) for period in periods]
    assert result.periods == tuple(alone)
    assert result.degrees_of_freedom == 2 * len(periods)
    assert result.statistic == pytest.approx(math.fsum(p.statistic for p in alone))
    oracle = stats.chi2.sf(result.statistic, 2 * len(periods))
    assert result.p_value == pytest.approx(oracle, rel=1e-6, abs=1e-300)


def test_a_ramp_is_balanced_by_period_and_not_in_total() -> None:
    """Trap 7's visitors: 99/1 on Friday, 50/50 on Saturday."""
    counts, weights = [(990_000, 10_000), (500_000, 500_000)], [(0.99, 0.01), (0.5, 0.5)]
    assert stratified_sample_ratio_test(counts, weights).p_value == 1.0
    assert sample_ratio_test((1_490_000, 510_000), (0.5, 0.5)).p_value < 1e-300


def test_a_period_without_units_does_not_count() -> None:
    result = stratified_sample_ratio_test([(40, 60), (0, 0)], [(0.5, 0.5), (0.9, 0.1)])
    assert result.p_value == sample_ratio_test((40, 60), (0.5, 0.5)).p_value
    assert result.degrees_of_freedom == 1
    nobody = stratified_sample_ratio_test([(0, 0)], [(0.5, 0.5)])
    assert math.isnan(nobody.p_value)


@pytest.mark.slow
def test_healthy_ramps_alarm_at_the_nominal_rate() -> None:
    rng = np.random.default_rng(19)
    tests, weights = 20_000, [(0.9, 0.05, 0.05), (0.4, 0.3, 0.3)]
    drawn = [rng.multinomial(n, w, size=tests) for n, w in zip((1_000, 700), weights, strict=True)]
    alarms = sum(
        stratified_sample_ratio_test(periods, weights).p_value < 0.05
        for periods in zip(*(counts.tolist() for counts in drawn), strict=True)
    )
    assert alarms / tests == pytest.approx(0.05, abs=0.006)


def test_misuse_of_periods_is_told_by_name_value_and_rule() -> None:
    with pytest.raises(ValueError, match=r"len\(counts\) == 1, must be len\(weights\) == 2"):
        stratified_sample_ratio_test([(1, 2)], [(0.5, 0.5)] * 2)
    with pytest.raises(ValueError, match=r"len\(counts\) == 0, must be >= 1"):
        stratified_sample_ratio_test([], [])
