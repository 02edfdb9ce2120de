"""Is there any difference between arms? Against statsmodels, a regression, and in simulation."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.oneway import anova_oneway

from abstats.inference import estimate_effect, omnibus_test
from abstats.inference.arm_values import arm_values
from abstats.moments import Moments

from .rows import arms, share


@given(st.integers(0, 2**32 - 1), st.integers(2, 5))
def test_of_means_it_is_welchs_analysis_of_variance(seed, k) -> None:
    rng = np.random.default_rng(seed)
    rows = [rng.normal(scale=1 + i, size=rng.integers(3, 30)) for i in range(k)]
    test = omnibus_test("mean", [Moments.from_rows(["y"], group) for group in rows])
    oracle = anova_oneway(rows, use_var="unequal")
    assert test.p_value == pytest.approx(oracle.pvalue, rel=1e-7, abs=1e-300)
    assert (test.degrees_of_freedom, test.status) == (k - 1, "ok")


def test_two_arms_give_the_two_sided_test(hillstrom) -> None:
    cells = arms(hillstrom["segment"], ["No E-Mail", "Mens E-Mail"], y=hillstrom["spend"])
    effect = estimate_effect("mean", *cells)
    test = omnibus_test("mean", cells)
    assert test.statistic == pytest.approx(effect.statistic**2, rel=1e-9)
    assert test.p_value == pytest.approx(effect.p_value, rel=1e-9)


def test_hillstroms_three_arms_differ(hillstrom) -> None:
    labels = ["No E-Mail", "Mens E-Mail", "Womens E-Mail"]
    test = omnibus_test("mean", arms(hillstrom["segment"], labels, y=hillstrom["spend"]))
    rows = [hillstrom["spend"][hillstrom["segment"] == label] for label in labels]
    expected = anova_oneway(rows, use_var="unequal").pvalue
    assert test.p_value == pytest.approx(expected, rel=1e-9)
    visits = omnibus_test("proportion", arms(hillstrom["segment"], labels, y=hillstrom["visit"]))
    table = [hillstrom["visit"][hillstrom["segment"] == label] for label in labels]
    counts = [[x.sum(), len(x) - x.sum()] for x in table]
    expected = stats.chi2_contingency(counts, correction=False)
    assert visits.statistic == pytest.approx(expected.statistic, rel=1e-9)
    assert visits.p_value == pytest.approx(expected.pvalue, rel=1e-9)


def test_under_cuped_the_arms_differ_as_in_a_regression() -> None:
    rng = np.random.default_rng(3)
    group = rng.integers(0, 3, size=600)
    x = rng.normal(5, 2, size=600)
    y = 0.4 * group + x + rng.normal(size=600)
    cells = arms(group, [0, 1, 2], y=y, x_y=x)
    values = arm_values("mean", cells, "cuped")
    design = np.column_stack([group == 0, group == 1, group == 2, x]).astype(float)
    fit = sm.OLS(y, design).fit()
    assert values[1].value - values[0].value == pytest.approx(fit.params[1] - fit.params[0])
    residual = y - fit.params[3] * x
    oracle = anova_oneway([residual[group == i] for i in range(3)], use_var="unequal")
    test = omnibus_test("mean", cells, estimator="cuped")
    assert test.p_value == pytest.approx(oracle.pvalue, rel=1e-7)


@given(st.integers(0, 2**32 - 1), st.floats(-1e3, 1e3), st.floats(1e-3, 1e3))
def test_a_shift_a_unit_and_the_order_of_the_arms_do_not_matter(seed, shift, factor) -> None:
    rng = np.random.default_rng(seed)
    cells = [Moments.from_rows(["y"], rng.normal(size=20)) for _ in range(4)]
    moved = [Moments(c.columns, c.n, factor * (c.mean + shift), factor**2 * c.cov) for c in cells]
    one = omnibus_test("mean", cells)
    for other in (omnibus_test("mean", moved), omnibus_test("mean", cells[::-1])):
        assert other.p_value == pytest.approx(one.p_value, rel=1e-6, abs=1e-12)


def test_a_ratio_in_two_arms_is_its_effect() -> None:
    rng = np.random.default_rng(8)
    d = rng.poisson(5, size=(2, 300)) + 1.0
    cells = [
        Moments.from_rows(["y", "d"], np.column_stack([rng.binomial(9, 0.3, 300), v])) for v in d
    ]
    effect = estimate_effect("ratio", *cells)
    assert omnibus_test("ratio", cells).p_value == pytest.approx(effect.p_value, rel=1e-9)


def test_what_cannot_be_tested_says_why() -> None:
    one, constant = share(1, 1), Moments(("y",), 9, np.array([2.0]), np.array([[0.0]]))
    fine = Moments.from_rows(["y"], [1.0, 2.0, 4.0])
    nobody = Moments(("y",), 0, np.array([math.nan]), np.array([[math.nan]]))
    for cells, status in (
        ([fine, one], "too_few_units"),
        ([fine, nobody], "no_data"),
        ([fine, constant], "zero_variance"),
    ):
        test = omnibus_test("mean", cells)
        assert test.status == status
        assert math.isnan(test.p_value)
    rare = [Moments(("y", "x_y"), 100, np.array([0.05, 1.0]), np.eye(2)) for _ in range(2)]
    assert omnibus_test("proportion", rare, estimator="cuped").status == "covariate_unusable"
    with pytest.raises(ValueError, match="len\\(arms\\) == 1, must be >= 2"):
        omnibus_test("mean", [fine])
