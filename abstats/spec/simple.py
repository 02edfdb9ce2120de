"""dbt's metrics of type simple, as measures."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast, get_args

from abstats.spec.fact import Fact, Node, time_column
from abstats.spec.filters import Filter, condition, filters_in
from abstats.spec.lookup import META_KEY, Lookup, meta_of
from abstats.spec.measure import Aggregation, Measure
from abstats.spec.problems import Problem, nearest
from abstats.spec.translate import found
from abstats.spec.unsupported import NOT_SUPPORTED, refused_input, refused_params

LAST_VALUE = "last_value"
DBT_AGGREGATIONS = tuple(agg for agg in get_args(Aggregation) if agg != LAST_VALUE)
"""dbt's aggregations that we compute under the same name."""
QUANTILES = ("median", "percentile")
"""dbt's aggregations that are a quantile over events."""


class Simple(NamedTuple):
    """A simple metric of dbt.

    Attributes:
        node: Its node in the graph.
        measure: Its measure; of a quantile its agg is "sum" and says nothing.
        quantile: The p of dbt's median or percentile; None for other aggregations.
    """

    node: Node
    measure: Measure
    quantile: float | None


def read_simple(graph: Lookup, node: Node, above: Sequence[Filter] = ()) -> Simple | None:
    """The measure of a simple metric; None where there are problems, which the graph has then.

    Args:
        graph: The project.
        node: The simple metric.
        above: Filters of the metrics it is an input of.
    """
    before = len(graph.problems)
    graph.problems += refused_params(node)
    params = node.get("type_params") or {}
    aggregation = params.get("metric_aggregation_params")
    fact = None if aggregation is None else graph.fact_of(node, aggregation["semantic_model"])
    if aggregation is None or fact is None:
        rule = "must be declared under `metrics:` of a model with a semantic_model, with an agg"
        graph.problem(node, "", "has no fact of its own", rule)
        return None
    file = node["original_file_path"]
    time = time_column(fact, aggregation.get("agg_time_dimension"), file, node["name"])
    if isinstance(time, Problem):
        graph.problems.append(time)
    own = filters_in(file, f"{node['name']}.filter", node.get("filter"))
    where = condition(fact, [*own, *above], graph.problems)
    agg, quantile = _aggregation(graph, node, aggregation)
    if len(graph.problems) > before or agg is None or isinstance(time, Problem):
        return None
    # dbt's rule: without an expression the column is named as the metric.
    expr = str(params.get("expr") or node["name"])
    return Simple(node, _measure(fact, agg, expr, where, time), quantile)


def read_input(
    graph: Lookup,
    node: Node,
    part: str,
    settings: Mapping[str, Any],
    above: Sequence[Filter] = (),
) -> Simple | None:
    """The simple metric that another is made of; None where there are problems.

    Args:
        graph: The project.
        node: The metric that it is an input of.
        part: The key it stands under, "numerator".
        settings: dbt's name and filter of the input.
        above: Filters of the metric as a whole.
    """
    before = len(graph.problems)
    graph.problems += refused_input(node, part, settings)
    name = settings.get("name")
    metric = graph.input_of(node, name)
    if metric is None:
        hint = nearest(str(name), (item["name"] for item in graph.metrics))
        graph.problem(node, part, found(name), "must be the name of a simple metric", hint)
        return None
    if metric["type"] != "simple":
        message = f"== {name!r}, itself of type {metric['type']!r}, {NOT_SUPPORTED}"
        graph.problem(node, part, message, "must be a simple metric")
        return None
    key = f"{node['name']}.{part}.filter"
    own = filters_in(node["original_file_path"], key, settings.get("filter"))
    simple = read_simple(graph, metric, [*own, *above])
    if simple is not None and simple.quantile is not None:
        message = f"== {name!r}, a quantile over events"
        graph.problem(node, part, message, "must be a metric with one value per unit")
    return simple if len(graph.problems) == before else None


def _aggregation(
    graph: Lookup, node: Node, params: Mapping[str, Any]
) -> tuple[Aggregation | None, float | None]:
    declared = meta_of(node).get(META_KEY)
    if isinstance(declared, Mapping) and declared.get("per_unit") == LAST_VALUE:
        return "last_value", None
    agg = params["agg"]
    if agg in DBT_AGGREGATIONS:
        return cast("Aggregation", agg), None
    if agg not in QUANTILES:
        rule = f"must be one of {', '.join((*DBT_AGGREGATIONS, *QUANTILES))}"
        graph.problem(node, "agg", f"== {agg!r} {NOT_SUPPORTED}", rule)
        return None, None
    p = 0.5 if agg == "median" else (params.get("agg_params") or {}).get("percentile")
    if isinstance(p, bool) or not isinstance(p, int | float) or not 0 < p < 1:
        graph.problem(node, "percentile", found(p), "must be > 0 and < 1")
        return None, None
    return "sum", float(p)


def _measure(fact: Fact, agg: Aggregation, expr: str, where: str | None, time: str) -> Measure:
    return Measure(
        fact=fact.name,
        fact_unique_id=fact.unique_id,
        fact_checksum=fact.checksum,
        agg=agg,
        expr=expr,
        filter=where,
        time_column=time,
        entities=dict(fact.entities),
    )
