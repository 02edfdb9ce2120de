"""The program runs every section; dbt is left out.

Its builds cost one second each, those of an almost empty world a quarter and those of one more day
of it three eighths.
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

BUILD, EMPTY_BUILD, EMPTY_DAY = (Cost(cpu, cpu, 1.0) for cpu in (1.0, 0.25, 0.375))
TWICE = (
    *("--events", "4000", "--units", "200", "--days", "10", "--late-day", "12"),
    *("--small", "2000", "--large", "4000", "--repeats", "2"),
)


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Run the program with options; the JSON of each section, by its name."""

    def in_this_process(statement, world, *, settings=None):
        with duckdb.connect(str(world), read_only=True) as connection:
            return Cost(0.5, 0.5, 1.0), connection.execute(statement).fetchall()

    def dbt(project, *arguments):
        if arguments[0] == "list":
            return Cost(0.0, 0.0, 1.0)
        is_first = not project.warehouse.exists()
        project.warehouse.touch()
        if project.world.units > 10:
            return BUILD
        return EMPTY_BUILD if is_first else EMPTY_DAY

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
        result = CliRunner().invoke(app, [*options, *places])
        files = (tmp_path / "results").glob("cost_*.json")
        written = {file.stem.removeprefix("cost_"): json.loads(file.read_text()) for file in files}
        return result, written

    return run_program


def values(section):
    return {ratio["name"]: ratio["value"] for ratio in section["ratios"]}


def test_every_section_has_ratios_and_is_printed(run):
    result, written = run("--quick")
    assert result.exit_code == 0, result.output
    assert written.keys() == SECTIONS.keys()
    for name, section in written.items():
        assert section["ratios"], name
        assert all(ratio["name"] in result.output for ratio in section["ratios"])


def test_our_time_is_compared_with_the_floors_without_what_an_empty_world_costs(run):
    _, written = run("--only", "floor,scale", *TWICE)
    ratios = values(written["floor"])
    assert ratios["open-ended: (ours - start-up) / floor"] == 1.0 / 0.5
    assert ratios["open-ended: (ours - empty world) / floor"] == (1.0 - 0.25) / 0.5
    # Builds of both sizes cost as much, so an event of twice as many costs half.
    assert values(written["scale"])["CPU per event, 4,000 / 2,000 events"] == 1 / 2


def test_a_build_of_a_day_is_compared_without_what_a_day_of_an_empty_world_costs(run):
    _, written = run("--only", "day,peers", *TWICE)
    assert values(written["day"])["open-ended: (day 10 - empty world) / floor"] == 0.625 / 0.5
    peers = values(written["peers"])
    assert peers["events, 50 metrics: ours / one query for all"] == 0.75 / 0.5
    assert peers["events, 50 metrics: ours, second day / one query for all"] == 0.625 / 0.5
    assert peers["activity, 5 metrics: ours, second day / one query per metric"] == 0.625 / 2.5


def test_once_is_not_enough_to_tell_a_build_from_an_empty_world_s(run):
    result, written = run("--quick", "--only", "experiments")
    (ratio,) = written["experiments"]["ratios"]
    assert ratio["value"] is None
    assert "measured once" in ratio["reason"]
    assert "unclear" in result.output


def test_an_unknown_section_is_an_error_with_the_names_there_are(run):
    result, written = run("--only", "floor,speed")
    assert result.exit_code == 2
    assert "speed, must be of" in result.output
    assert not written
