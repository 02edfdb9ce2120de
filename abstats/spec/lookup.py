"""dbt's flat graph as the readers of metrics look things up in it, and what they find wrong."""

from collections.abc import Mapping
from typing import Any

from abstats.spec.fact import Fact, Node, read_fact
from abstats.spec.problems import Problem

META_KEY = "experiment"
META_PATH = ("config", "meta", META_KEY)


def meta_of(node: Node) -> Mapping[str, Any]:
    """`config.meta` of a metric."""
    return (node.get("config") or {}).get("meta") or node.get("meta") or {}


class Lookup:
    """The metrics and facts of a dbt project.

    Attributes:
        metrics: All metrics, by unique id.
        problems: What the readers found wrong.
    """

    def __init__(self, graph: Mapping[str, Any]) -> None:
        self._by_id: Mapping[str, Node] = graph.get("metrics", {})
        self._semantic_models: Mapping[str, Node] = graph.get("semantic_models", {})
        self._nodes: Mapping[str, Node] = graph.get("nodes", {})
        self.metrics = [self._by_id[unique_id] for unique_id in sorted(self._by_id)]
        self.problems: list[Problem] = []

    def input_of(self, node: Node, name: object) -> Node | None:
        """The metric that another is made of, by name."""
        inputs = (self._by_id[i] for i in node["depends_on"]["nodes"] if i in self._by_id)
        return next((metric for metric in inputs if metric["name"] == name), None)

    def metric_named(self, name: str, package: str) -> Node | None:
        """A metric by name; of several the one of that package."""
        found = [metric for metric in self.metrics if metric["name"] == name]
        own = [metric for metric in found if metric["package_name"] == package]
        return next(iter(own or found), None)

    def fact_of(self, node: Node, semantic_model: str) -> Fact | None:
        """The fact that a simple metric is measured on."""
        # dbt 1.12 writes the root project's package into depends_on of a package's metric, so
        # the semantic model is looked up by its name: in the metric's own package.
        for model in self._semantic_models.values():
            if (model["package_name"], model["name"]) == (node["package_name"], semantic_model):
                return read_fact(model, self._nodes)
        return None

    def problem(self, node: Node, key: str, message: str, rule: str, hint: str = "") -> None:
        """Note a problem under a key of a metric; an empty key is the metric itself."""
        path = f"{node['name']}.{key}" if key else node["name"]
        self.problems.append(Problem(node["original_file_path"], path, message, rule, hint))

    def meta_problem(self, node: Node, key: str, message: str, rule: str, hint: str = "") -> None:
        """Note a problem under a key of `config.meta.experiment`."""
        self.problem(node, ".".join((*META_PATH, key)), message, rule, hint)
