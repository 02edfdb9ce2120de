"""Buckets: random groups of an arm's units, of which only sums are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from abstats.moments import FloatArray

BoolArray = npt.NDArray[np.bool_]
N, Y, D = range(3)
"""Places of the count, the value and the denominator in the last axis of sums."""


@dataclass(frozen=True, eq=False)
class BucketSums:
    """Sums over the units of each bucket of one arm in one stratum.

    Every unit is in one bucket, whatever the metric, by a hash that knows nothing of outcomes.

    Attributes:
        name: Identifies arm and stratum; random numbers follow from it.
        sums: Shape (metrics, buckets, 3): units with a value, sum of the values and sum of the
            denominators (for a plain mean the units again). Zeros where nobody is.
    """

    name: str
    sums: FloatArray

    def __post_init__(self) -> None:
        if self.sums.ndim != 3 or self.sums.shape[2] != 3:
            raise ValueError(f"sums has shape {self.sums.shape}, must be (metrics, buckets, 3).")

    @property
    def n_buckets(self) -> int:
        """Buckets of the arm, empty ones too."""
        return int(self.sums.shape[1])

    @property
    def totals(self) -> FloatArray:
        """Sums over all buckets, shape (metrics, 3)."""
        totals: FloatArray = self.sums.sum(axis=1)
        return totals


class ArmValues(NamedTuple):
    """What two arms are worth, from their sums.

    Attributes:
        control: Mean of the values over the mean of the denominators, shape (...).
        treatment: The same of the treatment.
    """

    control: FloatArray
    treatment: FloatArray


def bucket_arms(
    control: Sequence[BucketSums], treatment: Sequence[BucketSums]
) -> tuple[FloatArray, FloatArray]:
    """Totals of both arms, shape (metrics, strata, 3).

    Raises:
        ValueError: The arms have no strata, not equally many, or other metrics.
    """
    if len(control) == 0 or len(control) != len(treatment):
        raise ValueError(
            f"len(control) == {len(control)} and len(treatment) == {len(treatment)}, must be "
            "equal and >= 1: one set of buckets of each arm for each stratum."
        )
    counts = {arm.sums.shape[0] for arm in (*control, *treatment)}
    if len(counts) > 1:
        raise ValueError(f"metrics == {sorted(counts)}, must be equally many everywhere.")
    totals = [np.stack([arm.totals for arm in arms], axis=1) for arms in (control, treatment)]
    return totals[0], totals[1]


def usable_strata(control: FloatArray, treatment: FloatArray) -> BoolArray:
    """Strata with two units of each arm, as estimates use them; from totals, without last axis."""
    return (control[..., N] >= 2) & (treatment[..., N] >= 2)


def stratum_weights(control: FloatArray, treatment: FloatArray, usable: BoolArray) -> FloatArray:
    """Shares of the units of both arms, shape (..., strata); NaN where no stratum has both."""
    has_both = usable & (control[..., N] > 0) & (treatment[..., N] > 0)
    units = np.where(has_both, control[..., N] + treatment[..., N], 0.0)
    with np.errstate(invalid="ignore"):
        weights: FloatArray = units / units.sum(axis=-1, keepdims=True)
    return weights


def weighted_means(sums: FloatArray, weights: FloatArray) -> FloatArray:
    """An arm's means of value and denominator over strata, shape (..., 2)."""
    means = sums[..., [Y, D]] / np.maximum(sums[..., [N]], 1.0)
    total: FloatArray = (weights[..., None] * means).sum(axis=-2)
    return total


def arm_values(control: FloatArray, treatment: FloatArray, usable: BoolArray) -> ArmValues:
    """The arms' values from their sums, shape (..., strata, 3); NaN where there is none."""
    weights = stratum_weights(control, treatment, usable)
    values = []
    for sums in (control, treatment):
        means = weighted_means(sums, weights)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = means[..., 0] / means[..., 1]
        values.append(np.where(np.isfinite(value), value, np.nan))
    return ArmValues(*values)
