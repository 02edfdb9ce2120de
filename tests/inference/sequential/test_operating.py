"""Power, expected information and inflation against published tables and simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abstats.inference.sequential import (
    Bounds,
    Spending,
    classic_bounds,
    drift_for_power,
    inflation_factor,
    operating_characteristics,
    spending_bounds,
)

from .oracles import equal, score_paths, simpson_exits
from .test_boundaries import LOOK_TIMES
from .test_spending import ANY, POCOCK


@pytest.mark.parametrize(("looks", "printed"), [(2, 0.042), (4, 0.063), (10, 0.097), (20, 0.124)])
def test_naive_peeking_at_1_96_crosses_too_often(looks, printed) -> None:
    """references.md: one-sided crossing of 1.96 at every look."""
    upper = np.full(looks, 1.959963984540054)
    bounds = Bounds(equal(looks), upper, -np.inf * upper, upper, upper, sides=1)
    assert operating_characteristics(bounds, 0.0).power == pytest.approx(printed, abs=5e-4)


@pytest.mark.parametrize(
    ("shape", "power", "printed"),
    [
        # Jennison & Turnbull (2000), tables 2.2 and 2.4: R for 2, 5 and 10 looks, alpha .05.
        ("pocock", 0.8, [1.110, 1.229, 1.301]),
        ("pocock", 0.9, [1.100, 1.207, 1.271]),
        ("obrien_fleming", 0.8, [1.008, 1.028, 1.040]),
        ("obrien_fleming", 0.9, [1.007, 1.026, 1.037]),
    ],
)
def test_jennison_and_turnbulls_inflation_factors(shape, power, printed) -> None:
    factors = []
    for looks in (2, 5, 10):
        bounds = classic_bounds(shape, equal(looks), alpha=0.05)
        factors.append(inflation_factor(bounds, drift_for_power(bounds, power), power))
    np.testing.assert_allclose(factors, printed, atol=6e-4)


def test_rpacts_design_characteristics() -> None:
    """rpact's own tests, test-f_design_group_sequential.R, y1.

    rpact stops for futility below -6, with probability 2e-9.
    """
    bounds = spending_bounds(
        [0.2, 0.4, 1.0], alpha=0.03, sides=1, spending=Spending("hwang_shih_decani", 0.0)
    )
    drift = drift_for_power(bounds, 0.86)
    inflation = inflation_factor(bounds, drift, 0.86)
    assert drift**2 == pytest.approx(9.4594101, rel=1e-7)
    assert inflation == pytest.approx(1.0788327, rel=1e-7)
    planned = operating_characteristics(bounds, drift)
    np.testing.assert_allclose(
        planned.reject_upper, [0.12783451, 0.21271713, 0.51944835], rtol=1e-7
    )
    assert inflation * planned.expected_fraction == pytest.approx(0.83081135, rel=1e-7)
    null = operating_characteristics(bounds, 0.0)
    assert inflation * null.expected_fraction == pytest.approx(1.0697705, rel=1e-7)


def test_gsdesigns_expected_sizes() -> None:
    """gsDesign's snapshot independent-test-print.gsDesign.md, test.type 1 and 2."""
    t, spending = equal(5), Spending("hwang_shih_decani", -4.0)
    for alpha, sides, size_at_null in ((0.025, 1, 1.0197), (0.05, 2, 1.0160)):
        bounds = spending_bounds(t, alpha=alpha, sides=sides, spending=spending)
        drift = drift_for_power(bounds, 0.9)
        inflation = inflation_factor(bounds, drift, 0.9)
        planned = operating_characteristics(bounds, drift)
        np.testing.assert_allclose(
            planned.reject_upper, [0.0370, 0.1512, 0.2647, 0.2699, 0.1771], atol=6e-5
        )
        assert inflation * planned.expected_fraction == pytest.approx(0.7366, abs=6e-5)
        null = operating_characteristics(bounds, 0.0)
        assert inflation * null.expected_fraction == pytest.approx(size_at_null, abs=6e-5)


@given(LOOK_TIMES, ANY, st.sampled_from([1, 2]), st.floats(-6.0, 6.0))
@settings(max_examples=25, deadline=None)
def test_stopping_probabilities_agree_with_jennison_and_turnbulls_grid(t, spending, sides, drift):
    bounds = spending_bounds(t, alpha=0.05, sides=sides, spending=spending)
    lower = -bounds.upper if sides == 2 else np.full(t.size, -np.inf)
    above, below = simpson_exits(t, lower, bounds.upper, theta=drift)
    found = operating_characteristics(bounds, drift)
    np.testing.assert_allclose(found.reject_upper, above, atol=1e-6)
    np.testing.assert_allclose(found.reject_lower, below if sides == 2 else 0.0, atol=1e-6)
    assert 0.0 < found.expected_fraction <= t[-1] + 1e-12


@given(LOOK_TIMES, ANY, st.sampled_from([1, 2]), st.floats(0.2, 0.99))
@settings(max_examples=15, deadline=None)
def test_the_drift_for_a_power_has_it_and_costs_more_than_a_fixed_test(t, spending, sides, power):
    bounds = spending_bounds(t, alpha=0.05, sides=sides, spending=spending)
    drift = drift_for_power(bounds, power)
    assert operating_characteristics(bounds, drift).power == pytest.approx(power, abs=1e-8)
    if sides == 1:
        assert inflation_factor(bounds, drift, power) >= 1.0 - 1e-9


def test_power_and_expected_information_are_those_of_simulated_experiments() -> None:
    t = np.array([0.2, 0.5, 0.6, 1.0])
    bounds = spending_bounds(t, alpha=0.05, spending=POCOCK)
    z = score_paths(np.random.default_rng(401), 200_000, t, drift=2.5)
    stopped = np.abs(z) >= bounds.upper
    at = np.where(stopped.any(axis=1), stopped.argmax(axis=1), t.size - 1)
    won = (z >= bounds.upper)[np.arange(at.size), at]
    found = operating_characteristics(bounds, 2.5)
    assert found.power == pytest.approx(won.mean(), abs=4 * 0.5 / np.sqrt(200_000))
    assert found.expected_fraction == pytest.approx(t[at].mean(), abs=4 * 0.4 / np.sqrt(200_000))


def test_misuse_is_told_by_name_value_and_rule() -> None:
    bounds = spending_bounds([1.0], alpha=0.05, spending=POCOCK)
    with pytest.raises(ValueError, match=r"power == 1\.0, must be > 0 and < 1"):
        drift_for_power(bounds, 1.0)
    with pytest.raises(ValueError, match=r"power == 0\.02, must be > 0\.025, the type I error"):
        drift_for_power(bounds, 0.02)
