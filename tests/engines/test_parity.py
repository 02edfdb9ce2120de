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

from tests.deployments.host_project import DEPLOYMENTS, PUBLIC_TABLES, HostProject

from .warehouses import DuckDB, Postgres, Warehouse
from .world import FIRST_READ, INJECTED, NEW, OLD, SECOND_READ, worlds

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

TOLERANCE = 1e-9
TABLES = (*PUBLIC_TABLES, "fct_experiment_exposures", "int_experiment_cell_moments")
ENGINES = ("duckdb", "postgres")
MINIMUM = 10
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
        found.append({table: warehouse.rows(table) for table in TABLES})
    return found


@pytest.mark.parametrize("engine", [name for name in ENGINES if name != "duckdb"])
@pytest.mark.parametrize("table", TABLES)
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


@pytest.mark.parametrize("engine", ENGINES)
def test_text_of_every_field_comes_out_as_data(tables, engine):
    first, then = worlds()
    found = tables[engine][-1]
    declared = yaml.safe_load((DEPLOYMENTS / "every_kind/experiments/checkout.yml").read_text())
    (checkout,) = (r for r in found["dim_experiments"] if r["experiment_id"] == "checkout")
    assert INJECTED in checkout["owner"]
    for field in ("owner", "hypothesis", "description"):
        assert checkout[field] == declared[field]
    facts = yaml.safe_load((DEPLOYMENTS / "every_kind/metrics/fct_visits.yml").read_text())
    visits = facts["models"][0]["metrics"][0]
    (metric,) = (r for r in found["dim_metrics"] if r["metric_name"] == "visits")
    assert (metric["label"], metric["description"]) == (visits["label"], visits["description"])
    variants = {row["variant_id"] for row in found["dim_experiment_variants"]}
    assert variants == {OLD, NEW, *"abc"}
    log = {(row[0], row[1]) for row in (*first["exposure log"].rows, *then["exposure log"].rows)}
    exposed = {(row["experiment_id"], row["unit_id"]) for row in found["fct_experiment_exposures"]}
    assert exposed == log
    assert any(INJECTED in unit for _, unit in exposed)
    for table in ("fct_experiment_results", "int_experiment_cell_moments"):
        shown = {row["segment_value"] for row in found[table] if row["segment_name"] == "order"}
        # `keep` folds the others; two of those that stay are text that no one should trust.
        assert INJECTED in shown
        assert len(shown) == 6
    in_the_app = {r["metric_name"] for r in found["fct_experiment_moments"] if r["mean_a"]}
    assert "total_in_the_app" in in_the_app


@pytest.mark.parametrize("engine", ENGINES)
def test_public_tables_show_no_unit_and_no_cell_of_few(tables, engine):
    for found in tables[engine]:
        units = {row["unit_id"] for row in found["fct_experiment_exposures"]}
        units = {unit for unit in units if INJECTED in unit}
        assert units
        for table in PUBLIC_TABLES:
            for row in found[table]:
                assert "unit_id" not in row
                text = "\n".join(value for value in row.values() if isinstance(value, str))
                assert not any(unit in text for unit in units)
        for row in found["fct_experiment_results"]:
            shown = row["control_n_units"], row["treatment_n_units"]
            if row["status"] == "withheld":
                assert shown == (None, None)
                assert row["control_mean"] is row["effect_abs"] is row["p_value"] is None
            else:
                assert all(n == 0 or n >= MINIMUM for n in shown)
        statuses = {row["status"] for row in found["fct_experiment_results"]}
        assert statuses >= {"ok", "withheld"}
        assert min(row["n"] for row in found["fct_experiment_moments"]) >= MINIMUM
        assert min(row["n"] for row in found["int_experiment_cell_moments"]) == 1


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
