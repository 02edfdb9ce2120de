"""The reference pages against the models: every key, default and example."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from abstats.spec import (
    AimSpec,
    Allocation,
    Analysis,
    BayesianSpec,
    CrossChecks,
    CupedSpec,
    ExperimentMeta,
    ExperimentSpec,
    GiniSpec,
    GuardrailSpec,
    MetricRoles,
    QuantileSpec,
    RatePriorSpec,
    RetentionSpec,
    SegmentSpec,
    SequentialSpec,
    SpecError,
    Window,
    WinsorizeSpec,
)
from abstats.spec.fields import RESERVED_COLUMNS, Spec
from abstats.spec.graph import RESERVED_METRICS, read_metrics
from abstats.spec.hierarchy import unsound_decompositions
from abstats.spec.meta import Kind
from abstats.spec.shape import choices, fields_by_key
from abstats.spec.simple import DBT_AGGREGATIONS, QUANTILES
from abstats.spec.unsupported import PARAMS

from .dbt_projects import manifest_of
from .examples import parsed

PAGES = Path(__file__).parents[2] / "docs" / "reference"
EXPERIMENT_PAGE = (PAGES / "experiment-spec.md").read_text(encoding="utf-8")
METRIC_PAGE = (PAGES / "metric-spec.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)\n```", page, re.DOTALL)


def rows(page: str, key: str) -> str:
    """The table rows of a key: several tables may have it."""
    found = [line for line in page.splitlines() if line.startswith(f"| `{key}` |")]
    assert found, f"no table row for {key}"
    return "\n".join(found)


def metrics_of_examples() -> list[dict[str, Any]]:
    """The metrics of all examples of the metric page."""
    found = []
    for block in blocks(METRIC_PAGE, "yaml"):
        value = yaml.safe_load(block)
        if isinstance(value, list):
            found += value
        elif "filter" not in value:
            found += value["metrics"] if "metrics" in value else value["models"][0]["metrics"]
    return found


@pytest.mark.parametrize(
    ("page", "model"),
    [
        (EXPERIMENT_PAGE, ExperimentSpec),
        (EXPERIMENT_PAGE, MetricRoles),
        (EXPERIMENT_PAGE, AimSpec),
        (EXPERIMENT_PAGE, GuardrailSpec),
        (EXPERIMENT_PAGE, Window),
        (EXPERIMENT_PAGE, Analysis),
        (METRIC_PAGE, ExperimentMeta),
        (EXPERIMENT_PAGE, Allocation),
        (EXPERIMENT_PAGE, CrossChecks),
        (EXPERIMENT_PAGE, SegmentSpec),
        (EXPERIMENT_PAGE, SequentialSpec),
        (EXPERIMENT_PAGE, BayesianSpec),
        (EXPERIMENT_PAGE, RatePriorSpec),
        (METRIC_PAGE, CupedSpec),
        (METRIC_PAGE, QuantileSpec),
        (METRIC_PAGE, RetentionSpec),
        (METRIC_PAGE, GiniSpec),
        (METRIC_PAGE, WinsorizeSpec),
    ],
)
def test_every_key_has_its_row_with_default_and_choices(page: str, model: type[Spec]) -> None:
    for name, field in fields_by_key(model).items():
        line = rows(page, name)
        for word in choices(field):
            assert f"`{word}`" in line, f"{name}: {word}"
        if field.is_required():
            assert "| required |" in line, name
        elif isinstance(field.default, bool | int | float):
            assert f"| `{str(field.default).lower()}` |" in line, name


def test_the_example_is_valid_and_has_every_key() -> None:
    example = blocks(EXPERIMENT_PAGE, "yaml")[0]
    spec, problems = parsed(example, "experiments/ranker_v2.yml")
    assert problems == []
    assert spec is not None
    assert set(yaml.safe_load(example)) == set(fields_by_key(ExperimentSpec))
    assert set(yaml.safe_load(example)["analysis"]) == set(Analysis.model_fields)


def test_the_report_on_the_page_is_the_report_of_its_file() -> None:
    _, problems = parsed(blocks(EXPERIMENT_PAGE, "yaml")[-1], "experiments/ranker_v2.yml")
    assert blocks(EXPERIMENT_PAGE, "text") == [str(SpecError(problems))]


def test_the_metrics_of_the_examples_are_valid_and_have_every_key() -> None:
    keys: set[str] = set()
    for metric in metrics_of_examples():
        meta = metric.get("config", {}).get("meta", {}).get("experiment", {})
        ExperimentMeta.model_validate(meta)
        keys |= set(meta)
    assert keys == set(ExperimentMeta.model_fields)


@pytest.mark.dbt
@pytest.mark.slow
def test_dbt_and_abstats_read_the_examples(tmp_path: Path) -> None:
    """All metrics of the page on one fact, with the elements they name."""
    (model,) = yaml.safe_load(blocks(METRIC_PAGE, "yaml")[0])["models"]
    model["columns"] += [
        {"name": "device", "dimension": {"type": "categorical"}},
        {"name": "creator_id", "entity": {"type": "foreign", "name": "creator"}},
    ]
    inputs = [
        {"name": name, "type": "simple", "agg": "count", "expr": 1} for name in ("orders", "visits")
    ]
    named = [metric["name"] for metric in metrics_of_examples()]
    model["metrics"] = [*inputs, *metrics_of_examples()]
    files = {
        "models/fct_watches.sql": "select 1 as viewer_id",
        "models/fct_watches.yml": yaml.safe_dump({"models": [model]}),
    }
    metrics, problems = read_metrics(manifest_of(tmp_path, files))
    assert problems == []
    assert {metric.name for metric in metrics} == set(named) - {"watches"}
    assert list(unsound_decompositions({m.name: m for m in metrics}, all_are_known=True)) == []
    assert {metric.kind for metric in metrics} == set(get_args(Kind))


def test_what_is_refused_is_on_the_pages() -> None:
    for word in (*DBT_AGGREGATIONS, *QUANTILES, *PARAMS):
        assert word in METRIC_PAGE
    for name in RESERVED_COLUMNS:
        assert f"`{name}`" in EXPERIMENT_PAGE
    for name in RESERVED_METRICS:
        assert f"`{name}`" in METRIC_PAGE
