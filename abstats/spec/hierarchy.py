"""The hierarchy of metrics: no circles, and sums and products that can add up."""

from collections.abc import Iterator, Mapping, Sequence

from abstats.spec.lookup import META_PATH
from abstats.spec.meta import Decomposition, Kind
from abstats.spec.metric import MetricSpec
from abstats.spec.problems import Problem
from abstats.spec.window import equally_long

TERMS: Mapping[Decomposition, tuple[Kind, ...]] = {
    "sum": ("mean",),
    "product": ("mean", "proportion", "ratio"),
}
"""Kinds that a sum or product, and its terms, may be of."""

MOST_FACTORS = 12
"""Contributions to a product of n children take n 2^(n - 1) terms."""


def cycles(metrics: Mapping[str, MetricSpec]) -> Iterator[Problem]:
    """Chains of parents that lead back to their start."""
    for start, metric in metrics.items():
        chain = [start]
        parent = metric.parent
        while parent is not None and parent in metrics and parent not in chain:
            chain.append(parent)
            parent = metrics[parent].parent
        # Each cycle is told once, by the first of its names.
        if parent == start and start == min(chain):
            rule = f"a parent must not lead back: {' > '.join([*chain, start])}"
            yield _problem(metric, "parent", f"== {metric.parent!r}", rule)


def unsound_decompositions(
    metrics: Mapping[str, MetricSpec], *, all_are_known: bool
) -> Iterator[Problem]:
    """Sums and products that their children cannot make up.

    Args:
        metrics: The sound metrics by name.
        all_are_known: False where other metrics have problems: a child may be among those.
    """
    for metric in metrics.values():
        if metric.decomposition is None:
            continue
        children = [child for child in metrics.values() if child.parent == metric.name]
        if not children and all_are_known:
            rule = f"must have children: metrics with parent: {metric.name}"
            yield _problem(metric, "decomposition", f"== {metric.decomposition!r}", rule)
        if metric.decomposition == "product" and len(children) > MOST_FACTORS:
            rule = f"a product has at most {MOST_FACTORS} children"
            yield _problem(metric, "decomposition", f"has {len(children)} children", rule)
        yield from _unfit_terms(metric, metric.decomposition, children)


def _unfit_terms(
    metric: MetricSpec, decomposition: Decomposition, children: Sequence[MetricSpec]
) -> Iterator[Problem]:
    kinds = TERMS[decomposition]
    what = f"the {decomposition} {metric.name!r}"
    if metric.kind not in kinds:
        message = f"== {decomposition!r} on a metric of kind {metric.kind}"
        yield _problem(metric, "decomposition", message, f"its kind must be {_either(kinds)}")
    for child in children:
        if child.kind not in kinds:
            message = f"is {what}, of kind {child.kind} itself"
            yield _problem(child, "parent", message, f"its kind must be {_either(kinds)}")
        elif not equally_long(child.window, metric.window):
            rule = "it and its parent must declare the same window, or none"
            yield _problem(child, "window", f"is not that of {what}", rule)
    for term in (metric, *children):
        key = _reshaped_by(term, decomposition)
        if key:
            rule = "contributions add up only where values are taken as they are"
            yield _problem(term, key, f"is declared on {what} or on a child of it", rule)


def _reshaped_by(metric: MetricSpec, decomposition: Decomposition) -> str:
    """The key by which a value is no longer a plain part of the whole; or ""."""
    if metric.winsorize is not None:
        return "winsorize"
    if metric.transform is not None:
        return "transform"
    return "missing" if decomposition == "sum" and metric.missing == "exclude" else ""


def _either(kinds: Sequence[str]) -> str:
    return " or ".join(kinds)


def _problem(metric: MetricSpec, key: str, message: str, rule: str) -> Problem:
    return Problem(metric.file, ".".join((metric.name, *META_PATH, key)), message, rule)
