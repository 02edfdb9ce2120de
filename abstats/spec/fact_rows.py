"""What the owner of a fact promises of its rows: `config.meta.abstats` of the dbt model."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import ValidationError

from abstats.spec.fact import Node
from abstats.spec.fields import Spec
from abstats.spec.lookup import meta_of
from abstats.spec.metric import MetricSpec
from abstats.spec.problems import Problem, nearest
from abstats.spec.source import Source
from abstats.spec.translate import found, problems_in

FACT_META_KEY = "abstats"
_PATH = ("config", "meta", FACT_META_KEY)


class FactMeta(Spec):
    """What may stand under `config.meta.abstats` of a fact.

    Attributes:
        rows: What may happen to rows that were loaded. `append_only`: nothing, rows are only ever
            added, so that a day's number of rows tells whether it changed. `edited`: anything.
    """

    rows: Literal["append_only", "edited"] = "edited"


def append_only_facts(
    graph: Mapping[str, Any], metrics: Iterable[MetricSpec]
) -> tuple[frozenset[str], list[Problem]]:
    """Names of the facts of these metrics whose rows are only added, and what is wrong.

    Args:
        graph: dbt's flat graph.
        metrics: The experiment metrics.
    """
    nodes: Mapping[str, Node] = graph.get("nodes", {})
    ids = {measure.fact_unique_id for metric in metrics for measure in metric.every_measure}
    names, problems = set(), []
    for node in (nodes[unique_id] for unique_id in sorted(ids) if unique_id in nodes):
        meta, own_problems = _fact_meta(node)
        problems += own_problems
        if meta.rows == "append_only":
            names.add(node["name"])
    return frozenset(names), problems


def _fact_meta(node: Node) -> tuple[FactMeta, list[Problem]]:
    metas = meta_of(node)
    if FACT_META_KEY not in metas:
        return FactMeta(), _misspellings(node, metas)
    value = metas[FACT_META_KEY]
    if not isinstance(value, Mapping):
        rule = "must be a mapping of keys to values: {rows: append_only}"
        key = ".".join((node["name"], *_PATH))
        return FactMeta(), [Problem(_file(node), key, found(value), rule)]
    try:
        return FactMeta.model_validate(dict(value)), []
    except ValidationError as error:
        above = (node["name"], *_PATH)
        return FactMeta(), problems_in(error, FactMeta, Source(_file(node)), above)


def _misspellings(node: Node, metas: Mapping[str, Any]) -> list[Problem]:
    return [
        Problem(
            _file(node),
            f"{node['name']}.config.meta.{key}",
            "is not read by abstats",
            f"what is promised of a fact's rows stands under {FACT_META_KEY!r}",
            hint,
        )
        for key, value in metas.items()
        if isinstance(value, Mapping) and (hint := nearest(str(key), (FACT_META_KEY,)))
    ]


def _file(node: Node) -> str:
    """The YAML that describes the model, where there is one."""
    patch = str(node.get("patch_path") or "").rpartition("://")[2]
    return patch or str(node["original_file_path"])
