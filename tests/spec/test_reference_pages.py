"""The reference pages against the models: every key, default and example."""

import re
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from abstats.spec import (
    Analysis,
    CupedSpec,
    ExperimentMeta,
    ExperimentSpec,
    GuardrailSpec,
    MetricRoles,
    SpecError,
    Window,
)
from abstats.spec.fields import RESERVED_COLUMNS
from abstats.spec.graph import RESERVED_METRICS
from abstats.spec.shape import choices
from abstats.spec.simple import DBT_AGGREGATIONS, QUANTILES
from abstats.spec.unsupported import KEYS, PARAMS

from .examples import parsed

PAGES = Path(__file__).parents[2] / "docs" / "reference"
EXPERIMENT_PAGE = (PAGES / "experiment-spec.md").read_text(encoding="utf-8")
METRIC_PAGE = (PAGES / "metric-spec.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)\n```", page, re.DOTALL)


def row(page: str, key: str) -> str:
    """The table row of a key; the last where several tables have it."""
    found = [line for line in page.splitlines() if line.startswith(f"| `{key}` |")]
    assert found, f"no table row for {key}"
    return found[-1]


@pytest.mark.parametrize(
    ("page", "model"),
    [
        (EXPERIMENT_PAGE, ExperimentSpec),
        (EXPERIMENT_PAGE, MetricRoles),
        (EXPERIMENT_PAGE, GuardrailSpec),
        (EXPERIMENT_PAGE, Window),
        (EXPERIMENT_PAGE, Analysis),
        (METRIC_PAGE, ExperimentMeta),
        (METRIC_PAGE, CupedSpec),
    ],
)
def test_every_key_has_its_row_with_default_and_choices(page: str, model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        line = row(page, name)
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
    assert set(yaml.safe_load(example)) == set(ExperimentSpec.model_fields)
    assert set(yaml.safe_load(example)["analysis"]) == set(Analysis.model_fields)


def test_the_report_on_the_page_is_the_report_of_its_file() -> None:
    _, problems = parsed(blocks(EXPERIMENT_PAGE, "yaml")[1], "experiments/ranker_v2.yml")
    assert blocks(EXPERIMENT_PAGE, "text") == [str(SpecError(problems))]


def test_the_metrics_of_the_example_are_valid_and_one_has_every_key() -> None:
    (example,) = blocks(METRIC_PAGE, "yaml")
    (model,) = yaml.safe_load(example)["models"]
    declared = [
        metric["config"]["meta"]["experiment"] for metric in model["metrics"] if "config" in metric
    ]
    for meta in declared:
        ExperimentMeta.model_validate(meta)
    assert set(declared[0]) == set(ExperimentMeta.model_fields)


def test_what_is_refused_is_on_the_pages() -> None:
    for words in KEYS.values():
        for word in words:
            assert word in EXPERIMENT_PAGE + METRIC_PAGE
    for word in (*DBT_AGGREGATIONS, *QUANTILES, *PARAMS):
        assert word in METRIC_PAGE
    for name in RESERVED_COLUMNS:
        assert f"`{name}`" in EXPERIMENT_PAGE
    for name in RESERVED_METRICS:
        assert f"`{name}`" in METRIC_PAGE
