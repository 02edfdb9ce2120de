"""What a group sequential design does if the effect is so large: power, expected information."""

import math
from typing import NamedTuple

from scipy import optimize, special

from abstats.inference.checks import require_finite, require_fraction
from abstats.inference.sequential.boundaries import Bounds, looks_of
from abstats.inference.sequential.crossing import exit_probabilities
from abstats.moments import FloatArray


class OperatingCharacteristics(NamedTuple):
    """A design's behaviour at one drift.

    Attributes:
        drift: theta sqrt(planned maximal information); 0 is the null hypothesis.
        reject_upper: Probability of rejecting above at each look, shape (looks,).
        reject_lower: Of rejecting below (two-sided tests; 0 else), shape (looks,).
        futility: Of stopping for futility before the last look, shape (looks,).
        power: Probability of rejecting above; at drift 0 the type I error of that side.
        expected_fraction: Expected information at the stop over the planned maximum.
    """

    drift: float
    reject_upper: FloatArray
    reject_lower: FloatArray
    futility: FloatArray
    power: float
    expected_fraction: float


def operating_characteristics(bounds: Bounds, drift: float) -> OperatingCharacteristics:
    """Stopping probabilities, power and expected information if every bound stops.

    A fixed test of alpha and power needs drift z(alpha) + z(power). With a correlation matrix the
    drift's mean at a look is taken as drift x sqrt(fraction), so fractions must be information.

    Raises:
        ValueError: The drift is not finite.
    """
    require_finite("drift", drift)
    looks = looks_of(bounds.fractions, bounds.correlation)
    exits = exit_probabilities(looks, bounds.upper, bounds.futility, bounds.sides, drift)
    futility = exits.futility.copy()
    futility[-1] = 0.0
    stops = exits.above + exits.below + futility
    stops[-1] = 1.0 - stops[:-1].sum()
    return OperatingCharacteristics(
        drift=drift,
        reject_upper=exits.above,
        reject_lower=exits.below,
        futility=futility,
        power=float(exits.above.sum()),
        expected_fraction=float(stops @ bounds.fractions),
    )


def drift_for_power(bounds: Bounds, power: float) -> float:
    """The drift at which the bounds reject above with this probability.

    Raises:
        ValueError: `power` is not in (0, 1), or no larger than the one-sided type I error.
    """
    require_fraction("power", power)
    size = operating_characteristics(bounds, 0.0).power
    if power <= size:
        raise ValueError(f"power == {power!r}, must be > {size:.6g}, the type I error.")
    high = 2.0
    while operating_characteristics(bounds, high).power < power:
        high *= 1.5
    return float(
        optimize.brentq(
            lambda drift: operating_characteristics(bounds, drift).power - power,
            0.0,
            high,
            xtol=1e-10,
        )
    )


def inflation_factor(bounds: Bounds, drift: float, power: float) -> float:
    """Maximal information of a design over that of a fixed test of the same alpha and power.

    Jennison & Turnbull (2000), sec. 2.3: R = drift^2 / (z(alpha / sides) + z(power))^2. The
    maximal sample size of a fixed test is to be multiplied by it.

    Args:
        bounds: All looks of the design.
        drift: Where it has the power, from `drift_for_power` or `futility_design`.
        power: That power.
    """
    alpha = float(bounds.alpha_spent[-1])
    fixed = float(special.ndtri(power) - special.ndtri(alpha / bounds.sides))
    return math.pow(drift / fixed, 2) * float(bounds.fractions[-1])
