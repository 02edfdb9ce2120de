"""The graph that dbt itself writes: what the other tests take for granted about its shape."""

from typing import Any

import pytest

from abstats.spec import QuantileSpec
from abstats.spec.graph import read_metrics

from .dbt_projects import manifest_of

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

FACT = """\
models:
  - name: fct_clicks
    semantic_model: {enabled: true, name: clicks}
    primary_entity: click
    agg_time_dimension: click_time
    columns:
      - {name: user_id, entity: {type: foreign, name: user}}
      - {name: clicked_at, granularity: second, dimension: {type: time, name: click_time}}
      - {name: click_date, granularity: day, dimension: {type: time}}
      - {name: platform, dimension: {type: categorical}}
    derived_semantics:
      entities:
        - {name: region, type: foreign, expr: lower(platform)}
    metrics:
      - name: minutes
        label: Minutes per user
        type: simple
        agg: sum
        expr: minutes
        config:
          meta:
            experiment: {direction: increase, window: {days: 7}, cuped: false}
      - {name: is_click, type: simple, agg: sum_boolean, hidden: true}
      - {name: impressions, type: simple, agg: count, expr: 1}
      - name: ctr
        type: ratio
        numerator: is_click
        denominator: {name: impressions}
        config: {meta: {experiment: {}}}
      - name: ios_minutes
        type: simple
        agg: sum
        expr: minutes
        filter: "{{ Dimension('click__platform') }} = 'ios'"
        config: {meta: {experiment: {}}}
      - name: ios_ctr
        type: ratio
        numerator: {name: is_click, filter: "{{ Dimension('click__platform') }} = 'ios'"}
        denominator: impressions
        config: {meta: {experiment: {}}}
      - name: p95
        type: simple
        agg: percentile
        percentile: 0.95
        percentile_type: continuous
        expr: minutes
        config: {meta: {experiment: {}}}
      - {name: typical, type: simple, agg: median, expr: minutes, config: {meta: {experiment: {}}}}
      - {name: longest, type: simple, agg: max, expr: minutes, config: {meta: {experiment: {}}}}
      - {name: mean_minutes, type: simple, agg: average, expr: minutes,
         config: {meta: {experiment: {}}}}
      - {name: platforms, type: simple, agg: count_distinct, expr: platform,
         config: {meta: {experiment: {}}}}
      - name: last_minutes
        type: simple
        agg: max
        expr: minutes
        config: {meta: {experiment: {per_unit: last_value}}}
      - name: came_back
        type: simple
        agg: count
        expr: 1
        config: {meta: {experiment: {kind: retention, retention: {from_day: 1, to_day: 8}}}}
      - name: by_date
        type: simple
        agg: sum
        expr: minutes
        agg_time_dimension: click_date
        join_to_timespine: true
        config: {meta: {experiment: {}}}
      - name: difference
        type: derived
        expr: one - two
        input_metrics:
          - {name: minutes, alias: one, filter: "{{ Dimension('click__platform') }} = 'ios'"}
          - {name: impressions, alias: two}
        config: {meta: {experiment: {standardise: {one: pre_period}, window: {days: 7}}}}
      - name: curved
        type: derived
        expr: one * one
        input_metrics: [{name: minutes, alias: one}]
        config: {meta: {experiment: {window: {days: 7}}}}
      - name: misspelt
        type: simple
        agg: sum
        expr: minutes
        config: {meta: {experiment: {directon: increase}}}
metrics:
  - name: buyers
    type: conversion
    entity: user
    calculation: conversion_rate
    base_metric: {name: impressions, filter: "{{ Entity('user') }} is not null"}
    conversion_metric: platforms
    config: {meta: {experiment: {window: {days: 7}}}}
"""
FILES = {
    "packages.yml": "packages: [{local: package}]\n",
    "models/fct_clicks.sql": "select 1 as user_id, now() as clicked_at, 3.0 as minutes",
    "models/fct_clicks.yml": FACT,
    "package/dbt_project.yml": "name: shop\nversion: '1.0.0'\n",
    "package/models/fct_orders.sql": "select 1 as user_id, now() as ordered_at, 2 as amount",
    "package/models/fct_orders.yml": """\
models:
  - name: fct_orders
    semantic_model: {enabled: true}
    primary_entity: purchase
    agg_time_dimension: ordered_at
    columns:
      - {name: user_id, entity: {type: foreign, name: user}}
      - {name: ordered_at, granularity: second, dimension: {type: time}}
    metrics:
      - name: revenue
        type: simple
        agg: sum
        expr: amount
        config: {meta: {experiment: {}}}
""",
}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return manifest_of(tmp_path_factory.mktemp("host"), FILES)


def test_sound_metrics_of_dbt_are_read(manifest: dict[str, Any]) -> None:
    metrics = {metric.name: metric for metric in read_metrics(manifest)[0]}
    assert {name: metric.kind for name, metric in metrics.items()} == {
        "buyers": "conversion",
        "came_back": "retention",
        "ctr": "ratio",
        "difference": "composite",
        "ios_ctr": "ratio",
        "ios_minutes": "mean",
        "last_minutes": "mean",
        "longest": "mean",
        "mean_minutes": "mean",
        "minutes": "mean",
        "p95": "quantile",
        "platforms": "mean",
        "revenue": "mean",
        "typical": "quantile",
    }

    minutes = metrics["minutes"]
    assert minutes.label == "Minutes per user"
    assert not minutes.cuped.enabled
    assert minutes.file == "models/fct_clicks.yml"
    measure = minutes.numerator
    assert (measure.fact, measure.time_column) == ("fct_clicks", "clicked_at")
    assert measure.entities == {"user": "user_id", "region": "lower(platform)"}
    assert len(measure.fact_checksum) == 64

    ctr = metrics["ctr"]
    assert ctr.denominator is not None
    assert (ctr.numerator.agg, ctr.numerator.expr) == ("sum_boolean", "is_click")
    assert (ctr.denominator.agg, ctr.denominator.expr) == ("count", "1")

    assert metrics["revenue"].numerator.fact_unique_id == "model.shop.fct_orders"


def test_filters_of_dbt_become_conditions_on_columns(manifest: dict[str, Any]) -> None:
    metrics = {metric.name: metric for metric in read_metrics(manifest)[0]}
    assert metrics["ios_minutes"].numerator.filter == "platform = 'ios'"
    ios_ctr = metrics["ios_ctr"]
    assert ios_ctr.numerator.filter == "platform = 'ios'"
    assert ios_ctr.denominator is not None
    assert ios_ctr.denominator.filter is None
    base = metrics["buyers"].denominator
    assert base is not None
    assert (base.expr, base.filter) == ("1", "user_id is not null")
    assert (metrics["buyers"].numerator.expr, metrics["buyers"].numerator.agg) == (
        "platform",
        "count",
    )


def test_aggregations_of_dbt_are_read(manifest: dict[str, Any]) -> None:
    metrics = {metric.name: metric for metric in read_metrics(manifest)[0]}
    aggs = {name: metric.numerator.agg for name, metric in metrics.items()}
    assert (aggs["longest"], aggs["mean_minutes"]) == ("max", "average")
    assert (aggs["platforms"], aggs["last_minutes"]) == ("count_distinct", "last_value")
    quantiles = (metrics["p95"].quantile, metrics["typical"].quantile)
    assert quantiles == (QuantileSpec(p=0.95), QuantileSpec(p=0.5))
    assert [
        (part.metric, part.weight, part.standardise, part.numerator.filter)
        for part in metrics["difference"].parts
    ] == [("one", 1.0, "pre_period", "platform = 'ios'"), ("two", -1.0, "none", None)]


def test_everything_else_is_refused_by_name(manifest: dict[str, Any]) -> None:
    told = {problem.key: problem.message for problem in read_metrics(manifest)[1]}
    unsupported = "is not supported in this version of abstats"
    assert told == {
        "by_date.join_to_timespine": unsupported,
        "by_date.agg_time_dimension": "== 'click_date' of granularity 'day'",
        "curved.expr": "== 'one * one' multiplies inputs with each other",
        "misspelt.config.meta.experiment.directon": "is not a known key",
    }
