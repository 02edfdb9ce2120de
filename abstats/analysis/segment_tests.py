"""Moments and specs to the rows of fct_experiment_segment_tests."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import product
from typing import Any

import pyarrow as pa

from abstats.analysis.cells import ALL, Cell, read_cells
from abstats.analysis.comparisons import NOTHING_BESIDE, comparisons
from abstats.analysis.corrections import correction_of_p_values
from abstats.analysis.distributions import Distributions
from abstats.analysis.estimates import estimate_comparison
from abstats.analysis.families import NO_FAMILY, family_name
from abstats.analysis.heterogeneity import SegmentHeterogeneity, segment_heterogeneity
from abstats.analysis.minimum_cells import without_small_cells
from abstats.analysis.results import analysis_date_of
from abstats.analysis.schemas import SEGMENT_TESTS_GRAIN, SEGMENT_TESTS_SCHEMA, utc_naive
from abstats.moments import Moments
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.metric import MetricSpec

_NO_TEST = "Fewer than two values of the segment have an effect with a standard error."


def segment_tests(
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
    """Whether each effect differs between the values of each declared segment.

    One row per metric, pair and segment at the experiment's analysis date, also where there is
    nothing to compare. Rows are sorted by their grain.

    Args:
        experiments: The declared experiments.
        metrics: Experiment metrics by name.
        moments: Rows of int_experiment_cell_moments; other dates are ignored.
        analysis_dates: Last day whose data is used, by experiment; one for each experiment.
        code_version: Version of abstats, for the row.
        computed_at: Time of the computation, with a time zone.
        distributions: What quantiles need beside moments.
        minimum_cell_size: The fewest units of an arm whose numbers are used.

    Returns:
        A table of `SEGMENT_TESTS_SCHEMA`.

    Raises:
        ValueError: An analysis date or a metric is missing, or `computed_at` has no time zone.
        CellError: The moments are incomplete.
    """
    by_experiment: dict[str, dict[Cell, Moments]] = {}
    for cell, found in read_cells(moments, analysis_dates).items():
        by_experiment.setdefault(cell.experiment_id, {})[cell] = found
    stamp = {"code_version": code_version, "computed_at": utc_naive(computed_at)}
    rows: list[dict[str, Any]] = []
    for experiment in experiments:
        analysis_date = analysis_date_of(experiment, analysis_dates)
        stamp |= {"spec_hash": experiment.spec_hash, "analysis_date": analysis_date}
        cells = by_experiment.get(experiment.name, {})
        estimates = [
            estimate
            for comparison in without_small_cells(
                comparisons(experiment, metrics, cells, analysis_date, distributions),
                minimum_cell_size,
            )
            if comparison.segment_name != ALL
            for estimate in estimate_comparison(comparison)
        ]
        tests = segment_heterogeneity(estimates, experiment.preregistered_segments)
        rows.extend(_row(experiment, test) | stamp for test in _complete(experiment, tests))
    rows.sort(key=lambda row: tuple(row[name] for name in SEGMENT_TESTS_GRAIN))
    return pa.Table.from_pylist(rows, schema=SEGMENT_TESTS_SCHEMA)


def _complete(
    experiment: ExperimentSpec, tests: Sequence[SegmentHeterogeneity]
) -> Iterator[SegmentHeterogeneity]:
    """The tests, and an empty one for each declared one that has no estimates."""
    found = {test[:5]: test for test in tests}
    for (name, role), (treatment, control), segment in product(
        experiment.roles().items(), experiment.pairs(), experiment.segments
    ):
        key = name, role, treatment, control, segment
        family = family_name(role, segment, experiment.preregistered_segments)
        declared = correction_of_p_values(experiment.analysis.correction)
        correction = "none" if family == NO_FAMILY else declared
        nothing = SegmentHeterogeneity(*key, math.nan, 0, math.nan, math.nan, correction, family)
        yield found.get(key, nothing)


def _row(experiment: ExperimentSpec, test: SegmentHeterogeneity) -> dict[str, Any]:
    alpha, has_test = experiment.analysis.alpha, math.isfinite(test.p_value)
    return {
        "experiment_id": experiment.name,
        "metric_name": test.metric_name,
        "treatment_variant_id": test.treatment_id,
        "control_variant_id": test.control_id,
        "segment_name": test.segment_name,
        "role": test.role,
        "is_preregistered": test.segment_name in experiment.preregistered_segments,
        "statistic": test.statistic if has_test else None,
        "degrees_of_freedom": test.degrees_of_freedom,
        "p_value": test.p_value if has_test else None,
        "p_value_adjusted": test.p_value_adjusted if has_test else None,
        "correction": test.correction,
        "family": test.family,
        "alpha": alpha,
        "is_significant": test.p_value_adjusted <= alpha if has_test else None,
        "status": "ok" if has_test else "no_data",
        "status_reason": "" if has_test else _NO_TEST,
    }
