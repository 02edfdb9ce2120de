"""Which experiment in the warehouse a planned one is like."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pydantic import ValidationError

from abstats.cli.power.baselines import Wanted, read_histories
from abstats.cli.power.history import WEEK, History
from abstats.cli.show.reading import Tables
from abstats.cli.show.rows import ExperimentRow
from abstats.inference.comparison import Failure
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.horizon import window_of
from abstats.spec.metric import MetricSpec


class Past(NamedTuple):
    """A metric in an experiment of the warehouse.

    Attributes:
        experiment: Name of the experiment.
        history: The metric's.
    """

    experiment: str
    history: History


class Pasts:
    """The experiments that were built, as baselines of metrics."""

    def __init__(self, tables: Tables, metrics: Iterable[MetricSpec]) -> None:
        """Look for baselines of these metrics, under their present definitions.

        Raises:
            CommandError: dim_experiments is not there, or lacks columns of this version.
        """
        self._tables = tables
        self._metrics = list(metrics)
        self._specs: dict[str, ExperimentSpec] = {}
        self._ended: set[str] = set()
        self._read: dict[str, dict[str, History | Failure]] = {}
        for row in tables.rows("dim_experiments", ExperimentRow):
            if row.state == "ended":
                self._ended.add(row.experiment_id)
            try:
                self._specs[row.experiment_id] = ExperimentSpec.model_validate_json(row.spec)
            except ValidationError:
                continue  # Built by another version: no baseline.

    def has_ended(self, spec: ExperimentSpec) -> bool:
        """The experiment is over: nothing can be planned any more."""
        return spec.name in self._ended

    def history_of(self, spec: ExperimentSpec, metric: MetricSpec) -> Past | None:
        """The experiment that tells most about a metric in the planned one, and its history.

        That is the experiment itself once a week of it has been seen; else the one that began
        last among those on the same unit, with the same window; None where there is none.

        Raises:
            CommandError: A table is not there, or lacks columns of this version.
        """
        for past in self._candidates(spec):
            if metric.name not in past.roles():
                continue
            if window_of(past, metric) != window_of(spec, metric):
                continue
            history = self._histories(past).get(metric.name)
            if not isinstance(history, History):
                continue
            if past.name == spec.name and history.last_day - history.start_day < WEEK:
                continue
            return Past(past.name, history)
        return None

    def _candidates(self, spec: ExperimentSpec) -> list[ExperimentSpec]:
        alike = [past for past in self._specs.values() if past.unit == spec.unit]
        latest = sorted(alike, key=lambda past: (-past.start.toordinal(), past.name))
        return sorted(latest, key=lambda past: past.name != spec.name)

    def _histories(self, past: ExperimentSpec) -> dict[str, History | Failure]:
        if past.name not in self._read:
            wanted = [
                Wanted(metric.name, metric.kind, metric.definition_hash)
                for metric in self._metrics
                if metric.name in past.roles()
            ]
            self._read[past.name] = read_histories(self._tables, past, wanted)
        return self._read[past.name]
