"""p-values and interval levels adjusted over a family of comparisons."""

import numpy as np
import numpy.typing as npt

from abstats.inference.checks import require_fraction, require_one_of
from abstats.moments import FloatArray

METHODS = (
    "none",
    "bonferroni",
    "holm",
    "hochberg",
    "benjamini_hochberg",
    "benjamini_yekutieli",
)
WEIGHTED = ("bonferroni", "holm")
"""Methods in which comparisons may have weights."""


def adjust_p_values(
    p_values: npt.ArrayLike, method: str, *, weights: npt.ArrayLike | None = None
) -> FloatArray:
    """Adjusted p-values of one family, shape as `p_values`, (m,).

    Reject where the adjusted value is at most alpha. NaNs stay NaN and do not count.
    Holm (1979), Scand. J. Statist. 6, with weights in sec. 5; Hochberg (1988), Biometrika 75 (its
    error rate holds for independent and for positively dependent statistics: Sarkar 1998, Ann.
    Statist. 26); Benjamini & Hochberg (1995), JRSS B 57; Benjamini & Yekutieli (2001), Ann.
    Statist. 29, theorem 1.3.

    Args:
        p_values: In [0, 1] or NaN, shape (m,).
        method: One of `METHODS`.
        weights: Importance of each comparison, > 0 and finite, shape (m,): a share
            w_i / sum(w) of alpha is its own instead of 1 / m. For `WEIGHTED` methods only.

    Raises:
        ValueError: The method is unknown or has no weights, or a p-value or weight is outside its
            range.
    """
    require_one_of("method", method, METHODS)
    p = np.array(p_values, dtype=np.float64)
    known = ~np.isnan(p)
    family = p[known]
    if np.any((family < 0.0) | (family > 1.0)):
        raise ValueError(f"p_values == {p.tolist()!r}, must be >= 0 and <= 1.")
    p[known] = _adjusted(family, method, _shares(known, method, weights))
    return p


def interval_alphas(
    p_values: npt.ArrayLike,
    method: str,
    alpha: float,
    *,
    weights: npt.ArrayLike | None = None,
) -> FloatArray:
    """Levels of the intervals that go with the adjusted p-values, shape (m,).

    Bonferroni: alpha / m, or with weights its share of alpha. Benjamini-Hochberg: R alpha / m for
    R rejections, the false coverage rate's (Benjamini & Yekutieli 2005, JASA 100); with no
    rejection alpha / m. So an interval leaves out zero exactly where the adjusted p-value is at
    most alpha. Benjamini-Yekutieli: the same over m (1 + 1/2 + ... + 1/m). Holm and Hochberg have
    no such intervals: Bonferroni's, which are wider.

    Raises:
        ValueError: As `adjust_p_values`, or alpha is not in (0, 1).
    """
    require_fraction("alpha", alpha)
    adjusted = adjust_p_values(p_values, method, weights=weights)
    known = ~np.isnan(adjusted)
    m = int(np.count_nonzero(known))
    if weights is not None:
        levels = np.full(adjusted.shape, alpha)
        levels[known] *= _shares(known, method, weights)
        return levels
    level = alpha
    if m > 0 and method != "none":
        level = alpha / m
    if method in ("benjamini_hochberg", "benjamini_yekutieli"):
        level *= max(int(np.count_nonzero(adjusted <= alpha)), 1)
    if method == "benjamini_yekutieli":
        level /= _harmonic(m)
    return np.full(adjusted.shape, level)


def gated_p_values(adjusted: npt.ArrayLike, gate: npt.ArrayLike) -> FloatArray:
    """Adjusted p-values of a family behind serial gates, shape as `adjusted`, (m,).

    A hypothesis is rejected only if every one of the families before it is: its p-value is at
    least the largest of theirs. The whole then keeps the families' family-wise error rate, each
    tested at the full alpha (Westfall & Krishen 2001, J. Statist. Plann. Inference 99). A NaN among
    `gate` rejects nothing, so the gate stays closed: p-values of 1.

    Args:
        adjusted: Adjusted p-values within the family; NaNs stay NaN.
        gate: Adjusted p-values of the families before it; without any the gate is open.

    Raises:
        ValueError: A p-value is outside its range.
    """
    values = np.array(adjusted, dtype=np.float64)
    before = np.asarray(gate, dtype=np.float64)
    for name, p in (("adjusted", values), ("gate", before)):
        if np.any((p < 0.0) | (p > 1.0)):
            raise ValueError(f"{name} == {p.tolist()!r}, must be >= 0 and <= 1.")
    lowest = float(np.where(np.isnan(before), 1.0, before).max(initial=0.0))
    return np.where(np.isnan(values), np.nan, np.maximum(values, lowest))


def _shares(known: npt.NDArray[np.bool_], method: str, weights: npt.ArrayLike | None) -> FloatArray:
    """Share of alpha of each comparison with a p-value; they add up to 1."""
    m = int(np.count_nonzero(known))
    if weights is None:
        return np.full(m, 1.0 / max(m, 1))
    if method not in WEIGHTED:
        raise ValueError(f"method == {method!r}, must be one of {WEIGHTED!r} where weights are.")
    w = np.asarray(weights, dtype=np.float64)
    if w.shape != known.shape:
        raise ValueError(f"weights has shape {w.shape}, must be {known.shape}.")
    if not (np.isfinite(w).all() and (w > 0.0).all()):
        raise ValueError(f"weights == {w.tolist()!r}, must be > 0 and finite.")
    shares: FloatArray = w[known] / w[known].sum()
    return shares


def _adjusted(p: FloatArray, method: str, shares: FloatArray) -> FloatArray:
    m = p.size
    if m == 0 or method == "none":
        return p
    is_equal = bool((shares == shares[0]).all())
    if method == "bonferroni":
        return np.minimum(p * m if is_equal else p / shares, 1.0)
    # By p over weight; with equal weights in whole numbers, so that no digit is lost.
    order = np.argsort(p if is_equal else p / shares, kind="stable")
    rank = np.arange(1, m + 1)
    if method == "holm" and not is_equal:
        left = np.cumsum(shares[order][::-1])[::-1]
        stepped = np.maximum.accumulate(p[order] / shares[order] * left)
    elif method == "holm":
        stepped = np.maximum.accumulate(p[order] * (m - rank + 1))
    elif method == "hochberg":
        stepped = np.minimum.accumulate((p[order] * (m - rank + 1))[::-1])[::-1]
    else:
        factor = _harmonic(m) if method == "benjamini_yekutieli" else 1.0
        stepped = np.minimum.accumulate((p[order] * (m / rank) * factor)[::-1])[::-1]
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def _harmonic(m: int) -> float:
    return float(np.sum(1.0 / np.arange(1, m + 1))) if m > 0 else 1.0
