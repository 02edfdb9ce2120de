"""What corrections and looks leave to one comparison."""

import numpy as np
import pytest
from scipy.stats import norm

from abstats.inference.anytime.normal_mixture import critical_z, tuned_growth
from abstats.inference.design import (
    always_valid_inflation,
    comparison_alpha,
    sequential_inflation,
)
from abstats.inference.sequential import Spending


def test_a_correction_leaves_its_first_step() -> None:
    four = {"metrics": 2, "weights": (0.4, 0.3, 0.3)}
    assert comparison_alpha(0.05, "none", **four) == 0.05
    for correction in ("bonferroni", "holm", "hochberg", "benjamini_hochberg"):
        assert comparison_alpha(0.05, correction, **four) == pytest.approx(0.0125)
    expected = 0.0125 / (1 + 1 / 2 + 1 / 3 + 1 / 4)
    assert comparison_alpha(0.05, "benjamini_yekutieli", **four) == pytest.approx(expected)


def test_dunnett_leaves_more_the_smaller_control_is() -> None:
    even, small = (
        comparison_alpha(0.05, "dunnett", weights=weights)
        for weights in ((0.25, 0.25, 0.25, 0.25), (0.04, 0.32, 0.32, 0.32))
    )
    assert 0.05 / 3 < even < small < 0.05
    # Dunnett (1964), table II: 2.35 for three treatments and many units.
    assert even == pytest.approx(0.0188, abs=5e-5)
    halved = comparison_alpha(0.05, "dunnett", metrics=2, weights=(0.25, 0.25, 0.25, 0.25))
    assert halved < even / 2 * 1.02


def test_inflation_of_spending_designs() -> None:
    """Between none and the classical Pocock test's 1.207 (Jennison & Turnbull 2000, table 2.2)."""
    obrien = sequential_inflation(5, Spending("obrien_fleming"), alpha=0.05, power=0.9)
    pocock = sequential_inflation(5, Spending("pocock"), alpha=0.05, power=0.9)
    assert 1.0 < obrien < 1.03 < pocock < 1.207
    assert sequential_inflation(1, Spending("pocock"), alpha=0.05, power=0.9) == pytest.approx(1.0)


def test_misuse_is_told_by_name_value_and_rule() -> None:
    with pytest.raises(ValueError, match="correction == 'sidak', must be one of"):
        comparison_alpha(0.05, "sidak")
    with pytest.raises(ValueError, match="treatments == 0, must be >= 1"):
        comparison_alpha(0.05, "holm", weights=(1.0,))
    with pytest.raises(ValueError, match="looks == 0, must be >= 1"):
        sequential_inflation(0, Spending("pocock"), alpha=0.05, power=0.8)


def test_unequal_looks_cost_what_their_bounds_do_and_futility_a_little_more() -> None:
    spending, level = Spending("obrien_fleming"), {"alpha": 0.05, "power": 0.8}
    even = sequential_inflation(4, spending, **level)
    assert sequential_inflation([0.25, 0.5, 0.75, 1.0], spending, **level) == even
    late = sequential_inflation([0.7, 0.8, 0.9, 1.0], spending, **level)
    assert 1.0 < even < late
    # rpact, O'Brien-Fleming beta spending that does not bind: more than without.
    assert even < sequential_inflation(4, spending, futility=spending, **level) < 1.2


def test_an_always_valid_design_has_its_power_at_its_inflation() -> None:
    """40,000 tests with 14 looks, at the bounds of the mixture."""
    rng, looks, tests = np.random.default_rng(7), 14, 40_000
    inflation = always_valid_inflation(looks, alpha=0.05, power=0.8, tuned_alpha=0.05)
    fixed = norm.isf(0.025) + norm.isf(0.2)
    t = np.arange(1, looks + 1) / looks
    bounds = [critical_z(share * tuned_growth(0.05), 0.05) for share in t]
    steps = rng.normal(size=(tests, looks)) / looks**0.5
    z = steps.cumsum(axis=1) / t**0.5 + fixed * inflation**0.5 * t**0.5
    power = (z >= bounds).any(axis=1).mean()
    assert power == pytest.approx(0.8, abs=3 * (0.16 / tests) ** 0.5)
    assert inflation > 1.5
    # More looks can only help: the bounds hold for all of them.
    alone = always_valid_inflation(1, alpha=0.05, power=0.8, tuned_alpha=0.05)
    expected = ((critical_z(tuned_growth(0.05), 0.05) + norm.isf(0.2)) / fixed) ** 2
    assert alone == pytest.approx(expected)
    assert alone > inflation
