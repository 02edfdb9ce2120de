"""Levels of tests that come one after another, so that few discoveries are false: LORD++."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import groupby

import numpy as np
import numpy.typing as npt
from scipy import special

from abstats.inference.checks import require_fraction
from abstats.moments import FloatArray

# Slower and the first tests have too little, faster and later ones (docs/methods/ledger.md).
GAMMA_POWER = 1.4


def lord_levels(
    p_values: npt.ArrayLike,
    batches: Sequence[Hashable],
    *,
    alpha: float = 0.05,
    initial_wealth: float | None = None,
    gamma: npt.ArrayLike | None = None,
) -> FloatArray:
    """Level of each test in the order in which they come; reject where p <= level. Shape (n,).

    LORD++ (Ramdas, Yang, Wainwright & Jordan 2017, "Online control of the false discovery rate with
    decaying memory", NIPS 30, sec. 3): test t has
    w gamma_t + (alpha - w) gamma_(t - r1) + alpha (gamma_(t - r2) + ...), r1 < r2 < ... the
    discoveries before it, w the initial wealth. A level depends on earlier tests only, so it never
    changes. The levels up to any test add up to at most alpha times the discoveries (or one).

    The tests of a batch may depend on each other in any way: their levels take no notice of each
    other's outcomes, and a discovery counts from the end of its batch on (Zrnic, Ramdas & Jordan
    2021, "Asynchronous online testing of multiple hypotheses", JMLR 22: LORD* with the batch as
    conflict set, which controls E false / E discoveries; the false discovery rate itself if all
    tests are independent).

    Args:
        p_values: In [0, 1], in the order of the tests, shape (n,).
        batches: Which batch each is of; a batch's tests stand together.
        alpha: The false discovery rate to keep.
        initial_wealth: w, in (0, alpha]; half of alpha by default.
        gamma: Weights that never rise and add up to at most 1, shape (n,); `gamma_sequence` by
            default.

    Raises:
        ValueError: An argument is out of range, or a batch's tests do not stand together.
    """
    require_fraction("alpha", alpha)
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1 or len(batches) != p.size:
        raise ValueError(f"p_values has shape {p.shape}, batches {len(batches)}, must be (n,).")
    if not ((p >= 0.0) & (p <= 1.0)).all():
        raise ValueError(f"p_values == {p.tolist()!r}, must be >= 0 and <= 1.")
    wealth = alpha / 2.0 if initial_wealth is None else initial_wealth
    if not 0.0 < wealth <= alpha:
        raise ValueError(f"initial_wealth == {wealth!r}, must be > 0 and <= alpha, {alpha!r}.")
    sizes = [(name, len(list(tests))) for name, tests in groupby(batches)]
    if len({name for name, _ in sizes}) < len(sizes):
        raise ValueError("batches has a batch in several places, its tests must stand together.")
    weights = _weights(gamma, p.size)
    levels = wealth * weights
    earned, end = -wealth, 0
    for _, size in sizes:
        start, end = end, end + size
        discoveries = np.count_nonzero(p[start:end] <= levels[start:end])
        if discoveries:
            # The first discovery earns alpha less the initial wealth, every other one alpha.
            levels[end:] += (alpha * discoveries + earned) * weights[: p.size - end]
            earned = 0.0
    return levels


def gamma_sequence(n: int) -> FloatArray:
    """The first n of weights that fall with j^-1.4 and add up to 1, shape (n,)."""
    weights: FloatArray = np.arange(1, n + 1) ** -GAMMA_POWER / special.zeta(GAMMA_POWER)
    return weights


def _weights(gamma: npt.ArrayLike | None, n: int) -> FloatArray:
    if gamma is None:
        return gamma_sequence(n)
    weights = np.asarray(gamma, dtype=np.float64)
    if weights.shape != (n,):
        raise ValueError(f"gamma has shape {weights.shape}, must be ({n},).")
    if np.any(weights < 0.0) or np.any(np.diff(weights) > 0.0) or weights.sum() > 1.0:
        raise ValueError(f"gamma == {weights.tolist()!r}, must be >= 0, never rise, add up to 1.")
    return weights
