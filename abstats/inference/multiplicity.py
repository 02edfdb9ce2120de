"""p-values and interval levels adjusted over a family of comparisons."""

import numpy as np
import numpy.typing as npt

from abstats.inference.checks import require_fraction, require_one_of
from abstats.moments import FloatArray

METHODS = ("none", "bonferroni", "holm", "benjamini_hochberg", "benjamini_yekutieli")


def adjust_p_values(p_values: npt.ArrayLike, method: str) -> FloatArray:
    """Adjusted p-values of one family, shape as `p_values`, (m,).

    Reject where the adjusted value is at most alpha. NaNs stay NaN and do not count.
    Holm (1979), Scand. J. Statist. 6; Benjamini & Hochberg (1995), JRSS B 57; Benjamini &
    Yekutieli (2001), Ann. Statist. 29, theorem 1.3.

    Raises:
        ValueError: The method is unknown or a p-value is outside [0, 1].
    """
    require_one_of("method", method, METHODS)
    p = np.array(p_values, dtype=np.float64)
    known = ~np.isnan(p)
    family = p[known]
    if np.any((family < 0.0) | (family > 1.0)):
        raise ValueError(f"p_values == {p.tolist()!r}, must be >= 0 and <= 1.")
    p[known] = _adjusted(family, method)
    return p


def interval_alphas(p_values: npt.ArrayLike, method: str, alpha: float) -> FloatArray:
    """Levels of the intervals that go with the adjusted p-values, shape (m,).

    Bonferroni: alpha / m. Benjamini-Hochberg: R alpha / m for R rejections, the false coverage
    rate's (Benjamini & Yekutieli 2005, JASA 100); with no rejection alpha / m. So an interval
    leaves out zero exactly where the adjusted p-value is at most alpha. Benjamini-Yekutieli: the
    same over m (1 + 1/2 + ... + 1/m). Holm has no such intervals: Bonferroni's, which are wider.
    """
    require_fraction("alpha", alpha)
    adjusted = adjust_p_values(p_values, method)
    m = int(np.count_nonzero(~np.isnan(adjusted)))
    level = alpha
    if m > 0 and method != "none":
        level = alpha / m
    if method in ("benjamini_hochberg", "benjamini_yekutieli"):
        level *= max(int(np.count_nonzero(adjusted <= alpha)), 1)
    if method == "benjamini_yekutieli":
        level /= _harmonic(m)
    return np.full(adjusted.shape, level)


def _adjusted(p: FloatArray, method: str) -> FloatArray:
    m = p.size
    if m == 0 or method == "none":
        return p
    if method == "bonferroni":
        return np.minimum(p * m, 1.0)
    order = np.argsort(p, kind="stable")
    rank = np.arange(1, m + 1)
    if method == "holm":
        stepped = np.maximum.accumulate(p[order] * (m - rank + 1))
    else:
        factor = _harmonic(m) if method == "benjamini_yekutieli" else 1.0
        stepped = np.minimum.accumulate((p[order] * (m / rank) * factor)[::-1])[::-1]
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def _harmonic(m: int) -> float:
    return float(np.sum(1.0 / np.arange(1, m + 1))) if m > 0 else 1.0
