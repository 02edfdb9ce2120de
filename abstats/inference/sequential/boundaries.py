"""Efficacy boundaries at the looks that were taken, from a spending function."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from abstats.inference.checks import require_fraction
from abstats.inference.sequential.correlated import correlated_looks
from abstats.inference.sequential.crossing import Looks, continuation
from abstats.inference.sequential.increments import IndependentIncrements, require_increasing
from abstats.inference.sequential.spending import Spending, cumulative_spending
from abstats.moments import FloatArray

# Error rates below this give no bound at that look; they are spent at the next.
SMALLEST_SPENT = 1e-30
# The least that has a finite normal quantile and all its digits.
SMALLEST_TAIL = 1e-300


class Bounds(NamedTuple):
    """Stopping bounds on the z-statistic, one per look; arrays have shape (looks,).

    Attributes:
        fractions: Information at each look over the planned maximum, increasing. Above 1 when
            the last look overran.
        upper: Reject at or above it; two-sided tests also at or below its negative. inf where
            nothing is spent.
        futility: Stop for futility at or below it; two-sided tests where |z| is at most this.
            -inf where there is none. At the final look of a design with futility bounds it
            equals `upper`.
        alpha_spent: Type I error spent by each look, all sides together.
        nominal_alpha: Level of a fixed test with that bound, all sides together.
        sides: 1 or 2.
        is_binding: Whether the efficacy bounds take for granted that futility bounds stop.
        correlation: Correlation of the looks' statistics, shape (looks, looks); None where
            information has independent increments.
    """

    fractions: FloatArray
    upper: FloatArray
    futility: FloatArray
    alpha_spent: FloatArray
    nominal_alpha: FloatArray
    sides: int
    is_binding: bool = False
    correlation: FloatArray | None = None


def spending_bounds(
    fractions: npt.ArrayLike,
    *,
    alpha: float,
    spending: Spending,
    sides: int = 2,
    is_final: bool = False,
    correlation: npt.ArrayLike | None = None,
) -> Bounds:
    """Efficacy bounds at the looks taken so far, planned or not.

    Lan & DeMets (1983): the bound of a look solves P(first crossing at this look) = error spent
    since the last one, given the earlier bounds. So bounds of earlier looks do not depend on later
    ones, and looks may be added as long as their times do not depend on the effects seen. A
    two-sided test spends half on each side.

    Args:
        fractions: (1 / std_error^2) / planned maximum at each look, from variances and not from
            numbers of units; increasing, shape (looks,). The look that reaches 1 spends what is
            left, at its actual information when that is above 1 (overrunning). With `correlation`
            any increasing measure of progress may stand here, such as time.
        alpha: Type I error, all sides together.
        spending: The spending function.
        sides: 1 (rejection for large statistics) or 2.
        is_final: The last look is the last of all: it spends what is left, also below 1
            (under-running). That must not have been decided by the effect.
        correlation: Correlation matrix of the looks' statistics, shape (looks, looks), where
            increments are not independent, as for totals that go on growing.

    Raises:
        ValueError: An argument is out of range, fractions do not increase, or a look comes
            after one that had reached 1.
    """
    require_fraction("alpha", alpha)
    t = require_fractions(fractions)
    cumulative = cumulative_spending(spending, alpha, t, sides)
    if is_final:
        cumulative[-1] = alpha
    matrix = None if correlation is None else np.asarray(correlation, dtype=np.float64)
    upper = solve_upper(looks_of(t, matrix), cumulative, sides)
    return Bounds(
        fractions=t,
        upper=upper,
        futility=np.full(t.size, -np.inf),
        alpha_spent=cumulative,
        nominal_alpha=sides * special.ndtr(-upper),
        sides=sides,
        correlation=matrix,
    )


def looks_of(fractions: FloatArray, correlation: FloatArray | None) -> Looks[Any]:
    """The joint distribution that bounds at these fractions refer to."""
    if correlation is None:
        return IndependentIncrements(fractions)
    return correlated_looks(correlation, fractions)


def solve_upper(looks: Looks[Any], cumulative: FloatArray, sides: int) -> FloatArray:
    """Upper bounds that spend these cumulative error rates, all sides together."""
    upper = np.empty(len(looks))
    state = looks.start(0.0)
    spent = 0.0
    for k, target in enumerate((cumulative / sides).tolist()):
        upper[k], gained = upper_bound(looks, state, target - spent)
        spent += gained
        if k + 1 < len(looks):
            state = looks.advance(state, continuation(upper[k], -np.inf, sides))
    return upper


def upper_bound(looks: Looks[Any], state: Any, error: float) -> tuple[float, float]:
    """The bound that the next look crosses with probability `error`, and that probability.

    (inf, 0) where `error` is too small to be spent. If fewer paths than that go on, as binding
    futility bounds may leave, the bound of a look that was the only one.
    """
    if error < SMALLEST_SPENT:
        return math.inf, 0.0
    # The statistic alone exceeds the bound at least as often as on paths that have not stopped.
    high = -float(special.ndtri(error))
    if looks.above(state, -math.inf) <= error:
        return high, looks.above(state, high)
    bound = falling_root(lambda z: looks.above(state, z), error, high)
    return bound, error


def falling_root(probability: Callable[[float], float], target: float, high: float) -> float:
    """Where a falling probability equals its target, at or below `high`.

    Compared as normal quantiles, in which tails of normal statistics are nearly straight lines.
    """
    aim = float(special.ndtri(target))

    def excess(z: float) -> float:
        return float(special.ndtri(max(probability(z), SMALLEST_TAIL))) - aim

    beyond = -excess(high)
    if beyond <= 0.0:
        return high
    width = 1.25 * beyond + 1e-9
    while excess(high - width) < 0.0:
        width *= 2.0
    return float(optimize.brentq(excess, high - width, high, xtol=1e-13, rtol=1e-14))


def require_fractions(fractions: npt.ArrayLike) -> FloatArray:
    """Increasing information fractions of which only the last may reach 1."""
    t = np.atleast_1d(np.asarray(fractions, dtype=np.float64))
    require_increasing("fractions", t)
    if np.any(t[:-1] >= 1.0):
        raise ValueError(
            f"fractions == {t.tolist()!r}, must be < 1 before the last look: the look that "
            "reaches 1 spends all of alpha, and none is left for looks beyond the plan."
        )
    return t
