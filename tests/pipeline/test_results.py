"""Results refuse moments that were computed under another definition of a metric."""

import pyarrow as pa
import pytest

from abstats.pipeline.results import results
from tests.analysis.worlds import DAY, a_metric, an_experiment, moment_rows, moments_table

EXPERIMENT = an_experiment()
NOW, BEFORE = a_metric("clicks"), a_metric("clicks", missing="exclude")

GRIDS = pa.schema(
    [
        (name, pa.string())
        for name in ("experiment_id", "metric_name", "definition_hash", "point", "value")
    ]
).empty_table()


def estimated(*metrics):
    experiments = pa.table(
        {
            "experiment_id": [EXPERIMENT.name],
            "spec": [EXPERIMENT.canonical],
            "analysis_date": [DAY],
        }
    )
    blocks = [
        moment_rows(metric, variant, ["y"], [[1.0], [2.0], [4.0]])
        for metric in metrics
        for variant in EXPERIMENT.variants
    ]
    return results(
        experiments=experiments,
        metrics=pa.table({"definition": [NOW.model_dump_json()]}),
        moments=moments_table(*blocks),
        quantile_grids=GRIDS,
        gini_values=pa.table({}),
        minimum_cell_size=0,
    )


def test_moments_of_another_definition_only_are_refused_with_the_command_that_builds_them():
    with pytest.raises(ValueError, match=r"clicks of exp under .* --select package:abstats"):
        estimated(BEFORE)


def test_moments_of_the_definition_or_none_at_all_are_read():
    assert estimated(NOW).num_rows > 0
    assert estimated().num_rows > 0
