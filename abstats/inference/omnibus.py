"""Is there any difference between several arms?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from abstats.inference.arm_values import arm_values
from abstats.inference.compare import FEWEST_EVENTS
from abstats.inference.comparison import Failure
from abstats.inference.heterogeneity import heterogeneity_test
from abstats.inference.homogeneity import homogeneity_test
from abstats.moments import Moments


class Omnibus(NamedTuple):
    """Test that a metric has one value in all arms.

    Attributes:
        statistic: Squared distances of the arms' values from their inverse-variance mean, each in
            its own standard errors; of proportions without covariates Pearson's chi-square.
        degrees_of_freedom: Arms minus one.
        p_value: Its upper tail, Welch's F or chi-square; NaN where there is no test.
        status: "ok", or an Effect's status.
        status_reason: The same in words.
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float
    status: str
    status_reason: str


def omnibus_test(kind: str, arms: Sequence[Moments], *, estimator: str = "unadjusted") -> Omnibus:
    """Test equal values in all arms, whichever is the control.

    Welch (1951), Biometrika 38: the analysis of variance for unequal variances, on the units'
    values (linearised for a ratio, residuals of one regression under CUPED). With two arms it is
    the square of Welch's t, and for proportions of the score z. A small p-value says that some
    arms differ, not which: it is no substitute for the comparisons' own correction, except that
    three arms may be compared pairwise at full alpha behind it (Fisher's protected test).

    Args:
        kind: "mean", "proportion" or "ratio".
        arms: Moments of each arm, all with the same columns, two at least.
        estimator: "unadjusted" or "cuped".

    Raises:
        ValueError: There are fewer than two arms, or as `arm_values`.
    """
    between = len(arms) - 1
    if between < 1:
        raise ValueError(f"len(arms) == {len(arms)}, must be >= 2.")
    values = arm_values(kind, arms, estimator)
    if isinstance(values, Failure):
        return Omnibus(math.nan, between, math.nan, *values)
    if kind == "proportion" and estimator == "cuped" and _has_few_events(arms):
        reason = f"An arm has fewer than {FEWEST_EVENTS} units with or without an event."
        return Omnibus(math.nan, between, math.nan, "covariate_unusable", reason)
    if kind == "proportion" and estimator == "unadjusted":
        events = [round(arm.n * arm.value) for arm in values]
        return Omnibus(*homogeneity_test(events, [arm.n for arm in values]), "ok", "")
    if any(arm.variance == 0.0 for arm in values):
        reason = "The value is the same for every unit of an arm."
        return Omnibus(math.nan, between, math.nan, "zero_variance", reason)
    test = heterogeneity_test(
        [arm.value for arm in values],
        [arm.std_error for arm in values],
        [arm.n - 1 for arm in values],
    )
    return Omnibus(*test, "ok", "")


def _has_few_events(arms: Sequence[Moments]) -> bool:
    """Has an arm fewer events, or units without, than the normal approximation needs?"""
    shares = [arm.mean_of("y") for arm in arms]
    fewest = (arm.n * min(p, 1.0 - p) for arm, p in zip(arms, shares, strict=True))
    return min(fewest) < FEWEST_EVENTS - 0.5
