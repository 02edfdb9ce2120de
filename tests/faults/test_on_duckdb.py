"""Builds on DuckDB that are killed or refused; a reader opens the file after each of them."""

import random
from collections.abc import Iterator

import duckdb
import pytest

from . import shop
from .contents import differing
from .kills import builds_killed, first_builds_killed, kills_on
from .limits import with_permissions, with_small_files
from .warehouses import DuckDBFile
from .worlds import BUILD, World, world_on

pytestmark = [pytest.mark.dbt, pytest.mark.slow]


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("duckdb")
    with world_on(DuckDBFile(folder), folder / "world") as made:
        yield made


def refused(world: World, **how) -> str:
    """What a build says that is refused, in one line; its unfinished tables are the old ones."""
    before = world.warehouse.contents()
    shop.read(world.warehouse, "after")
    ended = world.dbt.run(*BUILD, **how)
    assert ended.code == 1, ended.output
    assert "Traceback" not in ended.output
    after = world.warehouse.contents()
    assert not differing(after, before, world.undisturbed["after"])
    assert after["fct_experiment_decisions"] == before["fct_experiment_decisions"]
    return " ".join(ended.output.split())


def test_killed_builds_leave_whole_tables_that_the_next_build_heals(world, record_property):
    """Rows come and go between the builds, so that old and new tables differ."""
    rng = random.Random(20260105)
    first, later = kills_on("duckdb")
    first_builds_killed(world, rng, first)
    builds_killed(world, rng, later)
    record_property("survived", f"{first + later} killed builds on DuckDB")


def test_a_full_disk_is_told_and_changes_no_table(world):
    said = refused(world, program=with_small_files)
    assert f"database == '{world.warehouse.file}', cannot grow: the disk is full" in said


def test_a_file_that_may_not_be_written_is_told(world):
    world.warehouse.file.chmod(0o444)
    try:
        said = refused(world, program=with_permissions)
    finally:
        world.warehouse.file.chmod(0o644)
    assert f"database == '{world.warehouse.file}', must be a file in a folder that this" in said


def test_a_view_of_a_bi_tool_stays_and_shows_the_new_rows(world):
    view = (
        "create or replace view main.decided as select * from analytics.fct_experiment_discoveries"
    )
    world.warehouse.execute(view)
    world.heals("after")
    with duckdb.connect(str(world.warehouse.file), read_only=True) as connection:
        seen = connection.sql("select * from main.decided").to_arrow_table().num_rows
    assert seen == len(world.undisturbed["after"]["fct_experiment_discoveries"] or ()) > 0
