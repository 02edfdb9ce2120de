"""Counts, moments and specs to the rows of fct_experiment_health."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from abstats.analysis.cells import ALL, COVARIATES, IS_CAPPED, Cell, read_cells
from abstats.analysis.comparisons import declared_metric
from abstats.analysis.results import analysis_date_of
from abstats.analysis.schemas import utc_naive
from abstats.decisions.check import Check, Evidence
from abstats.decisions.checks import CHECKS
from abstats.decisions.counts import Counts, read_counts
from abstats.decisions.schemas import HEALTH_GRAIN, HEALTH_SCHEMA
from abstats.moments import Moments
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.metric import MetricSpec
from abstats.spec.strata import period_of


def check_health(
    experiments: Sequence[ExperimentSpec],
    metrics: Mapping[str, MetricSpec],
    counts: pa.Table,
    moments: pa.Table,
    *,
    covariates: pa.Table,
    watermarks: pa.Table,
    analysis_dates: Mapping[str, date],
    code_version: str,
    computed_at: datetime,
) -> pa.Table:
    """Every health check of every experiment, one row each; checks per metric one per metric.

    A check that has nothing to look at has a row of status "not_applicable". Rows are sorted by
    their grain; the same input gives the same bytes.

    Args:
        experiments: The declared experiments.
        metrics: Experiment metrics by name.
        counts: Rows of int_experiment_exposure_counts.
        moments: Rows of int_experiment_cell_moments; dates other than the experiment's are ignored.
        covariates: Rows of int_experiment_covariate_moments.
        watermarks: Rows of int_fact_watermarks, one for each fact of the metrics.
        analysis_dates: Last day whose data is used, by experiment; one for each experiment.
        code_version: Version of abstats, for the row.
        computed_at: Time of the computation, with a time zone.

    Returns:
        A table of `HEALTH_SCHEMA`.

    Raises:
        ValueError: An analysis date, a metric or a fact's watermark is missing, a count comes
            twice, or `computed_at` has no time zone.
        CellError: The moments are incomplete.
    """
    cells: dict[str, dict[Cell, Moments]] = {}
    for table in (moments, covariates):
        for cell, found in read_cells(table, analysis_dates).items():
            if cell.segment_name == ALL:
                cells.setdefault(cell.experiment_id, {})[cell] = found
    all_counts = read_counts(counts, experiments)
    last_events = _read_watermarks(watermarks)
    rows: list[dict[str, Any]] = []
    for experiment in experiments:
        evidence = _evidence(
            experiment,
            metrics,
            all_counts[experiment.name],
            cells.get(experiment.name, {}),
            last_events=last_events,
            analysis_date=analysis_date_of(experiment, analysis_dates),
        )
        stamp = {
            "experiment_id": experiment.name,
            "analysis_date": evidence.analysis_date,
            "spec_hash": experiment.spec_hash,
            "code_version": code_version,
            "computed_at": utc_naive(computed_at),
        }
        rows.extend(_row(row) | stamp for check in CHECKS for row in check(evidence))
    rows.sort(key=lambda row: tuple(row[name] for name in HEALTH_GRAIN))
    return pa.Table.from_pylist(rows, schema=HEALTH_SCHEMA)


def _evidence(
    experiment: ExperimentSpec,
    metrics: Mapping[str, MetricSpec],
    counts: Counts,
    cells: Mapping[Cell, Moments],
    *,
    last_events: Mapping[str, datetime | None],
    analysis_date: date,
) -> Evidence:
    declared = {name: declared_metric(experiment, name, metrics) for name in experiment.roles()}
    arms: dict[str, dict[str, Moments]] = {}
    capped: dict[str, dict[str, Moments]] = {}
    covariates: dict[str, dict[str, dict[str, Moments]]] = {}
    hashes = {name: metric.definition_hash for name, metric in declared.items()}
    for cell, moments in sorted(
        cells.items(), key=lambda item: (item[0].variant_id, item[0].stratum)
    ):
        if cell.variant_id not in experiment.variants:
            continue
        if cell.metric_name == COVARIATES:
            period = period_of(experiment, cell.stratum)
            block = covariates.setdefault(str(cell.definition_hash), {})
            _add(block.setdefault(period, {}), cell.variant_id, moments)
        elif cell.definition_hash != hashes.get(cell.metric_name):
            continue
        elif cell.is_winsorised:
            _add(
                capped.setdefault(cell.metric_name, {}), cell.variant_id, moments.select(IS_CAPPED)
            )
        else:
            _add(arms.setdefault(cell.metric_name, {}), cell.variant_id, moments)
    own = {name: covariates[found] for name, found in hashes.items() if found in covariates}
    return Evidence(
        experiment,
        declared,
        counts,
        arms,
        covariates.get(COVARIATES, {}),
        own,
        last_events,
        analysis_date,
        capped,
    )


def _add(arms: dict[str, Moments], variant: str, moments: Moments) -> None:
    """Merge the moments of one more stratum into those of its variant."""
    arms[variant] = arms[variant].merge(moments) if variant in arms else moments


def _read_watermarks(watermarks: pa.Table) -> dict[str, datetime | None]:
    columns = (watermarks.column(name).to_pylist() for name in ("fact", "last_at"))
    return dict(zip(*columns, strict=True))


def _row(check: Check) -> dict[str, Any]:
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in check._asdict().items()
    }
