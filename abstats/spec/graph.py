"""Metrics from dbt's flat graph: plain dicts in, metric specs and problems out."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from abstats.spec.fact import Fact, read_fact, time_column
from abstats.spec.measure import Measure
from abstats.spec.meta import ExperimentMeta, Kind
from abstats.spec.metric import MetricSpec
from abstats.spec.problems import Problem, nearest
from abstats.spec.source import Source
from abstats.spec.translate import found, problems_in
from abstats.spec.unsupported import AGGREGATIONS, NOT_SUPPORTED, refused_input, refused_params

Node = Mapping[str, Any]

META_KEY = "experiment"
META_PATH = ("config", "meta", META_KEY)
RESERVED_METRICS = frozenset(("covariates", "experiment", "units"))
"""Names that mean something else in the moments and health tables."""
DECLARED = (MetricSpec.model_fields.keys() & ExperimentMeta.model_fields.keys()) - {
    "kind",
    "missing",
}
"""Fields that a metric takes from its meta as they are."""


def read_metrics(graph: Mapping[str, Any]) -> tuple[list[MetricSpec], list[Problem]]:
    """The experiment metrics of a dbt project and everything wrong with them.

    Args:
        graph: dbt's flat graph, or its manifest, as plain dicts: `metrics`, `semantic_models` and
            `nodes` by unique id.

    Returns:
        The metrics that have `config.meta.experiment`, by unique id, without those that have
        problems; and the problems.
    """
    reader = _Reader(graph)
    metrics = [spec for node in reader.metrics if (spec := reader.metric(node)) is not None]
    reader.refuse_equal_names()
    return metrics, reader.problems


def declared_metrics(graph: Mapping[str, Any]) -> frozenset[str]:
    """Names of all metrics that have `config.meta.experiment`, sound or not."""
    nodes = graph.get("metrics", {}).values()
    return frozenset(node["name"] for node in nodes if META_KEY in _meta(node))


class _Reader:
    def __init__(self, graph: Mapping[str, Any]) -> None:
        self.by_id: Mapping[str, Node] = graph.get("metrics", {})
        self.metrics = [self.by_id[unique_id] for unique_id in sorted(self.by_id)]
        self.semantic_models: Mapping[str, Node] = graph.get("semantic_models", {})
        self.nodes: Mapping[str, Node] = graph.get("nodes", {})
        self.problems: list[Problem] = []

    def metric(self, node: Node) -> MetricSpec | None:
        """The spec of a metric; None where it is not for experiments or has problems."""
        if META_KEY not in _meta(node):
            self._notice_misspelling(node)
            return None
        before = len(self.problems)
        if node["name"] in RESERVED_METRICS:
            self._problem(node, "name", f"== {node['name']!r}", "that name is taken by abstats")
        meta = self._experiment_meta(node)
        measures = self._measures(node)
        kind = self._kind(node, meta)
        if len(self.problems) > before or meta is None or kind is None or not measures:
            return None
        return MetricSpec(
            name=node["name"],
            label=node.get("label") or node["name"],
            description=node.get("description") or "",
            kind=kind,
            numerator=measures[0],
            denominator=measures[1] if len(measures) > 1 else None,
            file=node["original_file_path"],
            missing=meta.missing or "zero",
            **{name: getattr(meta, name) for name in DECLARED},
        )

    def refuse_equal_names(self) -> None:
        """Two metrics of one name, where an experiment could mean either."""
        by_name: dict[str, list[Node]] = defaultdict(list)
        for node in self.metrics:
            by_name[node["name"]].append(node)
        for nodes in by_name.values():
            if not any(META_KEY in _meta(node) for node in nodes):
                continue
            first, *others = nodes
            for node in others:
                rule = f"must be unique over all packages; {first['unique_id']} has it too"
                self._problem(node, "name", f"== {node['name']!r}", rule)

    def _experiment_meta(self, node: Node) -> ExperimentMeta | None:
        value = _meta(node)[META_KEY]
        if not isinstance(value, Mapping):
            rule = "must be a mapping of keys to values; {} takes every default"
            self._problem(node, ".".join(META_PATH), found(value), rule)
            return None
        try:
            return ExperimentMeta.model_validate(dict(value))
        except ValidationError as error:
            source = Source(node["original_file_path"])
            above = (node["name"], *META_PATH)
            self.problems += problems_in(error, ExperimentMeta, source, above)
            return None

    def _notice_misspelling(self, node: Node) -> None:
        for key, value in _meta(node).items():
            if isinstance(value, Mapping) and nearest(str(key), (META_KEY,)):
                rule = f"an experiment metric is marked by {META_KEY!r}"
                hint = nearest(str(key), (META_KEY,))
                self._problem(node, f"config.meta.{key}", "is not read by abstats", rule, hint)

    def _kind(self, node: Node, meta: ExperimentMeta | None) -> Kind | None:
        if node["type"] not in ("simple", "ratio") or meta is None:
            return None
        is_ratio = node["type"] == "ratio"
        kind = meta.kind or ("ratio" if is_ratio else "mean")
        if is_ratio != (kind == "ratio"):
            rule = (
                "a dbt metric of type ratio is of kind ratio, one of type simple is of kind mean "
                "or proportion"
            )
            message = f"== {kind!r} on a metric of type {node['type']!r}"
            self._problem(node, ".".join((*META_PATH, "kind")), message, rule)
            return None
        return kind

    def _measures(self, node: Node) -> list[Measure]:
        """The measure of a simple metric, the two of a ratio; fewer where there are problems."""
        if node["type"] == "simple":
            return self._measure(node)
        if node["type"] != "ratio":
            message = f"== {node['type']!r} {NOT_SUPPORTED}"
            self._problem(node, "type", message, "must be simple or ratio")
            return []
        self.problems += refused_params(node)
        measures = []
        for part in ("numerator", "denominator"):
            spec = (node.get("type_params") or {}).get(part) or {}
            self.problems += refused_input(node, part, spec)
            measures += self._input(node, part, spec.get("name"))
        if len(measures) == 2 and measures[0].fact_unique_id != measures[1].fact_unique_id:
            message = f"is of fact {measures[1].fact!r}, the numerator of {measures[0].fact!r}"
            rule = f"a ratio over two facts {NOT_SUPPORTED}"
            self._problem(node, "denominator", message, rule)
        return measures if len(measures) == 2 else []

    def _input(self, node: Node, part: str, name: str | None) -> list[Measure]:
        candidates = [self.by_id[i] for i in node["depends_on"]["nodes"] if i in self.by_id]
        for metric in candidates:
            if metric["name"] != name:
                continue
            if metric["type"] == "simple":
                return self._measure(metric)
            message = f"== {name!r}, itself of type {metric['type']!r}, {NOT_SUPPORTED}"
            self._problem(node, part, message, "must be a simple metric")
            return []
        hint = nearest(str(name), (metric["name"] for metric in self.metrics))
        self._problem(node, part, found(name), "must be the name of a simple metric", hint)
        return []

    def _measure(self, node: Node) -> list[Measure]:
        self.problems += refused_params(node)
        params = node.get("type_params") or {}
        aggregation = params.get("metric_aggregation_params")
        fact = None if aggregation is None else self._fact(node, aggregation["semantic_model"])
        if aggregation is None or fact is None:
            message = "has no fact of its own"
            rule = "must be declared under `metrics:` of a model with a semantic_model, with an agg"
            self._problem(node, "", message, rule)
            return []
        agg = aggregation["agg"]
        if agg not in AGGREGATIONS:
            rule = f"must be one of {', '.join(AGGREGATIONS)}"
            self._problem(node, "agg", f"== {agg!r} {NOT_SUPPORTED}", rule)
        time = time_column(
            fact, aggregation.get("agg_time_dimension"), node["original_file_path"], node["name"]
        )
        if isinstance(time, Problem):
            self.problems.append(time)
        if agg not in AGGREGATIONS or isinstance(time, Problem):
            return []
        return [
            Measure(
                fact=fact.name,
                fact_unique_id=fact.unique_id,
                fact_checksum=fact.checksum,
                agg=agg,
                # dbt's rule: without an expression the column is named as the metric.
                expr=str(params.get("expr") or node["name"]),
                time_column=time,
                entities=dict(fact.entities),
            )
        ]

    def _fact(self, node: Node, name: str) -> Fact | None:
        # dbt 1.12 writes the root project's package into depends_on of a package's metric, so
        # the semantic model is looked up by its name: in the metric's own package.
        for model in self.semantic_models.values():
            if (model["package_name"], model["name"]) == (node["package_name"], name):
                return read_fact(model, self.nodes)
        return None

    def _problem(self, node: Node, key: str, message: str, rule: str, hint: str = "") -> None:
        path = f"{node['name']}.{key}" if key else node["name"]
        self.problems.append(Problem(node["original_file_path"], path, message, rule, hint))


def _meta(node: Node) -> Mapping[str, Any]:
    return (node.get("config") or {}).get("meta") or node.get("meta") or {}
