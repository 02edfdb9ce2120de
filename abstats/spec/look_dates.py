"""The analysis dates at which a sequential design may decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from abstats.spec.experiment import ExperimentSpec
from abstats.spec.horizon import horizon_of, window_of
from abstats.spec.metric import MetricSpec
from abstats.spec.sequential import WEEKDAYS

_DAY = timedelta(days=1)


def look_dates(experiment: ExperimentSpec, metrics: Iterable[MetricSpec]) -> tuple[date, ...]:
    """The looks of an experiment's sequential design, earliest first; empty without a design.

    None is before the first day whose exposures can be mature for the longest window. The last is
    the day on which the experiment is over. A number of looks is spread over the days of exposure:
    at look k of K the first k / K of them, rounded up, are mature.
    """
    sequential = experiment.analysis.sequential
    if sequential is None:
        return ()
    measured = list(metrics)
    first = first_look(experiment, measured)
    last = horizon_of(experiment, measured).decided_on
    every = [first + n * _DAY for n in range((last - first).days + 1)]
    looks = sequential.looks
    if looks is None:
        return tuple(every)
    if isinstance(looks, int):
        days = (experiment.end - experiment.start).days
        return tuple(every[-(days * k // looks) - 1] for k in reversed(range(looks)))
    chosen = {day for day in every if day in looks or WEEKDAYS[day.weekday()] in looks}
    return tuple(sorted(chosen | {last}))


def first_look(experiment: ExperimentSpec, metrics: Iterable[MetricSpec]) -> date:
    """The first analysis date at which units exposed on the first day are mature.

    It has all of that day's units, as the last has all of the last day's.
    """
    after_a_day = experiment.model_copy(update={"end": experiment.start + _DAY})
    return horizon_of(after_a_day, metrics).decided_on


def matured_share(experiment: ExperimentSpec, metric: MetricSpec, analysis_date: date) -> float:
    """Share of the exposures' time whose units are mature for a metric at a date, 0 to 1."""
    start = datetime.combine(experiment.start, time())
    end = datetime.combine(experiment.end, time())
    known = datetime.combine(analysis_date + _DAY, time())
    mature = known - (window_of(experiment, metric) or timedelta())
    return min(max((mature - start) / (end - start), 0.0), 1.0)


def looks_out_of_reach(
    experiment: ExperimentSpec, metrics: Iterable[MetricSpec]
) -> Iterator[tuple[date, date, date]]:
    """Declared days that are no analysis date of the design, with its first and its last."""
    sequential = experiment.analysis.sequential
    looks = None if sequential is None else sequential.looks
    measured = list(metrics)
    first = first_look(experiment, measured)
    last = horizon_of(experiment, measured).decided_on
    for day in looks if isinstance(looks, tuple) else ():
        if isinstance(day, date) and not first <= day <= last:
            yield day, first, last
