"""Is a share of units the same in every arm?"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import special


class Homogeneity(NamedTuple):
    """Pearson's chi-square of equal shares over arms.

    Attributes:
        statistic: Chi-square over arms with units.
        degrees_of_freedom: Such arms minus one.
        p_value: Its upper tail; 1 where every share is 0 or every share is 1; NaN with fewer than
            two arms that have units.
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float


def homogeneity_test(counts: Sequence[int], units: Sequence[int]) -> Homogeneity:
    """Test `counts[i]` of `units[i]`, one pair per arm, for one common share. Pearson (1900).

    Raises:
        ValueError: Lengths differ, or a count is not within 0 and its units.
    """
    if len(counts) != len(units):
        raise ValueError(f"len(counts) == {len(counts)}, must be len(units) == {len(units)}.")
    for count, total in zip(counts, units, strict=True):
        if not 0 <= count <= total < math.inf:
            raise ValueError(f"count == {count!r}, must be >= 0 and <= units == {total!r}, finite.")
    x, n = (np.asarray(v, dtype=np.float64) for v in (counts, units))
    x, n = x[n > 0], n[n > 0]
    freedom = len(n) - 1
    if freedom < 1:
        return Homogeneity(math.nan, max(freedom, 0), math.nan)
    share = x.sum() / n.sum()
    if share in (0.0, 1.0):
        return Homogeneity(0.0, freedom, 1.0)
    statistic = float(((x - n * share) ** 2 / (n * share * (1.0 - share))).sum())
    return Homogeneity(statistic, freedom, float(special.chdtrc(freedom, statistic)))


def stratified_homogeneity_test(
    counts: Sequence[Sequence[int]], units: Sequence[Sequence[int]]
) -> Homogeneity:
    """Test one common share within every stratum, which may differ between them.

    Units of different strata are independent, so their chi-squares add up. Shapes (strata, arms);
    a stratum with fewer than two arms that have units tells nothing.

    Raises:
        ValueError: The numbers of strata differ, or as `homogeneity_test` does.
    """
    if len(counts) != len(units):
        raise ValueError(f"len(counts) == {len(counts)}, must be len(units) == {len(units)}.")
    tests = [homogeneity_test(x, n) for x, n in zip(counts, units, strict=True)]
    tested = [test for test in tests if not math.isnan(test.p_value)]
    if not tested:
        return Homogeneity(math.nan, 0, math.nan)
    statistic = math.fsum(test.statistic for test in tested)
    freedom = sum(test.degrees_of_freedom for test in tested)
    return Homogeneity(statistic, freedom, float(special.chdtrc(freedom, statistic)))
