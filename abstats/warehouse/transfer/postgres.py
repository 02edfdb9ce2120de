"""Arrow tables to and from Postgres: rows of a cursor, and `copy`."""

from io import BytesIO
from typing import Any

import pyarrow as pa
from pyarrow import csv

from abstats.warehouse.quoting import quoted

# Object ids of the types that models below the waist read (pg_type.dat of PostgreSQL).
_ARROW_OF_OID: dict[int, pa.DataType] = {
    16: pa.bool_(),
    20: pa.int64(),
    21: pa.int16(),
    23: pa.int32(),
    25: pa.string(),
    700: pa.float32(),
    701: pa.float64(),
    1043: pa.string(),
    1082: pa.date32(),
    1114: pa.timestamp("us"),
    1184: pa.timestamp("us", tz="UTC"),
}


def read_table(handle: Any, relation: str) -> pa.Table:
    """All rows of a relation.

    Raises:
        ValueError: a column has a type that is not expected below the waist.
    """
    with handle.cursor() as cursor:
        cursor.execute(f"select * from {relation}")
        columns = [(column.name, column.type_code) for column in cursor.description]
        rows = cursor.fetchall()
    unknown = [name for name, oid in columns if oid not in _ARROW_OF_OID]
    if unknown:
        raise ValueError(f"{relation}: no Arrow type is known for {', '.join(unknown)}.")
    schema = pa.schema([(name, _ARROW_OF_OID[oid]) for name, oid in columns])
    values = zip(*rows, strict=True) if rows else ([] for _ in columns)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(values, schema, strict=True)],
        schema=schema,
    )


def write_temporary_table(handle: Any, name: str, rows: pa.Table) -> None:
    """Create or replace a temporary table with the rows.

    Raises:
        ValueError: a column has a type that is not written below the waist.
    """
    columns = ", ".join(f"{quoted(field.name)} {_type_of(field)}" for field in rows.schema)
    text = BytesIO()
    # Text is quoted and NULL is not, so that an empty text stays one.
    csv.write_csv(rows, text, csv.WriteOptions(include_header=False, quoting_style="needed"))
    text.seek(0)
    with handle.cursor() as cursor:
        cursor.execute(f"drop table if exists pg_temp.{quoted(name)}")
        cursor.execute(f"create temporary table {quoted(name)} ({columns})")
        cursor.copy_expert(f"copy pg_temp.{quoted(name)} from stdin with (format csv)", text)


def _type_of(field: pa.Field) -> str:
    type_: pa.DataType = field.type
    if pa.types.is_string(type_) or pa.types.is_null(type_):
        return "text"
    if pa.types.is_floating(type_):
        return "double precision"
    if pa.types.is_integer(type_):
        return "bigint"
    if pa.types.is_boolean(type_):
        return "boolean"
    if pa.types.is_date(type_):
        return "date"
    if pa.types.is_timestamp(type_):
        return "timestamp" if type_.tz is None else "timestamptz"
    raise ValueError(f"{field.name}: no Postgres type is known for {type_}.")
