"""CUPED's theta: the regression of a metric on its covariates, pooled within arms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from abstats.inference.features import Feature, gradients
from abstats.moments import FloatArray, Moments

# A covariate of which earlier ones leave less than this share of variance unexplained is collinear
# with them; above it the normal equations still hold the estimate to 1e-10.
COLLINEAR = 1e-10
# Rounding leaves a constant column of mean m a standard deviation of some 1e-16 m.
CONSTANT = 1e-12


def total_mean(arms: Sequence[Moments]) -> FloatArray:
    """Means over the units of all arms, summed as shifts from the first to keep their digits."""
    units = sum(arm.n for arm in arms)
    first = arms[0].mean
    shift = np.zeros_like(first)
    for arm in arms[1:]:
        shift += (arm.mean - first) * (arm.n / units)
    result: FloatArray = first + shift
    return result


def pooled_theta(
    value: Feature, candidates: Sequence[Feature], arms: Sequence[Moments], total: FloatArray
) -> tuple[tuple[Feature, ...], FloatArray]:
    """Coefficients of x in the regression `y ~ arm + x`, from products centred within arms.

    Deng, Xu, Kohavi & Walker (2013), "Improving the Sensitivity of Online Controlled Experiments
    by Utilizing Pre-Experiment Data", sec. 3. Ratios are linearised at the total means.

    Args:
        value: What is adjusted.
        candidates: Covariates, the more wanted first.
        arms: Moments of the arms, all with the same columns and at least two units.
        total: Their total column means, shape (columns,).

    Returns:
        The covariates used (a constant one, or one collinear with earlier ones, is dropped) and
        their coefficients, shape (covariates,).
    """
    features = (value, *candidates)
    columns = arms[0].columns
    gradient = gradients(features, columns, total)
    products = np.zeros((len(columns), len(columns)))
    for arm in arms:
        products += (arm.n - 1) * arm.cov
    within = gradient @ products @ gradient.T
    noise = CONSTANT * (np.abs(gradient) @ np.abs(total))
    units = sum(arm.n for arm in arms)
    varies = np.diag(within) > units * noise * noise
    # As correlations: covariates may differ by many orders of magnitude.
    scale = np.sqrt(np.where(varies, np.diag(within), 1.0))
    correlation = within / np.outer(scale, scale)
    kept: list[int] = []
    for j in range(1, len(features)):
        if varies[j] and _unexplained(correlation, kept, j) > COLLINEAR:
            kept.append(j)
    if not kept:
        return (), np.empty(0)
    slopes = np.linalg.solve(correlation[np.ix_(kept, kept)], within[kept, 0] / scale[kept])
    return tuple(features[j] for j in kept), slopes / scale[kept]


def _unexplained(correlation: FloatArray, kept: list[int], j: int) -> float:
    """Share of the variance of column j that the kept columns do not explain."""
    if not kept:
        return 1.0
    slopes = np.linalg.solve(correlation[np.ix_(kept, kept)], correlation[kept, j])
    return 1.0 - float(correlation[j, kept] @ slopes)
