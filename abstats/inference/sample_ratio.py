"""Sample ratio mismatch: do the units arrive in the declared proportions?"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import special


class SampleRatio(NamedTuple):
    """Chi-square test of the units per variant against the declared weights.

    Attributes:
        statistic: Pearson's chi-square.
        degrees_of_freedom: Variants minus one.
        p_value: Its upper tail; NaN without units.
        expected: Units expected per variant, in the order given.
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float
    expected: tuple[float, ...]


def sample_ratio_test(counts: Sequence[int], weights: Sequence[float]) -> SampleRatio:
    """Test units per variant against weights; weights are scaled to add to one.

    Pearson (1900); Fabijan et al. (2019), "Diagnosing Sample Ratio Mismatch in Online Controlled
    Experiments", KDD.

    Raises:
        ValueError: Lengths differ or are below two, a weight is not positive or a count
            negative, or one is not finite.
    """
    if len(counts) != len(weights):
        raise ValueError(f"len(counts) == {len(counts)}, must be len(weights) == {len(weights)}.")
    if len(counts) < 2:
        raise ValueError(f"len(counts) == {len(counts)}, must be >= 2.")
    if not all(0 < weight < math.inf for weight in weights):
        raise ValueError(f"weights == {list(weights)!r}, must be > 0 and finite.")
    if not all(0 <= count < math.inf for count in counts):
        raise ValueError(f"counts == {list(counts)!r}, must be >= 0 and finite.")
    observed = np.asarray(counts, dtype=np.float64)
    share = np.asarray(weights, dtype=np.float64)
    expected = observed.sum() * (share / share.sum())
    freedom = len(counts) - 1
    statistic = p_value = math.nan
    if observed.sum() > 0:
        statistic = float(((observed - expected) ** 2 / expected).sum())
        p_value = float(special.chdtrc(freedom, statistic))
    return SampleRatio(statistic, freedom, p_value, tuple(expected.tolist()))


class StratifiedSampleRatio(NamedTuple):
    """Sample ratio test of every allocation period, and of all of them together.

    Attributes:
        statistic: Sum of the periods' chi-squares.
        degrees_of_freedom: Sum of theirs, over periods with units.
        p_value: Upper tail of the sum; NaN without units.
        periods: The test of each period, in the order given.
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float
    periods: tuple[SampleRatio, ...]


def stratified_sample_ratio_test(
    counts: Sequence[Sequence[int]], weights: Sequence[Sequence[float]]
) -> StratifiedSampleRatio:
    """Test units per period and variant against each period's weights, shapes (periods, variants).

    Units of different periods are independent, so their chi-squares add up.

    Raises:
        ValueError: The numbers of periods differ or are zero, or as `sample_ratio_test` does.
    """
    if len(counts) != len(weights):
        raise ValueError(f"len(counts) == {len(counts)}, must be len(weights) == {len(weights)}.")
    if not counts:
        raise ValueError("len(counts) == 0, must be >= 1.")
    periods = tuple(
        sample_ratio_test(units, shares) for units, shares in zip(counts, weights, strict=True)
    )
    tested = [period for period in periods if not math.isnan(period.statistic)]
    if not tested:
        return StratifiedSampleRatio(math.nan, 0, math.nan, periods)
    statistic = sum(period.statistic for period in tested)
    freedom = sum(period.degrees_of_freedom for period in tested)
    p_value = float(special.chdtrc(freedom, statistic))
    return StratifiedSampleRatio(statistic, freedom, p_value, periods)
