"""`abstats simulate`."""

import duckdb
import pytest


@pytest.mark.slow
def test_a_world_is_made_and_what_to_do_next_is_said(abstats, tmp_path):
    file = tmp_path / "demo.duckdb"
    made = abstats("simulate", "--users", 200, "--days", 2, "--seed", 3, "--database", file)
    assert made.exit_code == 0, made.output
    with duckdb.connect(str(file), read_only=True) as connection:
        (viewers,) = connection.execute("select count(*) from raw.viewers").fetchone()
        (clicks,) = connection.execute("select count(*) from raw.clicks").fetchone()
    assert viewers == 200
    assert f"clicks {clicks:,} rows" in " ".join(made.stdout.split())
    assert made.stdout.endswith("Next: `dbt deps && dbt build`, then `abstats show`.\n")


@pytest.mark.slow
def test_outside_the_demo_the_default_is_a_file_of_its_own(abstats, tmp_path, monkeypatch):
    (tmp_path / "dbt_project.yml").write_text("name: shop\nversion: 1.0.0\nprofile: shop\n")
    monkeypatch.chdir(tmp_path)
    made = abstats("simulate", "--users", 100, "--days", 1)
    assert made.exit_code == 0, made.output
    assert (tmp_path / "abstats_demo.duckdb").is_file()


@pytest.mark.slow
def test_in_the_demo_the_default_is_what_its_profile_says(abstats, tmp_path, monkeypatch):
    (tmp_path / "dbt_project.yml").write_text(
        "name: abstats_demo\nversion: 1.0.0\nprofile: abstats\n"
    )
    (tmp_path / "profiles.yml").write_text(
        "abstats: {target: duckdb, outputs: {duckdb: {type: duckdb, "
        "path: \"{{ env_var('ABSTATS_DATABASE') }}\"}}}\n"
    )
    monkeypatch.chdir(tmp_path)
    made = abstats("simulate", "--users", 100, "--days", 1, ABSTATS_DATABASE="mine.duckdb")
    assert made.exit_code == 0, made.output
    assert (tmp_path / "mine.duckdb").is_file()
    assert "`dbt deps && dbt build`" in made.stdout
    named = abstats(
        "simulate", "--users", 100, "--days", 1, "--target", "duckdb", ABSTATS_DATABASE="its.duckdb"
    )
    assert "`dbt deps && dbt build --target duckdb`" in named.stdout


def test_raw_tables_of_somebody_else_are_not_replaced(abstats, tmp_path):
    file = tmp_path / "shop.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema raw; create table raw.orders as select 1 as id")
    made = abstats("simulate", "--database", file)
    assert made.exit_code == 1
    assert "they would be replaced" in made.stderr
    with duckdb.connect(str(file), read_only=True) as connection:
        assert connection.execute("select * from raw.orders").fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("option", "value", "rule"),
    [
        ("--users", 5, "users == 5, must be >= 100"),
        ("--days", 0, "days == 0, must be >= 1"),
        ("--seed", -1, "seed == -1, must be >= 0"),
    ],
)
def test_an_argument_out_of_range_is_told_and_nothing_is_made(
    abstats, tmp_path, option, value, rule
):
    file = tmp_path / "demo.duckdb"
    made = abstats("simulate", option, value, "--database", file)
    assert made.exit_code == 1
    assert rule in made.stderr
    assert not file.exists()


def test_a_file_that_is_no_database_is_told(abstats, tmp_path):
    file = tmp_path / "junk.duckdb"
    file.write_text("hello " * 1000)
    made = abstats("simulate", "--database", file)
    assert made.exit_code == 1
    assert "junk.duckdb" in made.stderr
    assert file.read_text().startswith("hello")
