"""Moments and specs to the rows of fct_experiment_results."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from abstats.analysis.cells import Cell, read_cells
from abstats.analysis.comparisons import NOTHING_BESIDE, comparisons
from abstats.analysis.distributions import Distributions
from abstats.analysis.estimates import EQUIVALENCE, Estimate, estimate_comparison
from abstats.analysis.families import Adjustment, adjust
from abstats.analysis.looks import Looks
from abstats.analysis.minimum_cells import without_small_cells
from abstats.analysis.schemas import RESULTS_GRAIN, RESULTS_SCHEMA, utc_naive
from abstats.inference import Effect, with_alpha
from abstats.moments import Moments
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.horizon import horizon_of
from abstats.spec.metric import MetricSpec


def estimate_results(
    experiments: Sequence[ExperimentSpec],
    metrics: Mapping[str, MetricSpec],
    moments: pa.Table,
    *,
    analysis_dates: Mapping[str, date],
    code_version: str,
    computed_at: datetime,
    distributions: Distributions = NOTHING_BESIDE,
    minimum_cell_size: int = 0,
) -> pa.Table:
    """All result rows: every date x declared metric x pair x segment x estimator, none missing.

    A number that cannot be had is NULL, with `status` and `status_reason`; an experiment without
    exposures has rows of status "no_data", a cell of too few units one of "withheld". Rows are
    sorted by their grain; the same input gives the same bytes.

    Args:
        experiments: The declared experiments.
        metrics: Experiment metrics by name.
        moments: Rows of int_experiment_cell_moments; dates after the experiment's are ignored.
        analysis_dates: Last day whose data is used, by experiment; one for each experiment.
        code_version: Version of abstats, for the row.
        computed_at: Time of the computation, with a time zone.
        distributions: What quantiles and Ginis need beside moments.
        minimum_cell_size: The fewest units of an arm whose numbers are shown.

    Returns:
        A table of `RESULTS_SCHEMA`.

    Raises:
        ValueError: An analysis date or a metric is missing, or `computed_at` has no time zone.
        CellError: The moments are incomplete.
    """
    by_look: dict[tuple[str, date], dict[Cell, Moments]] = {}
    for cell, found in read_cells(moments).items():
        look = cell.experiment_id, cell.analysis_date
        by_look.setdefault(look, {})[cell] = found
    stamp = {"code_version": code_version, "computed_at": utc_naive(computed_at)}
    rows: list[dict[str, Any]] = []
    for experiment in experiments:
        last = analysis_date_of(experiment, analysis_dates)
        earlier = {
            day for experiment_id, day in by_look if experiment_id == experiment.name and day < last
        }
        stamp |= {"spec_hash": experiment.spec_hash}
        by_date = {
            day: [
                estimate
                for comparison in without_small_cells(
                    comparisons(
                        experiment,
                        metrics,
                        by_look.get((experiment.name, day), {}),
                        day,
                        distributions,
                    ),
                    minimum_cell_size,
                )
                for estimate in estimate_comparison(comparison)
            ]
            for day in (*earlier, last)
        }
        looks = Looks(experiment, metrics, by_date)
        over = horizon_of(experiment, (metrics[name] for name in experiment.roles())).decided_on
        for day, estimates in by_date.items():
            stamp |= {"analysis_date": day, "is_interim": day < over}
            adjustments = adjust(estimates, experiment.preregistered_segments)
            rows.extend(
                {**_row(estimate, adjustment), **looks.columns(estimate, day), **stamp}
                for estimate, adjustment in zip(estimates, adjustments, strict=True)
            )
    rows.sort(key=lambda row: tuple(row[name] for name in RESULTS_GRAIN))
    return pa.Table.from_pylist(rows, schema=RESULTS_SCHEMA)


def analysis_date_of(experiment: ExperimentSpec, analysis_dates: Mapping[str, date]) -> date:
    """The experiment's analysis date.

    Raises:
        ValueError: It has none.
    """
    if experiment.name not in analysis_dates:
        raise ValueError(
            f"analysis_dates has no date for experiment {experiment.name!r}, "
            "must have one for each experiment."
        )
    return analysis_dates[experiment.name]


def _row(estimate: Estimate, adjustment: Adjustment) -> dict[str, Any]:
    comparison, effect = estimate.comparison, estimate.effect
    analysis = comparison.experiment.analysis
    adjusted = _at_the_familys_level(estimate, adjustment)
    is_tested = not math.isnan(estimate.family_p_value)
    significant = adjustment.p_value <= analysis.alpha if is_tested else None
    return {
        "experiment_id": comparison.experiment.name,
        "metric_name": comparison.metric.name,
        "definition_hash": comparison.definition_hash,
        "treatment_variant_id": comparison.treatment_id,
        "control_variant_id": comparison.control_id,
        "segment_name": comparison.segment_name,
        "segment_value": comparison.segment_value,
        "estimator": estimate.estimator,
        "is_winsorised": comparison.is_winsorised,
        "is_headline": estimate.is_headline,
        "metric_kind": comparison.metric.kind,
        "role": comparison.role,
        "direction": comparison.metric.direction,
        "hypothesis": estimate.hypothesis,
        "control_n_units": None if comparison.withheld_below else effect.control_n,
        "treatment_n_units": None if comparison.withheld_below else effect.treatment_n,
        "control_mean": _null(effect.control_mean),
        "treatment_mean": _null(effect.treatment_mean),
        "control_std": _null(effect.control_std),
        "treatment_std": _null(effect.treatment_std),
        "effect_abs": _null(effect.estimate),
        "effect_abs_se": _null(effect.std_error),
        "effect_abs_ci_lower": _null(effect.ci_lower),
        "effect_abs_ci_upper": _null(effect.ci_upper),
        "effect_abs_ci_adjusted_lower": _null(adjusted.ci_lower),
        "effect_abs_ci_adjusted_upper": _null(adjusted.ci_upper),
        "effect_rel": _null(effect.relative),
        "effect_rel_se": _null(effect.relative_std_error),
        "effect_rel_ci_lower": _null(effect.relative_ci_lower),
        "effect_rel_ci_upper": _null(effect.relative_ci_upper),
        "effect_rel_ci_adjusted_lower": _null(adjusted.relative_ci_lower),
        "effect_rel_ci_adjusted_upper": _null(adjusted.relative_ci_upper),
        "test": effect.test,
        "statistic": _null(effect.statistic),
        "degrees_of_freedom": _null(effect.degrees_of_freedom),
        "p_value": _null(effect.p_value),
        "p_value_adjusted": _null(adjustment.p_value),
        "correction": adjustment.correction,
        "family": adjustment.family,
        "family_size": adjustment.family_size,
        "alpha": analysis.alpha,
        "is_significant": significant,
        "variance_reduction": _null(effect.variance_reduction),
        "mde": _null(effect.mde),
        "mde_rel": _null(effect.mde_relative),
        **_margin_columns(estimate, significant),
        **_status(estimate, adjusted),
    }


def _null(number: float) -> float | None:
    """NaN and infinities have no place in a table: BI tools and engines disagree about them."""
    return number if math.isfinite(number) else None


def _at_the_familys_level(estimate: Estimate, adjustment: Adjustment) -> Effect:
    """The effect with the interval that agrees with its family's test."""
    if estimate.equivalence is not None:
        # Two one-sided tests at alpha each: the interval at 1 - 2 alpha.
        return with_alpha(estimate.effect, 2.0 * adjustment.alpha)
    if adjustment.alpha == estimate.comparison.experiment.analysis.alpha:
        return estimate.effect
    return with_alpha(estimate.effect, adjustment.alpha)


def _margin_columns(estimate: Estimate, significant: bool | None) -> dict[str, Any]:
    margin = estimate.margin
    columns: dict[str, Any] = {
        "margin": None if margin is None else margin.size,
        "margin_type": None,
        "p_value_non_inferiority": None,
        "is_non_inferior": None,
        "p_value_equivalence": None,
        "is_equivalent": None,
    }
    if margin is not None:
        columns["margin_type"] = "relative" if margin.is_relative else "absolute"
    if estimate.hypothesis == EQUIVALENCE:
        columns["p_value_equivalence"] = _null(estimate.family_p_value)
        columns["is_equivalent"] = significant
    elif estimate.non_inferiority is not None:
        test = estimate.non_inferiority
        columns["p_value_non_inferiority"] = _null(test.p_value)
        if math.isfinite(test.p_value):
            columns["is_non_inferior"] = test.is_non_inferior
    elif estimate.guardrail is not None:
        columns["is_non_inferior"] = _not_significantly_worse(estimate)
    return columns


def _not_significantly_worse(estimate: Estimate) -> bool | None:
    effect = estimate.effect
    if math.isnan(effect.p_value):
        return None
    wanted = 1.0 if estimate.comparison.metric.direction == "increase" else -1.0
    alpha = estimate.comparison.experiment.analysis.alpha
    return not (effect.p_value <= alpha and wanted * effect.estimate < 0)


def _status(estimate: Estimate, adjusted: Effect) -> dict[str, str]:
    """The estimate's status, or why the adjusted interval has no bounds; and what is left out."""
    status, reason = estimate.effect.status, estimate.effect.status_reason
    if status == "ok" and adjusted.status != "ok":
        status, reason = adjusted.status, f"Adjusted interval: {adjusted.status_reason}"
    return {"status": status, "status_reason": " ".join(filter(None, (reason, estimate.left_out)))}
