"""Baselines from moments."""

import numpy as np
import pytest
import statsmodels.api as sm

from abstats.inference import estimate_effect
from abstats.inference.comparison import Failure
from abstats.inference.design import Baseline, baseline_of
from abstats.moments import Moments

from ..rows import share


def test_of_a_mean_it_is_the_sample_variance_and_under_cuped_the_regressions_residual() -> None:
    rng = np.random.default_rng(1)
    x = rng.exponential(size=500)
    y = 3 + 2 * x + rng.normal(size=500)
    cell = Moments.from_rows(["y", "x_y"], np.column_stack([y, x]))
    plain, adjusted = baseline_of("mean", cell), baseline_of("mean", cell, "cuped")
    assert (plain.value, plain.variance) == pytest.approx((y.mean(), y.var(ddof=1)))
    residual = sm.OLS(y, sm.add_constant(x)).fit().resid
    assert (adjusted.value, adjusted.variance) == pytest.approx((y.mean(), residual.var(ddof=1)))


def test_of_a_ratio_it_is_the_variance_of_the_linearised_value() -> None:
    rng = np.random.default_rng(2)
    d = rng.poisson(5, size=400) + 1.0
    y = rng.binomial(9, 0.3, size=400).astype(float)
    found = baseline_of("ratio", Moments.from_rows(["y", "d"], np.column_stack([y, d])))
    value = y.sum() / d.sum()
    linearised = (y - value * d) / d.mean()
    assert (found.value, found.variance) == pytest.approx((value, linearised.var(ddof=1)))


def test_of_a_proportion_it_is_its_share_and_takes_the_score_test() -> None:
    found = baseline_of("proportion", share(30, 600))
    assert isinstance(found, Baseline)
    assert (found.value, found.is_counted) == (pytest.approx(0.05), True)
    assert baseline_of("proportion", Moments.from_rows(["y"], [0.0, 0.0])).status == "zero_variance"


def test_from_an_earlier_effect_it_gives_that_effects_standard_error() -> None:
    rng = np.random.default_rng(3)
    arms = [Moments.from_rows(["y"], rng.normal(5, 2, size=n)) for n in (100, 300)]
    effect = estimate_effect("mean", *arms)
    found = Baseline.of_standard_error(effect.control_mean, effect.std_error, 100, 300)
    assert found.variance * (1 / 100 + 1 / 300) == pytest.approx(effect.std_error**2)


def test_what_has_no_variance_says_why() -> None:
    constant = Moments.from_rows(["y"], [2.0, 2.0, 2.0])
    assert baseline_of("mean", constant) == Failure(
        "zero_variance", "The value is the same for every unit."
    )
    assert baseline_of("mean", Moments.from_rows(["y"], [2.0])).status == "too_few_units"
    assert baseline_of("mean", constant, "cuped").status == "covariate_unusable"
