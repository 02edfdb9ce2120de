"""Spending boundaries against published values, brute force and their properties."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from abstats.inference.sequential import Spending, spending_bounds

from .oracles import canonical_correlation, equal, first_crossing, simpson_exits
from .test_spending import ANY, OBRIEN_FLEMING, POCOCK

LOOK_TIMES = st.lists(st.integers(1, 99), min_size=1, max_size=6, unique=True).map(
    lambda hundredths: np.array([*sorted(hundredths), 100]) / 100.0
)


@pytest.mark.parametrize(
    ("spending", "fractions", "alpha", "printed", "digits"),
    [
        # references.md, as printed by gsDesign and rpact.
        (OBRIEN_FLEMING, equal(3), 0.025, [3.710303, 2.511427, 1.993048], 6e-7),
        (OBRIEN_FLEMING, equal(5), 0.025, [4.8769, 3.3570, 2.6803, 2.2898, 2.0310], 6e-5),
        (POCOCK, [0.4, 0.7], 0.025, [2.223875, 2.3050796], 6e-7),
        # rpact's own tests, test-f_design_group_sequential.R, x1: spending linear in t.
        (
            Spending("hwang_shih_decani", 0.0),
            [0.2, 0.4, 1.0],
            0.03,
            [2.5121443, 2.4228747, 2.0280392],
            6e-8,
        ),
        # The same, x3: non-binding futility leaves efficacy bounds alone.
        (
            Spending("kim_demets", 2.2),
            [0.3, 0.7, 1.0],
            0.03,
            [2.8594012, 2.2435708, 1.9735737],
            6e-8,
        ),
        # gsDesign's snapshot independent-test-print.gsDesign.md, test.type 1.
        (
            Spending("hwang_shih_decani", -4.0),
            equal(5),
            0.025,
            [3.25, 2.99, 2.69, 2.37, 2.03],
            5.1e-3,
        ),
    ],
)
def test_published_one_sided_bounds(spending, fractions, alpha, printed, digits) -> None:
    bounds = spending_bounds(fractions, alpha=alpha, sides=1, spending=spending)
    np.testing.assert_allclose(bounds.upper, printed, rtol=0.0, atol=digits)


def test_published_two_sided_bounds() -> None:
    """rpact's own tests, test-f_design_group_sequential_beta_spending.R.

    rpact prints 4.8600403 for the second bound of the second design, whose error of 6e-7 per side
    is at its integration's limit; brute force is on our side (the next test).
    """
    bounds = spending_bounds([0.3, 0.4, 0.8, 1.0], alpha=0.05, spending=Spending("kim_demets", 2.5))
    np.testing.assert_allclose(
        bounds.upper, [3.0276355, 2.8984727, 2.2289649, 2.0639032], rtol=6e-8
    )
    np.testing.assert_allclose(
        bounds.alpha_spent, [0.0024647515, 0.0050596443, 0.028621671, 0.05], rtol=1e-7
    )
    np.testing.assert_allclose(
        bounds.nominal_alpha / 2.0, [0.0012323758, 0.0018749246, 0.01290812, 0.019513449], rtol=1e-7
    )
    bounds = spending_bounds([0.15, 0.25, 0.8, 1.0], alpha=0.025, spending=OBRIEN_FLEMING)
    np.testing.assert_allclose(bounds.upper[[0, 2, 3]], [6.3431527, 2.560259, 2.292451], rtol=6e-8)


def test_a_rare_second_crossing_is_right_where_rpact_prints_another_bound() -> None:
    """P(Z1 < b1, Z2 >= b2) as a double integral over b2's tail."""
    t = np.array([0.15, 0.25, 0.8, 1.0])
    b1, b2 = spending_bounds(t, alpha=0.025, spending=OBRIEN_FLEMING).upper[:2]
    rho = np.sqrt(t[0] / t[1])
    z = b2 + np.linspace(0.0, 6.0, 200_001)
    stays = stats.norm.cdf((b1 - rho * z) / np.sqrt(1.0 - rho**2))
    crossed = integrate.simpson(stats.norm.pdf(z) * stays, x=z)
    spent = 2.0 * stats.norm.sf(stats.norm.isf(0.025 / 4.0) / np.sqrt(t[:2]))
    assert crossed == pytest.approx(spent[1] - spent[0], rel=1e-7)


@pytest.mark.parametrize("sides", [1, 2])
@pytest.mark.parametrize("spending", [OBRIEN_FLEMING, POCOCK])
def test_each_look_spends_its_share_by_multivariate_normal_integration(spending, sides) -> None:
    t = np.array([0.2, 0.4, 0.9, 1.0])
    bounds = spending_bounds(t, alpha=0.05, sides=sides, spending=spending)
    lower = -bounds.upper if sides == 2 else np.full(4, -np.inf)
    shares = np.diff(bounds.alpha_spent, prepend=0.0) / sides
    for k in range(1, 4):
        crossed = first_crossing(
            canonical_correlation(t)[: k + 1, : k + 1], lower[: k + 1], bounds.upper[: k + 1]
        )
        assert crossed == pytest.approx(shares[k], abs=3e-6)


@given(LOOK_TIMES, ANY, st.sampled_from([1, 2]), st.floats(0.001, 0.2))
@settings(max_examples=25, deadline=None)
def test_spent_alpha_sums_to_alpha_by_jennison_and_turnbulls_grid(t, spending, sides, alpha):
    bounds = spending_bounds(t, alpha=alpha, sides=sides, spending=spending)
    lower = -bounds.upper if sides == 2 else np.full(t.size, -np.inf)
    above, below = simpson_exits(t, lower, bounds.upper)
    np.testing.assert_allclose(
        np.cumsum(above + (below if sides == 2 else 0.0)), bounds.alpha_spent, atol=1e-6
    )
    assert bounds.alpha_spent[-1] == alpha


@given(LOOK_TIMES, ANY, st.sampled_from([1, 2]), st.floats(0.001, 0.1), st.floats(1.05, 2.0))
@settings(max_examples=25, deadline=None)
def test_bounds_fall_as_alpha_grows(t, spending, sides, alpha, factor) -> None:
    strict = spending_bounds(t, alpha=alpha, sides=sides, spending=spending).upper
    loose = spending_bounds(t, alpha=alpha * factor, sides=sides, spending=spending).upper
    assert np.all((loose < strict) | np.isinf(strict))


@given(LOOK_TIMES, ANY, st.sampled_from([1, 2]))
@settings(max_examples=25, deadline=None)
def test_bounds_of_earlier_looks_do_not_depend_on_later_ones(t, spending, sides) -> None:
    whole = spending_bounds(t, alpha=0.05, sides=sides, spending=spending)
    for k in range(1, t.size):
        part = spending_bounds(t[:k], alpha=0.05, sides=sides, spending=spending)
        assert part.upper.tolist() == whole.upper[:k].tolist()


def test_one_look_is_the_fixed_test() -> None:
    for sides in (1, 2):
        bounds = spending_bounds([1.0], alpha=0.05, sides=sides, spending=OBRIEN_FLEMING)
        assert bounds.upper[0] == pytest.approx(stats.norm.isf(0.05 / sides), rel=1e-14)
        assert bounds.nominal_alpha[0] == pytest.approx(0.05, rel=1e-12)


def test_overrunning_spends_what_is_left_at_the_information_that_came() -> None:
    """The bound at t = 1.3 is above the one at 1: less correlated with the look before."""
    planned = spending_bounds([0.5, 1.0], alpha=0.05, spending=POCOCK)
    over = spending_bounds([0.5, 1.3], alpha=0.05, spending=POCOCK)
    assert over.alpha_spent.tolist() == planned.alpha_spent.tolist()
    assert over.upper[0] == planned.upper[0]
    above, below = simpson_exits([0.5, 1.3], -over.upper, over.upper)
    assert (above + below).sum() == pytest.approx(0.05, abs=1e-8)
    assert over.upper[1] > planned.upper[1]


def test_a_final_look_below_the_plan_spends_what_is_left() -> None:
    interim = spending_bounds([0.5, 0.8], alpha=0.05, spending=OBRIEN_FLEMING)
    final = spending_bounds([0.5, 0.8], alpha=0.05, spending=OBRIEN_FLEMING, is_final=True)
    assert interim.alpha_spent[-1] < 0.05 == final.alpha_spent[-1]
    above, below = simpson_exits([0.5, 0.8], -final.upper, final.upper)
    assert (above + below).sum() == pytest.approx(0.05, abs=1e-8)


def test_a_look_too_early_to_spend_anything_has_no_bound() -> None:
    bounds = spending_bounds([0.01, 0.5, 1.0], alpha=0.05, spending=OBRIEN_FLEMING)
    later = spending_bounds([0.5, 1.0], alpha=0.05, spending=OBRIEN_FLEMING)
    assert bounds.upper[0] == np.inf
    assert bounds.nominal_alpha[0] == 0.0
    np.testing.assert_allclose(bounds.upper[1:], later.upper, rtol=1e-10)


def test_looks_that_nearly_coincide_are_integrated_as_well() -> None:
    t = [0.3, 0.30001, 0.7, 1.0]
    bounds = spending_bounds(t, alpha=0.05, sides=1, spending=POCOCK)
    apart = spending_bounds([0.3, 0.7, 1.0], alpha=0.05, sides=1, spending=POCOCK)
    np.testing.assert_allclose(bounds.upper[2:], apart.upper[1:], atol=1e-4)


@pytest.mark.slow
def test_hourly_looks_for_ninety_days_take_seconds() -> None:
    """2,160 looks; their error rate is simulated by benchmarks/operating_characteristics."""
    for spending, sides in ((OBRIEN_FLEMING, 2), (POCOCK, 1)):
        began = time.process_time()
        bounds = spending_bounds(equal(2_160), alpha=0.05, sides=sides, spending=spending)
        assert time.process_time() - began < 20.0
        fewer = spending_bounds(equal(1_080), alpha=0.05, sides=sides, spending=spending)
        assert 0.0 < bounds.upper[-1] - fewer.upper[-1] < 0.02


@pytest.mark.parametrize(
    ("fractions", "rule"),
    [
        ([], "at least one"),
        ([0.0, 0.5], r"must be finite and > 0: a look needs data"),
        ([np.nan], "must be finite"),
        ([np.inf], "must be finite"),
        ([0.5, 0.4], "goes backwards"),
        ([0.5, 0.5], "a look without new information is left out"),
        ([0.5, 1.0, 1.2], "none is left for looks beyond the plan"),
    ],
)
def test_impossible_looks_are_refused_with_the_reason(fractions, rule) -> None:
    with pytest.raises(ValueError, match=rule):
        spending_bounds(fractions, alpha=0.05, spending=POCOCK)


def test_misuse_is_told_by_name_value_and_rule() -> None:
    with pytest.raises(ValueError, match=r"alpha == 1\.5, must be > 0 and < 1"):
        spending_bounds([0.5], alpha=1.5, spending=POCOCK)
    with pytest.raises(ValueError, match=r"sides == 0, must be 1 or 2"):
        spending_bounds([0.5], alpha=0.05, spending=POCOCK, sides=0)
