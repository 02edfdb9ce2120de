"""The program's ratios; dbt and the engines are left out.

A build costs a second for itself, half of one more day, and one for every thousand events, three on
the engine; one more day costs a third of that. Repetitions differ by a tenth of a second.
"""

import json
from contextlib import contextmanager

import pytest
import typer
from typer.testing import CliRunner

from benchmarks.cost.process import Cost
from benchmarks.cost.project import Project
from benchmarks.engines import __main__ as program
from benchmarks.engines.engine import EngineProject
from benchmarks.engines.spark import Spark


class _Nowhere(Spark):
    """An engine that loads nothing."""

    def __init__(self, *_):
        self.environment = {}
        self.workers = 0

    def load(self, world_file):
        assert world_file.exists()

    def empty(self):
        pass

    @contextmanager
    def on_cluster(self, workers):
        self.workers = workers
        yield
        self.workers = 0


@pytest.fixture
def run(monkeypatch, tmp_path):
    repetitions = {}

    def build(project, until=None, variables=None):
        is_engine = isinstance(project, EngineProject)
        is_day = until == project.world.end
        thousands = project.world.events / 1000 if project.world.events > 10 else 0
        work = thousands * (3 if is_engine else 1) / (3 if is_day else 1)
        workers = project.engine.workers if is_engine else 0
        step = is_engine, is_day, project.world.events, workers
        repetition = repetitions[step] = repetitions.get(step, -1) + 1
        cpu = (0.5 if is_day else 1) + work + repetition / 10
        return Cost(cpu, cpu / max(workers, 1), 100.0)

    monkeypatch.setattr(Project, "build", build)
    monkeypatch.setattr(Project, "write", lambda self: self)
    monkeypatch.setattr(Project, "moments", lambda _: [])
    monkeypatch.setattr(EngineProject, "moments", lambda _: [])
    monkeypatch.setattr(program, "largest_difference", lambda *_: 0.0)
    monkeypatch.setattr(program, "Postgres", _Nowhere)
    monkeypatch.setattr(program, "Spark", _Nowhere)
    app = typer.Typer()
    app.command()(program.main)

    def run_program(engine, *options):
        places = ["--cache", str(tmp_path / "cache"), "--results", str(tmp_path)]
        sizes = ["--events", "2000,4000", "--repeats", "2"]
        done = CliRunner().invoke(app, [engine, *sizes, *options, *places])
        file = tmp_path / f"cost_engine_{engine}.json"
        ratios = json.loads(file.read_text())["ratios"] if file.exists() else []
        return done, {ratio["name"]: ratio["value"] for ratio in ratios}

    return run_program


def test_what_a_build_of_an_empty_world_costs_is_in_no_ratio(run):
    done, ratios = run("postgres")
    assert done.exit_code == 0, done.output
    assert ratios["one more day / full build, 4,000 events"] == pytest.approx(1 / 3)
    assert ratios["postgres / duckdb, full build, 2,000 events"] == pytest.approx(3)
    assert ratios["postgres / duckdb, one more day, 4,000 events"] == pytest.approx(3)
    assert ratios["CPU per event, full build, 4,000 / 2,000 events"] == pytest.approx(1)


def test_what_repetitions_of_the_empty_world_differ_by_is_not_compared(run):
    done, ratios = run("postgres", "--events", "20,4000")
    assert done.exit_code == 0, done.output
    assert ratios["one more day / full build, 4,000 events"] == pytest.approx(1 / 3)
    small = {name: value for name, value in ratios.items() if "20 events" in name}
    assert len(small) == 5
    assert set(small.values()) == {None}
    assert "within noise" in done.output


def test_what_was_measured_before_a_step_failed_is_printed(run, monkeypatch):
    def stops(engine, workers):
        raise RuntimeError(f"no {workers} workers")

    monkeypatch.setattr(_Nowhere, "on_cluster", stops)
    done, ratios = run("spark")
    assert "no 1 workers" in str(done.exception)
    assert not ratios
    assert "spark, full build, empty world [1 of 2]: 1.00 CPU s" in done.output
    assert "duckdb, one more day, 4,000 events [1 of 2]: 1.83 CPU s" in done.output


def test_spark_s_workers_are_compared_by_the_time_that_passes(run):
    done, ratios = run("spark")
    assert done.exit_code == 0, done.output
    assert ratios["wall, full build, 2 workers / 1 worker"] == pytest.approx(1 / 2)


def test_moments_that_are_not_the_floor_s_end_the_program(run, monkeypatch):
    monkeypatch.setattr(program, "largest_difference", lambda *_: float("nan"))
    done, ratios = run("postgres")
    assert "from the floor's" in str(done.exception)
    assert not ratios


def test_an_unknown_engine_is_told(run):
    done, _ = run("oracle")
    assert done.exit_code == 2
    assert "must be one of postgres, spark" in done.output
