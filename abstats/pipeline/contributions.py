"""`int_experiment_effects_split`: what the children of sums and products contributed."""

import pyarrow as pa

from abstats.analysis.contributions import split_effects
from abstats.pipeline.specs import stored_experiments, stored_metrics
from abstats.pipeline.stamp import stamp


def contributions(experiments: pa.Table, metrics: pa.Table, results: pa.Table) -> pa.Table:
    """Rows of `fct_experiment_contributions`.

    Args:
        experiments: Rows of `dim_experiments`.
        metrics: Rows of `dim_metrics`.
        results: Rows of `fct_experiment_results`.
    """
    return split_effects(
        stored_experiments(experiments),
        stored_metrics(metrics),
        results.filter(results["is_current"]),
        **stamp(),
    )
