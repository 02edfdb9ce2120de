"""Builds on Postgres that are killed, cut off or refused, while others read."""

import os
import random
import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
import yaml

from tests.engines.warehouses import SCHEMA, postgres_server
from tests.parsed_dbt import Invoke

from . import shop
from .contents import TABLES, differing
from .kills import SHARE, builds_killed, first_builds_killed, kills_on
from .readers import Readers
from .servers import on_a_small_disk, standby_of
from .warehouses import PostgresDatabase
from .worlds import BUILD, World, world_on

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

DATABASE = "faults"
ONE_MODEL = (*BUILD, "--select", "int_experiments_declared")
LOCK = "pg_advisory_lock(hashtext('abstats'), hashtext('analytics'))"


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("postgres")
    # A server of its own, which is stopped in the end.
    with postgres_server() as host, world_on(PostgresDatabase(host, DATABASE), folder / "w") as it:
        yield it


@contextmanager
def session(world: World) -> Iterator:
    """A cursor of somebody else."""
    connection = psycopg2.connect(**world.warehouse.server)
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


@contextmanager
def profile(world: World, **other) -> Iterator[None]:
    """A profile that differs in this from the one that builds."""
    file = world.root / "profiles" / "profiles.yml"
    text = file.read_text()
    target = {**world.warehouse.target, **other}
    file.write_text(yaml.safe_dump({"deployment": {"target": "it", "outputs": {"it": target}}}))
    try:
        yield
    finally:
        file.write_text(text)


def said(ended) -> str:
    """What a build that failed said, in one line."""
    assert ended.code == 1, ended.output
    assert "Traceback" not in ended.output
    return " ".join(ended.output.split())


def test_killed_builds_leave_whole_tables_that_the_next_build_heals(world, record_property):
    """Rows come and go between the builds; somebody reads the tables all the time."""
    rng = random.Random(20260105)
    first, later = kills_on("postgres")
    first_builds_killed(world, rng, first)
    with Readers(world.warehouse) as readers:
        builds_killed(world, rng, later)
    readers.found_only(*world.undisturbed.values())
    record_property(
        "survived",
        f"{first + later} killed builds on Postgres, beside which {readers.reads} queries were "
        f"answered, the slowest in {readers.longest:.2f} s",
    )


def test_connections_that_are_cut_off_in_a_write_are_told_and_healed(world, record_property):
    rng = random.Random(20260106)
    cuts = round(12 * SHARE)
    found = world.warehouse.contents()
    for cut in range(cuts):
        shop.read(world.warehouse, "after" if cut % 2 else "before")
        ended = None
        seconds = world.seconds
        # Again, if the machine has become faster and the build had ended.
        while ended is None or ended.code == 0:
            # Past the start of dbt, where there is no connection yet.
            delay = seconds * (0.3 + 0.6 * (cut + rng.random()) / cuts)
            timer = threading.Timer(delay, cut_off, [world])
            timer.start()
            ended = world.dbt.run(*BUILD)
            timer.join()
            before, found = found, world.warehouse.contents()
            assert not differing(found, before, *world.undisturbed.values())
            seconds = ended.seconds
        text = said(ended)
        assert "the connection ended while it was used" in text or "was closed by the" in text
    world.heals("before")
    record_property("survived", f"{cuts} builds on Postgres whose connections were cut off")


def cut_off(world: World) -> None:
    """End all connections of the build."""
    with session(world) as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )


def test_a_build_waits_for_no_reader_and_drops_no_view_of_theirs(world):
    """A report that takes all day holds every table; others read on, and the build goes on."""
    views = [f"create view public.{table} as select * from {SCHEMA}.{table}" for table in TABLES]
    world.warehouse.execute(*views)
    with session(world) as cursor, Readers(world.warehouse) as readers:
        for table in TABLES:
            cursor.execute(f"select count(*) from {SCHEMA}.{table}")
        world.heals("after")
    readers.found_only(*world.undisturbed.values())
    with session(world) as cursor:
        for table in TABLES:
            cursor.execute(f"select count(*) from public.{table}")
            assert cursor.fetchone() == (len(world.undisturbed["after"][table] or ()),)
    world.warehouse.execute(*(f"drop view public.{table}" for table in TABLES))


def test_what_a_killed_build_left_is_ended_by_the_next(world):
    """A backend that does not see that its client is gone, in the middle of a model."""
    with session(world) as left:
        left.execute(
            f"select pg_advisory_xact_lock_shared(hashtext('abstats model'), hashtext('{SCHEMA}'))"
        )
        left.execute(f"lock table {SCHEMA}.int_experiments_declared")
        # It would wait for the table for ever.
        ended = world.dbt.run(*ONE_MODEL, kill_after=120.0)
        assert ended.code == 0, ended.output
        with pytest.raises(psycopg2.OperationalError):
            left.execute("select 1")


def test_a_process_that_lives_on_asks_for_the_lock_again_and_gives_it_back(world):
    """dbt in the process of a scheduler: refused once, let in the next time."""
    before = world.warehouse.contents()
    ended = world.dbt.run(*ONE_MODEL, program=_refused_and_let_in)
    assert ended.code == 0, ended.output
    text = " ".join(ended.output.split())
    process = re.findall(r"locked by (\d+)", text)[0]
    assert f"is being built by another dbt: server process {process}" in text
    assert "Traceback" not in ended.output
    assert not differing(world.warehouse.contents(), before)


def _refused_and_let_in(invoke: Invoke, command: list[str]) -> bool:
    from abstats.dbt_plugin import build_lock  # noqa: PLC0415 - in the process that has dbt

    build_lock.WAIT_SECONDS = 0.2
    profiles = Path(command[command.index("--profiles-dir") + 1])
    target = yaml.safe_load((profiles / "profiles.yml").read_text())["deployment"]["outputs"]["it"]
    server = {key: target[key] for key in ("host", "user", "dbname")}
    other = psycopg2.connect(**server)
    other.cursor().execute(f"select {LOCK}")
    print(f"locked by {other.info.backend_pid}")
    is_refused = not invoke(command)
    other.close()
    until = time.monotonic() + 5.0
    is_let_in = False
    # The server may take a moment to see that the other is gone.
    while not is_let_in and time.monotonic() < until:
        is_let_in = invoke(command)
    third = psycopg2.connect(**server)
    cursor = third.cursor()
    cursor.execute(f"select {LOCK.replace('pg_', 'pg_try_')}")
    return is_refused and is_let_in and cursor.fetchone() == (True,)


def test_a_role_that_may_not_write_is_told_which_right_it_lacks(world):
    world.warehouse.execute("create role poor login")
    before = world.warehouse.contents()
    with profile(world, user="poor"):
        text = said(world.dbt.run(*ONE_MODEL))
        assert "user == 'poor' may not create tables in schema 'analytics'" in text
        assert 'grant usage, create on schema "analytics" to "poor"' in text
    with profile(world, user="poor", schema="elsewhere"):
        text = said(world.dbt.run(*ONE_MODEL))
        assert "user == 'poor' may not" in text
    assert not differing(world.warehouse.contents(), before)


def test_a_role_that_finds_tables_of_another_is_told(world):
    schemas = f"raw, {SCHEMA}"
    world.warehouse.execute(
        "create role second login",
        f"grant usage, create on schema {schemas} to second",
        f"grant select on all tables in schema {schemas} to second",
    )
    before = world.warehouse.contents()
    with profile(world, user="second"):
        assert "belongs to another role" in said(world.dbt.run(*BUILD))
    assert not differing(world.warehouse.contents(), before)


def test_a_standby_is_told_from_a_server_that_writes(world):
    with standby_of(world.warehouse.server["host"]) as host, profile(world, host=host):
        assert "it only reads (a standby" in said(world.dbt.run(*ONE_MODEL))


def test_a_full_disk_is_told_and_healed(world):
    """Its tables are new ones: those that readers see are elsewhere, and filled in the end."""
    before = world.warehouse.contents()
    shop.read(world.warehouse, "after")
    with on_a_small_disk(world.warehouse, "256k"):
        assert "its disk is full" in said(world.dbt.run(*BUILD))
    assert not differing(world.warehouse.contents(), before, world.undisturbed["after"])
    world.heals("after")


def test_a_server_that_stops_is_told(world):
    """The last test: the server does not come back."""
    data = Path(world.warehouse.server["host"])
    process = int((data / "postmaster.pid").read_text().split()[0])
    stop = threading.Timer(world.seconds / 4, os.kill, [process, signal.SIGINT])
    stop.start()
    text = said(world.dbt.run(*BUILD))
    stop.join()
    assert "the connection ended while it was used" in text or "connection to server" in text
    until = time.monotonic() + 60
    while (data / "postmaster.pid").exists():
        assert time.monotonic() < until, "the server has not stopped"
        time.sleep(0.1)
    text = said(world.dbt.run(*BUILD))
    assert "connection to server" in text
    assert "Is the server running" in text
