"""The parts of a composite, from dbt's metrics of type derived."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import ValidationError

from abstats.spec.composite import PRE_PERIOD, CompositePart
from abstats.spec.fact import Node
from abstats.spec.filters import Filter
from abstats.spec.linear import NotLinearError, weights_of
from abstats.spec.lookup import META_KEY, Lookup, meta_of
from abstats.spec.measure import TOTALS, of_any_event
from abstats.spec.meta import ExperimentMeta
from abstats.spec.problems import nearest, shown
from abstats.spec.simple import Simple, read_input
from abstats.spec.window import equally_long

PartKind = Literal["mean", "proportion"]


def read_parts(
    graph: Lookup, node: Node, meta: ExperimentMeta | None, above: Sequence[Filter]
) -> tuple[CompositePart, ...] | None:
    """The parts of a derived metric, in the order of its inputs; None where there are problems.

    Args:
        graph: The project.
        node: The derived metric.
        meta: Its `config.meta.experiment`; None where that has problems of its own.
        above: Filters of the metric as a whole.
    """
    before = len(graph.problems)
    params = node.get("type_params") or {}
    # dbt's rule: an input is called by its alias, or else by its name.
    inputs: dict[str, Mapping[str, Any]] = {
        str(item.get("alias") or item["name"]): item for item in params.get("metrics") or ()
    }
    weights = _weights(graph, node, str(params.get("expr") or ""), inputs)
    terms = [
        read_input(graph, node, f"input_metrics[{position}]", settings, above)
        for position, settings in enumerate(inputs.values())
    ]
    if meta is None:
        return None
    _check_scales(graph, node, meta, inputs)
    parts = [
        _part(name, weights.get(name, 0.0), simple, kind, meta)
        for position, (name, simple) in enumerate(zip(inputs, terms, strict=True))
        if simple is not None and (kind := _kind(graph, node, position, simple, meta)) is not None
    ]
    is_sound = len(graph.problems) == before and len(parts) == len(inputs)
    return tuple(parts) if parts and is_sound else None


def _weights(
    graph: Lookup, node: Node, expression: str, inputs: Mapping[str, object]
) -> dict[str, float]:
    rule = "must be a weighted sum of its input metrics, such as 0.2 * minutes + 5 * orders"
    try:
        weights = weights_of(expression)
    except NotLinearError as error:
        graph.problem(node, "expr", f"== {shown(expression)} {error}", rule)
        return {}
    for name in weights:
        if name not in inputs:
            known = f"must be one of its input_metrics, {', '.join(inputs) or 'it has none'}"
            graph.problem(node, "expr", f"has {name!r}", known, nearest(name, inputs))
    for name in inputs:
        if name not in weights:
            graph.problem(node, "expr", f"has no {name!r}", "must weigh each of its input_metrics")
    return weights


def _check_scales(
    graph: Lookup, node: Node, meta: ExperimentMeta, inputs: Mapping[str, object]
) -> None:
    for name in meta.standardise:
        if name not in inputs:
            rule = f"must be one of the names in expr, {', '.join(inputs)}"
            graph.meta_problem(node, "standardise", f"has {name!r}", rule, nearest(name, inputs))


def _kind(
    graph: Lookup, node: Node, position: int, simple: Simple, meta: ExperimentMeta
) -> PartKind | None:
    """The kind of a part; None where the metric cannot be one, or its meta is wrong itself."""
    declared = meta_of(simple.node).get(META_KEY, {})
    try:
        own = ExperimentMeta.model_validate(declared)
    except ValidationError:
        return None
    clash = _clash(simple, own, meta)
    if clash is not None:
        message = f"== {simple.node['name']!r} {clash[0]}"
        graph.problem(node, f"input_metrics[{position}]", message, clash[1])
        return None
    return "proportion" if own.kind == "proportion" else "mean"


def _part(
    name: str, weight: float, simple: Simple, kind: PartKind, meta: ExperimentMeta
) -> CompositePart:
    scale = meta.standardise.get(name)
    return CompositePart(
        metric=name,
        weight=weight,
        standard_deviation=scale if isinstance(scale, float) else None,
        standardise="none"
        if scale is None
        else "pre_period"
        if scale == PRE_PERIOD
        else "declared",
        kind=kind,
        numerator=of_any_event(simple.measure) if kind == "proportion" else simple.measure,
    )


def _clash(simple: Simple, own: ExperimentMeta, whole: ExperimentMeta) -> tuple[str, str] | None:
    """Why a metric cannot be a part of a composite: message and rule."""
    agg = simple.measure.agg
    missing = own.missing or ("zero" if agg in TOTALS else "exclude")
    if own.kind not in (None, "mean", "proportion"):
        return f"is of kind {own.kind}", "a part of a composite is of kind mean or proportion"
    if own.kind == "proportion" and agg not in TOTALS:
        return f"has agg {agg!r}", f"a proportion has one of {', '.join(sorted(TOTALS))}"
    if missing != "zero":
        rule = "a part of a composite has a value for every unit: declare missing: zero for it"
        return f"has agg {agg!r} and no value for a unit without events", rule
    if own.winsorize is not None or own.transform is not None:
        what = "winsorize" if own.winsorize is not None else "transform"
        return f"has {what}", "a composite adds up values as they are"
    if own.window is not None and not equally_long(own.window, whole.window):
        rule = "all parts share one window: declare it on the composite too"
        return "has a window of its own", rule
    return None
