"""Sample ratio mismatch against scipy."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from abstats.inference import sample_ratio_test


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
