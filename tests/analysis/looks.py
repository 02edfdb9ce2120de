"""Looks of simulated experiments: moments by date, from cohorts that mature day by day."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from abstats.analysis import estimate_results
from abstats.spec import ExperimentSpec, MetricSpec
from tests.analysis.worlds import MOMENTS_SCHEMA, STAMP, a_metric, an_experiment

WEEKS = (date(2026, 1, 18), date(2026, 1, 25), date(2026, 2, 1), date(2026, 2, 8))
"""Looks of four weeks of exposures with windows of seven days: a quarter is mature at each."""

FOUR = {"method": "group_sequential", "looks": 4}


def a_windowed(name: str = "clicks", **more: Any) -> MetricSpec:
    return a_metric(name, window={"days": 7}, **more)


def a_sequential(name: str = "exp", design: dict[str, Any] | None = None, **more: Any):
    analysis = {"correction": "holm", **more.pop("analysis", {}), "sequential": design or FOUR}
    return an_experiment(name, analysis=analysis, **more)


def look_rows(
    metric: MetricSpec,
    arms: dict[str, Sequence[np.ndarray]],
    *,
    experiment: str = "exp",
    days: Sequence[date] = WEEKS,
) -> list[dict[str, Any]]:
    """Moments of column y at each date: of the values of all cohorts until then.

    Args:
        metric: The metric.
        arms: Values of each variant's cohorts; one cohort per date.
        experiment: Name of the experiment.
        days: Analysis dates.
    """
    rows = []
    for variant, cohorts in arms.items():
        for k, day in enumerate(days):
            values = np.concatenate(cohorts[: k + 1])
            rows.append(_row(metric, experiment, variant, day, values))
    return rows


def _row(
    metric: MetricSpec, experiment: str, variant: str, day: date, values: np.ndarray
) -> dict[str, Any]:
    return {
        "experiment_id": experiment,
        "variant_id": variant,
        "segment_name": "all",
        "segment_value": "all",
        "stratum": "all",
        "metric_name": metric.name,
        "definition_hash": metric.definition_hash,
        "analysis_date": day,
        "column_a": "y",
        "column_b": "y",
        "n": len(values),
        "mean_a": values.mean(),
        "mean_b": values.mean(),
        "cov_ab": values.var(ddof=1) if len(values) > 1 else None,
        "is_winsorised": False,
    }


def table_of(rows: Iterable[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=MOMENTS_SCHEMA)


def results_of(
    experiments: ExperimentSpec | Sequence[ExperimentSpec],
    metrics: Sequence[MetricSpec],
    rows: Iterable[dict[str, Any]],
    *,
    day: date = WEEKS[-1],
) -> list[dict[str, Any]]:
    """Result rows of all dates up to a day, by date and metric."""
    if isinstance(experiments, ExperimentSpec):
        experiments = [experiments]
    table = estimate_results(
        experiments,
        {metric.name: metric for metric in metrics},
        table_of(row for row in rows if row["analysis_date"] <= day),
        analysis_dates={experiment.name: day for experiment in experiments},
        **STAMP,
    )
    return table.to_pylist()
