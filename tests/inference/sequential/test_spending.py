"""Spending functions against their printed values and definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abstats.inference.sequential import SPENDING_FUNCTIONS, Spending, cumulative_spending

from .oracles import equal

OBRIEN_FLEMING, POCOCK = Spending("obrien_fleming"), Spending("pocock")
ANY = st.sampled_from(
    [OBRIEN_FLEMING, POCOCK]
    + [Spending("hwang_shih_decani", gamma) for gamma in (-40.0, -4.0, 0.0, 1e-9, 1.0, 40.0)]
    + [Spending("kim_demets", rho) for rho in (0.2, 1.0, 3.0)]
)


def test_obrien_fleming_spends_what_ldbounds_prints() -> None:
    """ldbounds vignette: two-sided .05, five looks."""
    spent = cumulative_spending(OBRIEN_FLEMING, 0.05, equal(5), sides=2)
    printed = [1.0777e-06, 7.8830e-04, 7.6161e-03, 2.4424e-02, 0.05]
    np.testing.assert_allclose(spent, printed, rtol=5e-5)


def test_hwang_shih_decani_and_kim_demets_spend_what_rpact_prints() -> None:
    """rpact's own tests (test-f_design_group_sequential.R): x1, x2 and x3, alpha and beta."""
    for spending, error, t, printed in [
        (Spending("hwang_shih_decani", 0.0), 0.03, [0.2, 0.4], [0.006, 0.012]),
        (Spending("hwang_shih_decani", -1.0), 0.07, [0.2, 0.4], [0.0090195874, 0.020036136]),
        (Spending("hwang_shih_decani", -2.0), 0.14, [0.2, 0.4], [0.010777094, 0.026854629]),
        (Spending("kim_demets", 2.2), 0.03, [0.3, 0.7], [0.0021222083, 0.013687904]),
        (Spending("kim_demets", 3.2), 0.34, [0.3, 0.7], [0.0072155083, 0.1085907]),
    ]:
        np.testing.assert_allclose(cumulative_spending(spending, error, t), printed, rtol=1e-7)


@pytest.mark.parametrize("gamma", [5e-324, -5e-324, 1e-300, -1e-12])
def test_a_gamma_of_next_to_nothing_spends_linearly(gamma) -> None:
    t = np.array([0.2, 0.54, 0.9])
    spent = cumulative_spending(Spending("hwang_shih_decani", gamma), 0.05, t)
    np.testing.assert_allclose(spent, 0.05 * t, rtol=1e-11)


def test_a_two_sided_test_spends_half_on_each_side() -> None:
    for spending in (OBRIEN_FLEMING, POCOCK, Spending("kim_demets", 2.0)):
        np.testing.assert_allclose(
            cumulative_spending(spending, 0.05, equal(7), sides=2),
            2.0 * cumulative_spending(spending, 0.025, equal(7)),
            rtol=1e-14,
        )


@given(ANY, st.floats(1e-6, 0.999), st.lists(st.floats(0, 2), min_size=1), st.sampled_from([1, 2]))
def test_spending_grows_from_nothing_to_all_of_the_error(spending, error, t, sides) -> None:
    spent = cumulative_spending(spending, error, [0.0, *sorted(t), 1.0, 1.7], sides)
    assert spent[0] == 0.0
    assert np.all(np.diff(spent) >= -1e-15 * error)
    assert spent[-2] == spent[-1] == error


def test_misuse_is_told_by_name_value_and_rule() -> None:
    assert len(SPENDING_FUNCTIONS) == 4
    with pytest.raises(ValueError, match=r"function == 'haybittle', must be one of"):
        cumulative_spending(Spending("haybittle"), 0.05, [0.5])
    with pytest.raises(ValueError, match=r"error == 1\.5, must be > 0 and < 1"):
        cumulative_spending(POCOCK, 1.5, [0.5])
    with pytest.raises(ValueError, match=r"sides == 3, must be 1 or 2"):
        cumulative_spending(POCOCK, 0.05, [0.5], sides=3)
    with pytest.raises(ValueError, match=r"rho == 0\.0, must be > 0"):
        cumulative_spending(Spending("kim_demets"), 0.05, [0.5])
    with pytest.raises(ValueError, match=r"gamma == 41\.0, must be >= -40 and <= 40"):
        cumulative_spending(Spending("hwang_shih_decani", 41.0), 0.05, [0.5])
