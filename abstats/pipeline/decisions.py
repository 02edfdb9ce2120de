"""`int_experiment_decisions_made`: the verdict on every treatment."""

import pyarrow as pa

from abstats.decisions.verdicts import decide
from abstats.pipeline.specs import analysis_dates, stored_experiments, stored_metrics
from abstats.pipeline.stamp import stamp


def decisions(
    experiments: pa.Table, metrics: pa.Table, results: pa.Table, health: pa.Table
) -> pa.Table:
    """Rows of `fct_experiment_decisions`.

    Args:
        experiments: Rows of `dim_experiments`.
        metrics: Rows of `dim_metrics`.
        results: Rows of `fct_experiment_results`.
        health: Rows of `fct_experiment_health`.
    """
    return decide(
        stored_experiments(experiments),
        stored_metrics(metrics),
        results.filter(results["is_current"]),
        health,
        analysis_dates=analysis_dates(experiments),
        **stamp(),
    )
