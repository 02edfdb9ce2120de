import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import abstats.demo.simulation
import abstats.demo.world
from abstats.demo import SimulationError, simulate

TABLES = (
    "viewers",
    "movies",
    "movie_genres",
    "ratings",
    "requests",
    "experiment_exposures",
    "page_loads",
    "impressions",
    "clicks",
    "watches",
    "orders",
)


def contents(path: Path) -> dict[str, list[tuple]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return {
            table: connection.sql(f"select * from raw.{table} order by all").fetchall()
            for table in TABLES
        }


def true_effects(path: Path) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.sql("select * from raw.true_effects order by all").fetchall()


def small(path: Path, seed: int = 5, users: int = 150) -> Path:
    simulate(path, users=users, days=3, seed=seed)
    return path


def test_the_same_seed_gives_the_same_rows(tmp_path):
    one = contents(small(tmp_path / "one.duckdb"))
    two = contents(small(tmp_path / "two.duckdb"))
    assert one == two


def test_threads_do_not_change_the_world(database, world):
    """Large enough for several threads; built twice, in a file and in memory."""
    in_memory = {
        table: world.sql(f"select * from raw.{table} order by all").fetchall() for table in TABLES
    }
    assert contents(database) == in_memory


def test_another_seed_gives_another_world(tmp_path):
    one = contents(small(tmp_path / "one.duckdb"))
    two = contents(small(tmp_path / "two.duckdb", seed=6))
    assert all(one[table] != two[table] for table in TABLES)


def test_a_second_run_replaces_the_first(tmp_path):
    path = small(tmp_path / "world.duckdb", seed=6)
    small(path)
    assert contents(path) == contents(small(tmp_path / "fresh.duckdb"))


def test_the_world_does_not_depend_on_how_it_is_cut_into_chunks(tmp_path, monkeypatch):
    whole = small(tmp_path / "whole.duckdb")
    monkeypatch.setattr(abstats.demo.world, "CHUNK_USERS", 40)
    cut = small(tmp_path / "cut.duckdb")
    assert contents(whole) == contents(cut)
    for row, other in zip(true_effects(whole), true_effects(cut), strict=True):
        assert row[:4] == other[:4]
        assert row[4:] == pytest.approx(other[4:], rel=1e-9, abs=1e-12)


def test_progress_rises_from_0_to_1(tmp_path):
    seen = []
    simulate(tmp_path / "w.duckdb", users=100, days=1, progress=lambda *step: seen.append(step))
    fractions = [fraction for _, fraction in seen]
    assert fractions[0] == 0
    assert fractions[-1] == 1
    assert fractions == sorted(fractions)
    assert all(label for label, _ in seen)


def test_what_else_is_in_the_database_stays(tmp_path):
    path = tmp_path / "world.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema raw; create table raw.mine as select 42 as answer")
        connection.execute("create table main.mine as select 43 as answer")
    small(path)
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.sql("select answer from raw.mine").fetchone() == (42,)
        assert connection.sql("select answer from main.mine").fetchone() == (43,)


def break_last_step(monkeypatch):
    read = abstats.demo.world._sql
    monkeypatch.setattr(
        abstats.demo.world,
        "_sql",
        lambda name: "select error('broken')" if name == "write_true_effects" else read(name),
    )


def break_publishing(monkeypatch):
    def create_and_break(connection):
        abstats.demo.world.create_tables(connection)
        connection.execute("select error('broken')")

    monkeypatch.setattr(abstats.demo.simulation, "create_tables", create_and_break)


@pytest.mark.parametrize("break_it", [break_last_step, break_publishing])
def test_a_run_that_fails_leaves_the_old_tables(tmp_path, monkeypatch, break_it):
    path = small(tmp_path / "world.duckdb")
    before = contents(path), true_effects(path)
    break_it(monkeypatch)
    with pytest.raises(SimulationError, match="broken"):
        small(path, seed=6)
    assert (contents(path), true_effects(path)) == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("break_it", [break_last_step, break_publishing])
def test_a_first_run_that_fails_leaves_no_file(tmp_path, monkeypatch, break_it):
    break_it(monkeypatch)
    with pytest.raises(SimulationError, match="broken"):
        small(tmp_path / "world.duckdb")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"users": 99}, "users == 99, must be >= 100"),
        ({"days": 0}, "days == 0, must be >= 1"),
        ({"seed": -1}, "seed == -1, must be >= 0"),
    ],
)
def test_an_argument_out_of_range_is_named_and_nothing_is_written(tmp_path, arguments, message):
    with pytest.raises(ValueError, match=message):
        simulate(tmp_path / "world.duckdb", **arguments)
    assert list(tmp_path.iterdir()) == []


HOLD = """
import sys
import duckdb
held = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.readline()
"""


def test_a_database_in_use_is_reported_with_the_process_that_uses_it(tmp_path):
    path = tmp_path / "world.duckdb"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(
            SimulationError, match=rf"must not be open in another process \(PID {holder.pid}\)"
        ):
            small(path)
        holder.communicate(b"done\n")


def test_a_file_that_is_no_database_is_reported_and_kept(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be read as one" * 100)
    with pytest.raises(SimulationError, match="cannot be opened"):
        small(path)
    assert path.exists()


def test_a_missing_folder_is_reported(tmp_path):
    with pytest.raises(SimulationError, match="its folder must exist"):
        small(tmp_path / "nowhere" / "world.duckdb")
