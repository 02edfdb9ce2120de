"""Moments of two arms to their comparison, with or without covariates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from abstats.inference.checks import require_one_of
from abstats.inference.comparison import Comparison, Failure
from abstats.inference.features import (
    Feature,
    covariate_features,
    feature_values,
    gradients,
    own_columns,
    value_feature,
)
from abstats.inference.theta import pooled_theta, total_mean
from abstats.moments import FloatArray, Moments

KINDS = ("mean", "proportion", "ratio")
ESTIMATORS = ("unadjusted", "cuped")
# Of events, and of units without: with fewer in a small arm Welch's test of a proportion rejects
# 6 to 37 % of A/A tests for 5 % (docs/methods/inference.md), where the score test holds.
FEWEST_EVENTS = 20
NO_THETA: FloatArray = np.empty(0)


def compare(
    kind: str,
    control: Moments,
    treatment: Moments,
    *,
    estimator: str = "unadjusted",
) -> Comparison | Failure:
    """Treatment minus control by the delta method over units.

    Args:
        kind: "mean", "proportion" or "ratio".
        control: Moments of control: "y"; for a ratio "d"; every other column is a covariate.
        treatment: Moments of the treatment, the same columns.
        estimator: "unadjusted" or "cuped".

    Raises:
        ValueError: `kind` or `estimator` is unknown, or the arms' columns differ.
    """
    require_one_of("kind", kind, KINDS)
    require_one_of("estimator", estimator, ESTIMATORS)
    if treatment.columns != control.columns:
        raise ValueError(f"columns == {treatment.columns!r}, must be {control.columns!r}.")
    failure = _unusable_arm(kind, control, treatment)
    if failure is not None:
        return failure
    if estimator == "cuped":
        return _cuped(kind, [control, treatment])
    alone = [arm.select(*own_columns(kind)) for arm in (control, treatment)]
    return _comparison((value_feature(kind),), NO_THETA, alone, alone[0].mean)


def _cuped(kind: str, arms: Sequence[Moments]) -> Comparison | Failure:
    if kind == "proportion" and _has_few_events(arms):
        reason = f"An arm has fewer than {FEWEST_EVENTS} units with or without an event."
        return Failure("covariate_unusable", reason)
    if not all(_is_finite(arm) for arm in arms):
        return Failure("covariate_unusable", "The moments of a covariate are not finite.")
    value, total = value_feature(kind), total_mean(arms)
    covariates, theta = pooled_theta(value, covariate_features(kind, arms), arms, total)
    if not covariates:
        return Failure("covariate_unusable", "No covariate varies between the units of an arm.")
    if sum(arm.n - 1 for arm in arms) <= len(covariates):
        return Failure("covariate_unusable", "There are too few units for a regression.")
    return _comparison((value, *covariates), theta, arms, total)


def _comparison(
    features: tuple[Feature, ...], theta: FloatArray, arms: Sequence[Moments], centre: FloatArray
) -> Comparison:
    """Compare arms[1] with arms[0] (control) after subtracting theta' (x - x at `centre`).

    `centre` is the mean over both arms, and so varies with each of them: that is the joint
    variance of the adjusted control mean.
    """
    control, treatment = arms
    columns = control.columns
    units = sum(arm.n for arm in arms)
    weights = np.concatenate([[1.0], -theta])
    centre_row = theta @ gradients(features[1:], columns, centre)
    own = [weights @ gradients(features, columns, arm.mean) for arm in (control, treatment)]
    control_rows = [own[0], np.zeros(len(columns))]
    effect_rows = [-own[0], own[1]]
    alone = [gradients(features[:1], columns, arm.mean)[0] for arm in (control, treatment)]
    parts = []
    for arm, control_row, effect_row in zip(arms, control_rows, effect_rows, strict=True):
        rows = np.stack([control_row + centre_row * (arm.n / units), effect_row])
        parts.append(rows @ arm.cov @ rows.T / arm.n)
    values = [feature_values(features, columns, arm.mean) for arm in (control, treatment)]
    shift = values[0][1:] - feature_values(features[1:], columns, centre)
    return Comparison(
        control=float(values[0][0] - theta @ shift),
        estimate=float(weights @ (values[1] - values[0])),
        control_std=_std(own[0], control),
        treatment_std=_std(own[1], treatment),
        parts=np.stack(parts),
        freedom=np.array([arm.n - 1.0 for arm in arms]),
        unadjusted_variance=sum(
            _std(row, arm) ** 2 / arm.n for row, arm in zip(alone, arms, strict=True)
        ),
    )


def _std(row: FloatArray, arm: Moments) -> float:
    """Standard deviation of `row @ unit`; exactly zero where only rounding is left."""
    variance = float(row @ arm.cov @ row)
    size = np.abs(row)
    rounding = 1e-14 * float(size @ np.abs(arm.cov) @ size)
    rounding += (1e-12 * float(size @ np.abs(arm.mean))) ** 2
    return float(np.sqrt(variance)) if variance > rounding else 0.0


def _unusable_arm(kind: str, control: Moments, treatment: Moments) -> Failure | None:
    for name, arm in (("control", control), ("treatment", treatment)):
        if arm.n == 0:
            return Failure("no_data", f"The {name} has no units.")
        if arm.n < 2:
            return Failure("too_few_units", f"The {name} has one unit; a variance needs two.")
        if not _is_finite(arm.select(*own_columns(kind))):
            return Failure("no_data", f"The moments of the {name} are not finite.")
        if kind == "ratio" and arm.mean_of("d") == 0.0:
            return Failure("denominator_zero", f"The denominator of the {name} is zero.")
    return None


def _is_finite(arm: Moments) -> bool:
    return bool(np.isfinite(arm.mean).all() and np.isfinite(arm.cov).all())


def _has_few_events(arms: Sequence[Moments]) -> bool:
    shares = ((arm.n, arm.mean_of("y")) for arm in arms)
    return any(n * min(share, 1.0 - share) < FEWEST_EVENTS - 0.5 for n, share in shares)
