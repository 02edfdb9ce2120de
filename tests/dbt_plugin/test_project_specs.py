"""What is checked beside the specs themselves."""

import re
from pathlib import Path

import pytest
import yaml
from dbt.contracts.graph.manifest import Manifest

from abstats import __version__
from abstats.dbt_plugin.project_specs import check_manifest, read_project
from abstats.dbt_plugin.settings import Settings
from abstats.spec.problems import SpecError
from tests.conftest import REPOSITORY
from tests.spec.examples import EXPERIMENT, graph, simple

PACKAGE = REPOSITORY / "dbt_project"
EMPTY_GRAPH: dict[str, dict[str, object]] = {"metrics": {}, "semantic_models": {}, "nodes": {}}


def settings(**changes: object) -> Settings:
    values = {
        "experiments_path": "experiments",
        "facts": ["fct_clicks"],
        "experiment_exposures": "stg_exposures",
        "timeline": "all",
        "package_version": __version__,
        "minimum_cell_size": 10,
    }
    return Settings.of({**values, **changes})


@pytest.fixture
def project_root(tmp_path: Path) -> Path:
    (tmp_path / "experiments").mkdir()
    return tmp_path


def test_a_project_without_experiments_is_sound(project_root: Path) -> None:
    assert read_project(EMPTY_GRAPH, project_root, settings()).experiments == ()


def test_vars_that_are_not_set_are_reported_together(project_root: Path) -> None:
    with pytest.raises(SpecError) as error:
        read_project(EMPTY_GRAPH, project_root, settings(facts=[], experiment_exposures=None))
    report = str(error.value)
    assert "vars.abstats.experiment_exposures is not set" in report
    assert "vars.abstats.facts is empty" in report


@pytest.mark.parametrize("size", [-1, 2.5, "10", True, None])
def test_a_minimum_that_is_no_whole_number_is_refused_as_it_would_show_everything(
    project_root: Path, size: object
) -> None:
    with pytest.raises(SpecError, match=r"minimum_cell_size .* must be a whole number >= 0"):
        read_project(EMPTY_GRAPH, project_root, settings(minimum_cell_size=size))


def test_a_dbt_package_of_another_release_is_told_before_it_fails_in_obscure_ways(
    project_root: Path,
) -> None:
    with pytest.raises(SpecError, match=r"has version 0\.0\.9, the Python package has"):
        read_project(EMPTY_GRAPH, project_root, settings(package_version="0.0.9"))


def test_both_packages_state_one_version() -> None:
    declared = yaml.safe_load((PACKAGE / "dbt_project.yml").read_text())["version"]
    macro = (PACKAGE / "macros" / "settings.sql").read_text()
    pyproject = (REPOSITORY / "pyproject.toml").read_text()
    assert declared == __version__
    assert re.findall(r"'package_version': '([^']+)'", macro) == [__version__]
    assert re.findall(r'^version = "([^"]+)"', pyproject, re.MULTILINE) == [__version__]


def test_vars_nested_on_the_command_line_are_refused_since_dbt_ignores_them(
    project_root: Path,
) -> None:
    with pytest.raises(SpecError, match="vars on the command line are not nested"):
        check_manifest(
            Manifest(), project_root, settings(), {"abstats": {"analysis_date": "2026-01-20"}}
        )
    check_manifest(Manifest(), project_root, settings(), {"analysis_date": "2026-01-20"})


def test_a_sequential_design_needs_the_timeline(project_root: Path) -> None:
    metric = simple("ctr", {"experiment": {"window": {"days": 7}}})
    text = re.sub(r"metrics:.*?window", "metrics: {primary: [ctr]}\nwindow", EXPERIMENT, flags=re.S)
    text += "  sequential: {method: group_sequential, looks: 4}\n"
    (project_root / "experiments" / "x.yml").write_text(text)
    assert len(read_project(graph(metric), project_root, settings()).experiments) == 1
    with pytest.raises(SpecError, match=r"analysis.sequential stands beside timeline: latest"):
        read_project(graph(metric), project_root, settings(timeline="latest"))
