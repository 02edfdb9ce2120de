"""The law of engines: the same input gives the same tables, whatever computes them.

Two builds of one world: every kind of metric, names that need quoting, a ramp, looks; the second
build comes after late, duplicated, deleted and edited rows.
"""

import math
import re
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import yaml

from tests.deployments.host_project import PUBLIC_TABLES, HostProject

from .warehouses import DuckDB, Postgres, Warehouse
from .world import FIRST_READ, SECOND_READ, worlds

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

TOLERANCE = 1e-9
# Hashes of rows are the engine's own, and the time is that of the build.
OWN = {"inputs_hash", "computed_at"}
SENTENCES = {"detail", "next_step", "reason", "status_reason"}
NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Holds a folder for each engine with the project that was built on it."""
    return tmp_path_factory.mktemp("engines")


@pytest.fixture(scope="module")
def tables(folder, postgres_host) -> dict[str, list[dict[str, list[dict[str, Any]]]]]:
    """Engine -> the public tables after each build."""
    return {
        "duckdb": built(folder / "duckdb", DuckDB(folder)),
        "postgres": built(folder / "postgres", Postgres(postgres_host)),
    }


def built(root: Path, warehouse: Warehouse) -> list[dict[str, list[dict[str, Any]]]]:
    root.mkdir()
    project = HostProject.copy_of("every_kind", root)
    profile = {"deployment": {"target": "it", "outputs": {"it": warehouse.target}}}
    (root / "profiles" / "profiles.yml").write_text(yaml.safe_dump(profile))
    project.install()
    first, then = worlds()
    found = []
    for world, day in ((first, FIRST_READ), (then, SECOND_READ)):
        warehouse.load(world)
        project.build("--vars", f"{{analysis_date: {day}}}")
        found.append({table: warehouse.rows(table) for table in PUBLIC_TABLES})
    return found


@pytest.mark.parametrize("engine", ["postgres"])
@pytest.mark.parametrize("table", PUBLIC_TABLES)
def test_tables_are_those_of_duckdb(tables, engine, table):
    for ours, theirs in zip(tables["duckdb"], tables[engine], strict=True):
        assert len(ours[table]) == len(theirs[table])
        for one, other in zip(ordered(ours[table]), ordered(theirs[table]), strict=True):
            assert one.keys() == other.keys()
            apart = {
                name: (value, other[name])
                for name, value in one.items()
                if name not in OWN and not same(value, other[name])
            }
            assert not apart, {k: v for k, v in one.items() if k not in apart}
    # Nothing is decided at the first read: the ledger comes later.
    assert tables["duckdb"][-1][table]


@pytest.mark.parametrize("arguments", [["checkout", "--segment", "order"], ["looks"]])
def test_reports_are_those_of_duckdb(tables, folder, abstats, arguments):
    shown = {}
    for engine in tables:
        root = folder / engine
        places = ["--project-dir", root / "project", "--profiles-dir", root / "profiles"]
        run = abstats("show", *arguments, *places, DBT_TARGET_PATH=str(root / "target"))
        assert run.exit_code == 0, run.output
        shown[engine] = run.stdout
    assert shown["postgres"] == shown["duckdb"]
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


def ordered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in the order of what is neither a double nor a sentence that may hold some."""
    return sorted(
        rows,
        key=lambda row: [
            str(value)
            for name, value in row.items()
            if name not in OWN | SENTENCES and not isinstance(value, float)
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
