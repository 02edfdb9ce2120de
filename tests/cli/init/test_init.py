"""`abstats init` in existing dbt projects."""

from pathlib import Path

import pytest
import yaml

from abstats import dbt_package
from abstats.cli.init import changes, settings
from abstats.cli.init.changes import File, write_all
from abstats.dbt_package import dbt_package_path

PROJECT = """\
# our analytics, since 2019
name: shop
version: "1.0.0"
profile: shop

models:
  shop:
    +materialized: view  # cheap
"""
PROFILES = "shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n"
MADE = (
    "packages.yml",
    "metrics/fct_example_events.sql",
    "metrics/fct_example_events.yml",
    "models/staging/stg_shop__experiment_exposures.sql",
    "experiments/example.yml",
)


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    (tmp_path / "dbt_project.yml").write_text(PROJECT)
    (tmp_path / "profiles.yml").write_text(PROFILES)
    (tmp_path / "models").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def test_a_project_gets_everything_it_needs(abstats, project):
    done = abstats("init")
    assert done.exit_code == 0, done.output
    assert set(contents(project)) == {"dbt_project.yml", "profiles.yml", *MADE}
    text = (project / "dbt_project.yml").read_text()
    assert text.startswith(PROJECT)
    declared = yaml.safe_load(text)
    assert declared["model-paths"] == ["models", "metrics"]
    assert declared["flags"] == {
        "partial_parse": False,
        "require_ref_searches_node_package_before_root": True,
    }
    assert declared["vars"]["abstats"] == {
        "experiment_exposures": "stg_shop__experiment_exposures",
        "facts": ["fct_example_events"],
        "time_zone": "UTC",
    }
    assert "dbt deps" in done.stdout


def test_a_second_run_changes_nothing(abstats, project):
    abstats("init")
    before = contents(project)
    done = abstats("init")
    assert done.exit_code == 0
    assert contents(project) == before
    assert "made" not in done.stdout
    assert "changed" not in done.stdout


def test_files_that_are_there_are_kept(abstats, project):
    (project / "experiments").mkdir()
    (project / "experiments" / "example.yml").write_text("mine")
    done = abstats("init")
    assert (project / "experiments" / "example.yml").read_text() == "mine"
    assert "kept     experiments/example.yml" in done.stdout


def test_a_project_with_specs_of_its_own_gets_no_examples(abstats, project):
    variables = "vars:\n  abstats:\n    experiment_exposures: stg_x\n    facts: [fct_x]\n"
    (project / "dbt_project.yml").write_text(PROJECT + variables)
    assert abstats("init").exit_code == 0
    assert not (project / "metrics").exists()
    assert yaml.safe_load((project / "packages.yml").read_text())["packages"]


def test_vars_and_packages_of_the_project_stay(abstats, project):
    (project / "dbt_project.yml").write_text(
        PROJECT + "vars:\n  # ours\n  lookback: 3\n"
        "model-paths: [models, marts]\nflags:\n  fail_fast: true\n"
    )
    (project / "packages.yml").write_text(
        "packages:\n  # pinned\n  - package: dbt-labs/dbt_utils\n    version: 1.3.0\n"
    )
    assert abstats("init").exit_code == 0
    text = (project / "dbt_project.yml").read_text()
    declared = yaml.safe_load(text)
    assert "# ours" in text
    assert declared["vars"]["lookback"] == 3
    assert declared["model-paths"] == ["models", "marts", "metrics"]
    assert declared["flags"] == {
        "fail_fast": True,
        "partial_parse": False,
        "require_ref_searches_node_package_before_root": True,
    }
    packages = yaml.safe_load((project / "packages.yml").read_text())["packages"]
    assert {"package": "dbt-labs/dbt_utils", "version": "1.3.0"} in packages
    assert sum("local" in package for package in packages) == 1


def test_what_cannot_be_edited_safely_is_printed_for_the_user(abstats, project):
    (project / "dbt_project.yml").write_text(PROJECT + "vars: {lookback: 3}\n")
    done = abstats("init")
    assert done.exit_code == 0
    assert "Add to dbt_project.yml by hand" in done.stdout
    assert "    facts: [fct_example_events]" in done.stdout
    assert "vars: {lookback: 3}" in (project / "dbt_project.yml").read_text()


def test_flags_stay_in_a_profile_that_has_them(abstats, project):
    (project / "profiles.yml").write_text(PROFILES + "config: {fail_fast: true}\n")
    done = abstats("init")
    assert "flags" not in yaml.safe_load((project / "dbt_project.yml").read_text())
    assert "Add to profiles.yml by hand" in done.stdout


def test_vars_in_a_file_of_their_own_are_added_there(abstats, project):
    (project / "vars.yml").write_text("vars:\n  lookback: 3\n")
    assert abstats("init").exit_code == 0
    assert "vars" not in yaml.safe_load((project / "dbt_project.yml").read_text())
    assert set(yaml.safe_load((project / "vars.yml").read_text())["vars"]) == {
        "lookback",
        "abstats",
    }


def test_packages_in_dependencies_are_added_there(abstats, project):
    (project / "dependencies.yml").write_text("packages:\n  - local: ../other\n")
    assert abstats("init").exit_code == 0
    assert not (project / "packages.yml").exists()
    assert len(yaml.safe_load((project / "dependencies.yml").read_text())["packages"]) == 2


def test_a_project_with_a_time_spine_keeps_its_own(abstats, project):
    (project / "models" / "days.yml").write_text(
        "models:\n  - name: days\n    time_spine:\n      standard_granularity_column: day\n"
    )
    abstats("init")
    declared = yaml.safe_load((project / "dbt_project.yml").read_text())
    assert declared["vars"]["abstats"]["time_spine"] is False


def test_a_folder_without_a_dbt_project_is_refused(abstats, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = abstats("init")
    assert done.exit_code == 1
    assert "must be the folder of a dbt project" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["name: [", "- a\n- b\n"])
def test_a_project_file_that_is_no_mapping_is_told_and_nothing_is_made(abstats, project, text):
    (project / "dbt_project.yml").write_text(text)
    before = contents(project)
    done = abstats("init")
    assert done.exit_code == 1
    assert "dbt_project.yml" in done.stderr
    assert contents(project) == before


def test_a_failure_half_way_leaves_everything_as_it_was(abstats, project):
    # A file stands where a folder has to be made.
    (project / "experiments").write_text("not a folder")
    before = contents(project)
    done = abstats("init")
    assert done.exit_code == 1
    assert "experiments" in done.stderr
    assert contents(project) == before
    assert not (project / "metrics").exists()


def test_a_file_that_cannot_be_written_leaves_no_trace(tmp_path, monkeypatch):
    (tmp_path / "a.yml").write_text("old")
    real = Path.write_text

    def broken(path, text, **options):
        real(path, text[:1], **options)
        if path.name == "b.yml":
            raise OSError("disk full")

    monkeypatch.setattr(changes.Path, "write_text", broken)
    files = [File(Path("a.yml"), "new", "changed"), File(Path("x/b.yml"), "more", "made")]
    with pytest.raises(OSError, match="disk full"):
        write_all(tmp_path, files)
    assert (tmp_path / "a.yml").read_text() == "old"
    assert not (tmp_path / "x").exists()


def test_the_package_is_named_relative_where_there_is_a_common_parent():
    root = Path("/home/me/company/analytics")
    package = Path("/home/me/company/.venv/site-packages/abstats/dbt_package")
    relative = Path("../.venv/site-packages/abstats/dbt_package")
    assert settings.local_path(package, root) == relative
    assert settings.local_path(Path("/opt/abstats"), root) == Path("/opt/abstats")


def test_in_an_installed_wheel_the_dbt_package_is_inside_it(tmp_path, monkeypatch):
    inside = tmp_path / "abstats" / "dbt_package"
    inside.mkdir(parents=True)
    (inside / "dbt_project.yml").write_text("name: abstats\n")
    monkeypatch.setattr(dbt_package, "_HERE", tmp_path / "abstats")
    assert dbt_package_path() == inside


def test_an_incomplete_installation_is_told(abstats, project, tmp_path, monkeypatch):
    monkeypatch.setattr(dbt_package, "_HERE", tmp_path / "nowhere" / "abstats")
    done = abstats("init")
    assert done.exit_code == 1
    assert "install abstats again" in done.stderr


def test_the_dbt_package_is_found():
    assert yaml.safe_load((dbt_package_path() / "dbt_project.yml").read_text())["name"] == "abstats"
