"""The law of engines: the same input gives the same tables, whatever computes them.

Two builds of one world: every kind of metric, names that need quoting, a ramp, looks; the second
build comes after late, duplicated, deleted and edited rows.
"""

import json
import math
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import psycopg2
import pytest
import yaml

from tests.built_before import DATA_TESTS
from tests.deployments.host_project import DEPLOYMENTS, PUBLIC_TABLES, HostProject

from .leaks import PLANTED, VARIABLE, files_with_leaks, leaks_in, tables_with_leaks
from .roles import BUILDER, READER, acting_as, make_roles, may, relations
from .spark_session import Step, run_in_session
from .warehouses import SCHEMA, DuckDB, Postgres, Spark, Warehouse, spark_name
from .world import COLUMNS, FIRST_READ, INJECTED, NEW, OLD, SECOND_READ, worlds

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

TOLERANCE = 1e-9
TABLES = (*PUBLIC_TABLES, "fct_experiment_exposures", "int_experiment_cell_moments")
HAS_JAVA = bool(os.getenv("JAVA_HOME") or shutil.which("java"))
SPARK = pytest.param(
    "spark", marks=pytest.mark.skipif(not HAS_JAVA, reason="Spark needs Java 17; none was found")
)
ENGINES = ("duckdb", "postgres", SPARK)
MINIMUM = 10
# Hashes of rows are the engine's own, and the time is that of the build.
OWN = {"inputs_hash", "computed_at"}
# A definition holds its author's SQL, which quotes names as the engine does.
AUTHORS = {"spark": {"definition", "definition_hash"}}
Rows = dict[str, list[dict[str, Any]]]
SENTENCES = {"detail", "next_step", "reason", "status_reason"}
RESULTS = (
    *("fct_experiment_moments", "int_experiment_cell_moments"),
    *("fct_experiment_exposures", "fct_experiment_results"),
)
READS = (FIRST_READ, SECOND_READ)
REPORTS = (["checkout", "--segment", "order"], ["looks"])
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


class Build(NamedTuple):
    """What a build said and left.

    Attributes:
        output: What it printed.
        tables: Name -> rows.
    """

    output: str
    tables: Rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Holds a folder for each engine with the project that was built on it."""
    return tmp_path_factory.mktemp("engines")


@pytest.fixture(scope="module", autouse=True)
def planted() -> Iterator[None]:
    """A password in the environment, where the profile of Postgres finds it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, PLANTED)
        yield


@pytest.fixture(scope="module")
def postgres(postgres_host) -> Postgres:
    """A warehouse with the two roles of the docs; who builds has no other rights."""
    warehouse = Postgres(postgres_host)
    make_roles(warehouse.server)
    warehouse.target |= {"user": BUILDER, "password": f"{{{{ env_var('{VARIABLE}') }}}}"}
    return warehouse


@pytest.fixture(scope="module")
def builds(folder, postgres) -> dict[str, list[Build]]:
    """Engine -> its two builds."""
    return {
        "duckdb": built(folder / "duckdb", DuckDB(folder)),
        "postgres": built(folder / "postgres", postgres),
    }


@pytest.fixture(scope="module")
def tables(builds, spark) -> dict[str, list[Rows]]:
    """Engine -> the tables after each build."""
    found = {engine: [build.tables for build in done] for engine, done in builds.items()}
    return found if spark is None else {**found, "spark": spark.tables}


class OnSpark(NamedTuple):
    """What one session on Spark gave.

    Attributes:
        tables: Moments and results after the first build, all tables after the second.
        reports: What `abstats show` prints afterwards, by its arguments.
    """

    tables: list[Rows]
    reports: dict[str, str]


@pytest.fixture(scope="module")
def spark(folder) -> OnSpark | None:
    """Both builds in one session; the first one goes down to the results."""
    if not HAS_JAVA:
        return None
    root = folder / "spark"
    root.mkdir()
    warehouse = Spark(root)
    project = HostProject.copy_of("every_kind", root)
    write_profile(root, {"it": warehouse.target})
    quote_for_spark(project)
    hooks = json.dumps(warehouse.on_run_start(COLUMNS))
    project.edit("dbt_project.yml", "vars:", f"on-run-start: {hooks}\n\nvars:")
    project.install()
    first, then = (
        ("run", "--select", *(f"+{table}" for table in RESULTS)),
        ("build", "--exclude-resource-type", *DATA_TESTS),
    )
    steps = []
    for world, day, command in zip(worlds(), READS, (first, then), strict=True):
        written = root / f"raw_{day}"
        warehouse.write(world, written)
        steps.append(Step("copy", [str(written), str(warehouse.raw)]))
        variables = f"{{analysis_date: {day}}}"
        steps.append(Step("dbt", project.command(*command, "--vars", variables)[1:]))
        tables = TABLES if command is then else RESULTS
        steps += [Step("rows", [f"{SCHEMA}.{table}"]) for table in tables]
    places = ["--project-dir", str(project.folder), "--profiles-dir", str(root / "profiles")]
    steps += [Step("abstats", ["show", *arguments, *places]) for arguments in REPORTS]
    found = run_in_session(steps, root)
    rows = iter([found[i] for i, step in enumerate(steps) if step.kind == "rows"])
    builds = [{table: next(rows) for table in tables} for tables in (RESULTS, TABLES)]
    return OnSpark(builds, dict(zip(map(str, REPORTS), found[-len(REPORTS) :], strict=True)))


def quote_for_spark(project: HostProject) -> None:
    """Say in Spark's words what the author of the project wrote in those of DuckDB and Postgres."""
    for file in (*project.folder.glob("m*/*.sql"), *project.folder.glob("m*/*.yml")):
        text = re.sub(r'"(\w+( \w+)?)"', r"`\1`", file.read_text())
        # Two quotes within a text would end it there.
        file.write_text(text.replace("it''s", r"it\\'s"))
    named = f"- {{name: exposure log, identifier: {spark_name('exposure log')}}}"
    project.edit("models/sources.yml", "- name: exposure log", named)


def write_profile(root: Path, targets: Mapping[str, Mapping[str, Any]]) -> None:
    profile = {"deployment": {"target": "it", "outputs": targets}}
    (root / "profiles" / "profiles.yml").write_text(yaml.safe_dump(profile))


def built(root: Path, warehouse: Warehouse) -> list[Build]:
    root.mkdir()
    project = HostProject.copy_of("every_kind", root)
    as_reader = {**warehouse.target, "user": READER}
    nowhere = {**warehouse.target, "host": "/no/such/folder"}
    write_profile(root, {"it": warehouse.target, "reader": as_reader, "nowhere": nowhere})
    project.install()
    done = []
    for world, day in zip(worlds(), READS, strict=True):
        warehouse.load(world)
        variables = {"analysis_date": str(day), "readers": [READER]}
        # Also of the second build, which stands on tables that are there.
        run = project.dbt("build", "--vars", json.dumps(variables))
        assert run.code == 0, run.output
        done.append(Build(run.output, {table: warehouse.rows(table) for table in TABLES}))
    return done


@pytest.mark.parametrize("engine", ENGINES[1:])
@pytest.mark.parametrize("table", TABLES)
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
                if name not in own and not same(value, other[name], name in SENTENCES)
            }
            assert not apart, {k: v for k, v in one.items() if k not in apart}
    # Nothing is decided at the first read: the ledger comes later.
    assert tables["duckdb"][-1][table]


@pytest.mark.parametrize("arguments", REPORTS)
def test_reports_are_those_of_duckdb(tables, spark, folder, abstats, arguments):
    shown = {} if spark is None else {"spark": spark.reports[str(arguments)]}
    for engine in ("duckdb", "postgres"):
        root = folder / engine
        places = ["--project-dir", root / "project", "--profiles-dir", root / "profiles"]
        run = abstats("show", *arguments, *places, DBT_TARGET_PATH=str(root / "target"))
        assert run.exit_code == 0, run.output
        shown[engine] = run.stdout
    assert shown == dict.fromkeys(shown, shown["duckdb"])
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
        for table in found.keys() & set(PUBLIC_TABLES):
            for row in found[table]:
                assert "unit_id" not in row
                text = "\n".join(value for value in row.values() if isinstance(value, str))
                assert not any(unit in text for unit in units)
        for row in found.get("fct_experiment_results", ()):
            shown = row["control_n_units"], row["treatment_n_units"]
            if row["status"] == "withheld":
                assert shown == (None, None)
                assert row["control_mean"] is row["effect_abs"] is row["p_value"] is None
            else:
                assert all(n == 0 or n >= MINIMUM for n in shown)
        assert min(row["n"] for row in found["fct_experiment_moments"]) >= MINIMUM
        assert min(row["n"] for row in found["int_experiment_cell_moments"]) == 1
    statuses = {row["status"] for row in tables[engine][-1]["fct_experiment_results"]}
    assert statuses >= {"ok", "withheld"}


def test_who_builds_reads_the_sources_and_writes_one_schema(builds, postgres):
    with acting_as(postgres.server, BUILDER) as cursor:
        assert may(cursor, 'select count(*) from raw."exposure log"')
        assert not may(cursor, "insert into raw.visits select * from raw.visits")
        assert not may(cursor, "delete from raw.visits")
        assert not may(cursor, "drop table raw.visits")
        assert not may(cursor, "create table raw.more as select 1 as n")
        assert not may(cursor, "create table public.more as select 1 as n")
        assert not may(cursor, "create schema more")
        assert not may(cursor, "create role more")
        cursor.execute("select distinct tableowner from pg_tables where schemaname = %s", (SCHEMA,))
        assert cursor.fetchall() == [(BUILDER,)]


def test_readers_read_the_public_tables_after_they_were_replaced_and_nothing_else(builds, postgres):
    with acting_as(postgres.server, READER) as cursor:
        every = relations(cursor, SCHEMA)
        readable = {name for name in every if may(cursor, f"select 1 from {SCHEMA}.{name}")}
        assert readable == set(PUBLIC_TABLES)
        assert {"fct_experiment_exposures", "int_experiment_unit_measures", "fct_visits"} < every
        for table in PUBLIC_TABLES:
            place = f"{SCHEMA}.{table}"
            assert not may(cursor, f"insert into {place} select * from {place}")
            assert not may(cursor, f"delete from {place}")
            assert not may(cursor, f"truncate {place}")
            assert not may(cursor, f"drop table {place}")
        assert not may(cursor, f"create table {SCHEMA}.more as select 1 as n")
        assert not may(cursor, "create temporary table more as select 1 as n")
        assert not may(cursor, "select * from raw.visits")


def test_readers_see_the_reports(builds, folder, abstats):
    root = folder / "postgres"
    places = ["--project-dir", root / "project", "--profiles-dir", root / "profiles"]
    for command in ("show", "power"):
        run = abstats(
            command, "checkout", *places, DBT_TARGET="reader", DBT_TARGET_PATH=str(root / "target")
        )
        assert run.exit_code == 0, run.output


def test_a_password_is_nowhere_but_in_the_environment(builds, folder, abstats):
    root = folder / "postgres"
    project = HostProject(root)
    said = [build.output for build in builds["postgres"]]
    for target, reason in (("nowhere", "no/such/folder"), ("reader", "permission denied")):
        run = project.dbt("build", "--target", target, "--select", "int_metrics_declared")
        assert run.code != 0
        assert reason in run.output
        said.append(run.output)
    places = ["--project-dir", root / "project", "--profiles-dir", root / "profiles"]
    show, power = ["show", "checkout"], ["power", "checkout"]
    for target, command in (("it", power), ("it", ["validate"]), ("nowhere", show)):
        run = abstats(*command, *places, DBT_TARGET=target, DBT_TARGET_PATH=str(root / "target"))
        assert (run.exit_code == 0) is (target == "it"), run.output
        said += [run.output, repr(run.exception)]
    assert not any(map(leaks_in, said))
    assert (root / "logs" / "dbt.log").exists()
    assert (root / "target" / "manifest.json").exists()
    assert files_with_leaks([root]) == []
    assert tables_with_leaks(builds["postgres"][-1].tables) == []
    # It was there to be found.
    assert leaks_in(os.environ[VARIABLE])


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
            for name, value in sorted(row.items())
            if name not in own | SENTENCES and not isinstance(value, float)
        ],
    )


def same(one: Any, other: Any, is_sentence: bool = False) -> bool:
    """Equal; doubles, alone or in sentences, to the tolerance."""
    if is_sentence and isinstance(one, str) and isinstance(other, str):
        numbers = [[float(found) for found in re.findall(NUMBER, text)] for text in (one, other)]
        alike = NUMBER.sub("#", one) == NUMBER.sub("#", other)
        return alike and all(same(*pair) for pair in zip(*numbers, strict=True))
    if isinstance(one, float) or isinstance(other, float):
        if one is None or other is None:
            return one is other
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=1e-12)
    return one == other
