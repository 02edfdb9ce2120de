"""The normal mixture: evidence and boundaries for a sum that is watched all the time.

A sum S with variance V that grows by independent steps; under the null its mean is zero. Mixing the
likelihood ratio over drifts from N(0, 1 / rho) gives a martingale that starts at 1, so it ever
exceeds 1 / alpha with probability at most alpha (Ville). Everything depends on two numbers: z, the
sum in standard deviations, and growth, V / rho.

Robbins (1970), "Statistical methods related to the law of the iterated logarithm", Ann. Math.
Statist. 41; Howard, Ramdas, McAuliffe & Sekhon (2021), "Time-uniform, nonparametric, nonasymptotic
confidence sequences", Ann. Statist. 49, propositions 5 and 6.
"""

import math

from scipy import optimize, special

from abstats.inference.checks import require_fraction


def tuned_growth(alpha: float, sides: int = 2) -> float:
    """V / rho at which the boundary is about as tight as a mixture's can be.

    Howard et al. (2021), eq. 3.6, their closed form: the boundary it gives is within .3 % of the
    tightest one's. One-sided, that of twice the level.

    Args:
        alpha: Probability of ever crossing, in (0, 1); below .5 for one side.
        sides: 2, or 1 for a mixture over positive drifts only.

    Raises:
        ValueError: `alpha` or `sides` is out of range.
    """
    _require_sides(alpha, sides)
    log_level = -2.0 * math.log(alpha if sides == 2 else 2.0 * alpha)
    return log_level + math.log1p(log_level)


def log_e_value(z: float, growth: float, sides: int = 2) -> float:
    """Logarithm of the mixture martingale, the evidence against a mean of zero.

    Args:
        z: The sum over its standard deviation.
        growth: V / rho, > 0.
        sides: 2; or 1, when only positive sums count as evidence.
    """
    u = z * math.sqrt(growth / (1.0 + growth))
    two_sided = 0.5 * (u * u - math.log1p(growth))
    if sides == 2:
        return two_sided
    return two_sided + math.log(2.0) + float(special.log_ndtr(u))


def critical_z(growth: float, alpha: float, sides: int = 2) -> float:
    """The z at which the evidence reaches 1 / alpha: what a look at this growth must exceed.

    Raises:
        ValueError: `alpha` or `sides` is out of range.
    """
    _require_sides(alpha, sides)
    u = math.sqrt(math.log1p(growth) - 2.0 * math.log(alpha))
    stretch = math.sqrt(1.0 + 1.0 / growth)
    if sides == 2:
        return u * stretch

    def excess(z: float) -> float:
        return log_e_value(z, growth, 1) + math.log(alpha)

    return float(optimize.brentq(excess, 0.0, u * stretch, xtol=1e-13, rtol=1e-14))


def boundary(variance: float, rho: float, alpha: float, sides: int = 2) -> float:
    """The value that a sum with this variance crosses, ever, with probability at most `alpha`.

    Exact for normal and sub-Gaussian steps of known variance. Shape of confseq's
    `normal_mixture_bound`.

    Args:
        variance: Of the sum so far, > 0.
        rho: Precision of the mixing distribution, in the unit of `variance`; `planned variance /
            tuned_growth(alpha)` is tightest at the planned variance.
        alpha: Probability of ever crossing.
        sides: 2 for |S|, 1 for S.

    Raises:
        ValueError: An argument is out of range.
    """
    for name, value in (("variance", variance), ("rho", rho)):
        if not 0.0 < value < math.inf:
            raise ValueError(f"{name} == {value!r}, must be > 0 and finite.")
    return math.sqrt(variance) * critical_z(variance / rho, alpha, sides)


def _require_sides(alpha: float, sides: int) -> None:
    require_fraction("alpha", alpha)
    if sides not in (1, 2):
        raise ValueError(f"sides == {sides!r}, must be 1 or 2.")
    if sides == 1 and alpha >= 0.5:
        raise ValueError(f"alpha == {alpha!r}, must be < 0.5 for one side.")
