"""Estimating a comparison: one estimate per estimator, one of them the headline."""

from __future__ import annotations

import math
from typing import NamedTuple

from abstats.analysis.comparisons import Comparison
from abstats.analysis.ginis import effect_of_gini, gini_arms
from abstats.analysis.minimum_cells import said_to_be_withheld
from abstats.analysis.quantiles import curves
from abstats.analysis.strata import StratifiedArms, in_periods, in_values
from abstats.inference import (
    Effect,
    Equivalence,
    NonInferiority,
    estimate_effect,
    gini_non_inferiority,
    non_inferiority,
    quantile_effect,
    quantile_non_inferiority,
    two_one_sided,
    with_variance_reduction,
)
from abstats.spec.roles import DeclaredMargin, GuardrailSpec

UNADJUSTED = "unadjusted"
CUPED = "cuped"
POST_STRATIFIED = "post_stratified"
POST_STRATIFIED_CUPED = "post_stratified_cuped"
HEADLINES = (POST_STRATIFIED_CUPED, POST_STRATIFIED, CUPED, UNADJUSTED)
"""A comparison's headline is the first of these that it has and that has a p-value."""
DIFFERENCE, NON_INFERIORITY, EQUIVALENCE = "difference", "non_inferiority", "equivalence"
_ADJUSTMENTS = {
    UNADJUSTED: UNADJUSTED,
    CUPED: CUPED,
    POST_STRATIFIED: UNADJUSTED,
    POST_STRATIFIED_CUPED: CUPED,
}
_NO_SCALE = (
    "A unit counts once the cap or standard deviation is frozen: from 1,000 units that were "
    "active before the start, or from the first 1,000 whose windows are complete."
)


class Estimate(NamedTuple):
    """One comparison by one estimator.

    Attributes:
        comparison: What is compared.
        estimator: "unadjusted", "cuped", "post_stratified" or "post_stratified_cuped"; all of them
            within the allocation periods of a ramp.
        effect: The effect at the experiment's alpha; of status "withheld" and without numbers
            where an arm has too few units to be shown.
        is_headline: The verdict reads this one; exactly one per metric, pair and segment.
        guardrail: The declared guardrail, None for other roles.
        non_inferiority: The test against the guardrail's margin, None without a margin.
        equivalence: The test that the change lies within the declared margins; None for metrics
            that are tested for a difference.
        left_out: What it leaves out and why, in words; empty where it uses all units.
    """

    comparison: Comparison
    estimator: str
    effect: Effect
    is_headline: bool
    guardrail: GuardrailSpec | None
    non_inferiority: NonInferiority | None
    equivalence: Equivalence | None
    left_out: str

    @property
    def hypothesis(self) -> str:
        """What is to be shown: a "difference", "non_inferiority" or "equivalence"."""
        if self.equivalence is not None:
            return EQUIVALENCE
        return DIFFERENCE if self.non_inferiority is None else NON_INFERIORITY

    @property
    def margin(self) -> DeclaredMargin | None:
        """The margin of that hypothesis; None of a difference."""
        if self.guardrail is not None:
            return self.guardrail.tolerated
        return self.comparison.equivalence_margin

    @property
    def family_p_value(self) -> float:
        """The p-value that its family corrects: of equivalence where that is asked."""
        return self.effect.p_value if self.equivalence is None else self.equivalence.p_value


def estimate_comparison(comparison: Comparison) -> list[Estimate]:
    """The unadjusted estimate and those that metric and experiment ask for.

    These are CUPED's, the post-stratified one, and both in one. The headline is chosen by what
    the covariates and strata allow, never by the effect: see `HEADLINES`.

    Raises:
        ValueError: The moments cannot be those of such a metric (a proportion above 1).
    """
    try:
        return _estimates(comparison)
    except ValueError as error:
        raise ValueError(
            f"experiment {comparison.experiment.name!r}, metric {comparison.metric.name!r}, "
            f"{comparison.treatment_id!r} against {comparison.control_id!r}: {error}"
        ) from error


def _estimates(comparison: Comparison) -> list[Estimate]:
    arms = {UNADJUSTED: in_periods(comparison)}
    if comparison.has_cuped:
        arms[CUPED] = arms[UNADJUSTED]
    if comparison.is_post_stratified:
        arms[POST_STRATIFIED] = in_values(comparison)
        if comparison.has_cuped:
            arms[POST_STRATIFIED_CUPED] = arms[POST_STRATIFIED]
    effects = {estimator: _effect(comparison, estimator, arms[estimator]) for estimator in arms}
    if comparison.withheld_below:
        effects = {
            estimator: said_to_be_withheld(effect, comparison.withheld_below)
            for estimator, effect in effects.items()
        }
    for estimator in (POST_STRATIFIED, POST_STRATIFIED_CUPED):
        if estimator in effects:
            effects[estimator] = with_variance_reduction(effects[estimator], effects[UNADJUSTED])
    headline = next(
        (name for name in HEADLINES if name in effects and math.isfinite(effects[name].p_value)),
        UNADJUSTED,
    )
    guardrail = _guardrail(comparison)
    tolerated = None if guardrail is None else guardrail.tolerated
    margin = comparison.equivalence_margin
    direction = comparison.metric.direction
    return [
        Estimate(
            comparison,
            estimator,
            effect,
            is_headline=comparison.is_decisive and estimator == headline,
            guardrail=guardrail,
            non_inferiority=None
            if tolerated is None
            else _within(comparison, estimator, arms[estimator], tolerated, direction),
            equivalence=None
            if margin is None
            else two_one_sided(
                _within(comparison, estimator, arms[estimator], margin, "increase"),
                _within(comparison, estimator, arms[estimator], margin, "decrease"),
            ),
            left_out=arms[estimator].left_out,
        )
        for estimator, effect in effects.items()
    ]


def _effect(comparison: Comparison, estimator: str, arms: StratifiedArms) -> Effect:
    analysis = comparison.experiment.analysis
    quantile = comparison.metric.quantile
    if quantile is not None:
        return quantile_effect(
            quantile.p, *curves(comparison), alpha=analysis.alpha, power=analysis.power
        )
    if comparison.metric.kind == "gini":
        return effect_of_gini(comparison)
    effect = estimate_effect(
        comparison.estimand,
        arms.control,
        arms.treatment,
        estimator=_ADJUSTMENTS[estimator],
        alpha=analysis.alpha,
        power=analysis.power,
    )
    if effect.status == "no_data" and comparison.needs_scale:
        reason = f"{effect.status_reason} {_NO_SCALE}"
        return effect._replace(status_reason=reason)
    return effect


def _guardrail(comparison: Comparison) -> GuardrailSpec | None:
    if comparison.role != "guardrail":
        return None
    guardrails = comparison.experiment.metrics.guardrails
    return next(spec for spec in guardrails if spec.metric == comparison.metric.name)


def _within(
    comparison: Comparison,
    estimator: str,
    arms: StratifiedArms,
    margin: DeclaredMargin,
    direction: str,
) -> NonInferiority:
    """The test that the change away from this direction is smaller than the margin."""
    alpha = comparison.experiment.analysis.alpha
    quantile = comparison.metric.quantile
    if quantile is not None:
        return quantile_non_inferiority(
            quantile.p,
            *curves(comparison),
            margin=margin.size,
            relative=margin.is_relative,
            direction=direction,
            alpha=alpha,
        )
    if comparison.metric.kind == "gini":
        return gini_non_inferiority(
            *gini_arms(comparison),
            margin=margin.size,
            relative=margin.is_relative,
            direction=direction,
            alpha=alpha,
        )
    return non_inferiority(
        comparison.estimand,
        arms.control,
        arms.treatment,
        margin=margin.size,
        relative=margin.is_relative,
        direction=direction,
        estimator=_ADJUSTMENTS[estimator],
        alpha=alpha,
    )
