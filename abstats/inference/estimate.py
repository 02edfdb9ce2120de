"""The one way from two arms' moments to an effect."""

from __future__ import annotations

import math

from abstats.inference.checks import require_fraction, require_one_of
from abstats.inference.compare import ESTIMATORS, KINDS, compare
from abstats.inference.comparison import Comparison, Failure
from abstats.inference.effect import Effect
from abstats.inference.event_counts import event_counts
from abstats.inference.features import feature_values, value_feature
from abstats.inference.intervals import with_alpha
from abstats.inference.score import Counts, difference_statistic
from abstats.inference.tails import critical_value, two_sided_p
from abstats.moments import Moments

NAN = math.nan


def estimate_effect(
    kind: str,
    control: Moments,
    treatment: Moments,
    *,
    estimator: str = "unadjusted",
    alpha: float = 0.05,
    power: float = 0.8,
) -> Effect:
    """Compare a treatment with control.

    Welch's t on a unit's value (linearised for a ratio, residual under CUPED); for a proportion
    without covariates the score test. The formulas stand in docs/methods/inference.md.

    Args:
        kind: "mean", "proportion" or "ratio".
        control: Control's moments: column "y" (0 or 1 for a proportion); for a ratio "d"; every
            other column is a covariate ("x_y", "x_d", "missing").
        treatment: The treatment's moments, the same columns.
        estimator: "unadjusted" or "cuped".
        alpha: Two-sided level of the test that `mde` is for, and of the intervals; in (0, 1).
        power: Power at which `mde` is detected, in (0, 1).

    Raises:
        ValueError: An argument is outside its range, or the arms' columns differ.
    """
    require_fraction("alpha", alpha)
    require_fraction("power", power)
    require_one_of("kind", kind, KINDS)
    require_one_of("estimator", estimator, ESTIMATORS)
    failure: Failure
    if kind == "proportion" and estimator == "unadjusted":
        counts = event_counts(control, treatment)
        if not isinstance(counts, Failure):
            return finished(_score_effect(counts), alpha, power)
        failure = counts
    else:
        comparison = compare(kind, control, treatment, estimator=estimator)
        if not isinstance(comparison, Failure):
            effect = effect_of(comparison, control.n, treatment.n)
            if estimator == "cuped" and comparison.unadjusted_variance > 0.0:
                left = effect.std_error**2 / comparison.unadjusted_variance
                effect = effect._replace(variance_reduction=1.0 - left)
            return finished(effect, alpha, power)
        failure = comparison
    test = "score_z" if kind == "proportion" and estimator == "unadjusted" else "welch_t"
    return _failed(kind, control, treatment, failure)._replace(test=test)


def effect_of(comparison: Comparison, control_n: int, treatment_n: int) -> Effect:
    """The t test of a comparison, without what `finished` adds."""
    estimate, std_error, freedom = comparison.contrast()
    covariance = comparison.covariance
    # A covariate that explains every difference leaves a standard error of exactly 0.
    is_constant = std_error == 0.0 or (
        comparison.control_std == 0.0 and comparison.treatment_std == 0.0
    )
    statistic = NAN if is_constant else estimate / std_error
    return EMPTY._replace(
        control_n=control_n,
        treatment_n=treatment_n,
        control_mean=comparison.control,
        treatment_mean=comparison.control + estimate,
        control_std=comparison.control_std,
        treatment_std=comparison.treatment_std,
        estimate=estimate,
        std_error=0.0 if is_constant else std_error,
        statistic=statistic,
        degrees_of_freedom=NAN if is_constant else freedom,
        p_value=NAN if is_constant else two_sided_p(statistic, freedom),
        test="welch_t",
        status="zero_variance" if is_constant else "ok",
        status_reason="The value is the same for every unit of an arm." if is_constant else "",
        control_mean_variance=float(covariance[0, 0]),
        control_mean_covariance=float(covariance[0, 1]),
    )


def _score_effect(counts: Counts) -> Effect:
    x0, n0, x1, n1 = counts
    p0, p1 = x0 / n0, x1 / n1
    v0, v1 = (_sample_variance(p, n) for p, n in ((p0, n0), (p1, n1)))
    statistic = difference_statistic(counts)
    return EMPTY._replace(
        control_n=n0,
        treatment_n=n1,
        control_mean=p0,
        treatment_mean=p1,
        control_std=math.sqrt(v0),
        treatment_std=math.sqrt(v1),
        estimate=p1 - p0,
        std_error=math.sqrt(v0 / n0 + v1 / n1),
        statistic=statistic,
        degrees_of_freedom=math.inf,
        p_value=two_sided_p(statistic),
        test="score_z",
        status="ok",
        control_mean_variance=v0 / n0,
        control_mean_covariance=-v0 / n0,
    )


def _sample_variance(p: float, n: int) -> float:
    """Variance of a 0/1 column as any other column's, with divisor n - 1."""
    return p * (1.0 - p) * (n / (n - 1))


def finished(effect: Effect, alpha: float, power: float) -> Effect:
    """The effect with what follows from its numbers: relative, bounds, detectable effect."""
    size = abs(effect.control_mean)
    std_error, freedom = effect.std_error, effect.degrees_of_freedom
    if size > 0.0:
        relative = effect.estimate / size
        # The gradient of estimate / |control| is (1, -relative * sign(control)) / |control|.
        slope = math.copysign(relative, relative * effect.control_mean)
        variance = (
            std_error**2
            - 2.0 * slope * effect.control_mean_covariance
            + slope**2 * effect.control_mean_variance
        )
        effect = effect._replace(
            relative=relative, relative_std_error=math.sqrt(max(variance, 0.0)) / size
        )
    if std_error > 0.0:
        # Bloom (1995), "Minimum Detectable Effects", Evaluation Review 19.
        multiplier = critical_value(alpha / 2, freedom) + critical_value(1.0 - power, freedom)
        mde = multiplier * std_error
        effect = effect._replace(mde=mde, mde_relative=mde / size if size > 0.0 else NAN)
    return with_alpha(effect, alpha)


def _failed(kind: str, control: Moments, treatment: Moments, failure: Failure) -> Effect:
    """An effect without numbers, but for the units and the means of arms that have some."""
    value = value_feature(kind)

    def mean(arm: Moments) -> float:
        if arm.n == 0 or (value.denominator and arm.mean_of(value.denominator) == 0.0):
            return NAN
        return float(feature_values((value,), arm.columns, arm.mean)[0])

    return EMPTY._replace(
        control_n=control.n,
        treatment_n=treatment.n,
        control_mean=mean(control),
        treatment_mean=mean(treatment),
        status=failure.status,
        status_reason=failure.reason,
    )


EMPTY = Effect(
    control_n=0,
    treatment_n=0,
    control_mean=NAN,
    treatment_mean=NAN,
    control_std=NAN,
    treatment_std=NAN,
    estimate=NAN,
    std_error=NAN,
    ci_lower=NAN,
    ci_upper=NAN,
    relative=NAN,
    relative_std_error=NAN,
    relative_ci_lower=NAN,
    relative_ci_upper=NAN,
    statistic=NAN,
    degrees_of_freedom=NAN,
    p_value=NAN,
    test="",
    variance_reduction=NAN,
    mde=NAN,
    mde_relative=NAN,
    status="",
    status_reason="",
    control_mean_variance=NAN,
    control_mean_covariance=NAN,
)
