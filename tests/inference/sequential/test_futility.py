"""Futility bounds against published designs, an independent grid and simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abstats.inference.sequential import (
    Spending,
    cumulative_spending,
    futility_bounds,
    futility_design,
    inflation_factor,
    operating_characteristics,
    spending_bounds,
)

from .oracles import equal, score_paths, simpson_exits
from .test_boundaries import LOOK_TIMES
from .test_spending import OBRIEN_FLEMING, POCOCK

HSD, KD = "hwang_shih_decani", "kim_demets"


@pytest.mark.parametrize(
    ("planned", "upper", "futility", "shift", "sizes"),
    [
        # rpact's own tests, test-f_design_group_sequential.R, x2 and x3 (non-binding), with
        # inflation factor and average sample numbers at the alternative and the null.
        (
            ([0.2, 0.4, 1.0], 0.07, 0.86, Spending(HSD, -1.0), Spending(HSD, -2.0)),
            [2.364813, 2.1928805, 1.5660474],
            [-1.1063623, -0.35992439],
            7.1015942,
            [1.0869177, 0.82636428, 0.79471657],
        ),
        (
            ([0.3, 0.7, 1.0], 0.03, 0.66, Spending(KD, 2.2), Spending(KD, 3.2)),
            [2.8594012, 2.2435708, 1.9735737],
            [-1.1558435, 0.72836893],
            5.551371,
            [1.0555891, 0.86740735, 0.75480974],
        ),
    ],
)
def test_rpacts_non_binding_designs(planned, upper, futility, shift, sizes) -> None:
    t, alpha, power, spending, beta_spending = planned
    design = futility_design(
        t, alpha=alpha, power=power, spending=spending, beta_spending=beta_spending
    )
    np.testing.assert_allclose(design.bounds.upper, upper, rtol=6e-8)
    np.testing.assert_allclose(design.bounds.futility[:2], futility, rtol=1e-6)
    assert design.bounds.futility[2] == design.bounds.upper[2]
    assert design.drift**2 == pytest.approx(shift, rel=1e-7)
    inflation = inflation_factor(design.bounds, design.drift, power)
    found = [inflation] + [
        inflation * operating_characteristics(design.bounds, drift).expected_fraction
        for drift in (design.drift, 0.0)
    ]
    np.testing.assert_allclose(found, sizes, rtol=1e-7)


def test_gsdesigns_binding_design() -> None:
    """gsDesign's snapshot independent-test-print.gsDesign.md, test.type 3."""
    design = futility_design(
        equal(5),
        alpha=0.025,
        power=0.9,
        spending=Spending(HSD, -4.0),
        beta_spending=Spending(HSD, -2.0),
        is_binding=True,
    )
    np.testing.assert_allclose(design.bounds.upper, [3.25, 2.99, 2.69, 2.37, 1.97], atol=5.1e-3)
    np.testing.assert_allclose(
        design.bounds.futility, [-0.92, -0.07, 0.66, 1.32, 1.97], atol=5.1e-3
    )
    inflation = inflation_factor(design.bounds, design.drift, 0.9)
    assert inflation == pytest.approx(1.069, abs=6e-4)
    planned = operating_characteristics(design.bounds, design.drift)
    np.testing.assert_allclose(
        planned.reject_upper, [0.0397, 0.1610, 0.2743, 0.2677, 0.1573], atol=6e-5
    )
    np.testing.assert_allclose(planned.futility[:4], [0.0077, 0.0115, 0.0171, 0.0256], atol=6e-5)
    assert inflation * planned.expected_fraction == pytest.approx(0.7306, abs=6e-5)
    null = operating_characteristics(design.bounds, 0.0)
    assert null.power == pytest.approx(0.025, abs=1e-9)
    assert inflation * null.expected_fraction == pytest.approx(0.5636, abs=6e-5)


def test_gsdesigns_non_binding_design_rejects_less_when_futility_is_obeyed() -> None:
    """The same snapshot, test.type 4: .0226 instead of .025."""
    design = futility_design(
        equal(5),
        alpha=0.025,
        power=0.9,
        spending=Spending(HSD, -4.0),
        beta_spending=Spending(HSD, -2.0),
    )
    np.testing.assert_allclose(
        design.bounds.futility, [-0.90, -0.04, 0.69, 1.36, 2.03], atol=5.1e-3
    )
    null = operating_characteristics(design.bounds, 0.0)
    assert null.power == pytest.approx(0.0226, abs=6e-5)
    np.testing.assert_allclose(null.futility[:4], [0.1836, 0.3201, 0.2700, 0.1477], atol=6e-5)


def test_rpacts_two_sided_binding_design() -> None:
    """rpact's own tests, test-f_design_group_sequential_beta_spending.R: printed to about 1e-6."""
    design = futility_design(
        [0.4, 0.65, 0.8, 1.0],
        alpha=0.05,
        power=0.9,
        spending=Spending(KD, 2.5),
        beta_spending=Spending(KD, 1.5),
        sides=2,
        is_binding=True,
    )
    np.testing.assert_allclose(
        design.bounds.upper, [2.8032117, 2.4453423, 2.2956849, 1.9878913], rtol=1e-6
    )
    np.testing.assert_allclose(
        design.bounds.futility[:3], [0.3085062, 0.97461473, 1.3896954], rtol=6e-6
    )
    assert design.drift**2 == pytest.approx(11.657317, rel=1e-6)
    assert inflation_factor(design.bounds, design.drift, 0.9) == pytest.approx(1.1094363, rel=1e-6)


@given(LOOK_TIMES, st.booleans(), st.floats(0.02, 0.3), st.floats(-4.0, 2.0))
@settings(max_examples=15, deadline=None)
def test_both_errors_are_spent_by_jennison_and_turnbulls_grid(t, is_binding, beta, gamma) -> None:
    beta_spending = Spending(HSD, gamma)
    design = futility_design(
        t,
        alpha=0.05,
        power=1.0 - beta,
        spending=OBRIEN_FLEMING,
        beta_spending=beta_spending,
        is_binding=is_binding,
    )
    upper, futility = design.bounds.upper, design.bounds.futility
    missed = simpson_exits(t, futility, upper, theta=design.drift)[1]
    np.testing.assert_allclose(
        np.cumsum(missed), cumulative_spending(beta_spending, beta, t), atol=1e-6
    )
    lower = futility if is_binding else np.full(t.size, -np.inf)
    rejected = simpson_exits(t, lower, upper)[0]
    if is_binding:
        # Futility bounds close to the efficacy bounds leave less than what is to be spent.
        assert rejected.sum() <= 0.05 + 1e-6
    else:
        assert rejected.sum() == pytest.approx(0.05, abs=1e-6)


@given(LOOK_TIMES, st.booleans(), st.sampled_from([1, 2]))
@settings(max_examples=10, deadline=None)
def test_the_looks_of_the_plan_give_back_its_bounds(t, is_binding, sides) -> None:
    arguments = {
        "alpha": 0.05,
        "spending": POCOCK,
        "beta_spending": POCOCK,
        "sides": sides,
        "is_binding": is_binding,
    }
    design = futility_design(t, power=0.8, **arguments)
    for k in range(1, t.size + 1):
        taken = futility_bounds(t[:k], drift=design.drift, beta=0.2, **arguments)
        np.testing.assert_allclose(taken.upper, design.bounds.upper[:k], rtol=1e-9)
        np.testing.assert_allclose(taken.futility, design.bounds.futility[:k], atol=1e-6)


def test_non_binding_efficacy_bounds_are_those_without_futility() -> None:
    t = [0.3, 0.7, 1.0]
    bounds = futility_bounds(
        t, drift=2.5, alpha=0.05, beta=0.2, spending=POCOCK, beta_spending=POCOCK
    )
    alone = spending_bounds(t, alpha=0.05, sides=1, spending=POCOCK)
    assert bounds.upper.tolist() == alone.upper.tolist()


def test_two_sided_futility_holds_its_errors_in_simulation() -> None:
    t = equal(4)
    design = futility_design(
        t, alpha=0.05, power=0.8, spending=POCOCK, beta_spending=POCOCK, sides=2, is_binding=True
    )
    rng = np.random.default_rng(402)
    for drift, expected in ((0.0, 0.05), (design.drift, 0.8)):
        z = np.abs(score_paths(rng, 200_000, t, drift))
        rejects, gives_up = z >= design.bounds.upper, z <= design.bounds.futility
        first = np.where((rejects | gives_up).any(1), (rejects | gives_up).argmax(1), 3)
        share = rejects[np.arange(first.size), first].mean()
        assert share == pytest.approx(expected, abs=4 * np.sqrt(expected * 0.95 / 200_000))


def test_a_drift_so_large_that_futility_meets_efficacy_ends_the_design_early() -> None:
    """Three times the planned drift: .05 of beta at the first look lies above the upper bound."""
    for is_binding in (False, True):
        bounds = futility_bounds(
            [0.5, 0.8, 1.0],
            drift=9.0,
            alpha=0.05,
            beta=0.2,
            spending=POCOCK,
            beta_spending=POCOCK,
            is_binding=is_binding,
        )
        assert bounds.futility[0] == bounds.upper[0]
        assert bounds.upper[1:].tolist() == [np.inf, np.inf]


@given(st.floats(0.5, 8.0), st.booleans(), st.sampled_from([1, 2]))
@settings(max_examples=20, deadline=None)
def test_any_drift_gives_bounds_that_hold_alpha(drift, is_binding, sides) -> None:
    bounds = futility_bounds(
        [0.3, 0.5, 0.9, 1.0],
        drift=drift,
        alpha=0.05,
        beta=0.1,
        spending=OBRIEN_FLEMING,
        beta_spending=POCOCK,
        sides=sides,
        is_binding=is_binding,
    )
    assert np.all(bounds.futility <= bounds.upper)
    null = operating_characteristics(bounds, 0.0)
    assert null.reject_upper.sum() + null.reject_lower.sum() <= 0.05 + 1e-8


def test_misuse_is_told_by_name_value_and_rule() -> None:
    both = {"alpha": 0.05, "spending": POCOCK, "beta_spending": POCOCK}
    with pytest.raises(ValueError, match=r"drift == 0\.0, must be > 0"):
        futility_bounds([0.5], drift=0.0, beta=0.2, **both)
    with pytest.raises(ValueError, match=r"beta == 1\.0, must be > 0 and < 1"):
        futility_bounds([0.5], drift=1.0, beta=1.0, **both)
    with pytest.raises(ValueError, match=r"alpha == 2\.0, must be > 0 and < 1"):
        futility_bounds([0.5], drift=1.0, beta=0.1, **{**both, "alpha": 2.0})
    with pytest.raises(ValueError, match=r"power == 0\.04, must be > 0\.05, the type I error"):
        futility_design([1.0], power=0.04, **both)
