"""Tail probabilities against scipy's distributions."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from abstats.inference.tails import critical_value, two_sided_p, upper_tail


@given(st.floats(-30, 30), st.floats(1, 1e7))
def test_upper_tails_are_survival_functions(statistic, freedom) -> None:
    assert upper_tail(statistic, freedom) == pytest.approx(stats.t.sf(statistic, freedom), rel=1e-9)
    assert upper_tail(statistic) == pytest.approx(stats.norm.sf(statistic), rel=1e-12)


@given(st.floats(1e-8, 0.5), st.one_of(st.floats(1, 1e7), st.just(math.inf)))
def test_critical_values_invert_the_tail(tail, freedom) -> None:
    assert upper_tail(critical_value(tail, freedom), freedom) == pytest.approx(tail, rel=1e-7)


def test_the_far_tail_is_not_zero() -> None:
    """Law 14."""
    assert two_sided_p(28.516529) == pytest.approx(7.308263e-179, rel=1e-5)
