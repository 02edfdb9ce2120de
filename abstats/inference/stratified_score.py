"""Two proportions in strata by the score test of their weighted averages; one stratum is score's.

The averages weight strata by their units. The null fixes only their difference or ratio, so that
effects may differ between strata: the shares are most likely under it (Lagrange's multiplier), and
their variances make the standard error. Miettinen & Nurminen (1985), Statistics in Medicine 4, take
one effect for all strata instead, which covers 92 % for 95 % in a ramp where it is not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from abstats.inference import score
from abstats.inference.score import Counts, standardised, where_decreasing
from abstats.moments import FloatArray

# A multiplier is about a statistic over a standard error; beyond this one shares are 0 and 1.
FARTHEST = 1e18


def difference_statistic(strata: Sequence[Counts], difference: float = 0.0) -> float:
    """Score z of the null `treatment - control == difference`, within (-1, 1)."""
    if len(strata) == 1:
        return score.difference_statistic(strata[0], difference)
    contrast = _contrast(strata, 1.0)
    return contrast.statistic(contrast.multiplier(difference), difference)


def ratio_statistic(strata: Sequence[Counts], ratio: float = 1.0) -> float:
    """Score z of the null `treatment / control == ratio`, > 0."""
    if len(strata) == 1:
        return score.ratio_statistic(strata[0], ratio)
    contrast = _contrast(strata, ratio)
    return contrast.statistic(contrast.multiplier(0.0), 0.0)


def difference_interval(strata: Sequence[Counts], critical: float) -> tuple[float, float]:
    """Differences that the score test does not reject at critical value `critical`."""
    if len(strata) == 1:
        return score.difference_interval(strata[0], critical)
    contrast = _contrast(strata, 1.0)

    def bound(target: float) -> float:
        multiplier = where_decreasing(
            lambda m: target - contrast.statistic(m, contrast.value(m)),
            0.0,
            critical * contrast.step,
            -FARTHEST,
            FARTHEST,
        )
        return contrast.value(multiplier)

    return bound(critical), bound(-critical)


def ratio_interval(strata: Sequence[Counts], critical: float) -> tuple[float, float]:
    """Ratios that the score test does not reject; infinite above if control has no events."""
    if len(strata) == 1:
        return score.ratio_interval(strata[0], critical)
    units = sum(table.control_n + table.treatment_n for table in strata)
    averages = np.zeros(2)
    for x0, n0, x1, n1 in strata:
        shares = np.array([(x0 + 0.5) / (n0 + 1), (x1 + 0.5) / (n1 + 1)])
        averages += (n0 + n1) / units * shares
    at = math.log(averages[1] / averages[0])
    step = critical / (_contrast(strata, 1.0).step * float(averages.min()))

    def bound(target: float) -> float:
        return math.exp(
            where_decreasing(
                lambda u: ratio_statistic(strata, math.exp(u)) - target, at, step, -300.0, 300.0
            )
        )

    lower = 0.0 if all(table.treatment == 0 for table in strata) else bound(critical)
    upper = math.inf if all(table.control == 0 for table in strata) else bound(-critical)
    return lower, upper


@dataclass(frozen=True, eq=False)
class _Contrast:
    """The treatment's average share minus a multiple of control's.

    Attributes:
        events: Events of each arm in each stratum, shape (cells,).
        units: Units, likewise.
        coefficients: Of each cell's share in the contrast.
        observed: The contrast itself.
        between: Variance of the contrast that comes from the strata's shares of the units.
    """

    events: FloatArray
    units: FloatArray
    coefficients: FloatArray
    observed: float
    between: float

    @property
    def step(self) -> float:
        """Multiplier by which the statistic changes by about one."""
        share = (self.events + 0.5) / (self.units + 1.0)
        return 1.0 / math.sqrt(self.coefficients**2 @ (share * (1.0 - share) / self.units))

    def value(self, multiplier: float) -> float:
        """The contrast at the shares of this multiplier; decreasing in it."""
        return float(self.coefficients @ self._shares(self.events, multiplier))

    def multiplier(self, value: float) -> float:
        """The multiplier at whose shares the contrast has this value."""
        return where_decreasing(
            lambda m: self.value(m) - value, 0.0, self.step, -FARTHEST, FARTHEST
        )

    def statistic(self, multiplier: float, value: float) -> float:
        """Distance of the observed contrast from `value` in standard errors under that null."""
        share = self._shares(self.events, multiplier)
        # Those without the event, by the same formula: a share near one keeps its distance.
        rest = self._shares(self.units - self.events, -multiplier)
        variance = self.coefficients**2 @ (share * rest / self.units) + self.between
        return standardised(self.observed - value, float(variance))

    def _shares(self, events: FloatArray, multiplier: float) -> FloatArray:
        """Roots p of x / p - (n - x) / (1 - p) = m, m the multiplier times the coefficient."""
        m = multiplier * self.coefficients
        total = self.units + m
        root = np.sqrt(np.maximum(total * total - 4.0 * m * events, 0.0))
        down = total + root
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = np.where(total < 0.0, (total - root) / (2.0 * m), 2.0 * events / down)
        return np.where(down == 0.0, 0.0, shares) if (total == 0.0).any() else shares


def _contrast(strata: Sequence[Counts], ratio: float) -> _Contrast:
    x0, n0, x1, n1 = np.array(strata, dtype=np.float64).T
    weights = (n0 + n1) / (n0 + n1).sum()
    gaps = x1 / n1 - ratio * (x0 / n0)
    observed = float(weights @ gaps)
    return _Contrast(
        np.concatenate([x0, x1]),
        np.concatenate([n0, n1]),
        np.concatenate([-ratio * weights, weights]),
        observed,
        between=float(weights @ (gaps - observed) ** 2 / (n0 + n1).sum()),
    )
