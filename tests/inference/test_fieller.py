"""Fieller's interval against its definition: the ratios that the linear test does not reject."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abstats.inference.fieller import fieller_interval

CRITICAL = 1.96
SIZES = st.floats(0.01, 100)


def statistic_at(ratio, case):
    """Of the null estimate - ratio * |control| == 0."""
    estimate, control, variance, control_variance, covariance = case
    size, covariance = abs(control), math.copysign(covariance, covariance * control)
    spread = variance - 2 * ratio * covariance + ratio**2 * control_variance
    return (estimate - ratio * size) / math.sqrt(spread)


@given(st.floats(-100, 100), st.floats(1.01, 100), SIZES, SIZES, st.floats(-0.99, 0.99))
def test_the_bounds_are_where_the_linear_test_just_rejects(estimate, clear, sd, sd_c, rho) -> None:
    control = math.copysign(clear * CRITICAL * sd_c, rho)
    case = estimate, control, sd**2, sd_c**2, rho * sd * sd_c
    lower, upper = fieller_interval(
        estimate,
        control,
        variance=case[2],
        control_variance=case[3],
        covariance=case[4],
        critical=CRITICAL,
    )
    assert lower < upper
    assert statistic_at(lower, case) == pytest.approx(CRITICAL, rel=1e-6)
    assert statistic_at(upper, case) == pytest.approx(-CRITICAL, rel=1e-6)
    assert lower < estimate / abs(control) < upper
    # Law 9: zero is inside exactly where the absolute interval holds it.
    assert (lower > 0) == (estimate - CRITICAL * sd > 0)
    assert (upper < 0) == (estimate + CRITICAL * sd < 0)


@given(st.floats(-100, 100), SIZES, SIZES)
def test_unbounded_where_the_control_mean_may_be_zero(estimate, sd, sd_c) -> None:
    bounds = fieller_interval(
        estimate,
        CRITICAL * sd_c * 0.999,
        variance=sd**2,
        control_variance=sd_c**2,
        covariance=0.0,
        critical=CRITICAL,
    )
    assert np.isnan(bounds).all()


def test_a_known_control_mean_gives_the_scaled_absolute_interval() -> None:
    bounds = fieller_interval(
        3.0, -10.0, variance=1.0, control_variance=0.0, covariance=0.0, critical=2.0
    )
    assert bounds == pytest.approx((0.1, 0.5))


def test_a_standing_start_has_a_point_interval() -> None:
    bounds = fieller_interval(
        0.0, 5.0, variance=0.0, control_variance=0.0, covariance=0.0, critical=2.0
    )
    assert bounds == (0.0, 0.0)
