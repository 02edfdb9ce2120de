"""Spark: a session in dbt's process, or the demo's standalone cluster; a folder for each world."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.cost.process import REPOSITORY
from benchmarks.cost.world import tables_of
from benchmarks.engines.engine import Engine, target_of_repository

CLUSTER = REPOSITORY / "demo" / "servers" / "spark.py"
# The demo's settings are for small data.
_SETTINGS = {
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.codegen.wholeStage": "true",
    "spark.driver.memory": "4g",
    "spark.executor.memory": "1500m",
}


class Spark(Engine):
    """Parquet files by day and a metastore in a folder, made anew.

    Attributes:
        folder: The folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "raw").mkdir(parents=True)
        self.environment = {"ABSTATS_SPARK_FOLDER": str(folder)}

    @property
    def target(self) -> dict[str, Any]:
        """The demo's, with settings for data that are not small."""
        target = target_of_repository("spark")
        return {
            **target,
            "server_side_parameters": {**target["server_side_parameters"], **_SETTINGS},
        }

    def load(self, world_file: Path) -> None:
        """Write a folder for each table, the fact's in folders by day."""
        hooks = ["create schema if not exists raw"]
        with duckdb.connect(str(world_file), read_only=True) as world:
            # One file a day.
            world.execute("set threads = 1")
            for table in tables_of(world):
                place = self.folder / "raw" / table
                time = "exposed_at" if table == "exposures" else "event_at"
                world.execute(
                    f"copy (select *, cast({time} as date) as day from raw.{table}) to '{place}' "
                    "(format parquet, partition_by (day))"
                )
                hooks += [
                    f"create table if not exists raw.{table} using parquet location '{place}'",
                    f"alter table raw.{table} recover partitions",
                ]
        self.on_run_start = hooks

    def empty(self) -> None:
        """Remove the metastore and what it names; raw files stay."""
        for name in ("metastore", "warehouse"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def moments(self, experiment: str) -> list[dict[str, Any]]:
        """Read from the files of the public table."""
        files = self.folder / "warehouse" / "abstats.db" / "fct_experiment_moments" / "*.parquet"
        with duckdb.connect() as connection:
            rows = connection.execute(
                "select * from read_parquet($files) where experiment_id = $experiment",
                {"files": str(files), "experiment": experiment},
            ).to_arrow_table()
        return list(rows.to_pylist())

    @contextmanager
    def on_cluster(self, workers: int) -> Iterator[None]:
        """Meanwhile builds run on a master and so many workers of one core each."""
        place = self.folder / "cluster"
        place.mkdir(exist_ok=True)
        alone = self.environment
        try:
            master = self._cluster(place, "start", str(workers)).strip()
            self.environment = {**alone, "ABSTATS_SPARK_MASTER": master}
            processes = place / ".spark" / "cluster" / "processes.json"
            self.servers = json.loads(processes.read_text(encoding="utf-8"))
            yield
        finally:
            self.environment, self.servers = alone, ()
            self._cluster(place, "stop")

    @staticmethod
    def _cluster(place: Path, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, str(CLUSTER), *arguments],
            cwd=place,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout
