"""The looks of a sequential experiment: the columns that say what may be decided at each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from abstats.analysis.cells import ALL
from abstats.analysis.corrections import corrected
from abstats.analysis.estimates import (
    DIFFERENCE,
    EQUIVALENCE,
    NON_INFERIORITY,
    Estimate,
)
from abstats.analysis.families import NO_FAMILY, family_name
from abstats.analysis.look_bounds import FutilityStop
from abstats.analysis.tracks import Judged, Sight, follow, spending_of
from abstats.inference import gated_p_values, with_alpha
from abstats.inference.sequential import Spending, futility_design
from abstats.inference.tails import upper_tail
from abstats.moments import FloatArray
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.look_dates import look_dates, matured_share
from abstats.spec.metric import MetricSpec

NOT_A_LOOK = "not_a_look"
NOT_FOLLOWED = "not_followed"
NAMES = (
    "sequential_method",
    "look",
    "n_looks",
    "information_fraction",
    "alpha_spent",
    "nominal_alpha",
    "critical_value",
    "futility_bound",
    "log_e_value",
    "p_value_sequential",
    "p_value_sequential_adjusted",
    "p_value_stage_wise",
    "effect_abs_ci_sequential_lower",
    "effect_abs_ci_sequential_upper",
    "effect_rel_ci_sequential_lower",
    "effect_rel_ci_sequential_upper",
    "p_value_non_inferiority_sequential",
    "p_value_inferiority_sequential",
    "bound_crossed",
    "sequential_status",
    "sequential_status_reason",
)
"""The columns, in their order."""

WITHOUT_DESIGN: Mapping[str, Any] = dict.fromkeys(NAMES)
"""The columns of an experiment that is judged once."""


class Place(NamedTuple):
    """Which row of an experiment a set of columns belongs to.

    Attributes:
        analysis_date: Its date.
        question: The comparison's question.
    """

    analysis_date: date
    question: tuple[str, ...]


class Looks:
    """The sequential columns of all rows of one experiment."""

    def __init__(
        self,
        experiment: ExperimentSpec,
        metrics: Mapping[str, MetricSpec],
        estimates: Mapping[date, Sequence[Estimate]],
    ) -> None:
        """Judge the looks of an experiment.

        Args:
            experiment: The experiment.
            metrics: Experiment metrics by name.
            estimates: All its estimates by analysis date.
        """
        self._experiment = experiment
        declared = [metrics[name] for name in experiment.roles()]
        self._dates = look_dates(experiment, declared)
        self._columns: dict[Place, dict[str, Any]] = {}
        # Adjusted p-values of the primary metrics at each look, whose tracks come first.
        self._gates: dict[int, FloatArray] = {}
        if not self._dates:
            return
        stop = _futility_stop(experiment, declared, self._dates)
        tracks: dict[tuple[str, ...], list[Sight]] = {}
        for number, day in enumerate(self._dates, start=1):
            for estimate in filter(_is_followed, estimates.get(day, ())):
                sight = Sight(number, day, estimate, day == self._dates[-1])
                tracks.setdefault(estimate.comparison.question, []).append(sight)
        judged = [
            look
            for sights in tracks.values()
            for look in follow(
                sights,
                experiment,
                stop if _may_be_futile(sights[0].estimate) else None,
            )
        ]
        for family in _families(judged):
            self._columns.update(self._columns_of(family))

    def columns(self, estimate: Estimate, analysis_date: date) -> Mapping[str, Any]:
        """The sequential columns of a row: NULL without a design, with a reason where not."""
        if not self._dates:
            return WITHOUT_DESIGN
        place = Place(analysis_date, estimate.comparison.question)
        if _is_followed(estimate) and place in self._columns:
            return self._columns[place]
        blank = {**WITHOUT_DESIGN, "n_looks": len(self._dates)}
        sequential = self._experiment.analysis.sequential
        blank["sequential_method"] = sequential.method if sequential else None
        if not _is_followed(estimate):
            reason = "The design follows the headline rows of the whole population."
            return blank | {"sequential_status": NOT_FOLLOWED, "sequential_status_reason": reason}
        return blank | {
            "sequential_status": NOT_A_LOOK,
            "sequential_status_reason": _between(self._dates, analysis_date),
        }

    def _columns_of(self, family: Sequence[Judged]) -> Iterator[tuple[Place, dict[str, Any]]]:
        """The columns of one look's family of tests."""
        analysis = self._experiment.analysis
        role = family[0].sight.estimate.comparison.role
        correction = "none" if family_name(role, ALL) == NO_FAMILY else analysis.correction
        # A comparison without a p-value so far counts: who comes later must not change who won.
        p_values = [1.0 if math.isnan(look.p_value) else look.p_value for look in family]
        estimates = [look.sight.estimate for look in family]
        adjusted, alphas = corrected(estimates, correction, p_values)
        number = family[0].sight.number
        if role == "primary":
            self._gates[number] = adjusted
        elif role == "secondary" and analysis.gatekeeping:
            adjusted = gated_p_values(adjusted, self._gates[number])
        for look, p, alpha in zip(family, adjusted.tolist(), alphas.tolist(), strict=True):
            sight = look.sight
            place = Place(sight.analysis_date, sight.estimate.comparison.question)
            yield place, self._row(look, p, alpha)

    def _row(self, look: Judged, adjusted: float, alpha: float) -> dict[str, Any]:
        analysis = self._experiment.analysis
        sequential = analysis.sequential
        row = {
            **WITHOUT_DESIGN,
            "sequential_method": sequential.method if sequential else None,
            "look": look.sight.number,
            "n_looks": len(self._dates),
            "bound_crossed": _crossed(look, adjusted, analysis.alpha, alpha),
            "sequential_status": look.status,
            "sequential_status_reason": look.status_reason,
        }
        if not math.isnan(look.p_value):
            if look.sight.estimate.hypothesis == NON_INFERIORITY:
                row["p_value_non_inferiority_sequential"] = look.p_value
                row["p_value_inferiority_sequential"] = look.p_value_inferior
            else:
                row["p_value_sequential"] = look.p_value
                row["p_value_sequential_adjusted"] = adjusted
                row["p_value_stage_wise"] = _null(look.p_value_stage_wise)
        if look.bounds is None:
            return row
        critical = look.bounds.critical(alpha, look.sides)
        tail = upper_tail(critical)
        row |= {
            "information_fraction": look.bounds.fraction,
            "alpha_spent": _null(look.bounds.alpha_spent(alpha, look.sides)),
            "nominal_alpha": look.sides * tail,
            "critical_value": _null(critical),
            "futility_bound": _null(look.bounds.futility()),
            "log_e_value": _null(look.bounds.log_e_value(look.z, look.sides)),
        }
        if tail > 0.0:
            effect = with_alpha(look.sight.estimate.effect, min(2.0 * tail, 1.0 - 1e-12))
            row |= {
                "effect_abs_ci_sequential_lower": _null(effect.ci_lower),
                "effect_abs_ci_sequential_upper": _null(effect.ci_upper),
                "effect_rel_ci_sequential_lower": _null(effect.relative_ci_lower),
                "effect_rel_ci_sequential_upper": _null(effect.relative_ci_upper),
            }
        return row


def _is_followed(estimate: Estimate) -> bool:
    return estimate.is_headline and estimate.comparison.segment_name == ALL


def _may_be_futile(estimate: Estimate) -> bool:
    """Futility bounds are those of primary metrics that are tested for a difference."""
    return estimate.comparison.role == "primary" and estimate.hypothesis == DIFFERENCE


def _crossed(look: Judged, adjusted: float, alpha: float, level: float) -> str:
    """What this look or one before it has shown; `level` is what the family leaves to it."""
    hypothesis = look.sight.estimate.hypothesis
    if hypothesis == EQUIVALENCE:
        beyond = "not_equivalent" if look.p_value_inferior <= level else "none"
        return "equivalent" if adjusted <= alpha else beyond
    if hypothesis == NON_INFERIORITY:
        within = "non_inferior" if look.p_value <= alpha else "none"
        return "inferior" if look.p_value_inferior <= alpha else within
    if adjusted <= alpha:
        wanted = look.sight.estimate.comparison.metric.direction == "increase"
        return "better" if look.is_positive == wanted else "worse"
    if look.bounds is not None and abs(look.z) <= look.bounds.futility():
        return "futility"
    return "none"


def _families(judged: Sequence[Judged]) -> list[list[Judged]]:
    """Looks that share an error rate: a date and a family; in the order of the tracks."""
    families: dict[tuple[date, str], list[Judged]] = {}
    for look in judged:
        family = family_name(look.sight.estimate.comparison.role, ALL)
        families.setdefault((look.sight.analysis_date, family), []).append(look)
    return list(families.values())


def _futility_stop(
    experiment: ExperimentSpec, metrics: Sequence[MetricSpec], dates: Sequence[date]
) -> FutilityStop | None:
    """Futility bounds at the drift that has the declared power at the planned looks."""
    analysis = experiment.analysis
    sequential = analysis.sequential
    if sequential is None or sequential.futility is None:
        return None
    # The metric that matures last decides about the looks' information.
    shares = [min(matured_share(experiment, metric, day) for metric in metrics) for day in dates]
    spending = Spending(sequential.futility)
    design = futility_design(
        shares,
        alpha=analysis.alpha,
        power=analysis.power,
        spending=spending_of(sequential),
        beta_spending=spending,
        sides=2,
    )
    return FutilityStop(1.0 - analysis.power, spending, design.drift, analysis.alpha)


def _between(dates: Sequence[date], day: date) -> str:
    later = [look for look in dates if look > day]
    if later:
        return f"The next look is at {later[0]}; other dates decide nothing."
    return "The last look is over."


def _null(number: float) -> float | None:
    return number if math.isfinite(number) else None
