"""Equal shares over arms against scipy's contingency table."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from abstats.inference import homogeneity_test, stratified_homogeneity_test


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(1, 500)), min_size=2, max_size=5))
def test_agrees_with_the_contingency_table(arms) -> None:
    units = [yes + no for yes, no in arms]
    result = homogeneity_test([yes for yes, _ in arms], units)
    oracle = stats.chi2_contingency(list(zip(*arms, strict=True)), correction=False)
    assert result.statistic == pytest.approx(oracle.statistic, rel=1e-9, abs=1e-12)
    assert result.p_value == pytest.approx(oracle.pvalue, rel=1e-6)
    assert result.degrees_of_freedom == oracle.dof


def test_arms_without_units_are_left_out() -> None:
    assert homogeneity_test([1, 0, 4], [9, 0, 9]) == homogeneity_test([1, 4], [9, 9])
    assert math.isnan(homogeneity_test([1, 0], [9, 0]).p_value)
    assert math.isnan(homogeneity_test([], []).p_value)


def test_no_events_or_only_events_are_equal_shares() -> None:
    assert homogeneity_test([0, 0], [10, 20]).p_value == 1.0
    assert homogeneity_test([10, 20], [10, 20]).p_value == 1.0


def test_misuse_is_told_by_name_value_and_rule() -> None:
    with pytest.raises(ValueError, match=r"len\(counts\) == 1, must be len\(units\) == 2"):
        homogeneity_test([1], [1, 2])
    with pytest.raises(ValueError, match=r"count == 3, must be >= 0 and <= units == 2"):
        homogeneity_test([1, 3], [1, 2])


def test_strata_add_up_their_chi_squares_and_their_degrees_of_freedom() -> None:
    """Shares differ between the strata and not within them: pooled, the arms would differ."""
    counts, units = [[10, 1], [250, 251]], [[1000, 100], [500, 500]]
    found = stratified_homogeneity_test(counts, units)
    oracles = [
        stats.chi2_contingency([x, [m - k for k, m in zip(x, n, strict=True)]], correction=False)
        for x, n in zip(counts, units, strict=True)
    ]
    statistic = sum(oracle.statistic for oracle in oracles)
    assert found.statistic == pytest.approx(statistic, rel=1e-9)
    assert found.degrees_of_freedom == 2
    assert found.p_value == pytest.approx(stats.chi2.sf(statistic, 2), rel=1e-9)
    assert found.p_value > 0.9
    assert homogeneity_test([260, 252], [1500, 600]).p_value < 1e-20


def test_strata_with_one_arm_tell_nothing() -> None:
    alone = stratified_homogeneity_test([[1, 0], [3, 4]], [[9, 0], [9, 9]])
    assert alone == stratified_homogeneity_test([[3, 4]], [[9, 9]])
    assert math.isnan(stratified_homogeneity_test([[1, 0]], [[9, 0]]).p_value)
    with pytest.raises(ValueError, match=r"len\(counts\) == 1, must be len\(units\) == 2"):
        stratified_homogeneity_test([[1]], [[1], [2]])
