"""The demo's dbt project: built once by dbt, then repeated on other worlds without its start-up.

dbt compiles every model to the text that it runs. That text is taken from `target/manifest.json`
and run again, in the order of dependencies, on a DuckDB connection that holds another world: the
SQL of every SQL model as `create table` or `create view`, and the Python of every Python model
through the same function that abstats hands to dbt. An incremental model is a table then: it was
compiled for a warehouse without it, and so is every world here. So it is the same text and the same
code as in a first build; dbt's transactions, contracts and tests are left out, and the hooks that
take away what earlier builds left. `tests/benchmarks` compares the tables of both routes.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import yaml

from abstats.dbt_plugin.python_models import run_model
from abstats.demo.experiments import START_AT
from abstats.demo.world import World, build

REPOSITORY = Path(__file__).resolve().parent.parent
CREATED = {"table": "table", "incremental": "table", "view": "view"}  # by materialization
DATABASE = "abstats_demo"  # the catalogue that the compiled text names
PARTS = ("dbt_project.yml", "packages.yml", "dbt_project", "metrics", "demo", "experiments")


class Model(NamedTuple):
    """One dbt model as dbt compiled it.

    Attributes:
        name: The model's name.
        relation: Where it is written, as `ref()` renders it.
        language: "sql" or "python".
        materialized: "table", "incremental", "view" or abstats' own materialization of Python
            models.
        code: The compiled text.
    """

    name: str
    relation: str
    language: str
    materialized: str
    code: str


def build_with_dbt(folder: Path, world: World) -> Path:
    """Build the demo on a world with dbt itself; returns the DuckDB file.

    The latest date alone: coverage is asked of what decides, and a timeline costs six times that.

    Args:
        folder: An empty folder; receives a copy of the project and everything that dbt writes.
        world: The world to simulate; the experiments end after its days.

    Raises:
        RuntimeError: A dbt command failed; holds what it printed.
    """
    for part in PARTS:
        source = REPOSITORY / part
        if source.is_dir():
            shutil.copytree(source, folder / part)
        else:
            shutil.copy(source, folder / part)
    _set_end_dates(folder / "experiments", world.days)
    _judge_once(folder / "experiments")
    file = folder / f"{DATABASE}.duckdb"
    # One thread: sums of doubles are added in one order, whoever runs the text.
    target = {"type": "duckdb", "path": str(file), "threads": 1, "settings": {"threads": 1}}
    profile = {"abstats": {"target": "duckdb", "outputs": {"duckdb": target}}}
    (folder / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")
    connect_to_world(world, file).close()
    _dbt(folder, "deps")
    _dbt(folder, "build", "--resource-type", "model", "--vars", "{timeline: latest}")
    return file


def compiled_models(folder: Path) -> tuple[Model, ...]:
    """The models that `build_with_dbt` ran in this folder, each after those that it reads."""
    manifest = json.loads((folder / "target" / "manifest.json").read_text(encoding="utf-8"))
    nodes = {
        key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"
    }
    ordered: dict[str, Model] = {}
    for key in nodes:
        _add_after_its_inputs(key, nodes, ordered)
    return tuple(ordered.values())


def connect_to_world(world: World, file: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A connection whose current catalogue holds a world, in memory unless a file is given."""
    connection = duckdb.connect(config={"threads": 1})
    path = str(file or ":memory:").replace("'", "''")
    connection.execute(f"attach '{path}' as {DATABASE}")
    connection.execute(f"use {DATABASE}")
    for _ in build(connection, world):
        pass
    return connection


def run_models(connection: duckdb.DuckDBPyConnection, models: Sequence[Model]) -> None:
    """Run the compiled models on the world of a connection.

    Raises:
        ValueError: A SQL model is neither a table, nor incremental, nor a view.
    """
    for model in models:
        if model.language == "python":
            rows = run_model(
                model.name,
                model.code,
                lambda name: connection.execute(f"select * from {name}").to_arrow_table(),
            )
            connection.register("model_rows", rows)
            connection.execute(f"create table {model.relation} as select * from model_rows")
            connection.unregister("model_rows")
        elif model.materialized in CREATED:
            kind = CREATED[model.materialized]
            connection.execute(f"create {kind} {model.relation} as {model.code}")
        else:
            raise ValueError(
                f"materialized == {model.materialized!r} of {model.name}, "
                f"must be one of {', '.join(map(repr, CREATED))}."
            )


def _set_end_dates(experiments: Path, days: int) -> None:
    end = (START_AT + timedelta(days=days)).date()
    for file in experiments.glob("*.yml"):
        text, replaced = re.subn(r"(?m)^end: .*$", f"end: {end}", file.read_text(encoding="utf-8"))
        if replaced != 1:
            raise RuntimeError(f"{file.name} has {replaced} lines `end: ...`, must have one.")
        file.write_text(text, encoding="utf-8")


def _judge_once(experiments: Path) -> None:
    """Take the sequential designs away: their looks are dates that are not built."""
    for file in experiments.glob("*.yml"):
        experiment = yaml.safe_load(file.read_text(encoding="utf-8"))
        if experiment.get("analysis", {}).pop("sequential", None) is not None:
            file.write_text(yaml.safe_dump(experiment, sort_keys=False), encoding="utf-8")


def _dbt(folder: Path, *arguments: str) -> None:
    command = [str(Path(sys.executable).with_name("dbt")), *arguments, "--profiles-dir", "."]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise RuntimeError(f"dbt {arguments[0]} failed:\n{run.stdout}{run.stderr}")


def _add_after_its_inputs(key: str, nodes: Mapping[str, Any], ordered: dict[str, Model]) -> None:
    if key in ordered or key not in nodes:
        return
    node = nodes[key]
    for read in node["depends_on"]["nodes"]:
        _add_after_its_inputs(read, nodes, ordered)
    ordered[key] = Model(
        name=node["name"],
        relation=node["relation_name"],
        language=node["language"],
        materialized=node["config"]["materialized"],
        code=node["compiled_code"],
    )
