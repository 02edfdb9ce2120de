"""The prior of past experiments against published random-effects fits."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from abstats.inference.bayes import calibrated_prior
from abstats.inference.bayes.calibration import FEWEST_EXPERIMENTS, fit_normal

# Colditz et al. (1994): tuberculosis with and without vaccine, 13 trials (ill, well, ill, well).
TRIALS = np.array(
    [
        [4, 119, 11, 128],
        [6, 300, 29, 274],
        [3, 228, 11, 209],
        [62, 13536, 248, 12619],
        [33, 5036, 47, 5761],
        [180, 1361, 372, 1079],
        [8, 2537, 10, 619],
        [505, 87886, 499, 87892],
        [29, 7470, 45, 7232],
        [17, 1699, 65, 1600],
        [186, 50448, 141, 27197],
        [5, 2493, 3, 2338],
        [27, 16886, 29, 17825],
    ],
    dtype=float,
)


def test_agrees_with_the_published_maximum_likelihood_of_the_vaccine_trials() -> None:
    """van Houwelingen, Arends & Stijnen (2002), Statistics in Medicine 21, sec. 3: log odds ratio
    -.742 (.178), variance .302, its profile-likelihood interval [.12, .89].
    """
    a, b, c, d = TRIALS.T
    fit = fit_normal(np.log(a * d / (b * c)), np.sqrt(1 / a + 1 / b + 1 / c + 1 / d))
    assert fit.mean == pytest.approx(-0.742, abs=5e-4)
    assert fit.mean_std_error == pytest.approx(0.178, abs=5e-4)
    assert fit.sd**2 == pytest.approx(0.302, abs=5e-4)
    assert fit.sd_lower**2 == pytest.approx(0.12, abs=5e-3)
    assert fit.sd_upper**2 == pytest.approx(0.89, abs=5e-3)


def test_eight_schools_differ_by_no_more_than_chance() -> None:
    """Rubin (1981): pooled 7.7 (4.1), Gelman et al. (2013), sec. 5.5; the maximum is at zero."""
    y = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
    se = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])
    fit = fit_normal(y, se)
    assert (fit.sd, fit.sd_lower) == (0.0, 0.0)
    assert fit.mean == pytest.approx(7.7, abs=0.05)
    assert fit.mean_std_error == pytest.approx(4.1, abs=0.05)


def past(seed, experiments=40, mean=0.01, spread=0.02, error=0.015):
    rng = np.random.default_rng(seed)
    se = error * rng.uniform(0.5, 2.0, experiments)
    return mean + spread * rng.standard_normal(experiments) + se * rng.standard_normal(
        experiments
    ), se


@given(st.integers(0, 10**6))
def test_no_other_mean_and_spread_is_likelier(seed) -> None:
    y, se = past(seed)

    def minus_log_likelihood(at):
        return -stats.norm.logpdf(y, at[0], np.hypot(at[1], se)).sum()

    fit = fit_normal(y, se)
    best = optimize.minimize(minus_log_likelihood, [y.mean(), y.std()], method="Nelder-Mead")
    assert minus_log_likelihood([fit.mean, fit.sd]) <= best.fun + 1e-7
    drop = stats.chi2.isf(0.05, 1) / 2
    for sd in (fit.sd_lower, fit.sd_upper):
        edge = optimize.minimize_scalar(lambda m, s=sd: minus_log_likelihood([m, s]))
        gap = edge.fun - minus_log_likelihood([fit.mean, fit.sd])
        assert gap == pytest.approx(drop, abs=1e-5) or (sd == 0.0 and gap < drop)


@given(st.integers(0, 10**6), st.floats(-10, 10), st.floats(1e-3, 1e3))
def test_shift_and_unit_pass_through(seed, shift, scale) -> None:
    y, se = past(seed)
    one, other = calibrated_prior(y, se), calibrated_prior(scale * (y + shift), scale * se)
    assert other.status == one.status
    assert other.spread == pytest.approx(scale * one.spread, rel=1e-4, abs=1e-6 * scale)
    if one.prior is not None:
        assert other.prior.mean == pytest.approx(scale * (one.prior.mean + shift), abs=1e-4 * scale)
        assert one.prior.sd == pytest.approx(math.hypot(one.spread, one.mean_std_error))
        assert one.prior.source == "calibrated"


def test_a_hundred_experiments_find_the_prior_they_came_from() -> None:
    """The intervals hold the truth: mean within two errors and spread within its bounds in 95 %."""
    mean, spread = [], []
    for seed in range(300):
        result = calibrated_prior(*past(seed, experiments=100))
        mean.append(abs(result.prior.mean - 0.01) < 1.96 * result.mean_std_error)
        spread.append(result.spread_lower < 0.02 < result.spread_upper)
    assert np.mean(mean) == pytest.approx(0.95, abs=0.03)
    assert np.mean(spread) == pytest.approx(0.95, abs=0.03)


def test_too_few_experiments_make_no_prior() -> None:
    y, se = past(1)
    few = calibrated_prior(y[: FEWEST_EXPERIMENTS - 1], se[: FEWEST_EXPERIMENTS - 1])
    assert (few.prior, few.status, few.experiments) == (None, "too_few_experiments", 19)
    assert few.status_reason == "There are 19 past experiments; a prior needs 20."
    assert calibrated_prior(y[:FEWEST_EXPERIMENTS], se[:FEWEST_EXPERIMENTS]).status == "ok"
    assert calibrated_prior([], []).status == "too_few_experiments"


def test_experiments_that_may_not_differ_make_no_prior() -> None:
    result = calibrated_prior(*past(2, spread=0.0))
    assert (result.prior, result.status) == (None, "no_spread")
    assert result.spread_lower == 0.0 < result.spread_upper
    same = calibrated_prior(np.full(30, 0.01), np.full(30, 0.02))
    assert (same.status, same.spread) == ("no_spread", 0.0)


def test_misuse_is_told() -> None:
    with pytest.raises(ValueError, match=r"estimates has shape \(2,\), std_errors \(1,\)"):
        calibrated_prior([1.0, 2.0], [1.0])
    for bad in ([1.0, math.nan], [1.0, math.inf]):
        with pytest.raises(ValueError, match="must be finite"):
            calibrated_prior(bad, [1.0, 1.0])
    with pytest.raises(ValueError, match="std_errors > 0"):
        calibrated_prior([1.0, 2.0], [1.0, 0.0])
