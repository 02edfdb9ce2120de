"""Intervals and p-values that hold at every look at once, whether or not it stops."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from abstats.inference.sequential.boundaries import Bounds, spending_bounds
from abstats.inference.sequential.running import smallest_alpha
from abstats.inference.sequential.spending import Spending
from abstats.moments import FloatArray


class RepeatedIntervals(NamedTuple):
    """Confidence intervals that all hold together with probability 1 - alpha; shape (looks,).

    Attributes:
        lower: Lower bounds; -inf where the look spends nothing.
        upper: Upper bounds; inf for one-sided bounds.
    """

    lower: FloatArray
    upper: FloatArray


def repeated_intervals(
    bounds: Bounds, estimates: npt.ArrayLike, std_errors: npt.ArrayLike
) -> RepeatedIntervals:
    """Estimate minus and plus the look's bound times its standard error.

    Jennison & Turnbull (2000), ch. 9. Zero is outside exactly when the efficacy bound is crossed;
    they hold under any stopping rule, and with a correlation matrix each for its look's own
    effect.

    Args:
        bounds: The looks so far.
        estimates: Estimated effect at each look, shape (looks,) or (..., looks).
        std_errors: Its standard errors, likewise.

    Raises:
        ValueError: The bounds take futility stops for granted (binding), shapes differ, or a
            standard error is not above zero.
    """
    if bounds.is_binding:
        raise ValueError(
            "bounds.is_binding == True, must be False: with binding futility no interval holds at "
            "looks that should have stopped."
        )
    values = np.asarray(estimates, dtype=np.float64)
    errors = np.asarray(std_errors, dtype=np.float64)
    for name, given in (("estimates", values), ("std_errors", errors)):
        if given.shape[-1:] != bounds.upper.shape:
            raise ValueError(f"{name} has shape {given.shape}, must end in {bounds.upper.shape}.")
    if not (np.isfinite(errors) & (errors > 0.0)).all():
        raise ValueError(f"std_errors == {errors.tolist()!r}, must be > 0 and finite.")
    half_widths = bounds.upper * errors
    above = np.full(values.shape, np.inf) if bounds.sides == 1 else values + half_widths
    return RepeatedIntervals(values - half_widths, above)


def repeated_p_value(
    fractions: npt.ArrayLike,
    statistic: float,
    *,
    spending: Spending,
    sides: int = 2,
    is_final: bool = False,
    correlation: npt.ArrayLike | None = None,
) -> float:
    """The smallest alpha whose bound at the last of these looks the statistic reaches.

    Jennison & Turnbull (2000), sec. 9.5. It may be read at every look: P(any look's value <= a)
    <= a under the null hypothesis, for the running minimum too. 1 if no alpha below .999 does.

    Args:
        fractions: Information fractions of the looks so far, shape (looks,).
        statistic: z-statistic at the last of them.
        spending: Spending function.
        sides: 1 or 2.
        is_final: As for `spending_bounds`.
        correlation: As for `spending_bounds`.

    Raises:
        ValueError: As `spending_bounds`.
    """

    def bound(alpha: float) -> float:
        bounds = spending_bounds(
            fractions,
            alpha=alpha,
            spending=spending,
            sides=sides,
            is_final=is_final,
            correlation=correlation,
        )
        return float(bounds.upper[-1])

    return smallest_alpha(bound, abs(statistic) if sides == 2 else statistic, sides)
