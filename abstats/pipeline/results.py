"""`int_experiment_results_estimated`: every comparison of every experiment."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from abstats.analysis.distributions import Distributions, read_ginis, read_grids
from abstats.analysis.results import estimate_results
from abstats.pipeline.specs import analysis_dates, stored_experiments, stored_metrics
from abstats.pipeline.stamp import stamp
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.metric import MetricSpec


def results(
    *,
    experiments: pa.Table,
    metrics: pa.Table,
    moments: pa.Table,
    quantile_grids: pa.Table,
    gini_values: pa.Table,
    minimum_cell_size: int,
) -> pa.Table:
    """Rows of `fct_experiment_results`.

    Args:
        experiments: Rows of `dim_experiments`.
        metrics: Rows of `dim_metrics`.
        moments: Rows of `int_experiment_cell_moments`.
        quantile_grids: Rows of `int_experiment_quantile_grids`.
        gini_values: Rows of `int_experiment_gini_values`.
        minimum_cell_size: The fewest units of an arm whose numbers are shown.

    Raises:
        ValueError: The moments hold a declared metric under another definition only.
    """
    specs, metric_specs = stored_experiments(experiments), stored_metrics(metrics)
    _require_moments_of_the_definitions(specs, metric_specs, moments)
    return estimate_results(
        specs,
        metric_specs,
        moments,
        analysis_dates=analysis_dates(experiments),
        **stamp(),
        distributions=Distributions(read_grids(quantile_grids), read_ginis(gini_values)),
        minimum_cell_size=minimum_cell_size,
    )


def _require_moments_of_the_definitions(
    experiments: Sequence[ExperimentSpec], metrics: Mapping[str, MetricSpec], moments: pa.Table
) -> None:
    names = ("experiment_id", "metric_name", "definition_hash")
    stored: dict[tuple[str, str], set[str | None]] = {}
    for experiment_id, metric, definition_hash in zip(
        *(moments.column(name).to_pylist() for name in names), strict=True
    ):
        stored.setdefault((experiment_id, metric), set()).add(definition_hash)
    stale = [
        f"{name} of {experiment.name}"
        for experiment in experiments
        for name in experiment.roles()
        if name in metrics
        and (hashes := stored.get((experiment.name, name)))
        and metrics[name].definition_hash not in hashes
    ]
    if stale:
        raise ValueError(
            f"int_experiment_cell_moments has {', '.join(stale)} under another definition only, "
            "must be built before the results: `dbt build --select package:abstats`."
        )
