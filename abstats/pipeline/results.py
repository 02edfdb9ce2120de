"""`int_experiment_results_estimated`: every comparison of every experiment."""

from datetime import UTC, datetime

import pyarrow as pa

from abstats import __version__
from abstats.analysis.results import estimate_results
from abstats.pipeline.specs import analysis_dates, stored_experiments, stored_metrics


def results(experiments: pa.Table, metrics: pa.Table, moments: pa.Table) -> pa.Table:
    """Rows of `fct_experiment_results`.

    Args:
        experiments: Rows of `dim_experiments`.
        metrics: Rows of `dim_metrics`.
        moments: Rows of `fct_experiment_moments`.
    """
    return estimate_results(
        stored_experiments(experiments),
        stored_metrics(metrics),
        moments,
        analysis_dates=analysis_dates(experiments),
        code_version=__version__,
        computed_at=datetime.now(UTC),
    )
