"""Builds that read what changed leave what a build from nothing leaves, through the real dbt."""

import math
import random
import re
import signal
import subprocess
import time

import pytest

from tests.same_rows import in_order, is_same

from .host_project import PUBLIC_TABLES, WITH_TIMELINE

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

UNIT_DAYS, UNIT_HISTORIES = "int_experiment_unit_days", "int_experiment_unit_histories"
MOMENTS = "int_experiment_cell_moments"
MOMENTS_SHOWN = "fct_experiment_moments"
# A covariate is centred on the mean of both arms, which one outlier moves far from a cell's values.
CORRELATION_ZERO = 1e-9
MOMENT_VALUES = {"column_a", "column_b", "n", "mean_a", "mean_b", "cov_ab"}
TOTALS = "int_experiment_unit_totals"
TABLES = (UNIT_DAYS, UNIT_HISTORIES, TOTALS, "int_experiment_timeline", *PUBLIC_TABLES)
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
        found[table] = in_order(as_correlations(rows) if table == MOMENTS_SHOWN else rows)
    return found


def as_correlations(moments):
    """Covariances of two columns as shares of the largest they could be.

    With amounts of 1e8 a small covariance is rounded in its ninth digit, by the order of adding.
    """

    def block(row):
        return str({name: row[name] for name in row if name not in MOMENT_VALUES})

    variances = {
        (block(row), row["column_a"]): row["cov_ab"]
        for row in moments
        if row["column_a"] == row["column_b"]
    }
    made = []
    for row in moments:
        a, b = (variances.get((block(row), row[name])) for name in ("column_a", "column_b"))
        is_pair = row["column_a"] != row["column_b"] and a and b
        made.append({**row, "cov_ab": row["cov_ab"] / math.sqrt(a * b)} if is_pair else row)
    return made


def test_a_covariance_that_changes_is_seen_beside_large_variances():
    def moments(covariance):
        pairs = (("y", "y", 1e16), ("x_y", "x_y", 4.0), ("y", "x_y", covariance))
        return [
            {"metric_name": "m", "column_a": a, "column_b": b, "cov_ab": v} for a, b, v in pairs
        ]

    kept, rounded, changed = (as_correlations(moments(c)) for c in (-33.0, -33.00000005, -34.0))
    assert is_same(in_order(kept), in_order(rounded), zero=CORRELATION_ZERO)
    assert not is_same(in_order(kept), in_order(changed), zero=CORRELATION_ZERO)


def run(project, *arguments):
    """Models without their tests."""
    done = project.dbt("run", *arguments)
    assert done.code == 0, done.output


def test_a_build_on_the_same_data_writes_no_row_of_the_incremental_tables_again(project):
    """A row that is written again lies elsewhere."""

    def places():
        tables = (UNIT_DAYS, UNIT_HISTORIES, MOMENTS)
        return {name: project.query(f"select rowid, inputs_hash from {name}") for name in tables}

    before = places()
    run(project)
    assert places() == before
    assert all(before.values())


def test_a_late_event_is_computed_for_its_own_day_and_seen_from_then_on(project):
    partitions = {
        UNIT_DAYS: "partition_key",
        UNIT_HISTORIES: "partition_key",
        MOMENTS: "analysis_date",
    }

    def hashes(table, partition):
        rows = project.query(
            f"select {partition} as partition, max(inputs_hash) as h from {table} group by 1"
        )
        return {str(row["partition"]): row["h"] for row in rows}

    before = {table: hashes(table, partition) for table, partition in partitions.items()}
    project.execute("insert into raw.orders values (7, timestamp '2026-01-10 12:00', 5, 1)")
    run(project)
    changed = {}
    for table, partition in partitions.items():
        after = hashes(table, partition)
        assert after.keys() == before[table].keys()
        changed[table] = {part for part in after if after[part] != before[table][part]}
    assert changed == {
        UNIT_DAYS: {"checkout|fct_orders|2026-01-10"},
        # Units exposed from that day on may have it in their past.
        UNIT_HISTORIES: {"checkout|fct_orders|2026-01-10", "checkout|fct_orders|2026-01-11"},
        MOMENTS: {"2026-01-10", "2026-01-11"},
    }


def test_after_killed_builds_the_tables_are_those_of_a_full_refresh(project, tmp_path):
    """Three times the data changes and a build is killed at a random moment of its queries."""
    rng = random.Random(20260111)
    for change in CHANGES:
        project.execute(*change)
        assert kill_at_node(project, rng.randrange(8, 60), rng.random() * 0.1)
    project.edit("metrics/fct_orders.yml", "expr: items", "expr: items * 2")
    run(project)
    rebuilt = project.copied_to(tmp_path / "rebuilt")
    run(rebuilt, "--full-refresh")
    found, expected = contents(project, TABLES), contents(rebuilt, TABLES)
    zeros = {MOMENTS_SHOWN: CORRELATION_ZERO}
    differ = [
        table
        for table in TABLES
        if not is_same(found[table], expected[table], zero=zeros.get(table, 1e-12))
    ]
    assert not differ


def kill_at_node(project, number, delay):
    """Start a build and kill it a moment after it starts its n-th node; was it still running?"""
    command = project.command("build", "--no-use-colors")
    with subprocess.Popen(command, cwd=project.root, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            node = re.search(r"(\d+) of \d+ START", line)
            if node and int(node[1]) >= number:
                time.sleep(delay)
                break
        was_running = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
    return was_running


def test_the_latest_date_alone_has_the_numbers_it_has_in_the_timeline(project):
    """`timeline: latest` reads the facts instead of the states by day."""

    def latest(table):
        rows = project.rows(table)
        for row in rows:
            for name in ("computed_at", "inputs_hash"):
                row.pop(name, None)
        return in_order(rows)

    tables = PUBLIC_TABLES
    before = {table: latest(table) for table in tables}
    run(project, "--vars", "{timeline: latest}")
    differ = [table for table in tables if not is_same(latest(table), before[table])]
    assert not differ
    for table in WITH_TIMELINE:
        assert len(project.rows(table)) == len(project.rows(table, every_date=True)), table
