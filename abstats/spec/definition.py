"""What a dbt metric measures: its kind and its measures, by dbt's type of metric."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from abstats.spec.composite import CompositePart
from abstats.spec.composite_parts import read_parts
from abstats.spec.fact import Node
from abstats.spec.filters import Filter, filters_in
from abstats.spec.kind_rules import EITHER_OR, Clash, clashes, default_kind
from abstats.spec.lookup import Lookup
from abstats.spec.measure import TOTALS, Measure, of_any_event
from abstats.spec.meta import ExperimentMeta, Kind, Missing
from abstats.spec.simple import Simple, read_input, read_simple
from abstats.spec.unsupported import NOT_SUPPORTED, refused_params
from abstats.spec.values import QuantileSpec


class Definition(NamedTuple):
    """What a metric measures.

    Attributes:
        kind: The kind of metric.
        numerator: Its measure; see `MetricSpec`.
        denominator: Its second measure, or None.
        quantile: Which quantile, of kind quantile.
        parts: The parts of a composite.
        missing: What a unit without a value counts as.
    """

    kind: Kind
    numerator: Measure
    denominator: Measure | None
    quantile: QuantileSpec | None
    parts: tuple[CompositePart, ...]
    missing: Missing


def define(graph: Lookup, node: Node, meta: ExperimentMeta | None) -> Definition | None:
    """What a metric of dbt measures; None where there are problems, which the graph has then.

    Args:
        graph: The project.
        node: The metric.
        meta: Its `config.meta.experiment`; None where that has problems of its own.
    """
    reader = READERS.get(node["type"])
    if reader is None:
        message = f"== {node['type']!r} {NOT_SUPPORTED}"
        graph.problem(node, "type", message, f"must be one of {', '.join(READERS)}")
        return None
    return reader(graph, node, meta)


def _simple(graph: Lookup, node: Node, meta: ExperimentMeta | None) -> Definition | None:
    simple = read_simple(graph, node)
    if simple is None or meta is None:
        return None
    kind = meta.kind or default_kind(node["type"], simple.quantile)
    quantile = meta.quantile
    if kind == "quantile" and quantile is None and simple.quantile is not None:
        quantile = QuantileSpec(p=simple.quantile)
    if not _is_sound(graph, node, meta, kind, [simple]):
        return None
    measure, missing = simple.measure, _missing(meta, [simple.measure])
    if quantile is not None and quantile.over == "events":
        # Every event's value counts: nothing is aggregated, and a unit without events has none.
        measure, missing = measure.model_copy(update={"agg": "sum"}), "exclude"
    elif kind in EITHER_OR:
        measure = of_any_event(measure)
    return Definition(kind, measure, None, quantile, (), missing)


def _ratio(graph: Lookup, node: Node, meta: ExperimentMeta | None) -> Definition | None:
    params = node.get("type_params") or {}
    parts = {part: params.get(part) or {} for part in ("numerator", "denominator")}
    graph.problems += refused_params(node)
    inputs = _inputs(graph, node, parts, list(_whole_filter(node)))
    if inputs is None or meta is None:
        return None
    kind = meta.kind or default_kind(node["type"], None)
    if not _is_sound(graph, node, meta, kind, inputs):
        return None
    numerator, denominator = (item.measure for item in inputs)
    missing = _missing(meta, [numerator, denominator])
    return Definition(kind, numerator, denominator, None, (), missing)


def _conversion(graph: Lookup, node: Node, meta: ExperimentMeta | None) -> Definition | None:
    before = len(graph.problems)
    graph.problems += refused_params(node)
    params = (node.get("type_params") or {}).get("conversion_type_params") or {}
    for key, message, rule in _conversion_clashes(node, params):
        graph.problem(node, key, message, rule)
    parts = {part: params.get(part) or {} for part in ("conversion_metric", "base_metric")}
    inputs = _inputs(graph, node, parts, ())
    if inputs is None or meta is None:
        return None
    kind = meta.kind or default_kind(node["type"], None)
    is_sound = _is_sound(graph, node, meta, kind, inputs)
    if not is_sound or len(graph.problems) > before:
        return None
    conversion, base = (item.measure for item in inputs)
    return Definition(kind, of_any_event(conversion), of_any_event(base), None, (), "zero")


def _derived(graph: Lookup, node: Node, meta: ExperimentMeta | None) -> Definition | None:
    graph.problems += refused_params(node)
    parts = read_parts(graph, node, meta, list(_whole_filter(node)))
    if parts is None or meta is None:
        return None
    kind = meta.kind or default_kind(node["type"], None)
    if not _is_sound(graph, node, meta, kind):
        return None
    return Definition(kind, parts[0].numerator, None, None, parts, "zero")


READERS: Mapping[str, Callable[[Lookup, Node, ExperimentMeta | None], Definition | None]] = {
    "simple": _simple,
    "ratio": _ratio,
    "conversion": _conversion,
    "derived": _derived,
}
"""Readers by dbt's type of metric."""


def _whole_filter(node: Node) -> Sequence[Filter]:
    """The filter of a metric that has inputs: it holds for each of them."""
    file, key = node["original_file_path"], f"{node['name']}.filter"
    return list(filters_in(file, key, node.get("filter")))


def _inputs(
    graph: Lookup, node: Node, parts: Mapping[str, Mapping[str, Any]], above: Sequence[Filter]
) -> list[Simple] | None:
    read = [read_input(graph, node, part, spec, above) for part, spec in parts.items()]
    inputs = [item for item in read if item is not None]
    return inputs if len(inputs) == len(parts) else None


def _is_sound(
    graph: Lookup,
    node: Node,
    meta: ExperimentMeta,
    kind: Kind,
    inputs: Sequence[Simple] = (),
) -> bool:
    measures = [item.measure for item in inputs]
    # Inputs of a metric have no quantile: they were refused before.
    quantile = next((item.quantile for item in inputs), None)
    found: list[Clash] = list(clashes(node["type"], kind, meta, measures, quantile))
    for key, message, rule, hint, is_meta in found:
        note = graph.meta_problem if is_meta else graph.problem
        note(node, key, message, rule, hint)
    return not found


def _missing(meta: ExperimentMeta, measures: Sequence[Measure]) -> Missing:
    if meta.missing is not None:
        return meta.missing
    return "zero" if all(measure.agg in TOTALS for measure in measures) else "exclude"


def _conversion_clashes(node: Node, params: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    found = []
    if node.get("filter"):
        rule = "must stand on base_metric or on conversion_metric: they are filtered apart"
        found.append(("filter", "is of both metrics", rule))
    if params.get("window"):
        rule = "must be config.meta.experiment.window: dbt's does not begin with the exposure"
        found.append(("window", NOT_SUPPORTED, rule))
    if params.get("constant_properties"):
        rule = "any conversion of the unit counts"
        found.append(("constant_properties", NOT_SUPPORTED, rule))
    if params.get("calculation") not in (None, "conversion_rate"):
        message = f"== {params['calculation']!r}"
        rule = "must be conversion_rate; to count conversions use the conversion metric itself"
        found.append(("calculation", message, rule))
    return found
