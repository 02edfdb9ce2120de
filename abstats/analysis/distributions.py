"""What comparisons of distributions need beside moments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from abstats.inference import GiniArm
from abstats.moments import FloatArray


class MetricKey(NamedTuple):
    """A metric of an experiment.

    Attributes:
        experiment_id: Name of the experiment.
        metric_name: Name of the metric.
        definition_hash: Hash of what the metric's numbers depend on.
    """

    experiment_id: str
    metric_name: str
    definition_hash: str


class ArmKey(NamedTuple):
    """An arm of a metric at a date.

    Attributes:
        metric: The metric of the experiment.
        variant_id: The variant of the units' first exposure.
        analysis_date: Last day whose data was used.
    """

    metric: MetricKey
    variant_id: str
    analysis_date: date


@dataclass(frozen=True)
class Distributions:
    """What is known of distributions beside the moments of cells.

    Attributes:
        grids: The points of every quantile over events that has some, ascending; a value that is
            two points has first the events below it, then those at or below it.
        ginis: Coefficients of every arm of a Gini that has units, of the whole population.
    """

    grids: Mapping[MetricKey, FloatArray] = field(default_factory=dict)
    ginis: Mapping[ArmKey, GiniArm] = field(default_factory=dict)


def read_grids(grids: pa.Table) -> dict[MetricKey, FloatArray]:
    """The points of each grid in the rows of `int_experiment_quantile_grids`, in any order."""
    points: dict[MetricKey, list[tuple[int, float]]] = {}
    names = (*MetricKey._fields, "point", "value")
    for *key, point, value in zip(*(grids.column(n).to_pylist() for n in names), strict=True):
        points.setdefault(MetricKey(*key), []).append((point, float(value)))
    return {key: np.array([v for _, v in sorted(listed)]) for key, listed in points.items()}


def read_ginis(values: pa.Table) -> dict[ArmKey, GiniArm]:
    """The arms of the rows of `int_experiment_gini_values`, in any order."""
    rows: dict[ArmKey, list[dict[str, Any]]] = {}
    for row in values.to_pylist():
        key = MetricKey(*(row[name] for name in MetricKey._fields))
        rows.setdefault(ArmKey(key, row["variant_id"], row["analysis_date"]), []).append(row)
    return {key: _arm(found) for key, found in rows.items()}


def _arm(rows: Sequence[Mapping[str, Any]]) -> GiniArm:
    """Coefficients by block and by the group left out; -1, none, comes first."""
    ordered = sorted(rows, key=lambda row: (row["block"], row["left_out_group"]))
    n_blocks = len({row["block"] for row in ordered})
    coefficients = np.array(
        [np.nan if row["gini"] is None else row["gini"] for row in ordered], dtype=np.float64
    ).reshape(n_blocks, -1)
    return GiniArm(
        n=ordered[0]["n_units"],
        units_per_block=ordered[0]["units_per_block"],
        full=coefficients[:, 0],
        without_group=coefficients[:, 1:],
    )
