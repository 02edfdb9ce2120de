"""What is allowed and likely not meant: told, and nothing stops."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from abstats.spec.experiment import ExperimentSpec
from abstats.spec.horizon import horizon_of, window_of
from abstats.spec.lookup import META_PATH
from abstats.spec.mentions import mentions_of
from abstats.spec.metric import MetricSpec
from abstats.spec.problems import Problem, key_path
from abstats.spec.source import Path


def warnings_in(
    metrics: Sequence[MetricSpec], experiments: Sequence[ExperimentSpec]
) -> list[Problem]:
    """The warnings of a project whose specs are sound."""
    by_name = {metric.name: metric for metric in metrics}
    found = [problem for metric in metrics for problem in _attributes_that_are_measured(metric)]
    for experiment in experiments:
        found += _windows_past_the_end(experiment, by_name)
    return found


def _windows_past_the_end(
    experiment: ExperimentSpec, metrics: Mapping[str, MetricSpec]
) -> Iterator[Problem]:
    lasts = experiment.end - experiment.start
    mentions = mentions_of(experiment)
    for path, name in mentions.names:
        metric = metrics[name]
        window = window_of(experiment, metric)
        if window is None or window <= lasts:
            continue
        own = metric.window is not None or metric.retention is not None
        # The experiment's own window is told once, not for each metric that takes it.
        where: Path = path if own else ("window",)
        subject = f"== {name!r}, which follows" if own else "follows"
        mature = horizon_of(experiment, [metric]).decided_on
        yield Problem(
            mentions.source.place(where),
            key_path(where),
            f"{subject} each unit for {_days(window)} in an experiment of {lasts.days} days",
            f"its last unit is mature with the data of {mature}",
        )


def _attributes_that_are_measured(metric: MetricSpec) -> Iterator[Problem]:
    for covariate in metric.covariates:
        if covariate.attribute in {measure.expr for measure in metric.measures}:
            yield Problem(
                metric.file,
                ".".join((metric.name, *META_PATH, "cuped.attributes")),
                f"has {covariate.attribute!r}, the name of what the metric measures",
                "an attribute must be fixed at or before exposure, which no check can see",
            )


def _days(window: timedelta) -> str:
    days = window / timedelta(days=1)
    return f"{days:g} day{'' if days == 1 else 's'}"
