"""What inference knows about the distribution of one arm's events: shares below a frozen grid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from abstats.inference.comparison import Failure
from abstats.moments import FloatArray

# F reaches p where it does so but for rounding: 50 of 100 events are p = .5.
ROUNDING = 1e-12
# Below any variance of a share that data can have: what rounding leaves of zero.
NO_VARIANCE = 1e-18


@dataclass(frozen=True, eq=False)
class QuantileCurve:
    """Moments, over the units of one cell, of their counts of events at or below each grid value.

    A metric over units is one with a single event per unit: `mean_events` 1, `var_events` and
    `cov_with_events` 0.

    Attributes:
        grid: Values g_1 < ... < g_K, frozen and the same for all arms, shape (K,).
        n: Number of units, with and without events.
        mean_at: Means over units of their events equal to g_k, shape (K,): the distribution steps
            there, and is interpolated between. Exact if the grid holds every distinct value.
        mean_at_or_below: Means over units of C_k, a unit's events <= g_k, shape (K,).
        var_at_or_below: Sample variances of C_k (divisor n - 1), shape (K,).
        cov_with_events: Sample covariances of C_k with d, a unit's events, shape (K,).
        mean_events: Mean of d.
        var_events: Sample variance of d.

    Raises:
        ValueError: Shapes differ, the grid does not ascend, or n is negative.
    """

    grid: FloatArray
    n: int
    mean_at: FloatArray
    mean_at_or_below: FloatArray
    var_at_or_below: FloatArray
    cov_with_events: FloatArray
    mean_events: float
    var_events: float

    def __post_init__(self) -> None:
        shape = np.shape(self.grid)
        if len(shape) != 1 or shape[0] == 0:
            raise ValueError(f"grid has shape {shape}, must be (K,), K >= 1.")
        if not np.all(np.diff(self.grid) > 0.0):
            raise ValueError("grid must ascend strictly and hold no NaN.")
        for name in ("mean_at", "mean_at_or_below", "var_at_or_below", "cov_with_events"):
            if np.shape(getattr(self, name)) != shape:
                raise ValueError(f"{name} has shape {np.shape(getattr(self, name))}, not {shape}.")
        if self.n < 0:
            raise ValueError(f"n == {self.n}, must be >= 0.")

    def shares(self) -> FloatArray:
        """F_k, the share of events at or below g_k, shape (K,); not falling."""
        share = self.mean_at_or_below / self.mean_events
        return np.asarray(np.maximum.accumulate(share), dtype=np.float64)

    def share_variances(self) -> FloatArray:
        """Squared standard errors of F_k over units, shape (K,).

        F is a ratio of means; delta method: Deng, Knoblich & Lu (2018), sec. 3.
        """
        share = self.shares()
        residual = (
            self.var_at_or_below
            - 2.0 * share * self.cov_with_events
            + share * share * self.var_events
        )
        return np.maximum(residual, 0.0) / (self.n * self.mean_events**2)


class QuantileArm(NamedTuple):
    """One arm at one probability p.

    Attributes:
        curve: Its curve.
        share: F_k, shape (K,).
        p: The probability.
        quantile: The p-quantile; infinite where the grid does not reach it.
        share_std_error: Standard error over units of F at the quantile.
        design_effect: Its square over p (1 - p) / events, the variance of independent events.
    """

    curve: QuantileCurve
    share: FloatArray
    p: float
    quantile: float
    share_std_error: float
    design_effect: float

    def at(self, levels: FloatArray) -> FloatArray:
        """Quantiles at these levels, shape as `levels`.

        The smallest value whose share reaches the level; between grid values the share is taken to
        grow linearly. Infinite for levels outside what the grid tells.
        """
        return _inverse(self.curve, self.share, levels)

    @property
    def effective_tail(self) -> float:
        """Independent events beyond the quantile, on its shorter side, that vary as F does."""
        p, tail = self.p, min(self.p, 1.0 - self.p)
        variance = self.share_std_error**2
        return tail * p * (1.0 - p) / variance if variance > 0.0 else math.inf


def quantile_arm(p: float, name: str, curve: QuantileCurve) -> QuantileArm | Failure:
    """The p-quantile of an arm and the standard error of the share below it."""
    if curve.n == 0:
        return Failure("no_data", f"The {name} has no units.")
    if curve.n < 2:
        return Failure("too_few_units", f"The {name} has one unit; a variance needs two.")
    if not _is_finite(curve):
        return Failure("no_data", f"The moments of the {name} are not finite.")
    if not curve.mean_events > 0.0:
        return Failure("no_data", f"The {name} has no events.")
    share = curve.shares()
    quantile = float(_inverse(curve, share, np.array([p]))[0])
    events = curve.n * curve.mean_events
    design_effect = _design_effect(curve, share, p) * events
    variance = design_effect * p * (1.0 - p) / events
    if variance < NO_VARIANCE:
        variance = 0.0
    return QuantileArm(curve, share, p, quantile, math.sqrt(variance), design_effect)


def _inverse(curve: QuantileCurve, share: FloatArray, levels: FloatArray) -> FloatArray:
    grid, last = curve.grid, len(curve.grid) - 1
    above = np.searchsorted(share, levels - ROUNDING)
    k = np.minimum(above, last)
    before = np.maximum(k - 1, 0)
    below = share[k] - curve.mean_at[k] / curve.mean_events
    rise = np.maximum(below - share[before], ROUNDING)
    # A level within rounding of a share must not be read off beyond the cell.
    part = np.clip((levels - share[before]) / rise, 0.0, 1.0)
    between = np.where(k > 0, grid[before] + part * (grid[k] - grid[before]), -np.inf)
    value = np.where(levels - ROUNDING > below, grid[k], between)
    value = np.where(above > last, np.inf, value)
    return np.asarray(np.where(levels <= 0.0, -np.inf, value), dtype=np.float64)


def _design_effect(curve: QuantileCurve, share: FloatArray, p: float) -> float:
    """var(F) / (F (1 - F)) where F passes p, interpolated; the share itself may jump past p."""
    k = min(int(np.searchsorted(share, p - ROUNDING)), len(share) - 1)
    at = np.array([max(k - 1, 0), k])
    spread = share[at] * (1.0 - share[at])
    usable = spread > ROUNDING
    if not usable.any():
        return 1.0 / (curve.n * curve.mean_events)
    ratio = curve.share_variances()[at][usable] / spread[usable]
    return float(np.interp(p, share[at][usable], ratio)) if usable.all() else float(ratio[0])


def _is_finite(curve: QuantileCurve) -> bool:
    columns = (curve.mean_at, curve.mean_at_or_below, curve.var_at_or_below, curve.cov_with_events)
    numbers = (curve.mean_events, curve.var_events)
    return all(bool(np.isfinite(column).all()) for column in (*columns, np.array(numbers)))
