"""Which comparisons an experiment owes, whether or not there is data for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

import numpy as np

from abstats.analysis.cells import ALL, IS_CAPPED, Cell
from abstats.analysis.distributions import ArmKey, Distributions, MetricKey
from abstats.inference import GiniArm
from abstats.moments import FloatArray, Moments
from abstats.spec.composite import PRE_PERIOD
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.metric import MetricSpec
from abstats.spec.roles import DeclaredMargin
from abstats.spec.strata import UNSTRATIFIED

NOTHING_BESIDE = Distributions()
_ESTIMANDS = {"retention": "proportion", "composite": "mean", "conversion": "ratio"}


@dataclass(frozen=True)
class Comparison:
    """One metric of one pair of variants in one segment.

    Attributes:
        experiment: The pre-registered experiment.
        metric: The metric.
        definition_hash: Hash of what the metric's numbers depend on.
        role: "primary", "secondary" or "guardrail".
        treatment_id: The variant whose effect is asked.
        control_id: The variant it is compared with.
        segment_name: Dimension, "all" for the whole population.
        segment_value: Value of that dimension, "all" for the whole population.
        strata: Names of the strata that any unit of the two is in, sorted; one without strata.
        treatment: Moments of the treatment in each stratum; without units where there is no cell.
        control: Moments of control, likewise.
        is_winsorised: The units' values are capped.
        grid: Of a quantile over events the points of its grid; None without events.
        ginis: Of a Gini the coefficients of control and treatment; None where there are none.
        equivalence_margin: The margin within which the metric is to be shown to stay; None for a
            test of a difference.
        withheld_below: The fewest units that may be shown, where an arm had fewer and none of
            them is here; 0 otherwise.
    """

    experiment: ExperimentSpec
    metric: MetricSpec
    definition_hash: str
    role: str
    treatment_id: str
    control_id: str
    segment_name: str
    segment_value: str
    strata: tuple[str, ...]
    treatment: tuple[Moments, ...]
    control: tuple[Moments, ...]
    is_winsorised: bool = False
    grid: FloatArray | None = None
    ginis: tuple[GiniArm, GiniArm] | None = None
    equivalence_margin: DeclaredMargin | None = None
    withheld_below: int = 0

    @property
    def estimand(self) -> str:
        """What is compared between the arms; kinds that differ in how a unit counts share it."""
        return estimand_of(self.metric.kind)

    @property
    def is_decisive(self) -> bool:
        """Whether its headline is the metric's: of a winsorised metric the raw values' is not."""
        return self.is_winsorised == (self.metric.winsorize is not None)

    @property
    def needs_scale(self) -> bool:
        """Whether its values wait for a number that is frozen from the data."""
        parts = self.metric.parts
        return self.is_winsorised or any(part.standardise == PRE_PERIOD for part in parts)

    @property
    def question(self) -> tuple[str, ...]:
        """What it asks, whether of raw or of capped values."""
        return (
            self.metric.name,
            self.treatment_id,
            self.control_id,
            self.segment_name,
            self.segment_value,
        )

    @property
    def has_cuped(self) -> bool:
        """Both the metric and the experiment ask for CUPED."""
        return self.experiment.analysis.cuped and self.metric.cuped.enabled

    @property
    def is_post_stratified(self) -> bool:
        """The experiment asks for it, and the metric has an average over strata."""
        asked = self.experiment.analysis.post_stratify is not None
        return asked and self.metric.kind not in {"quantile", "gini"}


def estimand_of(kind: str) -> str:
    """What is compared between the arms of a metric of this kind."""
    return _ESTIMANDS.get(kind, kind)


def comparisons(
    experiment: ExperimentSpec,
    metrics: Mapping[str, MetricSpec],
    cells: Mapping[Cell, Moments],
    analysis_date: date,
    distributions: Distributions = NOTHING_BESIDE,
) -> Iterator[Comparison]:
    """Every declared metric x pair x segment of an experiment; none is left out for want of data.

    A winsorised metric is compared twice: raw and capped.

    Segments are the whole population and each value of a declared dimension that any cell of a
    declared variant has.

    Raises:
        ValueError: The experiment names a metric that is not among `metrics`.
    """
    mine = [
        cell
        for cell in cells
        if cell.experiment_id == experiment.name
        and cell.analysis_date == analysis_date
        and cell.variant_id in experiment.variants
    ]
    strata = sorted({cell.stratum for cell in mine})
    segments = _segments(experiment, mine)
    margins = {aim.metric: aim.margin for aim in experiment.metrics.aims}
    for name, role in experiment.roles().items():
        metric = declared_metric(experiment, name, metrics)
        definition_hash = metric.definition_hash
        key = MetricKey(experiment.name, name, definition_hash)
        blocks = (False,) if metric.winsorize is None else (False, True)
        for segment, is_winsorised in product(segments, blocks):
            arms: dict[str, dict[str, Moments]] = {}
            for variant in sorted(experiment.variants):
                place = experiment.name, variant, *segment
                block = name, definition_hash, analysis_date, is_winsorised
                arms[variant] = {
                    stratum: _without_cap(cells[cell])
                    for stratum in strata
                    if (cell := Cell(*place, stratum, *block)) in cells and cells[cell].n > 0
                }
            no_units = _without_units(metric, arms)
            ginis = {
                variant: distributions.ginis.get(ArmKey(key, variant, analysis_date))
                for variant in experiment.variants
            }
            for treatment, control in experiment.pairs():
                found = sorted({*arms[treatment], *arms[control]}) or [UNSTRATIFIED]
                yield Comparison(
                    experiment,
                    metric,
                    definition_hash,
                    role,
                    treatment,
                    control,
                    *segment,
                    strata=tuple(found),
                    treatment=tuple(arms[treatment].get(stratum, no_units) for stratum in found),
                    control=tuple(arms[control].get(stratum, no_units) for stratum in found),
                    is_winsorised=is_winsorised,
                    grid=distributions.grids.get(key),
                    ginis=_gini_arms(ginis[control], ginis[treatment])
                    if segment[0] == ALL
                    else None,
                    equivalence_margin=margins.get(name),
                )


def _gini_arms(
    control: GiniArm | None, treatment: GiniArm | None
) -> tuple[GiniArm, GiniArm] | None:
    """Both arms, one of them without units where it has none; None where neither has."""
    known = control or treatment
    if known is None:
        return None
    no_units = replace(known, n=0, full=known.full[:0], without_group=known.without_group[:0])
    return control or no_units, treatment or no_units


def declared_metric(
    experiment: ExperimentSpec, name: str, metrics: Mapping[str, MetricSpec]
) -> MetricSpec:
    """The metric of that name.

    Raises:
        ValueError: There is none.
    """
    if name not in metrics:
        raise ValueError(
            f"experiment {experiment.name!r}: metric == {name!r}, must be one of {sorted(metrics)}."
        )
    return metrics[name]


def _segments(experiment: ExperimentSpec, cells: Sequence[Cell]) -> list[tuple[str, str]]:
    declared = {
        (cell.segment_name, cell.segment_value)
        for cell in cells
        if cell.segment_name in experiment.segments
    }
    return [(ALL, ALL), *sorted(declared)]


def _without_cap(moments: Moments) -> Moments:
    """The moments of the values and covariates alone."""
    return moments.select(*(column for column in moments.columns if column != IS_CAPPED))


def _without_units(metric: MetricSpec, arms: Mapping[str, Mapping[str, Moments]]) -> Moments:
    """A cell nobody is in, with the columns of its siblings."""
    for moments in (cell for arm in arms.values() for cell in arm.values()):
        columns = moments.columns
        break
    else:
        columns = ("y", "d") if estimand_of(metric.kind) == "ratio" else ("y",)
    return nobody(columns)


def nobody(columns: Sequence[str]) -> Moments:
    """A cell of these columns that nobody is in."""
    k = len(columns)
    return Moments(tuple(columns), 0, np.full(k, np.nan), np.full((k, k), np.nan))
