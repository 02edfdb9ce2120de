"""Tables of a Spark metastore over the Parquet files of a demo world."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from abstats.demo.simulation import SimulationError
from abstats.demo.write_parquet import ParquetTable

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def register_in_spark(tables: Sequence[ParquetTable], session: "SparkSession") -> None:
    """Let schema `raw` name the files; Spark reads them where they are.

    Raises:
        SimulationError: schema raw has tables of these names that no simulation wrote.
    """
    names = {table.name for table in tables}
    session.sql("create schema if not exists raw")
    found = {row.tableName for row in session.sql("show tables in raw").collect()} & names
    if found and "true_effects" not in found:
        raise SimulationError(
            "Spark has tables in schema raw that are not of a simulation "
            f"({', '.join(sorted(found))}): they would be replaced. Name another warehouse."
        )
    for table in tables:
        place = table.folder.resolve().as_uri()
        # Of tables over files that are there, dropping forgets the name and leaves the files.
        session.sql(f"drop table if exists raw.{table.name}")
        session.sql(f"create table raw.{table.name} using parquet location '{place}'")
        if table.is_by_day:
            session.sql(f"alter table raw.{table.name} recover partitions")
