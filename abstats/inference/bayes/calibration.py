"""The prior that past experiments support: empirical Bayes."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from abstats.inference.bayes.priors import NormalPrior
from abstats.moments import FloatArray

# With ten, 6 to 10 % of the tests stopped at a 95 % chance to win are wrong; with twenty and a
# spread that is visible 5 % (docs/methods/bayes.md).
FEWEST_EXPERIMENTS = 20
# Half the 95 % point of chi-square with one degree of freedom.
LIKELIHOOD_DROP = float(special.chdtri(1, 0.05)) / 2.0


class Calibration(NamedTuple):
    """A prior estimated from past experiments, and how well they determine it.

    Attributes:
        prior: For the true effect of the next experiment: its variance is `spread` squared plus
            `mean_std_error` squared. None where there is none.
        experiments: Past experiments used.
        mean_std_error: Standard error of the prior's mean.
        spread: Standard deviation of true effects between experiments.
        spread_lower: Lower bound of its 95 % profile-likelihood interval.
        spread_upper: Its upper bound.
        status: "ok"; "too_few_experiments"; or "no_spread": the interval of `spread` holds zero,
            so past effects may differ by no more than their standard errors explain.
        status_reason: The same in words; empty when all is well.
    """

    prior: NormalPrior | None
    experiments: int
    mean_std_error: float
    spread: float
    spread_lower: float
    spread_upper: float
    status: str
    status_reason: str


def calibrated_prior(estimates: npt.ArrayLike, std_errors: npt.ArrayLike) -> Calibration:
    """Normal distribution of the true effects behind past estimates, by maximum likelihood.

    estimate_i ~ N(mean, sd^2 + std_error_i^2), maximised over mean and sd (Efron & Morris 1975,
    "Data analysis using Stein's estimator", JASA 70; Hardy & Thompson 1996, Statistics in Medicine
    15, with the profile-likelihood interval). The experiments are all those of a kind, won or
    lost: a list without the losers makes a prior that believes in winners. One estimate per
    experiment and metric, all absolute or all relative. The prior widens by the uncertainty of its
    mean; that of its spread is reported only.

    Args:
        estimates: Final effects of past experiments, shape (k,).
        std_errors: Their standard errors, > 0, shape (k,).

    Raises:
        ValueError: The shapes differ, or a value is not finite, or a standard error not positive.
    """
    y, se = (np.asarray(values, dtype=np.float64) for values in (estimates, std_errors))
    if y.ndim != 1 or y.shape != se.shape:
        raise ValueError(f"estimates has shape {y.shape}, std_errors {se.shape}, must be (k,).")
    if not (np.isfinite(y).all() and np.isfinite(se).all() and (se > 0.0).all()):
        raise ValueError("estimates must be finite and std_errors > 0 and finite.")
    if y.size < FEWEST_EXPERIMENTS:
        reason = f"There are {y.size} past experiments; a prior needs {FEWEST_EXPERIMENTS}."
        return Calibration(
            None, y.size, math.nan, math.nan, math.nan, math.nan, "too_few_experiments", reason
        )
    fit = fit_normal(y, se)
    found = Calibration(
        NormalPrior(fit.mean, math.hypot(fit.sd, fit.mean_std_error), "calibrated"),
        y.size,
        fit.mean_std_error,
        fit.sd,
        fit.sd_lower,
        fit.sd_upper,
        "ok",
        "",
    )
    if fit.sd_lower == 0.0:
        reason = "Past effects may differ by no more than their standard errors explain."
        return found._replace(prior=None, status="no_spread", status_reason=reason)
    return found


class NormalFit(NamedTuple):
    """Maximum likelihood of a normal distribution seen through known errors.

    Attributes:
        mean: Of the distribution.
        sd: Of the distribution; zero at the edge.
        mean_std_error: Standard error of `mean` at `sd`.
        sd_lower: Lower bound of the 95 % profile-likelihood interval of `sd`.
        sd_upper: Its upper bound.
    """

    mean: float
    sd: float
    mean_std_error: float
    sd_lower: float
    sd_upper: float


def fit_normal(y: FloatArray, se: FloatArray) -> NormalFit:
    """Fit `y_i ~ N(mean, sd^2 + se_i^2)`; shapes (k,), k >= 2."""
    # In units of the data's own size; the likelihood may have several modes: a grid, then a search.
    unit = float(np.hypot(np.std(y), se.min()))
    grid = np.concatenate([[0.0], np.geomspace(1e-4, 10.0, 120)]) * unit
    values = np.array([_profile(sd, y, se) for sd in grid])
    best = int(values.argmax())
    around = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    found = optimize.minimize_scalar(
        lambda sd: -_profile(sd, y, se),
        bounds=around,
        method="bounded",
        options={"xatol": 1e-10 * unit},
    )
    inside, at_zero = float(-found.fun), float(values[0])
    sd = float(found.x) if inside > at_zero else 0.0
    target = max(inside, at_zero) - LIKELIHOOD_DROP

    def height(at: float) -> float:
        return _profile(at, y, se) - target

    far = max(sd, unit)
    while height(far) > 0.0:
        far *= 2.0
    lower = 0.0 if height(0.0) >= 0.0 else float(optimize.brentq(height, 0.0, sd))
    upper = float(optimize.brentq(height, sd, far))
    weights = 1.0 / (sd * sd + se * se)
    mean = float(weights @ y / weights.sum())
    return NormalFit(mean, sd, 1.0 / math.sqrt(weights.sum()), lower, upper)


def _profile(sd: float, y: FloatArray, se: FloatArray) -> float:
    """Log-likelihood at `sd` and the best mean for it."""
    variance = sd * sd + se * se
    mean = (y / variance).sum() / (1.0 / variance).sum()
    return float(-0.5 * (np.log(variance) + (y - mean) ** 2 / variance).sum())
