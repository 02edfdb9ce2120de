"""How many of the wins that were shipped are expected to be no effects at all."""

import numpy as np
import numpy.typing as npt

from abstats.moments import FloatArray

# p-values above it are taken for those of comparisons without effect.
LAMBDA = 0.5


def null_share(p_values: npt.ArrayLike) -> float:
    """Share of comparisons without effect among all, estimated from above.

    (1 + how many p-values are above 1/2) / (n / 2), at most 1: Storey (2002), "A direct approach to
    false discovery rates", JRSS B 64, with the one of Storey, Taylor & Siegmund (2004), JRSS B 66,
    which keeps the estimate from being too low. Without any p-value 1.

    Raises:
        ValueError: A p-value is not in [0, 1].
    """
    p = _fractions("p_values", p_values)
    if p.size == 0:
        return 1.0
    above = 1 + np.count_nonzero(p > LAMBDA)
    return min(above / ((1.0 - LAMBDA) * p.size), 1.0)


def expected_false_wins(chances: npt.ArrayLike, share_of_nulls: float) -> float:
    """How many comparisons without effect are expected to win: their chances times their share.

    An upper bound for what is shipped, which must pass guardrails too.

    Args:
        chances: Of every comparison that was tested, won or not: the probability that it wins if
            there is nothing to find, shape (n,). For a difference in the good direction half of
            the two-sided level; for an equivalence the level.
        share_of_nulls: Share of them with nothing to find.

    Raises:
        ValueError: A chance or the share is not in [0, 1].
    """
    (share,) = _fractions("share_of_nulls", [share_of_nulls])
    return float(share * _fractions("chances", chances).sum())


def _fractions(name: str, values: npt.ArrayLike) -> FloatArray:
    found = np.asarray(values, dtype=np.float64)
    if not ((found >= 0.0) & (found <= 1.0)).all():
        raise ValueError(f"{name} == {found.tolist()!r}, must be >= 0 and <= 1.")
    return found
