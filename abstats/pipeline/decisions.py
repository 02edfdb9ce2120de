"""`int_experiment_decisions_made`: the verdict on every treatment."""

from datetime import UTC, datetime

import pyarrow as pa

from abstats import __version__
from abstats.decisions.verdicts import decide
from abstats.pipeline.specs import analysis_dates, stored_experiments, stored_metrics


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
        code_version=__version__,
        computed_at=datetime.now(UTC),
    )
