"""When a fixed-horizon experiment is over: exposures have ended and all windows are complete."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from abstats.spec.experiment import ExperimentSpec
from abstats.spec.metric import MetricSpec

_DAY = timedelta(days=1)


class Horizon(NamedTuple):
    """Where the end of an experiment lies.

    Attributes:
        exposures_end: Midnight UTC at which exposures end.
        complete_at: When the last possible unit's longest window is complete.
        slowest_metric: Name of the metric with the longest window, empty without windows.
        decided_on: First analysis date whose data is complete.
    """

    exposures_end: datetime
    complete_at: datetime
    slowest_metric: str
    decided_on: date


def horizon_of(experiment: ExperimentSpec, metrics: Iterable[MetricSpec]) -> Horizon:
    """The horizon of an experiment with these metrics.

    An open-ended metric counts events until the end of exposures; a windowed one follows the last
    unit for its whole window past it.
    """
    end = datetime.combine(experiment.end, time())
    windows = {metric.name: window_of(experiment, metric) or timedelta() for metric in metrics}
    slowest = max(windows, key=lambda name: windows[name], default="")
    longest = windows.get(slowest, timedelta())
    complete_at = end + longest
    return Horizon(
        exposures_end=end,
        complete_at=complete_at,
        slowest_metric=slowest if longest else "",
        decided_on=_last_day_needed(complete_at),
    )


def window_of(experiment: ExperimentSpec, metric: MetricSpec) -> timedelta | None:
    """How long the experiment follows each unit for a metric; None for an open-ended one."""
    own = own_window_of(metric)
    if own is not None or experiment.window is None:
        return own
    return experiment.window.duration


def own_window_of(metric: MetricSpec) -> timedelta | None:
    """How long units are followed whatever the experiment says; None takes its window.

    A retention is known when its last day is over.
    """
    if metric.retention is not None:
        return timedelta(days=metric.retention.to_day)
    return None if metric.window is None else metric.window.duration


def _last_day_needed(instant: datetime) -> date:
    """The day whose last moment is at or after the instant."""
    last = instant.date() - _DAY
    return last if instant.time() == time() else last + _DAY
