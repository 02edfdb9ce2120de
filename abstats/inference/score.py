"""Two proportions by the score test: its statistic at any null, and intervals by inversion.

Mee (1984), "Confidence bounds for the difference between two probabilities", Biometrics 40;
Miettinen & Nurminen (1985), Statistics in Medicine 4 (the closed form of the restricted estimate,
without their factor N/(N-1), so that the null test is the pooled z); Koopman (1984), "Confidence
intervals for the ratio of two binomial proportions", Biometrics 40.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

from scipy import optimize

# The statistic of a null under which the data could not have arisen: finite for root finding.
IMPOSSIBLE = 1e9


class Counts(NamedTuple):
    """Events among units in two arms.

    Attributes:
        control: Control's units with the event.
        control_n: Control's units, >= 1.
        treatment: The treatment's units with the event.
        treatment_n: The treatment's units, >= 1.
    """

    control: int
    control_n: int
    treatment: int
    treatment_n: int


def difference_statistic(counts: Counts, difference: float = 0.0) -> float:
    """Score z of the null `treatment - control == difference`, within [-1, 1]."""
    x0, n0, x1, n1 = counts
    gap = x1 / n1 - x0 / n0 - difference
    # Of events and non-events, the rarer are counted: their probability keeps its digits.
    if 2 * (x0 + x1) > n0 + n1:
        x0, x1, difference = n0 - x0, n1 - x1, -difference
    if difference >= 0.0:
        p0 = _smaller_probability(x0, n0, x1, n1, difference)
        p1 = p0 + difference
    else:
        p1 = _smaller_probability(x1, n1, x0, n0, -difference)
        p0 = p1 - difference
    return standardised(gap, p1 * (1.0 - p1) / n1 + p0 * (1.0 - p0) / n0)


def ratio_statistic(counts: Counts, ratio: float = 1.0) -> float:
    """Score z of the null `treatment / control == ratio`, > 0.

    The restricted estimates solve a quadratic; its terms are ordered so that none cancels.
    """
    x0, n0, x1, n1 = counts
    gap = x1 / n1 - ratio * (x0 / n0)
    excess = ratio - 1.0
    others = (n0 - x0) + (n1 - x1)
    inner = ratio * (n1 - x0) + (n0 - x1)
    root = math.sqrt(max(inner * inner + 4.0 * excess * (ratio * (n1 * x0) - n0 * x1), 0.0))
    scale = ratio * (n1 + x0) + n0 + x1 + root
    p0 = 2.0 * (x0 + x1) / scale
    not_p0 = max(excess * (n1 + x0) + others + root, 0.0) / scale
    not_p1 = max(-excess * (n0 + x1) + ratio * others + root, 0.0) / scale
    return standardised(gap, ratio * p0 * not_p1 / n1 + ratio * ratio * p0 * not_p0 / n0)


def restricted_by_difference(counts: Counts, difference: float) -> tuple[float, float]:
    """Control's and the treatment's probability, most likely where they differ by `difference`."""
    x0, n0, x1, n1 = counts
    is_flipped = 2 * (x0 + x1) > n0 + n1
    if is_flipped:
        x0, x1, difference = n0 - x0, n1 - x1, -difference
    if difference >= 0.0:
        p0 = _smaller_probability(x0, n0, x1, n1, difference)
        p1 = p0 + difference
    else:
        p1 = _smaller_probability(x1, n1, x0, n0, -difference)
        p0 = p1 - difference
    p0, p1 = min(p0, 1.0), min(p1, 1.0)
    return (1.0 - p0, 1.0 - p1) if is_flipped else (p0, p1)


def restricted_by_ratio(counts: Counts, ratio: float) -> tuple[float, float]:
    """Control's probability and `ratio` times it, the treatment's, at their most likely."""
    x0, n0, x1, n1 = counts
    excess = ratio - 1.0
    inner = ratio * (n1 - x0) + (n0 - x1)
    root = math.sqrt(max(inner * inner + 4.0 * excess * (ratio * (n1 * x0) - n0 * x1), 0.0))
    p0 = 2.0 * (x0 + x1) / (ratio * (n1 + x0) + n0 + x1 + root)
    return min(p0, 1.0), min(ratio * p0, 1.0)


def difference_interval(counts: Counts, critical: float) -> tuple[float, float]:
    """Differences that the score test does not reject at critical value `critical`."""
    x0, n0, x1, n1 = counts
    p0, p1 = x0 / n0, x1 / n1
    step = critical * math.sqrt(p0 * (1 - p0) / n0 + p1 * (1 - p1) / n1 + 1 / n0**2 + 1 / n1**2)
    at = p1 - p0

    def bound(target: float) -> float:
        return where_decreasing(
            lambda d: difference_statistic(counts, d) - target, at, step, -1.0, 1.0
        )

    return bound(critical), bound(-critical)


def ratio_interval(counts: Counts, critical: float) -> tuple[float, float]:
    """Ratios that the score test does not reject; infinite above if control has no events."""
    x0, n0, x1, n1 = counts
    at = math.log((x1 + 0.5) / (n1 + 1)) - math.log((x0 + 0.5) / (n0 + 1))
    step = critical * math.sqrt(1 / (x0 + 0.5) + 1 / (x1 + 0.5))

    def bound(target: float) -> float:
        return math.exp(
            where_decreasing(
                lambda u: ratio_statistic(counts, math.exp(u)) - target, at, step, -300.0, 300.0
            )
        )

    lower = 0.0 if x1 == 0 else bound(critical)
    upper = math.inf if x0 == 0 else bound(-critical)
    return lower, upper


def standardised(gap: float, variance: float) -> float:
    """The gap in standard errors; far out where the null allows no gap at all."""
    if variance > 0.0:
        return gap / math.sqrt(variance)
    return 0.0 if gap == 0.0 else math.copysign(IMPOSSIBLE, gap)


def _smaller_probability(x0: int, n0: int, x1: int, n1: int, d: float) -> float:
    """Maximum likelihood of arm 0's probability when arm 1's lies `d` >= 0 above it.

    The root of a cubic (Miettinen & Nurminen 1985, appendix I), by Newton steps from their closed
    form: for rare events that is good to 1e-8 only, which may be more than the root itself.
    """
    n = n0 + n1
    if d == 0.0:
        return (x0 + x1) / n
    l2 = ((n1 + 2 * n0) * d - n - x0 - x1) / n
    l1 = ((n0 * d - n - 2 * x0) * d + x0 + x1) / n
    l0 = x0 * d * (1.0 - d) / n
    low, high = 0.0, 1.0 - d
    root = min(max(_closed_form(l2, l1, l0), low), high)
    for _ in range(60):
        # The cubic has the sign of the likelihood's slope, so it brackets the maximum.
        value = ((root + l2) * root + l1) * root + l0
        low, high = (root, high) if value > 0.0 else (low, root)
        slope = (3.0 * root + 2.0 * l2) * root + l1
        step = root - value / slope if slope < 0.0 else math.nan
        if not low <= step <= high:
            step = (low + high) / 2.0
        if abs(step - root) <= 4e-16 * root:
            return step
        root = step
    return root


def _closed_form(l2: float, l1: float, l0: float) -> float:
    """The middle root of x^3 + l2 x^2 + l1 x + l0, which has three real ones."""
    q = l2**3 / 27.0 - l1 * l2 / 6.0 + l0 / 2.0
    p = math.copysign(math.sqrt(max(l2 * l2 / 9.0 - l1 / 3.0, 0.0)), q)
    if p == 0.0:
        return -l2 / 3.0
    angle = (math.pi + math.acos(min(max(q / p**3, -1.0), 1.0))) / 3.0
    return 2.0 * p * math.cos(angle) - l2 / 3.0


def where_decreasing(
    f: Callable[[float], float], start: float, step: float, low: float, high: float
) -> float:
    """The root of a decreasing function within [low, high], or the end where it has none."""
    near, far = start, start
    direction, end = (1.0, high) if f(start) > 0.0 else (-1.0, low)
    while (f(far) > 0.0) == (direction > 0.0):
        if far == end:
            return end
        near, far = far, min(max(far + direction * step, low), high)
        step *= 2.0
    return float(optimize.brentq(f, near, far, xtol=1e-16, rtol=8.9e-16, maxiter=200))
