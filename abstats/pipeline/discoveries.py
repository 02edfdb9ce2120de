"""`int_experiment_discoveries_counted`: the tests of all decided experiments together."""

import pyarrow as pa

from abstats.decisions.ledger import discoveries as discoveries_of
from abstats.pipeline.specs import stored_experiments
from abstats.pipeline.stamp import stamp


def discoveries(experiments: pa.Table, results: pa.Table, decisions: pa.Table) -> pa.Table:
    """Rows of `fct_experiment_discoveries`.

    Args:
        experiments: Rows of `dim_experiments`.
        results: Rows of `fct_experiment_results`.
        decisions: Rows of `fct_experiment_decisions`.
    """
    return discoveries_of(
        stored_experiments(experiments),
        results.filter(results["is_current"]),
        decisions,
        **stamp(),
    )
