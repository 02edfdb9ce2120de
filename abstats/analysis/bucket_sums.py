"""The stored sums over buckets of units, read back into one array per arm."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from abstats.inference import BucketSums
from abstats.spec.buckets import arms_of
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.metric import MetricSpec


class _ArmKey(NamedTuple):
    """Whose buckets they are. The fields are columns of the table."""

    experiment_id: str
    analysis_date: date
    variant_id: str
    allocation_period: str
    metric_name: str
    definition_hash: str


class StoredSums:
    """Rows of `int_experiment_bucket_sums`."""

    def __init__(self, sums: pa.Table) -> None:
        """Read the rows, in any order."""
        columns = [sums.column(name).to_pylist() for name in _ArmKey._fields]
        self._buckets = np.array(sums.column("bucket").cast(pa.int64()))
        self._sums = np.stack(
            [
                np.array(sums.column(name).cast(pa.float64()).fill_null(math.nan))
                for name in ("n_units", "sum_value", "sum_denominator")
            ],
            axis=1,
        )
        self._places: dict[tuple[Any, ...], list[int]] = {}
        for place, key in enumerate(zip(*columns, strict=True)):
            self._places.setdefault(key, []).append(place)

    def arms(
        self, experiment: ExperimentSpec, metrics: Sequence[MetricSpec], analysis_date: date
    ) -> dict[str, list[BucketSums]]:
        """Each variant's buckets, one set per allocation period, for these metrics in order.

        A bucket without a row has zeros: nobody with a value is in it.
        """
        arms: dict[str, list[BucketSums]] = {}
        for period, variant, n_buckets in arms_of(experiment):
            sums = np.zeros((len(metrics), n_buckets, 3))
            for of_metric, metric in zip(sums, metrics, strict=True):
                names = metric.name, metric.definition_hash
                key = _ArmKey(experiment.name, analysis_date, variant, period, *names)
                places = self._places.get(key, [])
                of_metric[self._buckets[places]] = self._sums[places]
            name = f"{experiment.name}|{period}|{variant}"
            arms.setdefault(variant, []).append(BucketSums(name, sums))
        return arms
