"""O'Brien & Fleming's and Pocock's boundaries for looks fixed in advance."""

import numpy as np
import numpy.typing as npt
from scipy import special

from abstats.inference.checks import require_fraction, require_one_of
from abstats.inference.sequential.boundaries import Bounds, falling_root, require_fractions
from abstats.inference.sequential.crossing import exit_probabilities
from abstats.inference.sequential.increments import IndependentIncrements
from abstats.inference.sequential.spending import require_sides
from abstats.moments import FloatArray

SHAPES = ("obrien_fleming", "pocock")


def classic_bounds(shape: str, fractions: npt.ArrayLike, *, alpha: float, sides: int = 2) -> Bounds:
    """Bounds of one shape whose total crossing probability is alpha.

    Pocock (1977): a constant C. O'Brien & Fleming (1979): C sqrt(t(K) / t(k)), a constant bound
    on the score. The constant depends on all looks, so unlike a spending function's bounds these
    hold only if exactly the planned looks are taken.

    Args:
        shape: "obrien_fleming" or "pocock".
        fractions: Information fractions of all looks, increasing, shape (looks,).
        alpha: Type I error, all sides together; below .5 per side.
        sides: 1 or 2.

    Raises:
        ValueError: An argument is out of range.
    """
    require_one_of("shape", shape, SHAPES)
    require_fraction("alpha", alpha)
    require_sides(sides)
    if alpha / sides >= 0.5:
        raise ValueError(f"alpha == {alpha!r}, must be < .5 per side.")
    t = require_fractions(fractions)
    relative = np.sqrt(t[-1] / t) if shape == "obrien_fleming" else np.ones(t.size)
    nowhere = np.full(t.size, -np.inf)

    def crossed(constant: float) -> FloatArray:
        exits = exit_probabilities(
            IndependentIncrements(t), constant * relative, nowhere, sides, theta=0.0
        )
        total: FloatArray = np.cumsum(exits.above + exits.below)
        return total

    bonferroni = -float(special.ndtri(alpha / sides / t.size))
    constant = falling_root(lambda c: float(crossed(c)[-1]), alpha, bonferroni)
    upper = constant * relative
    return Bounds(
        fractions=t,
        upper=upper,
        futility=nowhere,
        alpha_spent=crossed(constant),
        nominal_alpha=sides * special.ndtr(-upper),
        sides=sides,
    )
