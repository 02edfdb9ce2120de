"""Builds that read what changed leave what a build from nothing leaves, through the real dbt."""

import random
from datetime import datetime

import pytest

from .host_project import PUBLIC_TABLES
from .test_robustness import is_same, kill_at_node, without_floats

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

UNIT_DAYS, UNIT_HISTORIES = "int_experiment_unit_days", "int_experiment_unit_histories"
INCREMENTAL = (UNIT_DAYS, UNIT_HISTORIES, "fct_experiment_moments")
TABLES = (*INCREMENTAL, "int_experiment_timeline", *PUBLIC_TABLES)
# What a warehouse does to its rows; each is followed by a build that is killed.
CHANGES = (
    (
        # Late events, one of them an outlier, and a unit that was exposed long ago.
        "insert into raw.orders values (7, timestamp '2026-01-07 23:59:59.999999', 1e12, 1)",
        "insert into raw.orders select user_id, ordered_at, amount + 1e8, items from raw.orders "
        "where user_id % 50 = 3",
        "insert into raw.exposures values ('checkout', 9001, 'one_page', timestamp '2026-01-05')",
    ),
    (
        # Duplicates, deletions, and an exposure that turns out to be earlier.
        "insert into raw.orders select * from raw.orders where user_id % 40 = 1",
        "delete from raw.orders where user_id % 30 = 2",
        "delete from raw.visits where visited_at::date = date '2026-01-08'",
        "update raw.exposures set exposed_at = exposed_at - interval 3 hour "
        "where user_id in (11, 12)",
    ),
    (
        # The outlier goes, values swap between two users, a unit gets another variant.
        "delete from raw.orders where amount > 1e11",
        "update raw.orders set user_id = case user_id when 21 then 22 else 21 end "
        "where user_id in (21, 22)",
        "update raw.exposures set variant_id = 'two_pages' where user_id = 13",
        "delete from raw.exposures where user_id = 14",
    ),
)


@pytest.fixture
def project(tiny_built, tmp_path):
    """The small shop after a good build."""
    return tiny_built.copied_to(tmp_path / "project")


def contents(project, tables):
    """Every row, without what a build writes of itself, empty partitions and earlier definitions.

    Results of an earlier definition stay, and are marked; a full refresh forgets them.
    """
    found = {}
    for table in tables:
        rows = project.query(f"select * from {table}")
        rows = [row for row in rows if row.get("inputs_hash") != -1]
        rows = [row for row in rows if row.get("is_current", True)]
        for row in rows:
            row.pop("computed_at", None)
        found[table] = sorted(rows, key=lambda row: str(without_floats(row)))
    return found


def run(project, *arguments):
    """Models without their tests."""
    done = project.dbt("run", *arguments)
    assert done.code == 0, done.output


def row_ids(project):
    """Where each row of the incremental tables lies: a row that is written again moves."""
    return {
        table: project.query(f"select rowid, inputs_hash from {table} order by rowid")
        for table in INCREMENTAL
    }


def test_a_build_on_the_same_data_writes_no_row_of_the_incremental_tables_again(project):
    before = row_ids(project)
    run(project)
    assert row_ids(project) == before
    assert all(before.values())


def test_a_late_event_is_computed_for_its_own_day_alone(project):
    at = datetime(2026, 1, 10, 12)
    before = {row["partition_key"]: row for row in markers(project)}
    project.execute(f"insert into raw.orders values (7, timestamp '{at}', 5, 1)")
    run(project)
    after = {row["partition_key"]: row for row in markers(project)}
    assert before.keys() == after.keys()
    changed = {key for key in after if after[key] != before[key]}
    assert changed == {"checkout|fct_orders|2026-01-10"}


def markers(project):
    return project.query(f"select * from {UNIT_DAYS} where unit_id is null")


def test_after_killed_builds_the_tables_are_those_of_a_full_refresh(project, tmp_path):
    """Three times the data changes and a build is killed at a random moment of its queries."""
    rng = random.Random(20260111)
    for change in CHANGES:
        project.execute(*change)
        assert kill_at_node(project, rng.randrange(8, 60), rng.random() * 0.1)
    project.edit("metrics/fct_orders.yml", "expr: items", "expr: items * 2")
    project.build()
    rebuilt = project.copied_to(tmp_path / "rebuilt")
    run(rebuilt, "--full-refresh")
    found, expected = contents(project, TABLES), contents(rebuilt, TABLES)
    differ = [table for table in TABLES if not is_same(found[table], expected[table])]
    assert not differ
