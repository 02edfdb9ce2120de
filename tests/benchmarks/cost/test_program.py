"""The program runs every section; dbt is left out.

Its builds cost one second each, those of an almost empty world a quarter.
"""

import json

import duckdb
import pytest
import typer
from typer.testing import CliRunner

from benchmarks.cost import bench
from benchmarks.cost.__main__ import main
from benchmarks.cost.process import Cost
from benchmarks.cost.project import Project
from benchmarks.cost.sections import SECTIONS, peers

BUILD, EMPTY_BUILD = Cost(1.0, 1.0, 1.0), Cost(0.25, 0.25, 1.0)


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Run the program with options; the JSON of each section, by its name."""

    def in_this_process(statement, world, *, settings=None):
        with duckdb.connect(str(world), read_only=True) as connection:
            return Cost(0.5, 0.5, 1.0), connection.execute(statement).fetchall()

    def dbt(project, *arguments):
        project.warehouse.touch()
        if arguments[0] == "list":
            return Cost(0.0, 0.0, 1.0)
        return BUILD if project.world.units > 10 else EMPTY_BUILD

    for module in (bench, peers):
        monkeypatch.setattr(module, "measured_sql", in_this_process)
    monkeypatch.setattr(Project, "_dbt", dbt)
    monkeypatch.setattr(Project, "node_seconds", lambda _: {"model.a": 1.0})
    monkeypatch.setattr(bench.Bench, "difference_from_floor", lambda *_: 0.0)
    # The child process of tea-tasting has a test of its own.
    monkeypatch.setattr(peers.tea_peer, "is_installed", lambda _: False)
    app = typer.Typer()
    app.command()(main)

    def run_program(*options):
        places = ["--cache", str(tmp_path / "cache"), "--results", str(tmp_path / "results")]
        result = CliRunner().invoke(app, ["--quick", *options, *places])
        files = (tmp_path / "results").glob("cost_*.json")
        written = {file.stem.removeprefix("cost_"): json.loads(file.read_text()) for file in files}
        return result, written

    return run_program


def test_every_section_has_ratios_and_is_printed(run):
    result, written = run()
    assert result.exit_code == 0, result.output
    assert written.keys() == SECTIONS.keys()
    for name, section in written.items():
        assert section["ratios"], name
        assert all(ratio["name"] in result.output for ratio in section["ratios"])


def test_our_time_is_compared_with_the_floors_without_what_an_empty_world_costs(run):
    _, written = run("--only", "floor")
    ratios = {ratio["name"]: ratio["value"] for ratio in written["floor"]["ratios"]}
    assert ratios["open-ended: (ours - start-up) / floor"] == 1.0 / 0.5
    assert ratios["open-ended: (ours - empty world) / floor"] == (1.0 - 0.25) / 0.5


def test_an_unknown_section_is_an_error_with_the_names_there_are(run):
    result, written = run("--only", "floor,speed")
    assert result.exit_code == 2
    assert "speed, must be of" in result.output
    assert not written
