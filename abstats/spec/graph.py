"""Metrics from dbt's flat graph: plain dicts in, metric specs and problems out."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from abstats.spec.covariate import CupedSpec
from abstats.spec.covariates import read_covariates
from abstats.spec.definition import define
from abstats.spec.fact import Node
from abstats.spec.kind_rules import WITHOUT_COVARIATE
from abstats.spec.lookup import META_KEY, META_PATH, Lookup, meta_of
from abstats.spec.meta import ExperimentMeta
from abstats.spec.metric import MetricSpec
from abstats.spec.problems import Problem, nearest
from abstats.spec.source import Source
from abstats.spec.translate import found, problems_in

RESERVED_METRICS = frozenset(("covariates", "experiment", "units"))
"""Names that mean something else in the moments and health tables."""
DECLARED = (
    "direction",
    "parent",
    "decomposition",
    "window",
    "retention",
    "gini",
    "winsorize",
    "transform",
    "unit",
    "format",
    "weight",
    "owner",
)
"""Fields that a metric takes from its meta as they are."""


def read_metrics(graph: Mapping[str, Any]) -> tuple[list[MetricSpec], list[Problem]]:
    """The experiment metrics of a dbt project and everything wrong with them.

    Args:
        graph: dbt's flat graph, or its manifest, as plain dicts: `metrics`, `semantic_models` and
            `nodes` by unique id.

    Returns:
        The metrics that have `config.meta.experiment`, by unique id, without those that have
        problems; and the problems, each once.
    """
    lookup = Lookup(graph)
    metrics = [spec for node in lookup.metrics if (spec := _metric(lookup, node)) is not None]
    _refuse_equal_names(lookup)
    return metrics, list(dict.fromkeys(lookup.problems))


def declared_metrics(graph: Mapping[str, Any]) -> frozenset[str]:
    """Names of all metrics that have `config.meta.experiment`, sound or not."""
    nodes = graph.get("metrics", {}).values()
    return frozenset(node["name"] for node in nodes if META_KEY in meta_of(node))


def _metric(graph: Lookup, node: Node) -> MetricSpec | None:
    """The spec of a metric; None where it is not for experiments or has problems."""
    if META_KEY not in meta_of(node):
        _notice_misspelling(graph, node)
        return None
    before = len(graph.problems)
    if node["name"] in RESERVED_METRICS:
        graph.problem(node, "name", f"== {node['name']!r}", "that name is taken by abstats")
    for key in ("label", "description"):
        if "\0" in (node.get(key) or ""):
            graph.problem(node, key, "has a NUL character", "must have none: Postgres keeps none")
    meta = _experiment_meta(graph, node)
    definition = define(graph, node, meta)
    if meta is None or definition is None:
        return None
    covariates = read_covariates(graph, node, meta, definition)
    if len(graph.problems) > before:
        return None
    without = definition.kind in WITHOUT_COVARIATE
    return MetricSpec(
        name=node["name"],
        label=node.get("label") or node["name"],
        description=node.get("description") or "",
        cuped=CupedSpec(enabled=False) if without else meta.cuped,
        covariates=() if without else covariates,
        file=node["original_file_path"],
        **definition._asdict(),
        **{name: getattr(meta, name) for name in DECLARED},
    )


def _refuse_equal_names(graph: Lookup) -> None:
    """Two metrics of one name, where an experiment could mean either."""
    by_name: dict[str, list[Node]] = defaultdict(list)
    for node in graph.metrics:
        by_name[node["name"]].append(node)
    for nodes in by_name.values():
        if not any(META_KEY in meta_of(node) for node in nodes):
            continue
        first, *others = nodes
        for node in others:
            rule = f"must be unique over all packages; {first['unique_id']} has it too"
            graph.problem(node, "name", f"== {node['name']!r}", rule)


def _experiment_meta(graph: Lookup, node: Node) -> ExperimentMeta | None:
    value = meta_of(node)[META_KEY]
    if not isinstance(value, Mapping):
        rule = "must be a mapping of keys to values; {} takes every default"
        graph.problem(node, ".".join(META_PATH), found(value), rule)
        return None
    try:
        return ExperimentMeta.model_validate(dict(value))
    except ValidationError as error:
        source = Source(node["original_file_path"])
        above = (node["name"], *META_PATH)
        graph.problems += problems_in(error, ExperimentMeta, source, above)
        return None


def _notice_misspelling(graph: Lookup, node: Node) -> None:
    for key, value in meta_of(node).items():
        if isinstance(value, Mapping) and nearest(str(key), (META_KEY,)):
            rule = f"an experiment metric is marked by {META_KEY!r}"
            hint = nearest(str(key), (META_KEY,))
            graph.problem(node, f"config.meta.{key}", "is not read by abstats", rule, hint)
