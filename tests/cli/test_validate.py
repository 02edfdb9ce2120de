"""`abstats validate`: the report of the build, without a build."""

from pathlib import Path

import pytest

from abstats.dbt_package import dbt_package_path
from tests.cli.init.test_init import PROFILES, PROJECT

pytestmark = pytest.mark.dbt


@pytest.fixture
def project(tmp_path, abstats, monkeypatch) -> Path:
    """A project as `abstats init` and `dbt deps` leave it."""
    (tmp_path / "dbt_project.yml").write_text(PROJECT)
    (tmp_path / "profiles.yml").write_text(PROFILES)
    monkeypatch.chdir(tmp_path)
    assert abstats("init").exit_code == 0
    (tmp_path / "dbt_packages").mkdir()
    (tmp_path / "dbt_packages" / "abstats").symlink_to(dbt_package_path())
    return tmp_path


@pytest.mark.slow
def test_valid_specs_are_counted_and_nothing_is_written(abstats, project):
    before = set(project.rglob("*"))
    done = abstats("validate")
    assert done.exit_code == 0, done.output
    assert done.stdout == "1 experiment and 1 metric are valid.\n"
    assert set(project.rglob("*")) == before


@pytest.mark.slow
def test_a_window_past_the_end_is_told_and_stops_nothing(abstats, project):
    """Without a warehouse the power is not checked, and that is said in a line."""
    example = project / "experiments" / "example.yml"
    aim = "[{metric: example_revenue, minimum_effect: 0.02}]"
    example.write_text(example.read_text().replace("[example_revenue]", aim))
    file = project / "metrics" / "fct_example_events.yml"
    file.write_text(file.read_text().replace("window: {days: 7}", "window: {days: 60}"))
    done = abstats("validate")
    assert done.exit_code == 0, done.output
    assert done.stdout == "1 experiment and 1 metric are valid.\n"
    assert done.stderr.count("abstats warns of 1 problem in your specs; the build goes on.") == 1
    assert "which follows each unit for 60 days in an experiment of 28 days" in done.stderr
    (line,) = (line for line in done.stderr.splitlines() if "Power was not checked" in line)
    assert "this project was not built yet. Run `dbt deps && dbt build`" in line


@pytest.mark.slow
def test_all_problems_come_in_one_report_without_noise(abstats, project):
    file = project / "experiments" / "example.yml"
    text = file.read_text().replace("[example_revenue]", "[example_revenu]")
    file.write_text(text.replace("treatment: 0.5", "treatment: 0.6"))
    done = abstats("validate")
    assert done.exit_code == 1
    assert done.stdout == ""
    report = done.stderr
    assert report.startswith("abstats found ")
    assert "experiments/example.yml" in report
    assert "variants" in report
    assert "Traceback" not in report
    assert "Runtime Error" not in report
    assert "[0m" not in report


@pytest.mark.slow
def test_an_unknown_metric_is_told_with_the_nearest_name(abstats, project):
    file = project / "experiments" / "example.yml"
    file.write_text(file.read_text().replace("[example_revenue]", "[example_revenu]"))
    done = abstats("validate")
    assert done.exit_code == 1
    assert "Did you mean 'example_revenue'?" in done.stderr


@pytest.mark.slow
def test_what_dbt_cannot_parse_is_told_in_its_words(abstats, project):
    (project / "models" / "broken.sql").write_text("select * from {{ ref('nowhere') }}")
    done = abstats("validate")
    assert done.exit_code == 1
    assert "depends on a node named 'nowhere' which was not found" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_project_without_the_package_is_told_what_to_do(abstats, tmp_path, monkeypatch):
    (tmp_path / "dbt_project.yml").write_text(PROJECT)
    (tmp_path / "profiles.yml").write_text(PROFILES)
    monkeypatch.chdir(tmp_path)
    done = abstats("validate")
    assert done.exit_code == 1
    assert "`abstats init` adds it" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["--profiles-dir", "nowhere"]])
def test_a_missing_profile_is_told(abstats, tmp_path, monkeypatch, arguments):
    (tmp_path / "dbt_project.yml").write_text(PROJECT)
    monkeypatch.chdir(tmp_path)
    done = abstats("validate", *arguments, HOME=str(tmp_path))
    assert done.exit_code == 1
    assert done.stderr.strip()
    assert "Traceback" not in done.output
