"""Where an observed share may lie when the nominal rate is the true one."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats


class Band(NamedTuple):
    """Shares that are compatible with the nominal rate, both ends included.

    Attributes:
        low: Smallest share.
        high: Largest share.
    """

    low: float
    high: float

    def holds(self, share: float) -> bool:
        """Whether the share lies within."""
        return self.low - 1e-12 <= share <= self.high + 1e-12


def binomial_band(trials: int, rate: float, level: float) -> Band:
    """Exact central band of a binomial share: at most (1 - level) / 2 lies beyond each end.

    Args:
        trials: Independent trials.
        rate: Nominal rate, 0 to 1.
        level: Probability within, 0 to 1.
    """
    tail = (1 - level) / 2
    distribution = stats.binom(trials, rate)
    return Band(float(distribution.ppf(tail)) / trials, float(distribution.isf(tail)) / trials)


def clustered_band(hits: Sequence[int], trials: Sequence[int], rate: float, level: float) -> Band:
    """Band of a share pooled over seeds, whose trials within a seed are correlated.

    The pooled share is a ratio of sums over seeds, so its standard error is that of the seeds'
    linearised residuals (Cochran 1977, sec. 3.12), with Student's t. By chance, or because every
    trial hit, it can be smaller than that of independent trials; then the latter counts.

    Args:
        hits: Hits per seed.
        trials: Trials per seed.
        rate: Nominal rate, 0 to 1.
        level: Probability within, 0 to 1.
    """
    y, n = np.asarray(hits, dtype=float), np.asarray(trials, dtype=float)
    residuals = (y - y.sum() / n.sum() * n) / n.mean()
    between = np.std(residuals, ddof=1) / np.sqrt(n.size)
    independent = np.sqrt(rate * (1 - rate) / n.sum())
    width = float(stats.t.isf((1 - level) / 2, n.size - 1) * max(between, independent))
    return Band(max(rate - width, 0.0), min(rate + width, 1.0))
