"""Moments of two arms to their comparison, with or without covariates."""

from __future__ import annotations

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
from abstats.inference.finite import fault_of
from abstats.inference.strata import Arm, Strata
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
    control: Arm,
    treatment: Arm,
    *,
    estimator: str = "unadjusted",
) -> Comparison | Failure:
    """Treatment minus control by the delta method over units.

    Args:
        kind: "mean", "proportion" or "ratio".
        control: Moments of control: "y"; for a ratio "d"; every other column is a covariate. One
            for all units, or one for each stratum.
        treatment: Moments of the treatment, the same columns and strata.
        estimator: "unadjusted" or "cuped".

    Raises:
        ValueError: `kind` or `estimator` is unknown, or the arms' columns or strata differ.
    """
    require_one_of("kind", kind, KINDS)
    require_one_of("estimator", estimator, ESTIMATORS)
    strata = Strata.of(control, treatment).usable()
    if isinstance(strata, Failure):
        return strata
    alone = strata.select(*own_columns(kind))
    failure = _without_value(kind, alone)
    if failure is not None:
        return failure
    if estimator == "cuped":
        return _cuped(kind, strata)
    return _comparison((value_feature(kind),), NO_THETA, alone)


def _cuped(kind: str, strata: Strata) -> Comparison | Failure:
    if kind == "proportion" and _has_few_events(strata):
        reason = f"An arm has fewer than {FEWEST_EVENTS} units with or without an event."
        return Failure("covariate_unusable", reason)
    fault = next(filter(None, map(fault_of, strata.cells)), "")
    if fault:
        return Failure("covariate_unusable", f"The moments of a covariate {fault}.")
    candidates = covariate_features(kind, strata.standardised())
    total = total_mean(strata.cells)
    covariates, theta = pooled_theta(value_feature(kind), candidates, strata.cells, total)
    if not covariates:
        return Failure("covariate_unusable", "No covariate varies between the units of an arm.")
    if sum(cell.n - 1 for cell in strata.cells) <= len(covariates):
        return Failure("covariate_unusable", "There are too few units for a regression.")
    return _comparison((value_feature(kind), *covariates), theta, strata)


def _comparison(features: tuple[Feature, ...], theta: FloatArray, strata: Strata) -> Comparison:
    """Compare the arms after subtracting theta' (x - x of all units).

    The covariates' mean over all units, and the strata's shares of them, are estimated too: the
    first varies with every cell, the second is the last part of the covariance.
    """
    columns, weights, units = strata.columns, strata.weights, strata.units
    means, centre = strata.means, total_mean(strata.cells)
    slopes = np.concatenate([[1.0], -theta])
    centre_row = theta @ gradients(features[1:], columns, centre)
    own = [slopes @ gradients(features, columns, mean) for mean in means]
    alone = [gradients(features[:1], columns, mean)[0] for mean in means]
    control_rows = [own[0], np.zeros(len(columns))]
    effect_rows = [-own[0], own[1]]
    parts, freedom = [], []
    for weight, stratum in zip(weights, strata, strict=True):
        for cell, control_row, effect_row in zip(stratum, control_rows, effect_rows, strict=True):
            rows = np.stack(
                [weight * control_row + centre_row * (cell.n / units), weight * effect_row]
            )
            parts.append(_covariance(rows, cell) / cell.n)
            freedom.append(cell.n - 1.0)
    unadjusted_variance = sum(
        (weight * _std(row, cell)) ** 2 / cell.n
        for row, arm in zip(alone, strata.arms, strict=True)
        for weight, cell in zip(weights, arm, strict=True)
    )
    if len(weights) > 1:
        controls = np.array([own[0] @ c.mean + centre_row @ total_mean((c, t)) for c, t in strata])
        effects = np.array([own[1] @ t.mean - own[0] @ c.mean for c, t in strata])
        parts.append(_between_strata(weights, units, controls, effects))
        freedom.append(units - 1.0)
        effects = np.array([alone[1] @ t.mean - alone[0] @ c.mean for c, t in strata])
        unadjusted_variance += _between_strata(weights, units, effects)[0, 0]
    values = [feature_values(features, columns, mean) for mean in means]
    shift = values[0][1:] - feature_values(features[1:], columns, centre)
    return Comparison(
        *strata.arm_units,
        control=float(values[0][0] - theta @ shift),
        estimate=float(slopes @ (values[1] - values[0])),
        control_std=_within_std(own[0], strata.control, weights),
        treatment_std=_within_std(own[1], strata.treatment, weights),
        parts=np.stack(parts),
        freedom=np.array(freedom),
        unadjusted_variance=float(unadjusted_variance),
    )


def _between_strata(weights: FloatArray, units: int, *values: FloatArray) -> FloatArray:
    """Covariance of weighted means over strata that comes from the weights' own randomness.

    The shares are those of a sample of units: multinomial (Miratrix, Sekhon & Yu 2013, JRSS B 75,
    sec. 5, on the population's average effect).
    """
    rows = np.stack(values)
    centred = rows - (rows @ weights)[:, None]
    covariance: FloatArray = (centred * weights) @ centred.T / units
    return covariance


def _within_std(row: FloatArray, cells: tuple[Moments, ...], weights: FloatArray) -> float:
    """Standard deviation of `row @ unit` within strata, weighted as the estimate."""
    if len(cells) == 1:
        return _std(row, cells[0])
    spread = (weight * _std(row, cell) ** 2 for weight, cell in zip(weights, cells, strict=True))
    return float(np.sqrt(sum(spread)))


def _covariance(rows: FloatArray, cell: Moments) -> FloatArray:
    """Covariance of `rows @ unit`; exactly zero of a row where only rounding is left."""
    varies = np.array([_std(row, cell) != 0.0 for row in rows])
    covariance: FloatArray = np.where(np.outer(varies, varies), rows @ cell.cov @ rows.T, 0.0)
    return covariance


def _std(row: FloatArray, cell: Moments) -> float:
    """Standard deviation of `row @ unit`; exactly zero where only rounding is left."""
    variance = float(row @ cell.cov @ row)
    size = np.abs(row)
    rounding = 1e-14 * float(size @ np.abs(cell.cov) @ size)
    rounding += (1e-12 * float(size @ np.abs(cell.mean))) ** 2
    return 0.0 if variance <= rounding else float(np.sqrt(variance))


def _without_value(kind: str, strata: Strata) -> Failure | None:
    for name, arm, mean in zip(("control", "treatment"), strata.arms, strata.means, strict=True):
        fault = next(filter(None, map(fault_of, arm)), "")
        if fault:
            return Failure("no_data", f"The moments of the {name} {fault}.")
        if kind == "ratio" and mean[strata.columns.index("d")] == 0.0:
            return Failure("denominator_zero", f"The denominator of the {name} is zero.")
    return None


def _has_few_events(strata: Strata) -> bool:
    """Has an arm fewer events, or units without, than Welch's test of a share needs?

    It errs by the share's skewness, 1 / sqrt(events). So strata have as many events as give their
    weighted sum its skewness; of a stratum without events none is known, and it counts as one.
    """
    for arm in strata.arms:
        units = np.array([cell.n for cell in arm])
        events = units * np.array([cell.mean_of("y") for cell in arm])
        scale = strata.weights / units
        for counts in (np.maximum(events, 1.0), np.maximum(units - events, 1.0)):
            if (scale**2 @ counts) ** 3 / (scale**3 @ counts) ** 2 < FEWEST_EVENTS - 0.5:
                return True
    return False
