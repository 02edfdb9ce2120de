"""The mixture sequential probability ratio test of a normal estimate."""

import math
from typing import NamedTuple

from abstats.inference.anytime.normal_mixture import critical_z, log_e_value
from abstats.inference.checks import require_finite, require_fraction


class MixtureTest(NamedTuple):
    """A mixture sequential probability ratio test at one look.

    Attributes:
        log_e_value: Logarithm of the mixture likelihood ratio against the null.
        p_value: min(1, 1 / ratio): at most alpha at any look with probability at most alpha.
        ci_lower: Lower bound of the confidence sequence at 1 - alpha.
        ci_upper: Upper bound; infinite for one side.
    """

    log_e_value: float
    p_value: float
    ci_lower: float
    ci_upper: float


def mixture_sprt(
    estimate: float,
    std_error: float,
    mixing_sd: float,
    *,
    null: float = 0.0,
    alpha: float = 0.05,
    sides: int = 2,
) -> MixtureTest:
    """Test `estimate` against `null`, mixing the effect over N(null, mixing_sd^2).

    Johari, Pekelis & Walsh (2022), "Always valid inference", Operations Research 70, eq. 11; the
    test is Robbins' (1970). Exact when the estimate is normal with a known standard error. The
    mixing distribution is fixed before the first look. One-sided, it is mixed over its upper half
    and only estimates above `null` are evidence.

    Args:
        estimate: The estimated effect.
        std_error: Its standard error, > 0.
        mixing_sd: Standard deviation of effects worth finding, > 0, in the unit of `estimate`.
        null: The effect under the null.
        alpha: Level of the confidence sequence; below .5 for one side.
        sides: 2 or 1.

    Raises:
        ValueError: An argument is out of range.
    """
    require_fraction("alpha", alpha)
    for name, value in (("estimate", estimate), ("null", null)):
        require_finite(name, value)
    for name, value in (("std_error", std_error), ("mixing_sd", mixing_sd)):
        if not 0.0 < value < math.inf:
            raise ValueError(f"{name} == {value!r}, must be > 0 and finite.")
    growth = (mixing_sd / std_error) ** 2
    log_e = log_e_value((estimate - null) / std_error, growth, sides)
    half_width = critical_z(growth, alpha, sides) * std_error
    upper = estimate + half_width if sides == 2 else math.inf
    return MixtureTest(log_e, math.exp(-max(log_e, 0.0)), estimate - half_width, upper)
