"""How much of an error rate may be spent by an information fraction."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from abstats.inference.checks import require_fraction, require_one_of
from abstats.moments import FloatArray

SPENDING_FUNCTIONS = ("obrien_fleming", "pocock", "hwang_shih_decani", "kim_demets")
LARGEST_GAMMA = 40.0


class Spending(NamedTuple):
    """A spending function.

    Attributes:
        function: "obrien_fleming" (Lan & DeMets 1983), "pocock" (the same), "hwang_shih_decani"
            (Hwang, Shih & DeCani 1990) or "kim_demets" (Kim & DeMets 1987).
        parameter: gamma of Hwang-Shih-DeCani (-40 to 40; 0 spends linearly, -4 is near
            O'Brien-Fleming, 1 near Pocock); rho > 0 of Kim-DeMets (3 near O'Brien-Fleming, 1
            linear). The other two have none and ignore it.
    """

    function: str
    parameter: float = 0.0


def cumulative_spending(
    spending: Spending, error: float, fractions: npt.ArrayLike, sides: int = 1
) -> FloatArray:
    """Error spent by each information fraction t, shape (looks,); all of it from t = 1 on.

    Per side, with a = error / sides (Jennison & Turnbull 2000, sec. 7.2):
    O'Brien-Fleming 2 - 2 Phi(z(a/2) / sqrt t); Pocock a log(1 + (e - 1) t); Hwang-Shih-DeCani
    a (1 - exp(-gamma t)) / (1 - exp(-gamma)); Kim-DeMets a t^rho. The sides' sum is returned.

    Raises:
        ValueError: The function is unknown, `error` is not in (0, 1), `sides` is not 1 or 2,
            rho is not positive and finite, or gamma is beyond 40 either way.
    """
    require_one_of("function", spending.function, SPENDING_FUNCTIONS)
    require_fraction("error", error)
    require_sides(sides)
    t = np.clip(np.asarray(fractions, dtype=np.float64), 0.0, 1.0)
    per_side = error / sides
    if spending.function == "obrien_fleming":
        with np.errstate(divide="ignore"):
            spent = 2.0 * special.ndtr(special.ndtri(per_side / 2.0) / np.sqrt(t))
    elif spending.function == "pocock":
        spent = per_side * np.log1p(np.expm1(1.0) * t)
    elif spending.function == "hwang_shih_decani":
        gamma = spending.parameter
        if not abs(gamma) <= LARGEST_GAMMA:
            raise ValueError(f"gamma == {gamma!r}, must be >= -40 and <= 40.")
        # The limit at 0, where the quotient would be of numbers that have lost their digits.
        is_linear = abs(gamma) < np.finfo(float).tiny
        share = t if is_linear else np.expm1(-gamma * t) / np.expm1(-gamma)
        spent = per_side * share
    else:
        if not 0.0 < spending.parameter < math.inf:
            raise ValueError(f"rho == {spending.parameter!r}, must be > 0 and finite.")
        spent = per_side * t**spending.parameter
    total: FloatArray = np.where(t >= 1.0, error, sides * spent)
    return total


def require_sides(sides: int) -> None:
    """Raise ValueError unless sides is 1 or 2."""
    if sides not in (1, 2):
        raise ValueError(f"sides == {sides!r}, must be 1 or 2.")
