"""The covariates of a metric, resolved."""

from abstats.spec.covariate import Covariate
from abstats.spec.definition import Definition
from abstats.spec.fact import Node
from abstats.spec.lookup import Lookup
from abstats.spec.measure import TOTALS
from abstats.spec.meta import ExperimentMeta
from abstats.spec.problems import nearest
from abstats.spec.simple import read_simple


def read_covariates(
    graph: Lookup, node: Node, meta: ExperimentMeta, definition: Definition
) -> tuple[Covariate, ...]:
    """The covariates that are declared beside the metric's own value before exposure.

    The time of a covariate is not declared: its events are those of the lookback, which ends
    before the exposure. What is wrong is added to the problems of the graph.
    """
    if not meta.cuped.enabled:
        return ()
    found = [
        covariate
        for position, name in enumerate(meta.cuped.metrics)
        if (covariate := _of_metric(graph, node, position, name, definition))
    ]
    return (*found, *(Covariate(name=name, attribute=name) for name in meta.cuped.attributes))


def _of_metric(
    graph: Lookup, node: Node, position: int, name: str, definition: Definition
) -> Covariate | None:
    key = f"cuped.metrics[{position}]"
    metric = graph.metric_named(name, node["package_name"])
    if metric is None:
        hint = nearest(name, (item["name"] for item in graph.metrics if item["type"] == "simple"))
        graph.meta_problem(node, key, f"== {name!r}", "must be the name of a simple metric", hint)
        return None
    if metric["type"] != "simple":
        message = f"== {name!r}, of type {metric['type']!r}"
        rule = "must be a simple metric, whose events can be counted before the exposure"
        graph.meta_problem(node, key, message, rule)
        return None
    simple = read_simple(graph, metric)
    if simple is None:
        return None
    if simple.quantile is not None or simple.measure.agg not in TOTALS:
        rule = f"must have a total before exposure: an agg of {', '.join(sorted(TOTALS))}"
        graph.meta_problem(node, key, f"== {name!r}, which has none", rule)
        return None
    if simple.measure in (definition.numerator, definition.denominator):
        rule = "must be another metric: the metric's own value before exposure is always used"
        graph.meta_problem(node, key, f"== {name!r}, what it measures itself", rule)
        return None
    return Covariate(name=name, measure=simple.measure)
