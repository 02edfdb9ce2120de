"""What comparisons of distributions need beside moments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa

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


@dataclass(frozen=True)
class Distributions:
    """What is known of distributions beside the moments of cells.

    Attributes:
        grids: The points of every quantile over events that has some, ascending; a value that is
            two points has first the events below it, then those at or below it.
    """

    grids: Mapping[MetricKey, FloatArray] = field(default_factory=dict)


def read_grids(grids: pa.Table) -> dict[MetricKey, FloatArray]:
    """The points of each grid in the rows of `int_experiment_quantile_grids`, in any order."""
    points: dict[MetricKey, list[tuple[int, float]]] = {}
    names = (*MetricKey._fields, "point", "value")
    for *key, point, value in zip(*(grids.column(n).to_pylist() for n in names), strict=True):
        points.setdefault(MetricKey(*key), []).append((point, float(value)))
    return {key: np.array([v for _, v in sorted(listed)]) for key, listed in points.items()}
