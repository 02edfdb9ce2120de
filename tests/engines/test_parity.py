"""The law of engines: the same input gives the same tables, whatever computes them.

Two builds of one world: every kind of metric, names that need quoting, a ramp, looks; the second
build comes after late, duplicated, deleted and edited rows.
"""

import json
import math
import re
from pathlib import Path
from typing import Any, NamedTuple

import psycopg2
import pytest
import yaml

from tests.deployments.host_project import PUBLIC_TABLES, HostProject

from .spark_session import Step, run_in_session
from .warehouses import DuckDB, Postgres, Spark, Warehouse, spark_name
from .world import COLUMNS, FIRST_READ, SECOND_READ, worlds

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

TOLERANCE = 1e-9
# Hashes of rows are the engine's own, and the time is that of the build.
OWN = {"inputs_hash", "computed_at"}
# A definition holds its author's SQL, which quotes names as the engine does.
AUTHORS = {"spark": {"definition", "definition_hash"}}
SENTENCES = {"detail", "next_step", "reason", "status_reason"}
MOMENTS = "fct_experiment_moments"
READS = (FIRST_READ, SECOND_READ)
REPORTS = (["checkout", "--segment", "order"], ["looks"])
NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Holds a folder for each engine with the project that was built on it."""
    return tmp_path_factory.mktemp("engines")


@pytest.fixture(scope="module")
def tables(folder, postgres_host, spark) -> dict[str, list[dict[str, list[dict[str, Any]]]]]:
    """Engine -> the public tables after each build."""
    return {
        "duckdb": built(folder / "duckdb", DuckDB(folder)),
        "postgres": built(folder / "postgres", Postgres(postgres_host)),
        "spark": spark.tables,
    }


class OnSpark(NamedTuple):
    """What one session on Spark gave.

    Attributes:
        tables: The moments after the first build, the public tables after the second.
        reports: What `abstats show` prints afterwards, by its arguments.
    """

    tables: list[dict[str, list[dict[str, Any]]]]
    reports: dict[str, str]


@pytest.fixture(scope="module")
def spark(folder) -> OnSpark:
    """Both builds in one session; the first one goes down to the moments."""
    root = folder / "spark"
    root.mkdir()
    warehouse = Spark(root)
    project = HostProject.copy_of("every_kind", root)
    write_profile(root, warehouse)
    quote_for_spark(project)
    hooks = json.dumps(warehouse.on_run_start(COLUMNS))
    project.edit("dbt_project.yml", "vars:", f"on-run-start: {hooks}\n\nvars:")
    project.install()
    first, then = (("run", "--select", "+fct_experiment_moments"), ("build",))
    steps = []
    for world, day, command in zip(worlds(), READS, (first, then), strict=True):
        written = root / f"raw_{day}"
        warehouse.write(world, written)
        steps.append(Step("copy", [str(written), str(warehouse.raw)]))
        variables = f"{{analysis_date: {day}}}"
        steps.append(Step("dbt", project.command(*command, "--vars", variables)[1:]))
        tables = PUBLIC_TABLES if command is then else (MOMENTS,)
        steps += [Step("rows", [f"analytics.{table}"]) for table in tables]
    places = ["--project-dir", str(project.folder), "--profiles-dir", str(root / "profiles")]
    steps += [Step("abstats", ["show", *arguments, *places]) for arguments in REPORTS]
    found = run_in_session(steps, root)
    moments, *rows = (found[i] for i, step in enumerate(steps) if step.kind == "rows")
    tables = [{MOMENTS: moments}, dict(zip(PUBLIC_TABLES, rows, strict=True))]
    return OnSpark(tables, dict(zip(map(str, REPORTS), found[-len(REPORTS) :], strict=True)))


def quote_for_spark(project: HostProject) -> None:
    """Say in Spark's words what the author of the project wrote in those of DuckDB and Postgres."""
    for file in (*project.folder.glob("m*/*.sql"), *project.folder.glob("m*/*.yml")):
        text = re.sub(r'"(\w+( \w+)?)"', r"`\1`", file.read_text())
        # Two quotes within a text would end it there.
        file.write_text(text.replace("it''s", r"it\\'s"))
    named = f"- {{name: exposure log, identifier: {spark_name('exposure log')}}}"
    project.edit("models/sources.yml", "- name: exposure log", named)


def write_profile(root: Path, warehouse: Warehouse | Spark) -> None:
    profile = {"deployment": {"target": "it", "outputs": {"it": warehouse.target}}}
    (root / "profiles" / "profiles.yml").write_text(yaml.safe_dump(profile))


def built(root: Path, warehouse: Warehouse) -> list[dict[str, list[dict[str, Any]]]]:
    root.mkdir()
    project = HostProject.copy_of("every_kind", root)
    write_profile(root, warehouse)
    project.install()
    found = []
    for world, day in zip(worlds(), READS, strict=True):
        warehouse.load(world)
        project.build("--vars", f"{{analysis_date: {day}}}")
        found.append({table: warehouse.rows(table) for table in PUBLIC_TABLES})
    return found


@pytest.mark.parametrize("engine", ["postgres", "spark"])
@pytest.mark.parametrize("table", PUBLIC_TABLES)
def test_tables_are_those_of_duckdb(tables, engine, table):
    own = OWN | AUTHORS.get(engine, set())
    for ours, theirs in zip(tables["duckdb"], tables[engine], strict=True):
        if table not in theirs:
            continue
        assert len(ours[table]) == len(theirs[table])
        for one, other in zip(ordered(ours[table], own), ordered(theirs[table], own), strict=True):
            assert one.keys() == other.keys()
            apart = {
                name: (value, other[name])
                for name, value in one.items()
                if name not in own and not same(value, other[name])
            }
            assert not apart, {k: v for k, v in one.items() if k not in apart}
    # Nothing is decided at the first read: the ledger comes later.
    assert tables["duckdb"][-1][table]


@pytest.mark.parametrize("arguments", REPORTS)
def test_reports_are_those_of_duckdb(tables, spark, folder, abstats, arguments):
    shown = {"spark": spark.reports[str(arguments)]}
    for engine in ("duckdb", "postgres"):
        root = folder / engine
        places = ["--project-dir", root / "project", "--profiles-dir", root / "profiles"]
        run = abstats("show", *arguments, *places, DBT_TARGET_PATH=str(root / "target"))
        assert run.exit_code == 0, run.output
        shown[engine] = run.stdout
    assert shown["postgres"] == shown["duckdb"]
    assert shown["spark"] == shown["duckdb"]
    assert arguments[0] in shown["duckdb"]


def test_a_second_build_of_a_schema_is_refused_while_the_first_runs(tables, folder, postgres_host):
    project = HostProject(folder / "postgres")
    before = Postgres(postgres_host).rows("fct_experiment_results")
    with psycopg2.connect(host=postgres_host, user="postgres", dbname="postgres") as other:
        with other.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(hashtext('abstats'), hashtext('analytics'))")
        process = other.info.backend_pid
        run = project.dbt("build", "--select", "int_experiments_declared+")
    other.close()
    assert run.code == 1
    said = " ".join(run.output.split())
    assert f"is being built by another dbt: server process {process}" in said
    assert "Traceback" not in said
    assert Postgres(postgres_host).rows("fct_experiment_results") == before


def ordered(rows: list[dict[str, Any]], own: set[str]) -> list[dict[str, Any]]:
    """Rows in the order of what is neither a double nor a sentence that may hold some."""
    return sorted(
        rows,
        key=lambda row: [
            str(value)
            for name, value in row.items()
            if name not in own | SENTENCES and not isinstance(value, float)
        ],
    )


def same(one: Any, other: Any) -> bool:
    """Equal; doubles, alone or in words, to the tolerance."""
    if isinstance(one, str) and isinstance(other, str) and one != other:
        return NUMBER.sub("#", one) == NUMBER.sub("#", other)
    if isinstance(one, float) or isinstance(other, float):
        if one is None or other is None:
            return one is other
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=1e-12)
    return one == other
