"""`int_experiment_cross_checks_made`: distribution-free checks of the results."""

from collections.abc import Callable
from datetime import UTC, datetime

import pyarrow as pa

from abstats import __version__
from abstats.analysis.cross_checks import cross_checks as checks_of_experiments
from abstats.analysis.schemas import CROSS_CHECKS_SCHEMA
from abstats.pipeline.specs import analysis_dates, stored_experiments, stored_metrics


def cross_checks(
    experiments: pa.Table,
    metrics: Callable[[], pa.Table],
    sums: Callable[[], pa.Table],
    results: Callable[[], pa.Table],
) -> pa.Table:
    """Rows of `fct_experiment_cross_checks`.

    Where no experiment asks for any, no other table is read.

    Args:
        experiments: Rows of `dim_experiments`.
        metrics: Reads `dim_metrics`.
        sums: Reads `int_experiment_bucket_sums`.
        results: Reads `fct_experiment_results`.
    """
    asking = [
        spec for spec in stored_experiments(experiments) if spec.analysis.cross_checks is not None
    ]
    if not asking:
        return CROSS_CHECKS_SCHEMA.empty_table()
    found = results()
    return checks_of_experiments(
        asking,
        stored_metrics(metrics()),
        sums(),
        found.filter(found["is_current"]),
        analysis_dates=analysis_dates(experiments),
        code_version=__version__,
        computed_at=datetime.now(UTC),
    )
