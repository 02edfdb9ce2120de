"""Dunnett's test: several treatments compared with one control, exactly.

Dunnett (1955), "A Multiple Comparison Procedure for Comparing Several Treatments with a Control",
JASA 50; unequal arms: Dunnett (1964), Biometrics 20; unequal variances: Hasler & Hothorn (2008),
"Multiple Contrast Tests in the Presence of Heteroscedasticity", Biometrical Journal 50, whose
plug-in method refers each comparison to a multivariate t with its own degrees of freedom.

The comparisons are correlated through control alone, so their joint distribution is a mixture of
independent ones: T_i = (sqrt(1 - c_i) e_i - sqrt(c_i) Z) / S, with c_i control's share of the
variance of comparison i, e_i and Z standard normal, and S^2 a chi-square over its degrees of
freedom. Two sums over grids integrate Z and log S out; the trapezoidal rule has an error below
1e-15 for them, as the integrands are analytic and vanish at both ends.
"""

import math

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from abstats.inference.checks import require_fraction
from abstats.inference.tails import critical_value
from abstats.moments import FloatArray

# Beyond so many standard deviations a normal density is below 1e-17 of its height.
FAR = 9.0
# Correlations closer to 1 are taken for this: the grid over Z grows with 1 / sqrt(1 - share).
LARGEST_SHARE = 1.0 - 1e-4
# A normal tail beyond this is zero in floating point.
NOTHING_BEYOND = 40.0


def dunnett_p_values(
    p_values: npt.ArrayLike,
    control_shares: npt.ArrayLike,
    degrees_of_freedom: npt.ArrayLike,
    *,
    sides: int = 2,
) -> FloatArray:
    """Adjusted p-values of the comparisons of one metric with one control, shape (m,).

    The probability that, with no effect anywhere, any comparison has a p-value at most as small.
    Never above Bonferroni's m p. NaNs stay NaN and do not count.

    Args:
        p_values: Each comparison's own, with `sides` tails; in [0, 1] or NaN, shape (m,).
        control_shares: Control's units' share of the variance of each effect, in [0, 1), shape
            (m,): n_i / (n_i + n_0) with equal variances. Effects i and j have correlation
            sqrt(share_i share_j); with 0 they are independent, which is Sidak's correction.
        degrees_of_freedom: Of each comparison's t; infinite for a normal statistic, shape (m,).
        sides: 2, or 1 where all comparisons look at the same side.

    Raises:
        ValueError: Shapes differ, or an argument is outside its range.
    """
    p, shares, freedom, known = _family(p_values, control_shares, degrees_of_freedom, sides)
    family = shares[known]
    for i in np.flatnonzero(known):
        if 0.0 < p[i] < 1.0 and family.size > 1:
            critical = critical_value(float(p[i]) / sides, float(freedom[i]))
            # Rounding of the integral must not undercut the p-value itself.
            p[i] = min(max(_any_beyond(critical, family, float(freedom[i]), sides), p[i]), 1.0)
    return p


def dunnett_alphas(
    control_shares: npt.ArrayLike,
    degrees_of_freedom: npt.ArrayLike,
    alpha: float,
    *,
    sides: int = 2,
) -> FloatArray:
    """Levels at which each comparison's own interval or test is simultaneous, shape (m,).

    All intervals at these levels hold together with probability 1 - alpha, and one leaves out zero
    exactly where its adjusted p-value is at most alpha. Where an argument of a comparison is NaN
    so is its level, and it does not count.

    Args:
        control_shares: As for `dunnett_p_values`.
        degrees_of_freedom: As for `dunnett_p_values`.
        alpha: Family-wise level, in (0, 1).
        sides: 1 or 2.

    Raises:
        ValueError: Shapes differ, or an argument is outside its range.
    """
    require_fraction("alpha", alpha)
    p = np.zeros(np.shape(control_shares))
    p, shares, freedom, known = _family(p, control_shares, degrees_of_freedom, sides)
    family, levels = shares[known], np.full(p.shape, np.nan)
    for i in np.flatnonzero(known):
        own = float(freedom[i])
        # In logs both ways it is nearly a straight line; Bonferroni's level is too low.
        log_level = optimize.brentq(
            lambda u, own=own: math.log(
                _any_beyond(critical_value(math.exp(u) / sides, own), family, own, sides) / alpha
            ),
            math.log(alpha / family.size) - 1e-6,
            math.log(alpha) + 1e-6,
            xtol=1e-12,
            rtol=1e-13,
        )
        levels[i] = min(math.exp(log_level), alpha)
    return levels


def _any_beyond(critical: float, shares: FloatArray, freedom: float, sides: int) -> float:
    """P(any T_i > critical), or any |T_i|, keeping its digits far out."""
    if math.isinf(freedom):
        return float(_any_normal_beyond(np.array([critical]), shares, sides)[0])
    # S in logs: where its density is large, and where (for large `critical`) the product is.
    deviation = 1.0 / math.sqrt(2.0 * freedom)
    low = -0.5 * math.log1p(critical * critical / freedom) - FAR * deviation - 40.0 / freedom
    high = FAR * deviation
    step = min(deviation / 1.5, 0.12)
    log_s = np.arange(low, high + step, step)
    weights = np.exp(freedom * (log_s - np.expm1(2.0 * log_s) / 2.0))
    beyond = _any_normal_beyond(critical * np.exp(log_s), shares, sides)
    return float(weights @ beyond / weights.sum())


def _any_normal_beyond(critical: FloatArray, shares: FloatArray, sides: int) -> FloatArray:
    """P(any normal T_i > critical), or any |T_i|, for each critical value; shape (critical,)."""
    own, common = np.sqrt(1.0 - shares), np.sqrt(shares)
    critical = np.clip(critical, -NOTHING_BEYOND, NOTHING_BEYOND)
    widest = float(np.abs(critical).max())
    reach = FAR + widest * float(common.max())
    narrowest = float((own / np.maximum(common, 1e-300)).min()) / math.sqrt(shares.size)
    step = min(1.0, narrowest) / 1.5
    z = np.arange(-reach, reach + step, step)
    density = np.exp(-z * z / 2.0)
    inside = np.zeros((critical.size, z.size))
    for width, slope in zip(own, common, strict=True):
        beyond = special.ndtr((slope * z - critical[:, None]) / width)
        if sides == 2:
            beyond += special.ndtr((-slope * z - critical[:, None]) / width)
        with np.errstate(divide="ignore"):
            inside += np.log1p(-np.minimum(beyond, 1.0))
    result: FloatArray = -np.expm1(inside) @ density / density.sum()
    return result


def _family(
    p_values: npt.ArrayLike,
    control_shares: npt.ArrayLike,
    degrees_of_freedom: npt.ArrayLike,
    sides: int,
) -> tuple[FloatArray, FloatArray, FloatArray, npt.NDArray[np.bool_]]:
    if sides not in (1, 2):
        raise ValueError(f"sides == {sides!r}, must be 1 or 2.")
    p = np.array(p_values, dtype=np.float64)
    shares = np.array(control_shares, dtype=np.float64)
    freedom = np.array(degrees_of_freedom, dtype=np.float64)
    for name, values in (("control_shares", shares), ("degrees_of_freedom", freedom)):
        if values.shape != p.shape or p.ndim != 1:
            raise ValueError(f"{name} has shape {values.shape}, must be (m,) as the others.")
    known = ~(np.isnan(p) | np.isnan(shares) | np.isnan(freedom))
    if np.any((p[known] < 0.0) | (p[known] > 1.0)):
        raise ValueError(f"p_values == {p.tolist()!r}, must be >= 0 and <= 1.")
    if np.any((shares[known] < 0.0) | (shares[known] >= 1.0)):
        raise ValueError(f"control_shares == {shares.tolist()!r}, must be >= 0 and < 1.")
    if np.any(freedom[known] <= 0.0):
        raise ValueError(f"degrees_of_freedom == {freedom.tolist()!r}, must be > 0.")
    p[~known] = np.nan
    return p, np.minimum(shares, LARGEST_SHARE), freedom, known
