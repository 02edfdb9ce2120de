"""Sequential designs that their experiment or its metrics do not allow, with the reason."""

from collections.abc import Iterator, Mapping

from abstats.spec.experiment import ExperimentSpec
from abstats.spec.horizon import window_of
from abstats.spec.look_dates import look_dates, looks_out_of_reach
from abstats.spec.mentions import mentions_of
from abstats.spec.metric import MetricSpec
from abstats.spec.problems import Problem, key_path
from abstats.spec.source import Path

NOT_COUNTED_ONCE = {
    "conversion": "a unit counts with 0 until the window after its base event is over",
    "gini": "it is computed at the latest analysis date only",
}
"""Kinds without looks, with the reason."""

OPEN_ENDED = (
    "a sequential design needs a window of the metric or the experiment: where totals grow after "
    "their unit was counted, looks are correlated in no way that is known, and .08 reject for .05"
)


def impossible_looks(
    experiment: ExperimentSpec, metrics: Mapping[str, MetricSpec]
) -> Iterator[Problem]:
    """What keeps an experiment's sequential design from holding its error rate."""
    sequential = experiment.analysis.sequential
    if sequential is None:
        return
    mentions = mentions_of(experiment)
    for path, name in mentions.names:
        metric = metrics.get(name)
        if metric is None:
            continue
        message, rule = f"== {name!r}", ""
        if metric.kind in NOT_COUNTED_ONCE:
            message += f" of kind {metric.kind}"
            rule = f"has no sequential design: {NOT_COUNTED_ONCE[metric.kind]}"
        elif window_of(experiment, metric) is None:
            message, rule = f"{message} counts events until end", OPEN_ENDED
        if rule:
            yield Problem(mentions.source.place(path), key_path(path), message, rule)
    measured = [metrics[name] for name in experiment.roles() if name in metrics]
    where: Path = ("analysis", "sequential", "looks")
    place, key = experiment.source.place(where), key_path(where)
    days, looks = (experiment.end - experiment.start).days, sequential.looks
    beyond = list(looks_out_of_reach(experiment, measured))
    for day, first, last in beyond:
        before = "before units of the first day are mature" if day < first else "after the end"
        yield Problem(place, key, f"has {day}, {before}", f"must be from {first} to {last}")
    if isinstance(looks, int) and looks > days:
        yield Problem(place, key, f"== {looks}", f"must be at most one per day of exposure, {days}")
    elif looks is not None and not beyond and len(look_dates(experiment, measured)) < 2:
        rule = "must name a look before the experiment is over"
        yield Problem(place, key, "has no other date than the last", rule)
