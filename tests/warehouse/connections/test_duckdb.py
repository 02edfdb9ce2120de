"""Read-only connections from dbt credentials."""

from types import SimpleNamespace

import duckdb
import pytest

from abstats.warehouse.connections import WarehouseError, connect_read_only
from abstats.warehouse.connections.duckdb import explained, explained_write


def credentials(path, adapter="duckdb"):
    return SimpleNamespace(type=adapter, path=str(path))


def test_a_connection_reads_and_cannot_write(tmp_path):
    file = tmp_path / "a.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create table numbers as select 1 as n")
    opened = connect_read_only(credentials(file))
    assert opened.table("numbers").to_pyarrow().to_pydict() == {"n": [1]}
    with pytest.raises(duckdb.Error, match="read-only"):
        opened.raw_sql("create table more as select 1 as n")
    opened.disconnect()


def test_an_adapter_that_is_not_supported_is_told_with_those_that_are():
    with pytest.raises(
        WarehouseError, match=r"type == 'snowflak'.*results from: duckdb.*Did you mean 'snowflake'"
    ):
        connect_read_only(credentials("x", "snowflak"))


def test_a_missing_file_is_not_made(tmp_path):
    file = tmp_path / "none.duckdb"
    with pytest.raises(WarehouseError, match="there is no such file"):
        connect_read_only(credentials(file))
    assert not file.exists()


def test_a_file_that_is_no_database_is_told(tmp_path):
    file = tmp_path / "junk.duckdb"
    file.write_text("hello " * 1000)
    with pytest.raises(WarehouseError, match="must be a DuckDB database file"):
        connect_read_only(credentials(file))


@pytest.mark.parametrize("path", [":memory:", "md:shop", "s3://bucket/a.duckdb"])
def test_a_database_that_is_no_local_file_is_told(path):
    with pytest.raises(WarehouseError, match="must be a"):
        connect_read_only(credentials(path))


def test_a_token_in_a_path_is_not_repeated():
    with pytest.raises(WarehouseError, match="'md:shop'") as raised:
        connect_read_only(credentials("md:shop?motherduck_token=planted"))
    assert "planted" not in str(raised.value)
    assert "planted" not in explained("md:shop?motherduck_token=planted", "no md:...token=planted")


def test_a_file_that_cannot_grow_or_be_written_is_told_with_what_helps():
    said = explained_write(
        "a.duckdb", 'IO Error: Could not write file "a": No space left on device'
    )
    assert said is not None
    assert said.startswith("database == 'a.duckdb', cannot grow: the disk is full")
    assert "make room" in said
    assert said.endswith("No space left on device")
    said = explained_write("a.duckdb", 'IO Error: Cannot open file "a": Permission denied')
    assert said is not None
    assert "that this user may write" in said
    assert explained_write("a.duckdb", "Parser Error: syntax error") is None


def test_a_database_that_is_opened_for_reading_only_is_told(tmp_path):
    file = tmp_path / "a.duckdb"
    duckdb.connect(str(file)).close()
    with (
        duckdb.connect(str(file), read_only=True) as connection,
        pytest.raises(duckdb.Error) as raised,
    ):
        connection.execute("create table numbers as select 1 as n")
    said = explained_write(file, str(raised.value))
    assert said is not None
    assert "must be writable for a build" in said
