"""The studentised permutation test of buckets of units."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from abstats.inference.buckets import (
    BoolArray,
    BucketSums,
    D,
    N,
    Y,
    arm_values,
    bucket_arms,
    stratum_weights,
    usable_strata,
    weighted_means,
)
from abstats.inference.random_bits import RandomBits
from abstats.moments import FloatArray

NAN = math.nan
_NUMBERS_AT_ONCE = 4_000_000
_PRODUCTS = ((N, N), (N, Y), (N, D), (Y, Y), (Y, D), (D, D))
_TIE = 1e-9
"""Statistics this close, relative to each other, are ties: sums differ in their last digits."""


class Permutation(NamedTuple):
    """One metric's effect and its permutation test.

    Attributes:
        estimate: Treatment minus control.
        statistic: The estimate over its standard error, from the variation between buckets.
        p_value: Two-sided: (1 + permutations with a statistic as large) / (1 + permutations).
        permutations: How many were drawn.
    """

    estimate: float
    statistic: float
    p_value: float
    permutations: int


def permutation_test(
    control: Sequence[BucketSums], treatment: Sequence[BucketSums], *, permutations: int
) -> list[Permutation]:
    """Test of all metrics for no effect: the arms' buckets change places within strata.

    Exact, whatever the distribution, where no unit is affected at all and every bucket is as
    likely to receive a unit. Each permutation's difference is divided by its own standard error,
    so the size also holds for equal means of unequal variances or splits: Chung & Romano (2013),
    Annals of Statistics 41. p-values count the observed statistic: Phipson & Smyth (2010).

    Args:
        control: Buckets of control, one set for each stratum.
        treatment: The treatment's, likewise.
        permutations: How many are drawn.

    Raises:
        ValueError: `permutations` is not positive, or the arms do not fit each other.
    """
    if permutations < 1:
        raise ValueError(f"permutations == {permutations}, must be >= 1.")
    totals = bucket_arms(control, treatment)
    usable = usable_strata(*totals)
    observed = arm_values(*totals, usable)
    centre = _pooled_value(*totals)
    pools = [_Pool.of(c, t, centre) for c, t in zip(control, treatment, strict=True)]
    statistic = _statistics(
        np.stack([pool.all_buckets - pool.treatment for pool in pools], axis=-2),
        np.stack([pool.treatment for pool in pools], axis=-2),
        usable,
    )
    largest = np.zeros(len(usable))
    for moved_control, moved_treatment in _permuted(pools, permutations):
        moved = _statistics(moved_control, moved_treatment, usable)
        # Where an arm gets nobody there is no statistic: that counts against the effect.
        is_smaller = np.abs(moved) < np.abs(statistic) * (1.0 - _TIE)
        largest += (~is_smaller).sum(axis=0)
    p_values = np.where(np.isnan(statistic), NAN, (1.0 + largest) / (1.0 + permutations))
    return [
        Permutation(float(t - c), float(z), float(p), permutations)
        for c, t, z, p in zip(*observed, statistic, p_values, strict=True)
    ]


class _Pool(NamedTuple):
    """The buckets of both arms in one stratum, with the products of their sums.

    Attributes:
        name: Seed of its permutations.
        n_treatment: Buckets of the treatment.
        columns: Sums and products of sums of each bucket, shape (buckets, metrics x 9).
        treatment: Their total over the treatment's buckets, shape (metrics, 9).
        all_buckets: Their total over all, shape (metrics, 9).
    """

    name: str
    n_treatment: int
    columns: FloatArray
    treatment: FloatArray
    all_buckets: FloatArray

    @classmethod
    def of(cls, control: BucketSums, treatment: BucketSums, centre: FloatArray) -> _Pool:
        """The pool of two arms; values lose `centre` times their denominator, shape (metrics,).

        So squares of them keep their digits, and arms' values move by the same number.
        """
        sums = np.concatenate([treatment.sums, control.sums], axis=1)
        sums[:, :, Y] -= centre[:, None] * sums[:, :, D]
        products = [sums[:, :, a] * sums[:, :, b] for a, b in _PRODUCTS]
        both = np.concatenate([sums, np.stack(products, axis=2)], axis=2)
        n = treatment.n_buckets
        return cls(
            name=f"permutation|{control.name}|{treatment.name}",
            n_treatment=n,
            columns=both.transpose(1, 0, 2).reshape(sums.shape[1], -1),
            treatment=both[:, :n].sum(axis=1),
            all_buckets=both.sum(axis=1),
        )


def _permuted(pools: Sequence[_Pool], n: int) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Totals of both arms after permutations, shape (some, metrics, strata, 9) each."""
    streams = [RandomBits(pool.name) for pool in pools]
    step = max(1, _NUMBERS_AT_ONCE // max(len(pool.columns) for pool in pools))
    for start in range(0, n, step):
        rows = min(step, n - start)
        arms = []
        for bits, pool in zip(streams, pools, strict=True):
            chosen = bits.subsets(rows, len(pool.columns), pool.n_treatment)
            treatment = (chosen @ pool.columns).reshape(rows, *pool.all_buckets.shape)
            arms.append((pool.all_buckets - treatment, treatment))
        control, treatment = (np.stack(arm, axis=-2) for arm in zip(*arms, strict=True))
        yield control, treatment


def _pooled_value(control: FloatArray, treatment: FloatArray) -> FloatArray:
    """Both arms' value, shape (metrics,); 0 where there is none."""
    totals = (control + treatment).sum(axis=1)
    has_value = totals[:, D] != 0.0
    return np.where(has_value, totals[:, Y] / np.where(has_value, totals[:, D], 1.0), 0.0)


def _statistics(control: FloatArray, treatment: FloatArray, usable: BoolArray) -> FloatArray:
    """Differences over their standard errors, shape (...), from totals (..., strata, 9).

    A difference without any variation is infinitely many standard errors; none at all is NaN.
    """
    values = arm_values(control[..., :3], treatment[..., :3], usable)
    difference = values.treatment - values.control
    weights = stratum_weights(control, treatment, usable)
    variance = _variance(control, weights) + _variance(treatment, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistics: FloatArray = difference / np.sqrt(np.maximum(variance, 0.0))
    return statistics


def _variance(sums: FloatArray, weights: FloatArray) -> FloatArray:
    """Variance of an arm's value: of the buckets' sums, linearised, shape (...).

    With a stratum's weight w and units n, its means y and d per unit, the arm's mean denominator m
    and value R, a bucket's part is w / (n m) x ((Y - y N) - R (D - d N)).
    """
    units = np.maximum(sums[..., N], 1.0)
    means = weighted_means(sums[..., :3], weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (means[..., 0] / means[..., 1])[..., None]
        scale = weights / units / means[..., 1][..., None]
        slopes = {
            Y: scale,
            D: -scale * value,
            N: -scale * (sums[..., Y] - value * sums[..., D]) / units,
        }
    total = np.zeros(sums.shape[:-1])
    for place, (a, b) in enumerate(_PRODUCTS, start=3):
        twice = 1.0 if a == b else 2.0
        total += twice * slopes[a] * slopes[b] * sums[..., place]
    variance: FloatArray = np.where(weights > 0.0, total, 0.0).sum(axis=-1)
    return variance
