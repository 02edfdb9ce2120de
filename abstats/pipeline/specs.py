"""Specs read back from the dimension tables, so that results follow from stored rows alone."""

from datetime import date

import pyarrow as pa

from abstats.spec.experiment import ExperimentSpec
from abstats.spec.metric import MetricSpec


def stored_experiments(experiments: pa.Table) -> list[ExperimentSpec]:
    """Specs of the rows of a table with the column `spec` (canonical JSON)."""
    return [ExperimentSpec.model_validate_json(spec) for spec in experiments["spec"].to_pylist()]


def stored_metrics(metrics: pa.Table) -> dict[str, MetricSpec]:
    """Name -> spec, of the rows with a `definition` (nodes of the hierarchy have none)."""
    specs = [
        MetricSpec.model_validate_json(definition)
        for definition in metrics["definition"].to_pylist()
        if definition is not None
    ]
    return {spec.name: spec for spec in specs}


def analysis_dates(dates: pa.Table) -> dict[str, date]:
    """Experiment name -> last day whose data is used."""
    return dict(
        zip(dates["experiment_id"].to_pylist(), dates["analysis_date"].to_pylist(), strict=True)
    )
