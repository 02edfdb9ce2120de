"""`int_experiment_health_checked`: every check of every experiment."""

import pyarrow as pa

from abstats.decisions.health import check_health
from abstats.pipeline.specs import analysis_dates, stored_experiments, stored_metrics
from abstats.pipeline.stamp import stamp


def health(
    *,
    experiments: pa.Table,
    metrics: pa.Table,
    counts: pa.Table,
    moments: pa.Table,
    covariates: pa.Table,
    watermarks: pa.Table,
) -> pa.Table:
    """Rows of `fct_experiment_health`.

    Args:
        experiments: Rows of `dim_experiments`.
        metrics: Rows of `dim_metrics`.
        counts: Rows of `int_experiment_exposure_counts`.
        moments: Rows of `int_experiment_cell_moments`.
        covariates: Rows of `int_experiment_covariate_moments`.
        watermarks: Rows of `int_fact_watermarks`.
    """
    return check_health(
        stored_experiments(experiments),
        stored_metrics(metrics),
        counts,
        moments,
        covariates=covariates,
        watermarks=watermarks,
        analysis_dates=analysis_dates(experiments),
        **stamp(),
    )
