"""Each arm's own value of a metric and the variance of a unit's, all arms adjusted alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from abstats.inference.checks import require_one_of
from abstats.inference.compare import ESTIMATORS, KINDS
from abstats.inference.comparison import Failure
from abstats.inference.features import (
    Feature,
    covariate_features,
    feature_values,
    gradients,
    own_columns,
    value_feature,
)
from abstats.inference.finite import fault_of
from abstats.inference.theta import pooled_theta, total_mean
from abstats.moments import Moments


class ArmValue(NamedTuple):
    """A metric in one arm.

    Attributes:
        n: Units.
        value: The metric's value, adjusted to the covariates' mean over all arms under CUPED.
        variance: Variance over units of a unit's linearised value (its residual under CUPED), so
            that `variance / n` is that of `value` for a given covariate mean.
    """

    n: int
    value: float
    variance: float

    @property
    def std_error(self) -> float:
        """Standard error of the value."""
        return math.sqrt(self.variance / self.n)


def arm_values(
    kind: str, arms: Sequence[Moments], estimator: str = "unadjusted"
) -> tuple[ArmValue, ...] | Failure:
    """The metric in each of several arms, with one theta for all of them under CUPED.

    Differences of the values are the effects; the formulas are those of `compare`.

    Args:
        kind: "mean", "proportion" or "ratio".
        arms: Moments of each arm: "y"; for a ratio "d"; every other column is a covariate.
        estimator: "unadjusted" or "cuped".

    Raises:
        ValueError: `kind` or `estimator` is unknown, there is no arm, or columns differ.
    """
    require_one_of("kind", kind, KINDS)
    require_one_of("estimator", estimator, ESTIMATORS)
    if not arms:
        raise ValueError("len(arms) == 0, must be >= 1.")
    for arm in arms:
        if arm.columns != arms[0].columns:
            raise ValueError(f"columns == {arm.columns!r}, must be {arms[0].columns!r}.")
    cells = list(arms) if estimator == "cuped" else [a.select(*own_columns(kind)) for a in arms]
    failure = _unusable(kind, cells)
    if failure is not None:
        return failure
    covariates: tuple[Feature, ...] = ()
    theta, centre = np.empty(0), total_mean(cells)
    if estimator == "cuped":
        candidates = covariate_features(kind, cells)
        covariates, theta = pooled_theta(value_feature(kind), candidates, cells, centre)
        if not covariates:
            return Failure("covariate_unusable", "No covariate varies between the units of an arm.")
        if sum(cell.n - 1 for cell in cells) <= len(covariates):
            return Failure("covariate_unusable", "There are too few units for a regression.")
    features = (value_feature(kind), *covariates)
    slopes = np.concatenate([[1.0], -theta])
    at_centre = feature_values(features, cells[0].columns, centre)[1:]
    found = []
    for cell in cells:
        row = slopes @ gradients(features, cell.columns, cell.mean)
        values = feature_values(features, cell.columns, cell.mean)
        adjusted = float(values[0] - theta @ (values[1:] - at_centre))
        found.append(ArmValue(cell.n, adjusted, max(float(row @ cell.cov @ row), 0.0)))
    return tuple(found)


def _unusable(kind: str, cells: Sequence[Moments]) -> Failure | None:
    for cell in cells:
        if cell.n == 0:
            return Failure("no_data", "An arm has no units.")
        if cell.n == 1:
            return Failure("too_few_units", "An arm has one unit; a variance needs two.")
        fault = fault_of(cell)
        if fault:
            return Failure("no_data", f"The moments of an arm {fault}.")
        if kind == "ratio" and cell.mean_of("d") == 0.0:
            return Failure("denominator_zero", "The denominator of an arm is zero.")
    return None
