"""A valid experiment and a small dbt graph, to be broken by the tests."""

from typing import Any

from abstats.spec import ExperimentSpec, Problem
from abstats.spec.load import parse_experiment

EXPERIMENT = """\
name: ranker_v2
owner: search-relevance
hypothesis: The v2 ranker raises clicks per impression without slowing pages.
unit: user
start: 2026-01-05
end: 2026-02-02
variants: {control: 0.5, ranker_v2: 0.5}
control: control
metrics:
  primary: [ctr]
  secondary: [watch_minutes]
  guardrails:
    - {metric: latency_ms, margin: 0.02}
    - orders
window: {days: 7}
segments: [platform, is_new_user]
analysis:
  alpha: 0.05
  correction: holm
  cuped: true
"""


def parsed(text: str, file: str) -> tuple[ExperimentSpec | None, list[Problem]]:
    """The experiment of a text and its problems."""
    read = parse_experiment(text, file)
    return read.spec, list(read.problems)


def fact(name: str = "fct_clicks", package: str = "host", **changes: Any) -> dict[str, Any]:
    """A semantic model as dbt 1.12 writes it, over the model of the same name."""
    return {
        "name": name,
        "package_name": package,
        "original_file_path": f"metrics/{name}.yml",
        "depends_on": {"macros": [], "nodes": [f"model.{package}.{name}"]},
        "defaults": {"agg_time_dimension": "clicked_at"},
        "primary_entity": "click",
        "entities": [{"name": "user", "type": "foreign", "expr": "user_id"}],
        "dimensions": [
            {"name": "platform", "type": "categorical", "expr": None, "type_params": None},
            {
                "name": "is_mobile",
                "type": "categorical",
                "expr": "platform in ('ios', 'android')",
                "type_params": None,
            },
            {
                "name": "clicked_at",
                "type": "time",
                "expr": None,
                "type_params": {"time_granularity": "second", "validity_params": None},
            },
            {
                "name": "click_date",
                "type": "time",
                "expr": None,
                "type_params": {"time_granularity": "day", "validity_params": None},
            },
        ],
    } | changes


def simple(
    name: str, meta: Any = None, fact: str = "fct_clicks", package: str = "host", **changes: Any
) -> dict[str, Any]:
    """A simple metric; `changes` go into its type_params or, where they belong, its aggregation."""
    aggregation = {
        "semantic_model": fact,
        "agg": changes.pop("agg", "sum"),
        "agg_params": {"percentile": changes.pop("percentile", None)},
        "agg_time_dimension": changes.pop("agg_time_dimension", None),
        "non_additive_dimension": changes.pop("non_additive_dimension", None),
    }
    return _metric(name, "simple", meta, package, changes.pop("filter", None)) | {
        "depends_on": {"macros": [], "nodes": [f"semantic_model.{package}.{fact}"]},
        "type_params": {
            "expr": "minutes",
            "numerator": None,
            "denominator": None,
            "metric_aggregation_params": aggregation,
            "fill_nulls_with": None,
            "join_to_timespine": False,
        }
        | changes,
    }


def ratio(
    name: str,
    numerator: str,
    denominator: str,
    meta: Any = None,
    *,
    package: str = "host",
    numerator_changes: dict[str, Any] | None = None,
    denominator_changes: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A ratio metric."""
    params = {
        "numerator": _input(numerator, numerator_changes),
        "denominator": _input(denominator, denominator_changes),
    }
    return _of_inputs(name, "ratio", meta, package, [numerator, denominator], params=params)


def conversion(
    name: str, base: str, converted: str, meta: Any = None, **changes: Any
) -> dict[str, Any]:
    """A conversion metric; `changes` go into its conversion_type_params."""
    filter_ = changes.pop("filter", None)
    params = {
        "entity": "user",
        "base_metric": _input(base),
        "conversion_metric": _input(converted),
        "calculation": "conversion_rate",
        "window": None,
        "constant_properties": None,
        **changes,
    }
    found = _of_inputs(
        name,
        "conversion",
        meta,
        "host",
        [base, converted],
        params={"conversion_type_params": params},
    )
    return found | {"filter": filter_}


def derived(
    name: str, expr: str, inputs: list[str | dict[str, Any]], meta: Any = None, filter_: Any = None
) -> dict[str, Any]:
    """A derived metric; an input is a name, or its settings."""
    metrics = [
        _input(item) if isinstance(item, str) else _input(item["name"], item) for item in inputs
    ]
    params = {"expr": expr, "metrics": metrics}
    names = [item["name"] for item in metrics]
    return _of_inputs(name, "derived", meta, "host", names, params=params) | {"filter": filter_}


def where(*templates: str) -> dict[str, Any]:
    """A filter as dbt writes it."""
    return {"where_filters": [{"where_sql_template": template} for template in templates]}


def graph(*metrics: dict[str, Any], facts: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """The three parts of dbt's flat graph that abstats reads."""
    models = facts or (fact(),)
    return {
        "metrics": {metric["unique_id"]: metric for metric in metrics},
        "semantic_models": {
            f"semantic_model.{model['package_name']}.{model['name']}": model for model in models
        },
        "nodes": {
            f"model.{model['package_name']}.{model['name']}": {
                "name": model["name"],
                "raw_code": f"select * from raw.{model['name']}",
                "checksum": {"name": "sha256", "checksum": "abc"},
            }
            for model in models
        },
    }


def _input(name: str, changes: dict[str, Any] | None = None) -> dict[str, Any]:
    plain = {"filter": None, "alias": None, "offset_window": None, "offset_to_grain": None}
    return {"name": name, **plain, **(changes or {})}


def _of_inputs(
    name: str, type_: str, meta: Any, package: str, inputs: list[str], *, params: dict[str, Any]
) -> dict[str, Any]:
    return _metric(name, type_, meta, package, None) | {
        "depends_on": {"macros": [], "nodes": [f"metric.{package}.{item}" for item in inputs]},
        "type_params": {
            "numerator": None,
            "denominator": None,
            "metric_aggregation_params": None,
            "fill_nulls_with": None,
            "join_to_timespine": False,
        }
        | params,
    }


def _metric(name: str, type_: str, meta: Any, package: str, filter_: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": type_,
        "label": f"The {name}",
        "description": "",
        "package_name": package,
        "unique_id": f"metric.{package}.{name}",
        "original_file_path": "metrics/fct_clicks.yml",
        "filter": filter_,
        "config": {"enabled": True, "group": None, "meta": {} if meta is None else meta},
        "meta": {},
    }
