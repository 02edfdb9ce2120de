"""The declared correction, applied to the estimates of one family."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from abstats.analysis.estimates import Estimate
from abstats.inference import (
    adjust_p_values,
    dunnett_alphas,
    dunnett_p_values,
    interval_alphas,
)
from abstats.moments import FloatArray


def corrected(
    estimates: Sequence[Estimate], correction: str, p_values: Sequence[float] | None = None
) -> tuple[FloatArray, FloatArray]:
    """Adjusted p-values of a family, and the level of each one's interval.

    Args:
        estimates: One per question of the family, all of one experiment.
        correction: "none", or the experiment's.
        p_values: Others than the effects' own, such as those over several looks; they are no
            tails of one t, so Holm's stands in for Dunnett's.
    """
    analysis = estimates[0].comparison.experiment.analysis
    if correction == "dunnett" and p_values is None:
        return _dunnett(estimates, analysis.alpha)
    if p_values is None:
        p_values = [estimate.family_p_value for estimate in estimates]
    correction = correction_of_p_values(correction)
    weights = None
    if analysis.weights and correction != "none":
        weights = [analysis.weights.get(item.comparison.metric.name, 1.0) for item in estimates]
    return (
        adjust_p_values(p_values, correction, weights=weights),
        interval_alphas(p_values, correction, analysis.alpha, weights=weights),
    )


def correction_of_p_values(correction: str) -> str:
    """The correction of p-values that are no tails of one t: Holm's where Dunnett's is declared.

    Dunnett's is about t-statistics that have a control in common.
    """
    return "holm" if correction == "dunnett" else correction


def _dunnett(estimates: Sequence[Estimate], alpha: float) -> tuple[FloatArray, FloatArray]:
    """Dunnett's among the treatments of each metric and segment, Bonferroni's over those.

    A quantile or Gini has no share of control's: its treatments count as independent, which is on
    the safe side. An equivalence p-value is no tail of one t: its treatments take Holm's.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for i, estimate in enumerate(estimates):
        comparison = estimate.comparison
        groups.setdefault((comparison.metric.name, comparison.segment_value), []).append(i)
    effects = [estimate.effect for estimate in estimates]
    p_values = np.array([estimate.family_p_value for estimate in estimates])
    tested = [group for group in groups.values() if np.isfinite(p_values[group]).any()]
    adjusted, levels = np.full(len(effects), np.nan), np.full(len(effects), alpha)
    for group in tested:
        has_p = np.isfinite(p_values[group])
        if estimates[group[0]].equivalence is not None:
            own = adjust_p_values(p_values[group], "holm")
            adjusted[group] = np.minimum(own * len(tested), 1.0)
            levels[group] = interval_alphas(p_values[group], "holm", alpha / len(tested))
            continue
        shares = np.nan_to_num([effects[i].control_share for i in group], nan=0.0)
        # A control that is one unit among many may be all of the variance, up to rounding.
        shares = np.where(has_p, np.minimum(shares, 1.0 - 1e-9), np.nan)
        freedom = [effects[i].degrees_of_freedom for i in group]
        own = dunnett_p_values(p_values[group], shares, freedom)
        adjusted[group] = np.minimum(own * len(tested), 1.0)
        found = dunnett_alphas(shares, freedom, alpha / len(tested))
        levels[group] = np.where(has_p, found, alpha)
    return adjusted, levels
