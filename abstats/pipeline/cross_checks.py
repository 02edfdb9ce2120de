"""`int_experiment_cross_checks_made`: distribution-free checks of the results."""

import pyarrow as pa

from abstats.analysis import CROSS_CHECKS_SCHEMA
from abstats.analysis import cross_checks as checks_of_experiments
from abstats.pipeline.specs import analysis_dates, stored_experiments, stored_metrics
from abstats.pipeline.stamp import stamp


def any_asks(experiments: pa.Table) -> bool:
    """Whether any of the rows of `dim_experiments` asks for cross-checks."""
    specs = stored_experiments(experiments)
    return any(spec.analysis.cross_checks is not None for spec in specs)


def no_checks() -> pa.Table:
    """The table without rows."""
    return CROSS_CHECKS_SCHEMA.empty_table()


def cross_checks(
    experiments: pa.Table, metrics: pa.Table, sums: pa.Table, results: pa.Table
) -> pa.Table:
    """Rows of `fct_experiment_cross_checks`.

    Args:
        experiments: Rows of `dim_experiments`.
        metrics: Rows of `dim_metrics`.
        sums: Rows of `int_experiment_bucket_sums`.
        results: Rows of `fct_experiment_results`.
    """
    return checks_of_experiments(
        stored_experiments(experiments),
        stored_metrics(metrics),
        sums,
        results.filter(results["is_current"]),
        analysis_dates=analysis_dates(experiments),
        **stamp(),
    )
