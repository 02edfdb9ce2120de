from pathlib import Path

import pytest

from abstats.spec import SpecError
from abstats.spec.project import load_project

from .examples import EXPERIMENT, graph, simple

NAMES = ("ctr", "watch_minutes", "latency_ms", "orders")


def test_a_sound_project_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(EXPERIMENT, encoding="utf-8")
    nodes = [simple(name, {"experiment": {}}) for name in NAMES]
    project = load_project(graph(*nodes), tmp_path, ["fct_clicks"])
    assert {metric.name for metric in project.metrics} == set(NAMES)
    assert [experiment.name for experiment in project.experiments] == ["ranker_v2"]


def test_a_file_with_mistakes_is_checked_against_the_metrics_too(tmp_path: Path) -> None:
    text = EXPERIMENT.replace("[ctr]", "[crt]").replace("owner:", "ownr:")
    (tmp_path / "a.yml").write_text(text, encoding="utf-8")
    nodes = [simple(name, {"experiment": {}}) for name in NAMES]
    with pytest.raises(SpecError) as caught:
        load_project(graph(*nodes), tmp_path)
    assert [problem.key for problem in caught.value.problems] == [
        "owner",
        "ownr",
        "metrics.primary[0]",
    ]
    assert caught.value.problems[2].hint == "Did you mean 'ctr'?"


def test_problems_of_metrics_and_experiments_come_in_one_report(tmp_path: Path) -> None:
    folder = tmp_path / "experiments"
    folder.mkdir()
    (folder / "a.yml").write_text(EXPERIMENT.replace("[ctr]", "[crt]"), encoding="utf-8")
    (folder / "b.yml").write_text("name: [", encoding="utf-8")
    nodes = [simple(name, {"experiment": {}}) for name in NAMES]
    broken = simple("orders", {"experiment": {"directon": "increase"}})
    with pytest.raises(SpecError) as caught:
        load_project(graph(*nodes, broken), folder, ["fct_clicks"])
    assert [(problem.path, problem.key) for problem in caught.value.problems] == [
        ("experiments/a.yml", "metrics.primary[0]"),
        ("experiments/b.yml", ""),
        ("metrics/fct_clicks.yml", "orders.config.meta.experiment.directon"),
    ]
