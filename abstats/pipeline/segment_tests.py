"""`int_experiment_segments_tested`: whether effects differ between the values of a segment."""

import pyarrow as pa

from abstats.analysis.distributions import Distributions, read_grids
from abstats.analysis.segment_tests import segment_tests as tests_of_segments
from abstats.pipeline.specs import analysis_dates, stored_experiments, stored_metrics
from abstats.pipeline.stamp import stamp


def segment_tests(
    *,
    experiments: pa.Table,
    metrics: pa.Table,
    moments: pa.Table,
    quantile_grids: pa.Table,
    minimum_cell_size: int,
) -> pa.Table:
    """Rows of `fct_experiment_segment_tests`.

    Args:
        experiments: Rows of `dim_experiments`.
        metrics: Rows of `dim_metrics`.
        moments: Rows of `int_experiment_cell_moments`.
        quantile_grids: Rows of `int_experiment_quantile_grids`.
        minimum_cell_size: The fewest units of an arm whose numbers are used.
    """
    return tests_of_segments(
        stored_experiments(experiments),
        stored_metrics(metrics),
        moments,
        analysis_dates=analysis_dates(experiments),
        **stamp(),
        distributions=Distributions(read_grids(quantile_grids)),
        minimum_cell_size=minimum_cell_size,
    )
