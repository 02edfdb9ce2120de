"""A fact: the model, time column and entities behind dbt's semantic model."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from abstats.spec.problems import Problem, nearest

Node = Mapping[str, Any]

INSTANTS = frozenset(("nanosecond", "microsecond", "millisecond", "second", "minute", "hour"))
"""Granularities of a timestamp; from day on it is a date."""


@dataclass(frozen=True)
class Fact:
    """A dbt model with one row per event, as its semantic model describes it.

    Attributes:
        name: Name of the dbt model.
        unique_id: dbt's id of the model.
        checksum: SHA-256 of the model's source text.
        entities: SQL of each entity's key, by name.
        dimensions: SQL of each dimension, by name.
        primary_entity: The entity that a filter names the dimensions by, or None.
        times: The time dimensions by name: SQL and granularity.
        default_time: Name of the model's agg_time_dimension, or None.
    """

    name: str
    unique_id: str
    checksum: str
    entities: Mapping[str, str]
    dimensions: Mapping[str, str]
    primary_entity: str | None
    times: Mapping[str, tuple[str, str]]
    default_time: str | None


def read_fact(semantic_model: Node, nodes: Mapping[str, Node]) -> Fact:
    """The fact of a semantic model; `nodes` are the graph's models."""
    unique_id = next(
        (i for i in semantic_model["depends_on"]["nodes"] if not i.startswith("semantic_model.")),
        "",
    )
    model: Node = nodes.get(unique_id, {})
    dimensions = semantic_model.get("dimensions") or ()
    entities = semantic_model.get("entities") or ()
    times = {
        dimension["name"]: (_sql(dimension), _granularity(dimension))
        for dimension in dimensions
        if dimension["type"] == "time"
    }
    primary = next((entity["name"] for entity in entities if entity["type"] == "primary"), None)
    return Fact(
        name=model.get("name") or semantic_model["name"],
        unique_id=unique_id,
        checksum=_checksum(model),
        entities={entity["name"]: _sql(entity) for entity in entities},
        dimensions={dimension["name"]: _sql(dimension) for dimension in dimensions},
        primary_entity=semantic_model.get("primary_entity") or primary,
        times=times,
        default_time=(semantic_model.get("defaults") or {}).get("agg_time_dimension"),
    )


def time_column(fact: Fact, name: str | None, file: str, metric: str) -> str | Problem:
    """SQL of the timestamp a metric is placed in time by, or why there is none.

    Args:
        fact: The metric's fact.
        name: The metric's own agg_time_dimension, if it has one.
        file: The metric's file.
        metric: The metric's name.
    """
    key = f"{metric}.agg_time_dimension"
    name = name or fact.default_time
    known = ", ".join(fact.times) or "none"
    if name is None:
        rule = f"fact {fact.name!r} must say which column is the time of its events"
        hint = f"Set agg_time_dimension on the model; its time dimensions: {known}."
        return Problem(file, key, "is missing", rule, hint)
    if name not in fact.times:
        rule = f"must be a time dimension of fact {fact.name!r}: {known}"
        return Problem(file, key, f"== {name!r}", rule, nearest(name, fact.times))
    column, granularity = fact.times[name]
    if granularity not in INSTANTS:
        rule = (
            "must be finer than a day: what a unit did on the day of its exposure is "
            "told apart by the timestamp, before or after"
        )
        hint = f"Point it at a timestamp; if {column!r} is one, declare granularity: second for it."
        return Problem(file, key, f"== {name!r} of granularity {granularity!r}", rule, hint)
    return column


def _sql(element: Node) -> str:
    """Dbt's rule: without an expression the column is named as the element."""
    return str(element.get("expr") or element["name"])


def _granularity(dimension: Node) -> str:
    granularity = (dimension.get("type_params") or {}).get("time_granularity")
    return str(granularity or "day").lower()


def _checksum(model: Node) -> str:
    source = model.get("raw_code")
    if source:
        return hashlib.sha256(source.strip().encode()).hexdigest()
    return str((model.get("checksum") or {}).get("checksum") or "")
