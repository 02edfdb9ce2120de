"""CUPED on moments against regressions and influence functions on rows."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from abstats.inference import estimate_effect
from abstats.inference.compare import compare
from abstats.inference.comparison import Comparison
from abstats.moments import Moments

from .rows import arms


def world(seed, sizes, offset=0.0, scale=1.0):
    """Rows of arms 0, 1, ..: y, d, two covariates and an indicator of missing ones."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(len(sizes)), sizes)
    n = len(group)
    activity = rng.gamma(2.0, size=n)
    x_d = rng.poisson(3 * activity) + 1.0
    x_y = rng.poisson(0.4 * x_d) + rng.normal(size=n)
    d = rng.poisson(3 * activity) + 1.0
    y = rng.poisson(0.5 * d) + 0.8 * x_y + 0.3 * group + rng.normal(size=n) * (1 + group)
    missing = (rng.random(n) < 0.3).astype(float)
    observed = missing == 0
    x_y = np.where(observed, x_y - x_y[observed].mean(), 0.0) * scale + offset
    return {"group": group, "y": y, "d": d, "x_y": x_y, "x_d": x_d, "missing": missing}


def moments(data, *columns):
    labels = sorted(set(data["group"]))
    return arms(data["group"], labels, **{column: data[column] for column in columns})


def regression(data, *covariates, only=None):
    """Row-level OLS of y on arm dummies and covariates: coefficients of arm 1 and of x."""
    kept = np.isin(data["group"], [0, 1] if only is None else only)
    labels = sorted(set(data["group"][kept]))[1:]
    dummies = [data["group"] == label for label in labels]
    x = [data[name] - data[name].mean() for name in covariates]
    design = sm.add_constant(np.column_stack([*dummies, *x]).astype(float)[kept])
    coefficients = sm.OLS(data["y"][kept], design).fit().params
    return coefficients[1], coefficients[1 + len(labels) :]


def welch_on_residuals(data, theta, *covariates):
    residual = data["y"] - sum(
        t * (data[name] - data[name].mean()) for t, name in zip(theta, covariates, strict=True)
    )
    return stats.ttest_ind(
        residual[data["group"] == 1], residual[data["group"] == 0], equal_var=False
    )


@pytest.mark.parametrize("offset", [0.0, 1e6])
@pytest.mark.parametrize("sizes", [(400, 600), (900, 100), (12, 15)])
@pytest.mark.parametrize("covariates", [("x_y",), ("x_y", "missing"), ("x_y", "x_d", "missing")])
def test_the_estimate_is_the_row_level_regressions(sizes, covariates, offset) -> None:
    data = world(sum(sizes), sizes, offset)
    effect = estimate_effect("mean", *moments(data, "y", *covariates), estimator="cuped")
    expected, theta = regression(data, *covariates)
    oracle = welch_on_residuals(data, theta, *covariates)
    assert effect.estimate == pytest.approx(expected, rel=1e-10, abs=1e-10)
    assert effect.statistic == pytest.approx(oracle.statistic, rel=1e-8)
    assert effect.degrees_of_freedom == pytest.approx(oracle.df, rel=1e-8)
    assert effect.p_value == pytest.approx(oracle.pvalue, rel=1e-7)
    interval = oracle.confidence_interval()
    assert effect.ci_lower == pytest.approx(interval.low, rel=1e-7)
    assert effect.ci_upper == pytest.approx(interval.high, rel=1e-7)


def test_constant_and_collinear_covariates_are_dropped() -> None:
    data = world(6, (200, 300))
    expected = estimate_effect("mean", *moments(data, "y", "x_y"), estimator="cuped")
    data["x_d"] = 3e5 * data["x_y"] - 7.0
    data["missing"] = np.ones_like(data["y"])
    cells = moments(data, "y", "x_y", "x_d", "missing")
    effect = estimate_effect("mean", *cells, estimator="cuped")
    assert effect.estimate == pytest.approx(expected.estimate, rel=1e-12)
    assert effect.p_value == pytest.approx(expected.p_value, rel=1e-9)
    assert effect.status == "ok"


@pytest.mark.parametrize("constant", [0.0, 1.0, 1e8 + 0.1])
def test_a_constant_covariate_is_unusable_and_says_so(constant) -> None:
    data = world(7, (200, 300))
    data["x_y"] = np.full_like(data["y"], constant)
    for columns in (("y", "x_y"), ("y",)):
        effect = estimate_effect("mean", *moments(data, *columns), estimator="cuped")
        assert effect.status == "covariate_unusable"
        assert math.isnan(effect.p_value)
        assert math.isnan(effect.estimate)


def test_a_covariate_that_is_not_finite_spoils_cuped_only() -> None:
    data = world(7, (200, 300))
    plain = estimate_effect("mean", *moments(data, "y"))
    data["x_y"][0] = np.inf
    with np.errstate(invalid="ignore"):
        cells = moments(data, "y", "x_y")
    assert estimate_effect("mean", *cells).p_value == pytest.approx(plain.p_value, rel=1e-12)
    effect = estimate_effect("mean", *cells, estimator="cuped")
    assert effect.status == "covariate_unusable"


def test_more_covariates_than_units_allow_is_unusable() -> None:
    data = world(7, (2, 2))
    cells = moments(data, "y", "x_y", "x_d")
    effect = estimate_effect("mean", *cells, estimator="cuped")
    assert effect.status == "covariate_unusable"


def test_a_ratio_is_linearised_over_units() -> None:
    data = world(8, (500, 400))
    effect = estimate_effect("ratio", *moments(data, "y", "d"))
    values, ratios = [], []
    for arm in (0, 1):
        y, d = (data[name][data["group"] == arm] for name in "yd")
        ratios.append(y.mean() / d.mean())
        values.append((y - ratios[-1] * d) / d.mean() + ratios[-1])
    oracle = stats.ttest_ind(values[1], values[0], equal_var=False)
    assert effect.estimate == pytest.approx(ratios[1] - ratios[0], rel=1e-12)
    assert effect.p_value == pytest.approx(oracle.pvalue, rel=1e-9)
    assert effect.control_std == pytest.approx(np.std(values[0], ddof=1), rel=1e-10)


def test_a_ratios_covariate_is_its_pre_period_ratio() -> None:
    data = world(9, (500, 400))
    data["x_y"] += 5.0
    effect = estimate_effect(
        "ratio", *moments(data, "y", "d", "x_y", "x_d", "missing"), estimator="cuped"
    )

    def linear(y, d, mask):
        ratio = y[mask].mean() / d[mask].mean()
        return (y - ratio * d) / d[mask].mean() + ratio

    everyone = np.ones(len(data["y"]), dtype=bool)
    flat = dict(data)
    flat["y"] = linear(data["y"], data["d"], everyone)
    flat["x"] = linear(data["x_y"], data["x_d"], everyone)
    _, theta = regression(flat, "x", "missing")
    residuals = []
    for arm in (0, 1):
        mask = data["group"] == arm
        y, x = linear(data["y"], data["d"], mask), linear(data["x_y"], data["x_d"], mask)
        residuals.append((y - theta[0] * x - theta[1] * data["missing"])[mask])
    oracle = stats.ttest_ind(residuals[1], residuals[0], equal_var=False)
    assert effect.estimate == pytest.approx(residuals[1].mean() - residuals[0].mean(), rel=1e-10)
    assert effect.p_value == pytest.approx(oracle.pvalue, rel=1e-8)


def test_a_ratio_whose_pre_period_has_no_ratio_takes_both_covariates() -> None:
    """Centring leaves a denominator of zero; the twins then enter as two covariates."""
    data = world(10, (500, 400))
    data["x_d"] -= data["x_d"].mean()
    cells = moments(data, "y", "d", "x_y", "x_d")
    effect = estimate_effect("ratio", *cells, estimator="cuped")
    flat = dict(data)
    ratio = data["y"].mean() / data["d"].mean()
    flat["y"] = (data["y"] - ratio * data["d"]) / data["d"].mean()
    _, theta = regression(flat, "x_y", "x_d")
    unadjusted = estimate_effect("ratio", *cells)
    shift = [data[name][data["group"] == 1].mean() for name in ("x_y", "x_d")]
    shift = np.subtract(shift, [data[n][data["group"] == 0].mean() for n in ("x_y", "x_d")])
    assert effect.estimate == pytest.approx(unadjusted.estimate - theta @ shift, rel=1e-9)
    assert effect.variance_reduction > 0.1


def test_control_mean_and_effect_vary_jointly_as_their_influence_functions_say() -> None:
    """The pooled covariate mean is estimated too, from the same units."""
    data = world(11, (300, 500))
    cells = moments(data, "y", "x_y")
    comparison = compare("mean", *cells, estimator="cuped")
    assert isinstance(comparison, Comparison)
    _, (theta,) = regression(data, "x_y")
    n = len(data["y"])
    expected = np.zeros((2, 2))
    for arm in (0, 1):
        mask = data["group"] == arm
        y, x, size = data["y"][mask], data["x_y"][mask], mask.sum()
        of_control = theta * x * (size / n) + (y - theta * x) * (arm == 0)
        of_effect = (y - theta * x) * {0: -1, 1: 1}[arm]
        expected += np.cov(of_control, of_effect) / size
    np.testing.assert_allclose(comparison.covariance, expected, rtol=1e-9)
    adjusted = data["y"] - theta * (data["x_y"] - data["x_y"].mean())
    assert comparison.control == pytest.approx(adjusted[data["group"] == 0].mean(), rel=1e-12)


@pytest.mark.parametrize(("events", "status"), [(19, "covariate_unusable"), (20, "ok")])
def test_cuped_leaves_rare_events_to_the_score_test(events, status) -> None:
    rng = np.random.default_rng(13)
    for rare in (0.0, 1.0):
        cells = []
        for n, count in ((4_000, 200), (400, events)):
            y = np.full(n, 1.0 - rare)
            y[:count] = rare
            cells.append(Moments.from_rows(("y", "x_y"), np.column_stack([y, rng.normal(size=n)])))
        effect = estimate_effect("proportion", *cells, estimator="cuped")
        assert effect.status == status
        assert math.isnan(effect.p_value) == (status != "ok")
        assert estimate_effect("proportion", *cells).status == "ok"


def test_cuped_of_a_proportion_is_the_regression_with_welchs_variance() -> None:
    data = world(14, (500, 600))
    data["y"] = (data["y"] > np.median(data["y"])).astype(float)
    effect = estimate_effect("proportion", *moments(data, "y", "x_y"), estimator="cuped")
    expected, theta = regression(data, "x_y")
    assert effect.test == "welch_t"
    assert effect.estimate == pytest.approx(expected, rel=1e-10)
    assert effect.p_value == pytest.approx(welch_on_residuals(data, theta, "x_y").pvalue, rel=1e-8)


def test_misuse_is_told_by_name_value_and_rule() -> None:
    control, treatment = moments(world(12, (20, 20)), "y")
    with pytest.raises(ValueError, match=r"kind == 'median', must be one of"):
        compare("median", control, treatment)
    with pytest.raises(ValueError, match=r"estimator == 'cupac', must be one of"):
        compare("mean", control, treatment, estimator="cupac")
    with pytest.raises(ValueError, match=r"columns == \('d',\), must be \('y',\)"):
        compare("mean", control, treatment.project([[1.0]], ("d",)))
