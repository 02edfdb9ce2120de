"""The one way from two arms' moments to an effect."""

from __future__ import annotations

import math

from abstats.inference import rare_events
from abstats.inference.checks import require_fraction, require_one_of
from abstats.inference.compare import ESTIMATORS, KINDS, compare
from abstats.inference.comparison import Comparison, Failure
from abstats.inference.effect import Effect
from abstats.inference.event_counts import event_counts, share_moments
from abstats.inference.features import feature_values, value_feature
from abstats.inference.intervals import with_alpha
from abstats.inference.score import Counts
from abstats.inference.strata import Arm, Strata
from abstats.inference.stratified_score import difference_statistic
from abstats.inference.tails import critical_value, two_sided_p
from abstats.moments import FloatArray

NAN = math.nan


def estimate_effect(
    kind: str,
    control: Arm,
    treatment: Arm,
    *,
    estimator: str = "unadjusted",
    alpha: float = 0.05,
    power: float = 0.8,
) -> Effect:
    """Compare a treatment with control, within strata where there are some.

    Welch's t on a unit's value (linearised for a ratio, residual under CUPED); for a proportion
    without covariates the score test. Strata count by their units of both arms; one with fewer
    than two units of an arm is left out. The formulas stand in docs/methods/inference.md.

    Args:
        kind: "mean", "proportion" or "ratio".
        control: Control's moments: column "y" (0 or 1 for a proportion); for a ratio "d"; every
            other column is a covariate ("x_y", "x_d", "missing"). In strata one such cell each.
        treatment: The treatment's moments, the same columns and strata.
        estimator: "unadjusted" or "cuped".
        alpha: Two-sided level of the test that `mde` is for, and of the intervals; in (0, 1).
        power: Power at which `mde` is detected, in (0, 1).

    Raises:
        ValueError: An argument is outside its range, or the arms' columns or strata differ.
    """
    require_fraction("alpha", alpha)
    require_fraction("power", power)
    require_one_of("kind", kind, KINDS)
    require_one_of("estimator", estimator, ESTIMATORS)
    takes_score = kind == "proportion" and estimator == "unadjusted"
    counts = event_counts(control, treatment) if takes_score else ()
    if isinstance(counts, Failure):
        return _failed(kind, control, treatment, counts)._replace(test="score_z")
    arms = share_moments(counts) if takes_score else (control, treatment)
    comparison = compare(kind, *arms, estimator=estimator)
    if isinstance(comparison, Failure):
        return _failed(kind, control, treatment, comparison)._replace(test="welch_t")
    effect = _score_effect(comparison, counts) if takes_score else effect_of(comparison)
    if estimator == "cuped" and comparison.unadjusted_variance > 0.0:
        left = effect.std_error**2 / comparison.unadjusted_variance
        effect = effect._replace(variance_reduction=1.0 - left)
    return finished(effect, alpha, power)


def with_variance_reduction(effect: Effect, unadjusted: Effect) -> Effect:
    """The effect with `variance_reduction` against another estimate of it.

    For post-stratification: strata of an attribute against none, of a period and an attribute
    against the period's. What `estimate_effect` gives compares within the same strata.
    """
    if not unadjusted.std_error > 0.0:
        return effect._replace(variance_reduction=NAN)
    return effect._replace(variance_reduction=1.0 - (effect.std_error / unadjusted.std_error) ** 2)


def effect_of(comparison: Comparison) -> Effect:
    """The t test of a comparison, without what `finished` adds."""
    estimate, std_error, freedom = comparison.contrast()
    # A covariate that explains every difference leaves a standard error of exactly 0.
    is_constant = std_error == 0.0 or (
        comparison.control_std == 0.0 and comparison.treatment_std == 0.0
    )
    statistic = NAN if is_constant else estimate / std_error
    return _described(comparison)._replace(
        std_error=0.0 if is_constant else std_error,
        statistic=statistic,
        degrees_of_freedom=NAN if is_constant else freedom,
        p_value=NAN if is_constant else two_sided_p(statistic, freedom),
        test="welch_t",
        status="zero_variance" if is_constant else "ok",
        status_reason="The value is the same for every unit of an arm." if is_constant else "",
    )


def _score_effect(comparison: Comparison, counts: tuple[Counts, ...]) -> Effect:
    statistic = difference_statistic(counts)
    # In strata the score test stands: no enumeration over several tables is at hand.
    is_rare = len(counts) == 1 and rare_events.is_rare(counts[0])
    units = comparison.control_n + comparison.treatment_n
    return _described(comparison)._replace(
        treatment_mean=sum(
            (table.control_n + table.treatment_n) / units * (table.treatment / table.treatment_n)
            for table in counts
        ),
        statistic=statistic,
        degrees_of_freedom=math.inf,
        p_value=rare_events.mid_p_value(counts[0]) if is_rare else two_sided_p(statistic),
        test="mid_p" if is_rare else "score_z",
        status="ok",
        control_share=_null_share(counts),
        counts=counts,
    )


def _null_share(strata: tuple[Counts, ...]) -> float:
    """Control's share of the variance of a difference of proportions that are equal."""
    of_control = of_both = 0.0
    for x0, n0, x1, n1 in strata:
        p = (x0 + x1) / (n0 + n1)
        scale = (n0 + n1) ** 2 * p * (1.0 - p)
        of_control += scale / n0
        of_both += scale / n0 + scale / n1
    return of_control / of_both if of_both > 0.0 else NAN


def _described(comparison: Comparison) -> Effect:
    estimate, std_error, _ = comparison.contrast()
    covariance = comparison.covariance
    return EMPTY._replace(
        control_n=comparison.control_n,
        treatment_n=comparison.treatment_n,
        control_mean=comparison.control,
        treatment_mean=comparison.control + estimate,
        control_std=comparison.control_std,
        treatment_std=comparison.treatment_std,
        estimate=estimate,
        std_error=std_error,
        control_mean_variance=float(covariance[0, 0]),
        control_mean_covariance=float(covariance[0, 1]),
        control_share=comparison.control_share,
    )


def finished(effect: Effect, alpha: float, power: float) -> Effect:
    """The effect with what follows from its numbers: relative, bounds, detectable effect."""
    size = abs(effect.control_mean)
    std_error, freedom = effect.std_error, effect.degrees_of_freedom
    if size > 0.0:
        relative = effect.estimate / size
        # The gradient of estimate / |control| is (1, -relative * sign(control)) / |control|.
        slope = math.copysign(relative, relative * effect.control_mean)
        terms = (
            std_error**2,
            -2.0 * slope * effect.control_mean_covariance,
            slope**2 * effect.control_mean_variance,
        )
        # A treatment without any variance or mean leaves rounding alone.
        rounding = 1e-14 * sum(map(abs, terms))
        variance = 0.0 if sum(terms) <= rounding else sum(terms)
        effect = effect._replace(relative=relative, relative_std_error=math.sqrt(variance) / size)
    if std_error > 0.0:
        # Bloom (1995), "Minimum Detectable Effects", Evaluation Review 19.
        multiplier = critical_value(alpha / 2, freedom) + critical_value(1.0 - power, freedom)
        mde = multiplier * std_error
        effect = effect._replace(mde=mde, mde_relative=mde / size if size > 0.0 else NAN)
    return with_alpha(effect, alpha)


def _failed(kind: str, control: Arm, treatment: Arm, failure: Failure) -> Effect:
    """An effect without numbers, but for the units and the means of arms that have some."""
    value, strata = value_feature(kind), Strata.of(control, treatment)
    usable = strata.usable()
    strata = strata if isinstance(usable, Failure) else usable

    def value_at(mean: FloatArray) -> float:
        if value.denominator and mean[strata.columns.index(value.denominator)] == 0.0:
            return NAN
        return float(feature_values((value,), strata.columns, mean)[0])

    return EMPTY._replace(
        control_n=strata.arm_units[0],
        treatment_n=strata.arm_units[1],
        control_mean=value_at(strata.means[0]),
        treatment_mean=value_at(strata.means[1]),
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
