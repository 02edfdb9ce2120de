"""A comparison of Ginis: its effect and its guardrail."""

from __future__ import annotations

import numpy as np

from abstats.analysis.comparisons import Comparison
from abstats.analysis.strata import pooled
from abstats.inference import Effect, GiniArm, gini_effect

NOT_COMPUTED = (
    "A Gini is computed for the whole population at the latest analysis date only, from units "
    "whose window is complete."
)
_GROUPS = 20


def gini_arms(comparison: Comparison) -> tuple[GiniArm, GiniArm]:
    """Control and treatment; arms without a block of units where nothing was computed."""
    if comparison.ginis is not None:
        return comparison.ginis
    nothing = np.empty(0), np.empty((0, _GROUPS))
    control, treatment = pooled(comparison)
    return GiniArm(control.n, 0, *nothing), GiniArm(treatment.n, 0, *nothing)


def effect_of_gini(comparison: Comparison) -> Effect:
    """The effect; one that was not computed says so."""
    analysis = comparison.experiment.analysis
    effect = gini_effect(*gini_arms(comparison), alpha=analysis.alpha, power=analysis.power)
    has_units = min(arm.n for arm in pooled(comparison)) > 0
    if comparison.ginis is None and has_units:
        return effect._replace(status_reason=NOT_COMPUTED)
    return effect
