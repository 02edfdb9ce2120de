"""The graph that dbt itself writes: what the other tests take for granted about its shape."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from abstats.spec.graph import read_metrics

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

DBT = Path(sys.executable).parent / "dbt"

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
        input_metrics: [{name: minutes, alias: one}, {name: impressions, alias: two}]
        config: {meta: {experiment: {}}}
      - name: misspelt
        type: simple
        agg: sum
        expr: minutes
        config: {meta: {experiment: {directon: increase}}}
"""
FILES = {
    "dbt_project.yml": "name: host\nprofile: host\nversion: '1.0.0'\n"
    "flags: {partial_parse: false, send_anonymous_usage_stats: false}\n",
    "profiles.yml": "host:\n  target: d\n  outputs: {d: {type: duckdb, path: ':memory:'}}\n",
    "packages.yml": "packages: [{local: package}]\n",
    "models/fct_clicks.sql": "select 1 as user_id, now() as clicked_at, 3.0 as minutes",
    "models/fct_clicks.yml": FACT,
    "models/days.sql": "select cast('2020-01-01' as date) as date_day",
    "models/days.yml": "models:\n  - name: days\n"
    "    time_spine: {standard_granularity_column: date_day}\n"
    "    columns: [{name: date_day, granularity: day}]\n",
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
    root = tmp_path_factory.mktemp("host")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    for command in ("deps", "parse"):
        run = subprocess.run(
            [DBT, command, "--project-dir", ".", "--profiles-dir", "."],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr
    loaded: dict[str, Any] = json.loads((root / "target" / "manifest.json").read_text("utf-8"))
    return loaded


def test_sound_metrics_of_dbt_are_read(manifest: dict[str, Any]) -> None:
    metrics = {metric.name: metric for metric in read_metrics(manifest)[0]}
    assert set(metrics) == {"minutes", "ctr", "revenue"}

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


def test_everything_else_is_refused_by_name(manifest: dict[str, Any]) -> None:
    told = {problem.key: problem.message for problem in read_metrics(manifest)[1]}
    unsupported = "is not supported in this version of abstats"
    assert told == {
        "ios_minutes.filter": unsupported,
        "ios_ctr.numerator.filter": unsupported,
        "p95.agg": f"== 'percentile' {unsupported}",
        "by_date.join_to_timespine": unsupported,
        "by_date.agg_time_dimension": "== 'click_date' of granularity 'day'",
        "difference.type": f"== 'derived' {unsupported}",
        "misspelt.config.meta.experiment.directon": "is not a known key",
    }
