"""Builds that are repeated, partial or broken."""

import os

import duckdb
import pytest

from tests.same_rows import in_order, is_same

from .host_project import PUBLIC_TABLES

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

# The second state of the data: other orders and more users.
NEW_DATA = (
    "update raw.orders set amount = amount * 2 where user_id % 3 = 0",
    "insert into raw.exposures select experiment_id, user_id + 5000, variant_id, exposed_at "
    "from raw.exposures where user_id < 50",
)


@pytest.fixture
def project(tiny_built, tmp_path):
    """The small shop after a good build."""
    return tiny_built.copied_to(tmp_path / "project")


def contents(project):
    """Every row of every public table, without the time of its computation."""
    tables = {}
    for table in PUBLIC_TABLES:
        rows = project.query(f"select * from {table}")
        for row in rows:
            row.pop("computed_at", None)
        tables[table] = in_order(rows)
    return tables


def computed_at(project, table):
    return project.query(f"select max(computed_at) as latest from {table}")[0]["latest"]


def test_part_of_the_project_builds_alone(project):
    before = computed_at(project, "fct_experiment_results")
    run = project.build("--select", "fct_experiment_results")
    assert "int_experiment_results_estimated" not in run.output
    assert computed_at(project, "fct_experiment_results") == before
    run = project.build("--select", "int_experiment_results_estimated+")
    assert "fct_experiment_moments" not in run.output
    assert computed_at(project, "fct_experiment_results") > before
    assert computed_at(project, "fct_experiment_decisions") > before


def test_slim_ci_builds_what_a_changed_fact_changes(project, tiny_built):
    before = contents(project)
    project.edit("metrics/fct_orders.sql", "    amount,", "    amount * 10 as amount,")
    state = tiny_built.root / "target"
    # What is declared in YAML is no file of a model: the package is selected as a whole.
    run = project.build("--select", "state:modified+", "package:abstats", "--state", str(state))
    assert "fct_visits" not in run.output
    after = contents(project)

    def means(tables, metric):
        return [
            row["control_mean"]
            for row in tables["fct_experiment_results"]
            if row["metric_name"] == metric and row["is_latest"]
        ]

    assert means(after, "revenue") == pytest.approx([10 * x for x in means(before, "revenue")])
    assert means(after, "visitors") == pytest.approx(means(before, "visitors"))
    hashes = [
        {row["metric_name"]: row["definition_hash"] for row in tables["dim_metrics"]}
        for tables in (before, after)
    ]
    changed = {name for name in hashes[0] if hashes[0][name] != hashes[1][name]}
    assert changed == {"revenue", "items", "revenue_per_item"}


def test_a_ratio_s_label_may_be_edited_between_builds(project):
    old = project.row("dim_metrics", metric_name="revenue_per_item")
    project.edit("metrics/fct_orders.yml", "label: Revenue per item", "label: Price paid per item")
    project.build()
    new = project.row("dim_metrics", metric_name="revenue_per_item")
    assert new["label"] == "Price paid per item"
    assert new["definition_hash"] == old["definition_hash"]


def test_a_build_that_fails_half_way_leaves_the_last_good_tables(project):
    before = contents(project)
    project.execute(*NEW_DATA)
    # A view that can be made and not be read.
    project.edit(
        "metrics/fct_orders.sql",
        "    amount,",
        "    cast('x' || cast(amount as varchar) as double) as amount,",
    )
    run = project.dbt("build")
    assert run.code != 0
    assert "int_experiment_unit_measures" in run.output
    assert contents(project) == before


def test_ids_of_a_fact_that_are_no_ids_of_the_log_are_nobody(tiny_installed, tiny_built, tmp_path):
    """Orders of guests have no number; the log's ids are numbers."""
    guests = tiny_installed.copied_to(tmp_path / "guests")
    guests.execute(
        "alter table raw.orders alter user_id type varchar",
        "insert into raw.orders values ('guest', timestamp '2026-01-06', 3, 1)",
    )
    guests.build()
    found, expected = contents(guests), contents(tiny_built)
    assert is_same(found["fct_experiment_results"], expected["fct_experiment_results"])


def test_a_database_that_is_in_use_is_told_in_words(tiny_built, tmp_path):
    locked = tiny_built.copied_to(tmp_path / "locked")
    with duckdb.connect(str(locked.database)):
        run = locked.dbt("build")
    assert run.code != 0
    assert f"is in use by another process, PID {os.getpid()}" in " ".join(run.output.split())
    assert "Traceback" not in run.output
