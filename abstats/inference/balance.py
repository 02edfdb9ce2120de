"""Were the arms alike before exposure?"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import special

from abstats.inference.finite import fault_of
from abstats.moments import Moments

# Directions with less than this share of a standardised column's variance are rounding.
NEGLIGIBLE = 1e-10


class Balance(NamedTuple):
    """Joint test that all columns have the same mean in every arm.

    Attributes:
        statistic: Hotelling's T2; for more than two arms Lawley & Hotelling's.
        degrees_of_freedom: (arms - 1) times the columns that vary and are not collinear. Zero if
            nothing varies.
        p_value: Upper tail of F; NaN with fewer than two arms of two units, if nothing varies, with
            too few units for the columns, or with moments that are not finite.
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float


def balance_test(arms: Sequence[Moments]) -> Balance:
    """Test all columns jointly, with the covariance pooled over arms; one-unit arms left out.

    Assignment at random gives a covariate one distribution in all arms: a small arm's own
    covariance only adds noise, which goes with its mean if values are skewed. With N units in
    g arms, k columns, and S the covariance within arms,

        T2 = sum_i n_i (m_i - m)' S^-1 (m_i - m),
        F = T2 / (k (g - 1)) * (N - g - k + 1) / (N - g)  on  (k (g - 1), N - g - k + 1).

    Exact for normal columns in two arms (Hotelling 1931, "The Generalization of Student's Ratio",
    Ann. Math. Statist. 2), and for one column in any number of arms; else an approximation.

    Raises:
        ValueError: The arms' columns differ.
    """
    for arm in arms:
        if arm.columns != arms[0].columns:
            raise ValueError(f"columns == {arm.columns!r}, must be {arms[0].columns!r}.")
    used = [arm for arm in arms if arm.n > 1]
    if len(used) < 2 or any(fault_of(arm) for arm in used):
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
    return _hotelling([arm.select(*np.array(arm.columns)[varies]) for arm in used])


def _hotelling(arms: Sequence[Moments]) -> Balance:
    units = np.array([arm.n for arm in arms])
    within = int(units.sum()) - len(arms)
    covariance = sum(arm.cov * ((arm.n - 1) / within) for arm in arms)
    scale = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    real = values > NEGLIGIBLE * len(values)
    means = np.stack([arm.mean for arm in arms])
    means = means - means[0]
    along = (means - units @ means / units.sum()) / scale @ vectors[:, real]
    statistic = float((units @ along**2 / values[real]).sum())
    rank = int(real.sum())
    freedom = rank * (len(arms) - 1)
    left = within - rank + 1
    # With as many directions as units allow, and columns to spare, none is known to be collinear.
    if left <= 0 or (rank == within and rank < len(values)):
        return Balance(statistic, freedom, math.nan)
    ratio = statistic / freedom * (left / within)
    return Balance(statistic, freedom, float(special.fdtrc(freedom, left, ratio)))
