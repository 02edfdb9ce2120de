"""Families of tests: which p-values share an error rate, and what that does to each.

Primary metrics x comparisons are one family, secondary metrics a second, which may wait behind the
first; guardrails have none, since all of them must pass. Every segment dimension is a family of
its own per role, exploratory unless it was pre-registered.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from abstats.analysis.cells import ALL
from abstats.analysis.corrections import corrected
from abstats.analysis.estimates import Estimate
from abstats.inference import gated_p_values
from abstats.moments import FloatArray

NO_FAMILY = "guardrails: none"
PRIMARY, SECONDARY = "primary metrics", "secondary metrics"
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
    the raw values are estimated by two estimators of the same question. Behind a gate the
    secondary metrics of an estimator wait for the primary ones of the same.
    """
    families: dict[str, dict[tuple[str, ...], list[int]]] = {}
    for i, estimate in enumerate(estimates):
        comparison = estimate.comparison
        family = family_name(comparison.role, comparison.segment_name, preregistered_segments)
        by_comparison = families.setdefault(family, {})
        by_comparison.setdefault(comparison.question, []).append(i)
    adjustments: dict[int, Adjustment] = {}
    gates: dict[str, FloatArray] = {}
    # In the order of the spec: primary metrics come first.
    for family, by_comparison in sorted(families.items(), key=lambda item: item[0] != PRIMARY):
        groups = list(by_comparison.values())
        estimators = sorted({_estimator(estimates[i]) for group in groups for i in group})
        # The headline comes last, so that its rows keep the numbers of the headline's family.
        for estimator in (*estimators, HEADLINE):
            members = [_member(group, estimates, estimator) for group in groups]
            # An estimator that no primary metric has waits for the headlines.
            gate = gates.get(estimator, gates.get(HEADLINE)) if family == SECONDARY else None
            found = _adjusted(family, members, estimates, gate)
            adjustments |= found
            if family == PRIMARY:
                gates[estimator] = np.array([found[i].p_value for i in members])
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
    family: str,
    members: Sequence[int],
    estimates: Sequence[Estimate],
    gate: FloatArray | None,
) -> dict[int, Adjustment]:
    family_estimates = [estimates[i] for i in members]
    analysis = family_estimates[0].comparison.experiment.analysis
    correction = "none" if family == NO_FAMILY else analysis.correction
    p_values, alphas = corrected(family_estimates, correction)
    if gate is not None and analysis.gatekeeping:
        p_values = gated_p_values(p_values, gate)
    size = 1 if family == NO_FAMILY else int(np.isfinite(p_values).sum())
    return {
        i: Adjustment(float(p), float(alpha), correction, family, size)
        for i, p, alpha in zip(members, p_values, alphas, strict=True)
    }
