"""Estimating a comparison: one estimate per estimator, one of them the headline."""

from __future__ import annotations

import math
from typing import NamedTuple

from abstats.analysis.comparisons import Comparison
from abstats.analysis.ginis import effect_of_gini, gini_arms
from abstats.analysis.quantiles import curves
from abstats.inference import (
    Effect,
    NonInferiority,
    estimate_effect,
    gini_non_inferiority,
    non_inferiority,
    quantile_effect,
    quantile_non_inferiority,
)
from abstats.spec.roles import GuardrailSpec

UNADJUSTED = "unadjusted"
CUPED = "cuped"
_NO_SCALE = (
    "A unit counts once the cap or standard deviation is frozen: from 1,000 units that were "
    "active before the start, or from the first 1,000 whose windows are complete."
)


class Estimate(NamedTuple):
    """One comparison by one estimator.

    Attributes:
        comparison: What is compared.
        estimator: "unadjusted" or "cuped".
        effect: The effect at the experiment's alpha.
        is_headline: The verdict reads this one; exactly one per metric, pair and segment.
        guardrail: The declared guardrail, None for other roles.
        non_inferiority: The test against the guardrail's margin, None without a margin.
    """

    comparison: Comparison
    estimator: str
    effect: Effect
    is_headline: bool
    guardrail: GuardrailSpec | None
    non_inferiority: NonInferiority | None


def estimate_comparison(comparison: Comparison) -> list[Estimate]:
    """The unadjusted estimate and, where metric and experiment ask for it, CUPED's.

    CUPED's is the headline where it has a p-value, the unadjusted one otherwise.

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
    effects = {UNADJUSTED: _effect(comparison, UNADJUSTED)}
    headline = UNADJUSTED
    if comparison.has_cuped:
        effects[CUPED] = _effect(comparison, CUPED)
        if math.isfinite(effects[CUPED].p_value):
            headline = CUPED
    guardrail = _guardrail(comparison)
    return [
        Estimate(
            comparison,
            estimator,
            effect,
            is_headline=comparison.is_decisive and estimator == headline,
            guardrail=guardrail,
            non_inferiority=_against_margin(comparison, estimator, guardrail),
        )
        for estimator, effect in effects.items()
    ]


def _effect(comparison: Comparison, estimator: str) -> Effect:
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
        comparison.control,
        comparison.treatment,
        estimator=estimator,
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


def _against_margin(
    comparison: Comparison, estimator: str, guardrail: GuardrailSpec | None
) -> NonInferiority | None:
    if guardrail is None:
        return None
    relative = guardrail.margin is not None
    margin = guardrail.margin if relative else guardrail.absolute_margin
    if margin is None:
        return None
    direction, alpha = comparison.metric.direction, comparison.experiment.analysis.alpha
    quantile = comparison.metric.quantile
    if quantile is not None:
        return quantile_non_inferiority(
            quantile.p,
            *curves(comparison),
            margin=margin,
            relative=relative,
            direction=direction,
            alpha=alpha,
        )
    if comparison.metric.kind == "gini":
        return gini_non_inferiority(
            *gini_arms(comparison),
            margin=margin,
            relative=relative,
            direction=direction,
            alpha=alpha,
        )
    return non_inferiority(
        comparison.estimand,
        comparison.control,
        comparison.treatment,
        margin=margin,
        relative=relative,
        direction=direction,
        estimator=estimator,
        alpha=alpha,
    )
