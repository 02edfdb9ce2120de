"""One arm's quantile: its value, and the variance of the share below it."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from abstats.inference import QuantileCurve
from abstats.inference.quantile_curve import quantile_arm

from .quantile_worlds import curve, curves, latencies, pooled_grid


def as_units(values):
    return np.arange(len(values)), np.asarray(values, dtype=float), len(values)


small = st.lists(st.tuples(st.integers(0, 9), st.integers(-5, 5)), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("p", "gate_30", "gate_40"), [(0.5, 17, 16), (0.75, 50, 52), (0.9, 135, 134), (0.95, 222, 220)]
)
def test_quantiles_of_cookie_cats_are_those_of_references_md(cookie_cats, p, gate_30, gate_40):
    rounds = cookie_cats["rounds"]
    groups = [rounds[cookie_cats["version"] == version] for version in ("gate_30", "gate_40")]
    # Exact where it matters: every value up to 400 rounds, and the largest.
    grid = np.append(np.arange(401.0), rounds.max())
    arms = [quantile_arm(p, "arm", curve(np.arange(len(v)), v, len(v), grid)) for v in groups]
    assert [arm.quantile for arm in arms] == [gate_30, gate_40]


@given(small, st.floats(0.01, 0.99))
@settings(max_examples=200, deadline=None)
def test_with_every_value_in_the_grid_it_is_the_inverse_of_the_empirical_cdf(rows, p):
    unit, values = np.array(rows).T
    (one,) = curves(p, (unit, values.astype(float), 10))
    arm = quantile_arm(p, "arm", one)
    assert arm.quantile == np.quantile(values, p, method="inverted_cdf")


@given(small, st.floats(0.01, 0.99), st.floats(0.1, 10.0), st.floats(-50.0, 50.0))
@settings(max_examples=100, deadline=None)
def test_a_change_of_unit_changes_the_quantile_alike_and_not_the_error_of_the_share(
    rows, p, scale, shift
):
    unit, values = np.array(rows).T
    (one,) = curves(p, (unit, values.astype(float), 10))
    (two,) = curves(p, (unit, shift + scale * values, 10))
    first, second = (quantile_arm(p, "arm", c) for c in (one, two))
    assert second.quantile == pytest.approx(shift + scale * first.quantile)
    assert second.share_std_error == pytest.approx(first.share_std_error)


def test_the_variance_of_a_share_is_the_cluster_robust_one_of_a_regression_on_a_constant():
    rng = np.random.default_rng(1)
    unit, values, n = latencies(rng, 300)
    (one,) = curves(0.9, (unit, values, n))
    for k in (20, 31, 45):
        below = (values <= one.grid[k]).astype(float)
        fit = sm.OLS(below, np.ones(len(below))).fit(
            cov_type="cluster", cov_kwds={"groups": unit, "use_correction": False}
        )
        assert one.shares()[k] == pytest.approx(fit.params[0])
        variance = one.share_variances()[k]
        assert variance == pytest.approx(fit.bse[0] ** 2 * n / (n - 1), rel=1e-9)


def test_a_coarse_grid_gives_the_quantile_and_its_error_of_the_full_data():
    rng = np.random.default_rng(2)
    for p in (0.5, 0.95, 0.99):
        unit, values, n = latencies(rng, 2_000)
        (coarse,) = curves(p, (unit, values, n))
        arm = quantile_arm(p, "arm", coarse)
        exact = np.quantile(values, p, method="inverted_cdf")
        assert arm.quantile == pytest.approx(exact, rel=1e-3)
        residual = np.bincount(unit, weights=(values <= exact) - p, minlength=n)
        std_error = residual.std(ddof=1) / math.sqrt(n) / (len(values) / n)
        assert arm.share_std_error == pytest.approx(std_error, rel=0.01)
        # Woodruff's bounds, on the rows.
        levels = p + np.array([-1.96, 1.96]) * std_error
        bounds = np.quantile(values, levels, method="inverted_cdf")
        assert arm.at(levels) == pytest.approx(bounds, rel=0.02)


def test_running_sums_of_rises_are_the_moments_of_the_counts():
    """How the engine makes a curve without a row per unit and grid value."""
    rng = np.random.default_rng(6)
    unit, values, n = latencies(rng, 50)
    (ours,) = curves(0.9, (unit, values, n), n_points=16)
    below = np.zeros((n, len(ours.grid)))
    events = np.zeros(n)
    for u, value in zip(unit, values, strict=True):
        below[u] += value <= ours.grid
        events[u] += 1
    assert ours.mean_at_or_below == pytest.approx(below.mean(axis=0))
    assert ours.var_at_or_below == pytest.approx(below.var(axis=0, ddof=1))
    covariances = [np.cov(column, events)[0, 1] for column in below.T]
    assert ours.cov_with_events == pytest.approx(np.array(covariances))
    assert (ours.mean_events, ours.var_events) == (events.mean(), events.var(ddof=1))


def test_an_atom_between_coarse_grid_values_is_not_interpolated_away():
    """Two thirds of the values are 100; the coarse levels leave a gap from 20 to 100."""
    rng = np.random.default_rng(3)
    values = np.where(rng.random(30_000) < 2 / 3, 100.0, 300.0 * rng.random(30_000))
    (one,) = curves(0.5, as_units(values), n_points=16)
    assert quantile_arm(0.5, "arm", one).quantile == 100.0


def test_a_step_that_only_a_small_arm_has_is_its_step():
    """A tenth of all values, so that one level at most falls on the step at 260."""
    rng = np.random.default_rng(4)
    many = np.ceil(rng.lognormal(5.0, 1.0, 9_000) / 100.0) * 100.0
    few = np.ceil(rng.lognormal(5.0, 1.0, 1_000) / 100.0) * 130.0
    grid = np.unique(np.append(pooled_grid(np.append(many, few), 0.5), 260.0))
    assert np.quantile(few, 0.5, method="inverted_cdf") == 260.0
    assert quantile_arm(0.5, "arm", curve(*as_units(few), grid)).quantile == 260.0


def test_one_event_per_unit_has_the_binomial_error_of_p():
    values = np.arange(1_000.0)
    (one,) = curves(0.9, (np.arange(1_000), values, 1_000))
    arm = quantile_arm(0.9, "arm", one)
    assert arm.share_std_error == pytest.approx(math.sqrt(0.9 * 0.1 / 999))
    assert arm.effective_tail == pytest.approx(100, rel=0.002)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"grid": np.array([1.0, 1.0])}, "grid must ascend"),
        ({"grid": np.array([1.0, np.nan])}, "grid must ascend"),
        ({"grid": np.array([])}, r"grid has shape \(0,\)"),
        ({"var_at_or_below": np.ones(3)}, r"var_at_or_below has shape \(3,\), not \(2,\)"),
        ({"n": -1}, "n == -1, must be >= 0"),
    ],
)
def test_a_curve_that_contradicts_itself_is_refused(change, message):
    fields = {
        "grid": np.array([1.0, 2.0]),
        "n": 5,
        "mean_at": np.zeros(2),
        "mean_at_or_below": np.ones(2),
        "var_at_or_below": np.ones(2),
        "cov_with_events": np.ones(2),
        "mean_events": 1.0,
        "var_events": 0.0,
    }
    with pytest.raises(ValueError, match=message):
        QuantileCurve(**(fields | change))
