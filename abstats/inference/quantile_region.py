"""The joint confidence region of two arms' quantiles, and what it says about their contrasts."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from abstats.inference.quantile_curve import QuantileArm
from abstats.inference.tails import critical_value
from abstats.moments import FloatArray

# The region's edge is read off at these angles, the axes among them: bounds fall short of the
# exact ones by less than 1e-4 of their distance from the estimate.
ANGLES = np.arange(256) * (2.0 * np.pi / 256)
COSINES, SINES = np.cos(ANGLES), np.sin(ANGLES)
FARTHEST = 1e3
HALVINGS = 48

Contrast = Callable[[FloatArray, FloatArray], FloatArray]


@dataclass(frozen=True, eq=False)
class QuantileRegion:
    """Control's and the treatment's quantile.

    Woodruff's (1952) interval of one quantile inverts p -+ c se(F). Of two independent arms the
    pairs (q_c, q_t) with z_c(q_c)^2 + z_t(q_t)^2 <= c^2, z = (F - p) / se(F), make up the region;
    an interval of a contrast is the range of its values there. So tests and intervals, absolute
    and relative, at any level, are one thing and agree.

    Attributes:
        control: Control at p.
        treatment: The treatment at p.
        degrees_of_freedom: Of Student's t, from which c is taken.
    """

    control: QuantileArm
    treatment: QuantileArm
    degrees_of_freedom: float

    def edge(self, critical: float) -> tuple[FloatArray, FloatArray]:
        """Quantiles of control and treatment along the region's edge, infinite off the grid."""
        values = [
            arm.at(arm.p + critical * arm.share_std_error * way)
            for arm, way in ((self.control, SINES), (self.treatment, COSINES))
        ]
        return values[0], values[1]

    def difference_bounds(self, critical: float) -> tuple[float, float]:
        """Bounds of q_t - q_c; infinite where a quantile is."""
        control, treatment = self.edge(critical)
        return _range(control, treatment, _difference(control, treatment))

    def relative_bounds(self, critical: float) -> tuple[float, float]:
        """Bounds of (q_t - q_c) / |q_c|; infinite where q_c may be zero or a quantile infinite."""
        control, treatment = self.edge(critical)
        if control.min() <= 0.0 <= control.max():
            return -math.inf, math.inf
        with np.errstate(invalid="ignore"):
            relative = _difference(control, treatment) / np.abs(control)
        return _range(control, treatment, relative)

    def signed_distance(self, contrast: Contrast) -> float:
        """Radius at which the region first meets `contrast == 0`, with the contrast's sign.

        It plays the part of a t statistic: a region within the critical value excludes zero
        exactly where the distance is beyond it. Zero where the estimates themselves meet it.
        """
        at_estimates = contrast(
            np.array([self.control.quantile]), np.array([self.treatment.quantile])
        )
        if at_estimates[0] == 0.0:
            return 0.0
        sign = math.copysign(1.0, at_estimates[0])

        def excludes_zero(critical: float) -> bool:
            with np.errstate(invalid="ignore"):
                return bool(np.all(sign * contrast(*self.edge(critical)) > 0.0))

        low, high = 0.0, 4.0
        while excludes_zero(high) and high < FARTHEST:
            low, high = high, 2.0 * high
        for _ in range(HALVINGS):
            middle = (low + high) / 2.0
            low, high = (middle, high) if excludes_zero(middle) else (low, middle)
        return sign * low

    def std_error(self) -> float:
        """Half the width of the 95 % interval of the difference over its critical value."""
        critical = critical_value(0.025, self.degrees_of_freedom)
        lower, upper = self.difference_bounds(critical)
        return (upper - lower) / (2.0 * critical)

    def difference_distance(self) -> float:
        """The signed distance from no difference."""
        return self.signed_distance(_difference)


def woodruff_std_error(arm: QuantileArm, degrees_of_freedom: float) -> float:
    """Standard error of one arm's quantile: half of Woodruff's 95 % interval over its c.

    Woodruff (1952), "Confidence intervals for medians and other position measures", JASA 47.
    """
    critical = critical_value(0.025, degrees_of_freedom)
    reach = critical * arm.share_std_error
    lower, upper = arm.at(np.array([arm.p - reach, arm.p + reach]))
    return float(upper - lower) / (2.0 * critical)


def region_freedom(control: QuantileArm, treatment: QuantileArm) -> float:
    """Degrees of freedom of a contrast of two quantiles.

    An arm has a third of its effective events beyond the quantile, over the squared part of the
    variance that comes from clustering: the variance of independent events is known. Both arms
    together by Satterthwaite (1946), as the quantiles' densities are alike.
    """
    arms = (control, treatment)
    shares = np.array([arm.share_std_error**2 for arm in arms])
    if not shares.sum() > 0.0:
        return math.inf
    shares = shares / shares.sum()
    inverse = 0.0
    for arm, part in zip(arms, shares, strict=True):
        clustered = max(1.0 - 1.0 / arm.design_effect, 0.0) if arm.design_effect > 0.0 else 0.0
        inverse += part**2 * clustered**2 / max(arm.effective_tail / 3.0, 1.0)
    return float(1.0 / inverse) if inverse > 0.0 else math.inf


def _difference(control: FloatArray, treatment: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore"):
        return treatment - control


def _range(control: FloatArray, treatment: FloatArray, value: FloatArray) -> tuple[float, float]:
    lower = -math.inf if control.max() == math.inf or treatment.min() == -math.inf else 0.0
    upper = math.inf if control.min() == -math.inf or treatment.max() == math.inf else 0.0
    finite = value[np.isfinite(value)]
    if len(finite) == 0:
        return -math.inf, math.inf
    return (
        lower if math.isinf(lower) else float(finite.min()),
        upper if math.isinf(upper) else float(finite.max()),
    )
