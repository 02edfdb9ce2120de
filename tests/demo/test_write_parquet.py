"""The demo world as Parquet files."""

from pathlib import Path

import duckdb
import pytest

from abstats.demo import SimulationError, simulate
from abstats.demo.write_parquet import write_parquet


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("world") / "world.duckdb"
    simulate(file, users=100, days=1)
    return file


def test_files_have_the_rows_of_the_tables_and_logs_a_folder_for_each_day(world, tmp_path):
    folder = tmp_path / "parquet"
    for _ in range(2):
        tables = write_parquet(world, folder)
    with duckdb.connect(str(world), read_only=True) as source:
        for table in tables:
            files = f"read_parquet('{table.folder}/**/*.parquet', hive_partitioning = false)"
            difference = source.sql(f"""
                (from raw.{table.name} except all from {files})
                union all (from {files} except all from raw.{table.name})
            """)
            assert difference.fetchall() == [], table.name
        days = source.sql("select distinct cast(shown_at as date)::text from raw.impressions")
        wanted = {f"day={day}" for (day,) in days.fetchall()}
    assert {path.name for path in (folder / "impressions").iterdir()} == wanted
    assert {table.name for table in tables if not table.is_by_day} >= {"viewers", "true_effects"}


def test_a_folder_of_somebody_else_is_not_replaced(world, tmp_path):
    (tmp_path / "orders.parquet").write_text("mine")
    with pytest.raises(SimulationError, match="no simulation wrote"):
        write_parquet(world, tmp_path)
    assert (tmp_path / "orders.parquet").read_text() == "mine"
