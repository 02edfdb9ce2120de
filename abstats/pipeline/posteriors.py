"""`int_experiment_posteriors_computed`: what is believed of effects after their data."""

import pyarrow as pa

from abstats.analysis import POSTERIORS_SCHEMA
from abstats.analysis.posteriors import posteriors as posteriors_of_effects
from abstats.pipeline.specs import stored_experiments
from abstats.pipeline.stamp import stamp


def declare_priors(experiments: pa.Table) -> bool:
    """Whether any experiment asks for posteriors; if none does, the results need not be read."""
    return any(spec.analysis.bayesian is not None for spec in stored_experiments(experiments))


def no_posteriors() -> pa.Table:
    """`fct_experiment_posteriors` without a row."""
    return POSTERIORS_SCHEMA.empty_table()


def posteriors(experiments: pa.Table, results: pa.Table, decisions: pa.Table) -> pa.Table:
    """Rows of `fct_experiment_posteriors`.

    Args:
        experiments: Rows of `dim_experiments`.
        results: Rows of `fct_experiment_results`.
        decisions: Rows of `fct_experiment_decisions`.
    """
    return posteriors_of_effects(
        stored_experiments(experiments),
        results.filter(results["is_current"]),
        decisions,
        **stamp(),
    )
