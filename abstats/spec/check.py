"""What no file can get wrong alone: experiments against metrics, metrics against each other."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from abstats.spec.experiment import ExperimentSpec
from abstats.spec.hierarchy import cycles, unsound_decompositions
from abstats.spec.looks import impossible_looks
from abstats.spec.mentions import Mentions, mentions_of
from abstats.spec.meta import Kind
from abstats.spec.metric import MetricSpec
from abstats.spec.problems import Problem, key_path, nearest, shown
from abstats.spec.unsupported import NOT_SUPPORTED

SHARES = frozenset[Kind](("proportion", "retention", "conversion", "gini"))
"""Kinds whose values lie between 0 and 1."""


def check_project(
    metrics: Sequence[MetricSpec],
    experiments: Sequence[ExperimentSpec],
    facts: Sequence[str] | None,
    declared: Collection[str] = (),
) -> list[Problem]:
    """Everything that is wrong between specs that are sound each by itself.

    Args:
        metrics: The sound metrics.
        experiments: The sound experiments.
        facts: The var `facts` of the dbt project; None skips its check.
        declared: Names of metrics that have problems of their own, and so are not unknown.
    """
    by_name = {metric.name: metric for metric in metrics}
    all_are_known = by_name.keys() >= set(declared)
    problems = [
        *cycles(by_name),
        *unsound_decompositions(by_name, all_are_known=all_are_known),
        *_differently_united(metrics),
        *_second_time_columns(metrics),
    ]
    if facts is not None:
        problems += _facts_left_out(metrics, facts)
    for experiment in experiments:
        problems += check_mentions(mentions_of(experiment), by_name, declared)
        problems += _impossible_margins(experiment, by_name)
        problems += _pooled_over_a_ramp(experiment, by_name)
        problems += impossible_looks(experiment, by_name)
    return problems


def check_mentions(
    mentions: Mentions, metrics: Mapping[str, MetricSpec], declared: Collection[str]
) -> Iterator[Problem]:
    """Metrics that an experiment names and cannot use.

    Args:
        mentions: What the experiment asks; of an experiment with mistakes too.
        metrics: The sound metrics by name.
        declared: Names of metrics that have problems of their own, and so are not unknown.
    """
    unit = mentions.unit
    for path, name in mentions.names:
        file, key = mentions.source.place(path), key_path(path)
        metric = metrics.get(name)
        if metric is None:
            if name not in declared:
                rule = "must be the name of a dbt metric with config.meta.experiment"
                hint = nearest(name, {*metrics, *declared})
                yield Problem(file, key, f"== {shown(name)}, no metric of this name", rule, hint)
            continue
        for fact, entities in _entities(metric).items():
            if unit is not None and unit not in entities:
                message = f"== {name!r} of fact {fact!r}"
                known = ", ".join(entities) or "none"
                rule = (
                    f"its fact must have the experiment's unit {shown(unit)} as an entity; "
                    f"it has {known}"
                )
                yield Problem(file, key, message, rule, nearest(unit, entities))


def _entities(metric: MetricSpec) -> dict[str, tuple[str, ...]]:
    """The entities of each fact that a metric is measured on."""
    return {measure.fact: tuple(measure.entities) for measure in metric.every_measure}


def _differently_united(metrics: Sequence[MetricSpec]) -> Iterator[Problem]:
    """Metrics over several facts that no experiment could use."""
    for metric in metrics:
        first, *others = (set(entities) for entities in _entities(metric).values())
        if others and not first.intersection(*others):
            facts = "; ".join(
                f"{fact!r} has {', '.join(entities) or 'none'}"
                for fact, entities in _entities(metric).items()
            )
            rule = f"its facts must have an entity in common, the unit: {facts}"
            yield Problem(metric.file, metric.name, "is measured on several facts", rule)


def _impossible_margins(
    experiment: ExperimentSpec, metrics: Mapping[str, MetricSpec]
) -> Iterator[Problem]:
    """A share cannot change by 1 or more: percentage points were meant."""
    roles = experiment.metrics
    margins = [
        (("metrics", "guardrails", i, "absolute_margin"), item.metric, item.absolute_margin)
        for i, item in enumerate(roles.guardrails)
    ]
    for role, aims in (("primary", roles.primary), ("secondary", roles.secondary)):
        key = "absolute_equivalence_margin"
        margins += [
            (("metrics", role, i, key), item.metric, item.absolute_equivalence_margin)
            for i, item in enumerate(aims)
        ]
    for path, name, margin in margins:
        metric = metrics.get(name)
        if metric is None or metric.kind not in SHARES or margin is None or margin < 1:
            continue
        yield Problem(
            experiment.source.place(path),
            key_path(path),
            f"== {margin:g} for a {metric.kind}",
            "must be < 1",
            "0.02 is two percentage points.",
        )


def _pooled_over_a_ramp(
    experiment: ExperimentSpec, metrics: Mapping[str, MetricSpec]
) -> Iterator[Problem]:
    """A quantile or Gini of all periods of a ramp together would compare different mixtures."""
    if not experiment.allocation:
        return
    for name in experiment.roles():
        metric = metrics.get(name)
        if metric is not None and metric.kind in {"quantile", "gini"}:
            yield Problem(
                experiment.source.place(("allocation",)),
                "allocation",
                f"has periods, and {name!r} is of kind {metric.kind}",
                "a quantile or Gini is no average over periods: leave it out of a ramp",
            )


def _facts_left_out(metrics: Sequence[MetricSpec], facts: Sequence[str]) -> Iterator[Problem]:
    for metric in metrics:
        for fact in _entities(metric):
            if fact not in facts:
                known = ", ".join(facts) or "nothing"
                message = f"is measured on fact {fact!r}"
                rule = f"a fact must be in the var 'facts' of dbt_project.yml, which has {known}"
                yield Problem(metric.file, metric.name, message, rule, nearest(fact, facts))


def _second_time_columns(metrics: Sequence[MetricSpec]) -> Iterator[Problem]:
    first: dict[str, tuple[str, str]] = {}
    for metric in metrics:
        for measure in metric.every_measure:
            name, column = first.setdefault(
                measure.fact_unique_id, (metric.name, measure.time_column)
            )
            if column != measure.time_column:
                message = (
                    f"== {measure.time_column!r}, of {name!r} on the same fact it is {column!r}"
                )
                rule = f"a second time column for a fact {NOT_SUPPORTED}"
                yield Problem(metric.file, f"{metric.name}.agg_time_dimension", message, rule)
