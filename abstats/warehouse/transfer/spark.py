"""Arrow tables to and from the Spark session in which dbt runs (its method `session`)."""

from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def read_table(handle: Any, relation: str) -> pa.Table:
    """All rows of a relation; instants are times in UTC without a zone.

    Raises:
        NotImplementedError: dbt runs no session in this process.
    """
    rows: pa.Table = _session(handle).sql(f"select * from {relation}").toArrow()
    return rows.cast(pa.schema([field.with_type(_naive(field.type)) for field in rows.schema]))


def write_temporary_table(handle: Any, name: str, rows: pa.Table) -> None:
    """Create or replace a temporary view of the rows.

    Raises:
        NotImplementedError: dbt runs no session in this process.
    """
    schema = pa.schema([field.with_type(_written(field.type)) for field in rows.schema])
    frame = _session(handle).createDataFrame(rows.cast(schema))
    frame.coalesce(1).createOrReplaceTempView(name)


def _session(handle: Any) -> "SparkSession":
    """The one that dbt-spark uses; it makes it at its first statement."""
    if "session" not in type(handle).__module__:
        raise NotImplementedError(
            "On Spark, Python models run with the method `session` of the dbt profile only."
        )
    from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra of its own

    return SparkSession.builder.getOrCreate()


def _naive(type_: pa.DataType) -> pa.DataType:
    return pa.timestamp("us") if pa.types.is_timestamp(type_) else type_


def _written(type_: pa.DataType) -> pa.DataType:
    """Parquet has no column without a type, and tables of ours hold instants."""
    if pa.types.is_null(type_):
        return pa.string()
    return pa.timestamp("us", tz="UTC") if pa.types.is_timestamp(type_) else type_
