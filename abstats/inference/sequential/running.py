"""Bounds where the error is spent by one clock and the looks are correlated by another.

What may be spent at a look has only to be known without the effect: a share of calendar time will
do (Lan & DeMets 1989, "Group sequential procedures: calendar versus information time", Statistics
in Medicine 8). So a planned maximum that is estimated wrongly costs power, not type I error, as
long as the joint law of the looks' statistics is right. That follows from the variance of the
running sum: units x estimate is a sum over the units that came so far, its increments are
independent, and corr(z_j, z_k) = sqrt(V_j / V_k) with V = (units x std_error)^2. With equal
variances V grows as 1 / std_error^2 does; where later units vary less or more than earlier ones,
or a ramp weights its periods by their units, only V is right.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy import optimize, special

from abstats.inference.checks import require_finite, require_fraction
from abstats.inference.effect import Effect
from abstats.inference.sequential.boundaries import Bounds, solve_upper
from abstats.inference.sequential.increments import independent_increments
from abstats.inference.sequential.spending import Spending, cumulative_spending
from abstats.inference.sequential.stopping import stage_wise_p_value
from abstats.inference.tails import upper_tail
from abstats.moments import FloatArray

LARGEST_Z = 40.0
# Bound of a fixed test of level 1e-25: no smaller alpha is told from zero.
LARGEST_FIXED = 10.4


def running_variance(effect: Effect) -> float:
    """Variance of units x estimate, the looks' own clock, in any unit: (units x std_error)^2.

    A quantile's standard error comes from the ends of an interval and is too rough for a clock:
    more than one look in ten would have less than the one before it. There it is the units.
    """
    units = effect.control_n + effect.treatment_n
    if effect.region is not None:
        return float(units) if effect.std_error > 0.0 else math.nan
    return (units * effect.std_error) ** 2


def running_bounds(
    spending: Spending,
    times: Sequence[float],
    variances: Sequence[float],
    *,
    alpha: float,
    sides: int,
) -> FloatArray:
    """Upper bounds of the looks so far on their z-statistics, shape (looks,).

    Args:
        spending: The spending function.
        times: The clock that spends, in (0, 1], never falling; the look at 1 spends what is left.
            A look at the time of the one before it spends nothing: its bound is infinite.
        variances: The clock of the joint law, in any unit: `running_variance`. Increasing.
        alpha: Type I error over all looks, all sides together.
        sides: 1 or 2.

    Raises:
        ValueError: An argument is out of range, times fall, or variances do not increase.
    """
    require_fraction("alpha", alpha)
    clock = np.asarray(times, dtype=np.float64)
    if not np.all((clock > 0.0) & (clock <= 1.0)) or np.any(np.diff(clock) < 0.0):
        raise ValueError(f"times == {clock.tolist()!r}, must be > 0, <= 1 and never fall.")
    looks = independent_increments(variances)
    if len(looks) != clock.size:
        raise ValueError(f"variances has {len(looks)} looks, must have those of times.")
    return solve_upper(looks, cumulative_spending(spending, alpha, clock, sides), sides)


def running_p_value(
    spending: Spending,
    times: Sequence[float],
    variances: Sequence[float],
    statistic: float,
    *,
    sides: int,
) -> float:
    """The smallest alpha whose bound at the last of these looks the statistic reaches.

    As `repeated_p_value`, of which it is the form with two clocks: the smallest of the values up
    to a look is a p-value that holds over all of them. 1 where no alpha below .999 is enough.

    Args:
        spending: As for `running_bounds`, as are the others.
        times: The clock that spends.
        variances: The clock of the joint law.
        statistic: z-statistic of the last look.
        sides: 1 (only large statistics count) or 2.

    Raises:
        ValueError: As `running_bounds`, or the statistic is not finite.
    """

    def bound(alpha: float) -> float:
        return float(running_bounds(spending, times, variances, alpha=alpha, sides=sides)[-1])

    return smallest_alpha(bound, abs(statistic) if sides == 2 else statistic, sides)


def running_stage_wise_p_value(
    spending: Spending,
    times: Sequence[float],
    variances: Sequence[float],
    statistic: float,
    *,
    alpha: float,
    sides: int,
) -> float:
    """Stage-wise p-value of a stop at the last of these looks: the first at which it crosses.

    As `stage_wise_p_value`, of which it is the form with two clocks.

    Args:
        spending: As for `running_bounds`, as are the others.
        times: The clock that spends.
        variances: The clock of the joint law.
        statistic: z-statistic of the last look.
        alpha: Type I error over all looks, all sides together.
        sides: 1 (only large statistics count) or 2.

    Raises:
        ValueError: As `running_bounds`, or the statistic is not finite.
    """
    upper = running_bounds(spending, times, variances, alpha=alpha, sides=sides)
    clock = np.asarray(variances, dtype=np.float64)
    bounds = Bounds(
        fractions=clock / clock[-1],
        upper=upper,
        futility=np.full(upper.size, -np.inf),
        alpha_spent=cumulative_spending(spending, alpha, times, sides),
        nominal_alpha=sides * np.array([upper_tail(z) for z in upper.tolist()]),
        sides=sides,
    )
    return stage_wise_p_value(bounds, statistic)


def smallest_alpha(bound: Callable[[float], float], z: float, sides: int) -> float:
    """The alpha whose bound is z; bounds fall as alpha grows. 1 if none below .999 is so low.

    Sought as the normal quantile of alpha, of which bounds are nearly linear functions.
    """
    require_finite("statistic", z)

    def excess(fixed: float) -> float:
        """Bound of the alpha of which `fixed` is the bound of a fixed test, less z."""
        return min(bound(sides * float(special.ndtr(-fixed))), LARGEST_Z) - z

    # A bound is never below that of a fixed test.
    low, high = -float(special.ndtri(0.999 / sides)), min(z, LARGEST_FIXED)
    if low >= high:
        return 1.0
    above = excess(high)
    if above <= 0.0:
        return sides * float(special.ndtr(-high))
    width = 1.25 * above
    while high - width > low and excess(high - width) > 0.0:
        width *= 2.0
    lowest = max(high - width, low)
    if lowest == low and excess(low) > 0.0:
        return 1.0
    return sides * float(special.ndtr(-optimize.brentq(excess, lowest, high, xtol=1e-11)))
