"""Were the arms alike before exposure?"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import special

from abstats.moments import FloatArray, Moments

# Directions with less than this share of a standardised column's variance are rounding.
NEGLIGIBLE = 1e-10


class Balance(NamedTuple):
    """Joint Wald test that all columns have the same mean in every arm.

    Attributes:
        statistic: Wald chi-square.
        degrees_of_freedom: Rank of the differences' covariance: (arms - 1) times the columns that
            vary and are not collinear. Zero if nothing varies.
        p_value: Upper tail; NaN with fewer than two arms of two units, or if nothing varies.
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float


def balance_test(arms: Sequence[Moments]) -> Balance:
    """Test all columns jointly, each arm with its own covariances; arms below two units left out.

    With d the differences of means from the first arm, stacked, and V their covariance:
    d' V^- d (Hansen & Bowers 2008, "Covariate Balance in Simple, Stratified and Clustered
    Comparative Studies", Statist. Sci. 23, with unequal covariances).

    Raises:
        ValueError: The arms' columns differ.
    """
    for arm in arms:
        if arm.columns != arms[0].columns:
            raise ValueError(f"columns == {arm.columns!r}, must be {arms[0].columns!r}.")
    used = [arm for arm in arms if arm.n > 1]
    if len(used) < 2:
        return Balance(math.nan, 0, math.nan)
    variance = np.stack([np.diag(arm.cov) for arm in used])
    means = np.stack([arm.mean for arm in used])
    size = 1e-12 * np.abs(means).max(axis=0)
    varies = (variance > size**2).any(axis=0)
    if (np.ptp(means, axis=0) > size)[~varies].any():
        # A column that is constant within every arm, and not the same in all, tells them apart.
        return Balance(math.inf, len(used) - 1, 0.0)
    if not varies.any():
        return Balance(math.nan, 0, math.nan)
    return _wald(used, varies)


def _wald(arms: Sequence[Moments], columns: FloatArray) -> Balance:
    first, *others = arms
    at = np.flatnonzero(columns)
    own = [arm.cov[np.ix_(at, at)] / arm.n for arm in arms]
    difference = np.concatenate([(arm.mean - first.mean)[at] for arm in others])
    k = len(at)
    covariance = np.tile(own[0], (len(others), len(others)))
    for i, matrix in enumerate(own[1:]):
        covariance[i * k : (i + 1) * k, i * k : (i + 1) * k] += matrix
    scale = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    real = values > NEGLIGIBLE * len(values)
    along = vectors.T @ (difference / scale)
    statistic = float((along[real] ** 2 / values[real]).sum())
    freedom = int(real.sum())
    return Balance(statistic, freedom, float(special.chdtrc(freedom, statistic)))
