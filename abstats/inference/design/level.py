"""What corrections and looks cost a comparison."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import special

from abstats.inference.anytime.normal_mixture import critical_z, tuned_growth
from abstats.inference.checks import require_fraction, require_one_of
from abstats.inference.dunnett import dunnett_alphas
from abstats.inference.multiplicity import METHODS, interval_alphas
from abstats.inference.sequential import (
    Bounds,
    Spending,
    drift_for_power,
    futility_design,
    inflation_factor,
    spending_bounds,
)


def comparison_alpha(
    alpha: float,
    correction: str,
    *,
    metrics: int = 1,
    weights: Sequence[float] = (0.5, 0.5),
    sides: int = 2,
    all_pairs: bool = False,
) -> float:
    """The level that a correction leaves to one comparison if no other is significant.

    So the power at that level is the least a comparison has; step-wise methods have more of it
    where others are significant too.

    Args:
        alpha: Level of the family, in (0, 1).
        correction: A method of `adjust_p_values`, or "dunnett" (exact over the treatments,
            Bonferroni's over metrics).
        metrics: Metrics in the family, each compared for every treatment.
        weights: Shares of the units: control's, then each treatment's. The level is that of the
            first treatment; with Dunnett it depends on all.
        sides: 1 or 2.
        all_pairs: The treatments are compared with each other too; not with Dunnett.

    Raises:
        ValueError: An argument is outside its range.
    """
    require_fraction("alpha", alpha)
    require_one_of("correction", correction, (*METHODS, "dunnett"))
    treatments = len(weights) - 1
    if metrics < 1 or treatments < 1:
        raise ValueError(f"metrics == {metrics!r} and treatments == {treatments!r}, must be >= 1.")
    if correction == "dunnett":
        shares = [weight / (weight + weights[0]) for weight in weights[1:]]
        freedom = [math.inf] * treatments
        return float(dunnett_alphas(shares, freedom, alpha / metrics, sides=sides)[0])
    pairs = treatments * (treatments + 1) // 2 if all_pairs else treatments
    return float(interval_alphas([1.0] * (metrics * pairs), correction, alpha)[0])


def sequential_inflation(
    looks: int | Sequence[float],
    spending: Spending,
    *,
    alpha: float,
    power: float,
    sides: int = 2,
    futility: Spending | None = None,
) -> float:
    """Largest number of units of a group sequential design over that of a single test.

    Jennison & Turnbull (2000), sec. 2.3, for looks that each may stop.

    Args:
        looks: How many, equally spaced; or their information fractions, increasing up to 1.
        spending: Spending function of alpha.
        alpha: Level over all looks, in (0, 1).
        power: Power, in (0, 1).
        sides: 1 or 2.
        futility: Spending function of 1 - power, for bounds that do not bind; None for none.

    Raises:
        ValueError: `looks` is below 1, or an argument is outside its range.
    """
    fractions = _fractions(looks)
    if futility is not None and len(fractions) > 1:
        bounds, drift = futility_design(
            fractions,
            alpha=alpha,
            power=power,
            spending=spending,
            beta_spending=futility,
            sides=sides,
        )
    else:
        bounds = spending_bounds(fractions, alpha=alpha, spending=spending, sides=sides)
        drift = drift_for_power(bounds, power)
    # Boundaries are exact to 1e-9: a single look is the fixed test.
    return max(inflation_factor(bounds, drift, power), 1.0)


def always_valid_inflation(
    looks: int | Sequence[float],
    *,
    alpha: float,
    power: float,
    tuned_alpha: float,
    sides: int = 2,
) -> float:
    """Units until an always valid design has the power, over those of a single test.

    The bounds of the normal mixture, tuned at the planned units, hold for more looks than are
    taken; what they cost at these is found by the same recursion as for planned bounds.

    Args:
        looks: As for `sequential_inflation`.
        alpha: Level of the comparison, in (0, 1).
        power: Power, in (0, 1).
        tuned_alpha: Level that the mixture is tuned for: the experiment's.
        sides: 1 or 2.

    Raises:
        ValueError: As for `sequential_inflation`.
    """
    fractions = np.array(_fractions(looks))
    growth = tuned_growth(tuned_alpha, sides)
    upper = np.array([critical_z(t * growth, alpha, sides) for t in fractions])
    bounds = Bounds(
        fractions=fractions,
        upper=upper,
        futility=np.full_like(upper, -np.inf),
        alpha_spent=np.full_like(upper, alpha),
        nominal_alpha=sides * special.ndtr(-upper),
        sides=sides,
    )
    return max(inflation_factor(bounds, drift_for_power(bounds, power), power), 1.0)


def _fractions(looks: int | Sequence[float]) -> list[float]:
    if not isinstance(looks, int):
        return list(looks)
    if looks < 1:
        raise ValueError(f"looks == {looks!r}, must be >= 1.")
    return [look / looks for look in range(1, looks + 1)]
