"""Futility bounds from spending the type II error."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from abstats.inference.checks import require_fraction
from abstats.inference.sequential.boundaries import (
    SMALLEST_SPENT,
    Bounds,
    require_fractions,
    upper_bound,
)
from abstats.inference.sequential.crossing import (
    Looks,
    between,
    continuation,
    exit_probabilities,
)
from abstats.inference.sequential.increments import IndependentIncrements, SubDensity
from abstats.inference.sequential.spending import Spending, cumulative_spending


class FutilityDesign(NamedTuple):
    """A design with efficacy and futility bounds that meet at its last look.

    Attributes:
        bounds: The bounds.
        drift: theta sqrt(maximal information) at which the power is the one asked for; with it
            `futility_bounds` gives the bounds at the looks that are really taken.
    """

    bounds: Bounds
    drift: float


def futility_bounds(
    fractions: npt.ArrayLike,
    *,
    drift: float,
    alpha: float,
    beta: float,
    spending: Spending,
    beta_spending: Spending,
    sides: int = 1,
    is_binding: bool = False,
    is_final: bool = False,
) -> Bounds:
    """Efficacy and futility bounds at the looks taken so far.

    Each look's futility bound solves P(stop for futility at this look | drift) = type II error
    spent since the last one (Pampallona, Tsiatis & Kim 2001); at the final look it equals the
    efficacy bound. Non-binding: efficacy bounds as if there were none, so that alpha holds when a
    futility bound is overruled. Binding: they are lower, and alpha holds only if futility stops.

    Args:
        fractions: Information fractions, as for `spending_bounds`.
        drift: theta sqrt(planned maximal information) under the alternative, > 0.
        alpha: Type I error, all sides together.
        beta: Type II error under the alternative.
        spending: Spending function of alpha.
        beta_spending: Spending function of beta.
        sides: 1, futility at or below a bound; or 2, futility where |z| is at most the bound.
        is_binding: Whether efficacy bounds take futility stops for granted.
        is_final: The last look is the last of all, also below fraction 1.

    Raises:
        ValueError: An argument is out of range.
    """
    t = require_fractions(fractions)
    require_fraction("alpha", alpha)
    require_fraction("beta", beta)
    if not 0.0 < drift < math.inf:
        raise ValueError(f"drift == {drift!r}, must be > 0 and finite.")
    looks = IndependentIncrements(t)
    alphas = cumulative_spending(spending, alpha, t, sides)
    if is_final:
        alphas[-1] = alpha
    betas = cumulative_spending(beta_spending, beta, t)
    ends = is_final or t[-1] >= 1.0
    upper, futility = np.full((2, t.size), np.inf)
    null, alternative = looks.start(0.0), looks.start(drift)
    spent, lost = 0.0, 0.0
    for k in range(t.size):
        upper[k], gained = upper_bound(looks, null, alphas[k] / sides - spent)
        spent += gained
        if ends and k + 1 == t.size:
            futility[k] = upper[k]
            break
        futility[k], missed = _futility_bound(looks, alternative, betas[k] - lost, upper[k], sides)
        lost += missed
        if futility[k] >= upper[k]:
            # Nothing goes on from here: later looks, if taken, never reject.
            break
        region = continuation(upper[k], futility[k], sides)
        alternative = looks.advance(alternative, region)
        null = looks.advance(null, region if is_binding else continuation(upper[k], -np.inf, sides))
    return Bounds(
        fractions=t,
        upper=upper,
        futility=futility,
        alpha_spent=alphas,
        nominal_alpha=sides * special.ndtr(-upper),
        sides=sides,
        is_binding=is_binding,
    )


def futility_design(
    fractions: npt.ArrayLike,
    *,
    alpha: float,
    power: float,
    spending: Spending,
    beta_spending: Spending,
    sides: int = 1,
    is_binding: bool = False,
) -> FutilityDesign:
    """Efficacy and futility bounds of a planned design, and the drift that has the power.

    Args as for `futility_bounds`; `fractions` are all planned looks and `power` = 1 - beta.

    Raises:
        ValueError: An argument is out of range.
    """
    require_fraction("alpha", alpha)
    require_fraction("power", power)
    t = require_fractions(fractions)

    def bounds_at(drift: float) -> Bounds:
        return futility_bounds(
            t,
            drift=drift,
            alpha=alpha,
            beta=1.0 - power,
            spending=spending,
            beta_spending=beta_spending,
            sides=sides,
            is_binding=is_binding,
            is_final=True,
        )

    def missing(drift: float) -> float:
        bounds = bounds_at(drift)
        exits = exit_probabilities(
            IndependentIncrements(t), bounds.upper, bounds.futility, sides, drift
        )
        return float(exits.above.sum()) - power

    if power <= alpha / sides:
        raise ValueError(f"power == {power!r}, must be > {alpha / sides!r}, the type I error.")
    fixed = float(special.ndtri(power) - special.ndtri(alpha / sides)) / np.sqrt(t[-1])
    high = 1.1 * fixed
    while missing(high) < 0.0:
        high *= 1.2
    drift = float(optimize.brentq(missing, 0.9 * fixed, high, xtol=1e-10))
    return FutilityDesign(bounds_at(drift), drift)


def _futility_bound(
    looks: Looks[SubDensity], state: SubDensity, error: float, upper: float, sides: int
) -> tuple[float, float]:
    """The bound that stops for futility with probability `error`, at most `upper`."""

    def stopped(z: float) -> float:
        return looks.below(state, z) if sides == 1 else between(looks, state, z)

    if error < SMALLEST_SPENT:
        return -np.inf, 0.0
    highest = stopped(upper)
    if highest <= error:
        return upper, highest
    high = min(upper, 40.0)
    low = 0.0 if sides == 2 else high - 1.0
    while sides == 1 and stopped(low) > error:
        low -= 2.0 * (high - low)
    return float(optimize.brentq(lambda z: stopped(z) - error, low, high, xtol=1e-12)), error
