"""Does an effect differ between the values of a segment dimension?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from abstats.analysis.cells import ALL
from abstats.analysis.corrections import correction_of_p_values
from abstats.analysis.estimates import Estimate
from abstats.analysis.families import NO_FAMILY, family_name
from abstats.inference import adjust_p_values, heterogeneity_test


class SegmentHeterogeneity(NamedTuple):
    """The interaction of treatment and one segment dimension, for one metric.

    Attributes:
        metric_name: The metric.
        role: "primary", "secondary" or "guardrail".
        treatment_id: The variant whose effect is asked.
        control_id: The variant it is compared with.
        segment_name: The dimension.
        statistic: Cochran's Q over the values' headline effects.
        degrees_of_freedom: Values with a standard error, minus one.
        p_value: NaN with fewer than two such values.
        p_value_adjusted: Over the family; a guardrail's is its own.
        correction: Method, "none" for guardrails and Holm's where Dunnett's is declared.
        family: The family of the dimension's effects; one of interactions has the same name.
    """

    metric_name: str
    role: str
    treatment_id: str
    control_id: str
    segment_name: str
    statistic: float
    degrees_of_freedom: int
    p_value: float
    p_value_adjusted: float
    correction: str
    family: str


def segment_heterogeneity(
    estimates: Sequence[Estimate], preregistered_segments: Collection[str] = ()
) -> list[SegmentHeterogeneity]:
    """Test every metric x pair x dimension of one experiment; absolute headline effects.

    One family per dimension and role, as for the effects themselves, corrected by the experiment's
    method without its weights.
    """
    groups: dict[tuple[str, str, str, str, str], list[Estimate]] = {}
    for estimate in estimates:
        comparison = estimate.comparison
        if comparison.segment_name == ALL or not estimate.is_headline:
            continue
        key = (
            comparison.metric.name,
            comparison.role,
            comparison.treatment_id,
            comparison.control_id,
            comparison.segment_name,
        )
        groups.setdefault(key, []).append(estimate)
    families: dict[str, list[SegmentHeterogeneity]] = {}
    for key, members in groups.items():
        effects = [estimate.effect for estimate in members]
        test = heterogeneity_test(
            [effect.estimate for effect in effects],
            [effect.std_error for effect in effects],
            [effect.degrees_of_freedom for effect in effects],
        )
        family = family_name(key[1], key[4], preregistered_segments)
        declared = members[0].comparison.experiment.analysis.correction
        correction = correction_of_p_values(declared)
        row = SegmentHeterogeneity(
            *key, *test, test.p_value, "none" if family == NO_FAMILY else correction, family
        )
        families.setdefault(family, []).append(row)
    return [row for rows in families.values() for row in _adjusted(rows)]


def _adjusted(rows: Sequence[SegmentHeterogeneity]) -> list[SegmentHeterogeneity]:
    adjusted = adjust_p_values([row.p_value for row in rows], rows[0].correction)
    return [row._replace(p_value_adjusted=float(p)) for row, p in zip(rows, adjusted, strict=True)]
