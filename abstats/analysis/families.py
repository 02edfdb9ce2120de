"""Families of tests: which p-values share an error rate, and what that does to each.

Primary metrics x comparisons are one family, secondary metrics a second; guardrails have none,
since all of them must pass. Every segment dimension is a family of its own per role, exploratory
unless it was pre-registered.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from abstats.analysis.cells import ALL
from abstats.analysis.estimates import Estimate
from abstats.inference import adjust_p_values, interval_alphas

NO_FAMILY = "guardrails: none"
HEADLINE = "headline"


class Adjustment(NamedTuple):
    """What a family does to one of its estimates.

    Attributes:
        p_value: Adjusted p-value; NaN where there is no p-value.
        alpha: Alpha at which this comparison's adjusted interval is drawn.
        correction: Method, "none" outside families.
        family: The family in words.
        family_size: Number of p-values in the family.
    """

    p_value: float
    alpha: float
    correction: str
    family: str
    family_size: int


def adjust(
    estimates: Sequence[Estimate], preregistered_segments: Collection[str] = ()
) -> list[Adjustment]:
    """Adjust the estimates of one experiment over their families, in the given order.

    An estimator's family holds, for every question, that estimator's row, or the headline's
    where the question has none; the headline rows are a family of their own. So a question
    counts once in each family, and a verdict reads p-values of one family only. The capped and
    the raw values are estimated by two estimators of the same question.
    """
    families: dict[str, dict[tuple[str, ...], list[int]]] = {}
    for i, estimate in enumerate(estimates):
        comparison = estimate.comparison
        family = family_name(comparison.role, comparison.segment_name, preregistered_segments)
        by_comparison = families.setdefault(family, {})
        by_comparison.setdefault(comparison.question, []).append(i)
    adjustments: dict[int, Adjustment] = {}
    for family, by_comparison in families.items():
        groups = list(by_comparison.values())
        estimators = sorted({_estimator(estimates[i]) for group in groups for i in group})
        # The headline comes last, so that its rows keep the numbers of the headline's family.
        for estimator in (*estimators, HEADLINE):
            members = [_member(group, estimates, estimator) for group in groups]
            adjustments |= _adjusted(family, members, estimates)
    return [adjustments[i] for i in range(len(estimates))]


def family_name(role: str, segment_name: str, preregistered_segments: Collection[str] = ()) -> str:
    """The family of a metric's comparisons in a segment dimension, in words."""
    if role == "guardrail":
        return NO_FAMILY
    if segment_name == ALL:
        return f"{role} metrics"
    planned = "pre-registered" if segment_name in preregistered_segments else "exploratory"
    return f"{role} metrics by {segment_name}, {planned}"


def _estimator(estimate: Estimate) -> str:
    return f"{estimate.estimator}{' winsorised' if estimate.comparison.is_winsorised else ''}"


def _member(group: list[int], estimates: Sequence[Estimate], estimator: str) -> int:
    """The question's row of that estimator, else its headline row."""
    for i in group:
        if _estimator(estimates[i]) == estimator:
            return i
    return next(i for i in group if estimates[i].is_headline)


def _adjusted(
    family: str, members: Sequence[int], estimates: Sequence[Estimate]
) -> dict[int, Adjustment]:
    analysis = estimates[members[0]].comparison.experiment.analysis
    p_values = np.array([estimates[i].effect.p_value for i in members])
    correction = "none" if family == NO_FAMILY else analysis.correction
    size = 1 if family == NO_FAMILY else int(np.isfinite(p_values).sum())
    adjusted = adjust_p_values(p_values, correction)
    alphas = interval_alphas(p_values, correction, analysis.alpha)
    return {
        i: Adjustment(float(p), float(alpha), correction, family, size)
        for i, p, alpha in zip(members, adjusted, alphas, strict=True)
    }
