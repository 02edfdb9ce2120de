"""The Poisson bootstrap of buckets of units."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from abstats.inference.buckets import BucketSums, arm_values, bucket_arms, usable_strata
from abstats.inference.checks import require_fraction
from abstats.inference.random_bits import RandomBits
from abstats.moments import FloatArray

NAN = math.nan
_NUMBERS_AT_ONCE = 4_000_000


class Bootstrap(NamedTuple):
    """One metric's effect, with what the replicates say of it.

    Attributes:
        estimate: Treatment minus control.
        ci_lower: Lower percentile bound of the difference.
        ci_upper: Upper one.
        relative: `estimate` over control's absolute value; NaN where that is zero.
        relative_ci_lower: Lower percentile bound of it; NaN where control's own interval
            includes zero.
        relative_ci_upper: Upper one.
        p_value: Twice the smaller share of replicates on one side of zero: at most alpha exactly
            where the intervals leave out zero.
        replicates: Replicates with a value.
    """

    estimate: float
    ci_lower: float
    ci_upper: float
    relative: float
    relative_ci_lower: float
    relative_ci_upper: float
    p_value: float
    replicates: int


def poisson_bootstrap(
    control: Sequence[BucketSums],
    treatment: Sequence[BucketSums],
    *,
    replicates: int,
    alpha: float = 0.05,
) -> list[Bootstrap]:
    """Effects of all metrics under resampling: each bucket counts Poisson(1) times.

    A bucket has the same weight in every metric of a replicate. Chamandy, Muralidharan, Najmi &
    Naidu (2012), "Estimating uncertainty for massive data streams"; percentile intervals: Davison
    & Hinkley (1997), sec. 5.3. The bounds are the replicates at places alpha / 2 x (replicates + 1)
    from both ends, and (1 + count) / (1 + replicates) is the p-value of a side, so that both agree.

    Args:
        control: Buckets of control, one set for each stratum.
        treatment: The treatment's, likewise.
        replicates: How many; at least 2 / alpha.
        alpha: Two-sided level of the intervals.

    Raises:
        ValueError: An argument is outside its range, or the arms do not fit each other.
    """
    require_fraction("alpha", alpha)
    if replicates < 2.0 / alpha:
        raise ValueError(f"replicates == {replicates}, must be >= 2 / alpha == {2 / alpha:g}.")
    totals = bucket_arms(control, treatment)
    usable = usable_strata(*totals)
    observed = arm_values(*totals, usable)
    resampled = [_resampled(arms, replicates) for arms in (control, treatment)]
    values = arm_values(resampled[0], resampled[1], usable)
    return [
        _bootstrap(
            observed.control[k],
            observed.treatment[k],
            values.control[:, k],
            values.treatment[:, k],
            alpha,
        )
        for k in range(len(usable))
    ]


def _resampled(arms: Sequence[BucketSums], replicates: int) -> FloatArray:
    """Weighted sums of every replicate, shape (replicates, metrics, strata, 3)."""
    strata = []
    for arm in arms:
        bits = RandomBits(f"bootstrap|{arm.name}")
        metrics, buckets, _ = arm.sums.shape
        columns = arm.sums.transpose(1, 0, 2).reshape(buckets, -1)
        step = max(1, _NUMBERS_AT_ONCE // buckets)
        parts = [
            bits.poisson(min(step, replicates - start), buckets) @ columns
            for start in range(0, replicates, step)
        ]
        strata.append(np.concatenate(parts).reshape(replicates, metrics, 3))
    return np.stack(strata, axis=2)


def _bootstrap(
    control: float,
    treatment: float,
    controls: FloatArray,
    treatments: FloatArray,
    alpha: float,
) -> Bootstrap:
    """One metric: its values and those of its replicates, shape (replicates,)."""
    has_value = np.isfinite(controls) & np.isfinite(treatments)
    controls, treatments = controls[has_value], treatments[has_value]
    estimate, n = float(treatment - control), len(controls)
    place = math.floor(alpha / 2 * (n + 1) + 1e-9)
    if place < 1 or not math.isfinite(estimate):
        return Bootstrap(estimate, NAN, NAN, NAN, NAN, NAN, NAN, n)
    differences = treatments - controls
    relative = estimate / abs(control) if control != 0.0 else NAN
    relative_bounds = NAN, NAN
    lowest, highest = _bounds(controls, place)
    if lowest > 0.0 or highest < 0.0:
        # Where control has the other sign the replicate lies beyond both bounds, if anywhere.
        with np.errstate(divide="ignore", invalid="ignore"):
            relative_bounds = _bounds(differences / np.abs(controls), place)
    tail = 1 + min(int((differences <= 0.0).sum()), int((differences >= 0.0).sum()))
    return Bootstrap(
        estimate,
        *_bounds(differences, place),
        relative,
        *relative_bounds,
        p_value=min(1.0, 2.0 * tail / (1 + n)),
        replicates=n,
    )


def _bounds(values: FloatArray, place: int) -> tuple[float, float]:
    """The values at that place from both ends."""
    last = len(values) - place
    ordered = np.partition(values, (place - 1, last))
    return float(ordered[place - 1]), float(ordered[last])
