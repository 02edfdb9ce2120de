"""Features of an arm: means and ratios of means of its columns, and their gradients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from abstats.moments import FloatArray, Moments


class Feature(NamedTuple):
    """A mean over units, or a ratio of two such means.

    Attributes:
        numerator: Column averaged.
        denominator: Column whose mean it is divided by; None for a plain mean.
    """

    numerator: str
    denominator: str | None = None


def value_feature(kind: str) -> Feature:
    """What a metric of this kind compares between arms."""
    return Feature("y", "d") if kind == "ratio" else Feature("y")


def own_columns(kind: str) -> tuple[str, ...]:
    """The columns of a metric of this kind itself; all others are covariates."""
    return ("y", "d") if kind == "ratio" else ("y",)


def covariate_features(kind: str, arms: Sequence[Moments]) -> tuple[Feature, ...]:
    """The covariates among the arms' columns: all but the metric's own.

    A ratio's pre-period twins enter as one covariate, the pre-period ratio, where each arm's mean
    of "x_d" is at least ten of its standard errors from zero (Cochran 1977, Sampling Techniques,
    sec. 6.8: the linearisation of a ratio needs a coefficient of variation below .1); else, as
    after centring, which leaves no ratio, they enter as two.
    """
    own = own_columns(kind)
    plain = [column for column in arms[0].columns if column not in own]
    if kind == "ratio" and "x_y" in plain and "x_d" in plain and _has_ratio(arms):
        rest = [column for column in plain if column not in ("x_y", "x_d")]
        return (Feature("x_y", "x_d"), *map(Feature, rest))
    return tuple(map(Feature, plain))


def feature_values(
    features: Sequence[Feature], columns: tuple[str, ...], mean: FloatArray
) -> FloatArray:
    """The features at these column means, shape (features,)."""
    return np.array(
        [
            mean[columns.index(f.numerator)]
            / (1.0 if f.denominator is None else mean[columns.index(f.denominator)])
            for f in features
        ]
    )


def gradients(
    features: Sequence[Feature], columns: tuple[str, ...], mean: FloatArray
) -> FloatArray:
    """Derivatives of the features by the column means, shape (features, columns).

    For a ratio y / d: (1, -R) / d (Deng et al. 2018, "Applying the Delta Method in Metric
    Analytics", sec. 3).
    """
    result = np.zeros((len(features), len(columns)))
    for row, feature in zip(result, features, strict=True):
        numerator = columns.index(feature.numerator)
        if feature.denominator is None:
            row[numerator] = 1.0
            continue
        denominator = columns.index(feature.denominator)
        row[numerator] = 1.0 / mean[denominator]
        row[denominator] = -mean[numerator] / mean[denominator] ** 2
    return result


def _has_ratio(arms: Sequence[Moments]) -> bool:
    return all(abs(arm.mean_of("x_d")) > 10.0 * arm.std_error("x_d") for arm in arms)
