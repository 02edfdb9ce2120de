"""Declared values (specs, metrics) as SQL rows, every literal escaped for its dialect."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlglot import exp

from abstats.warehouse.dialects import sqlglot_dialect

Value = str | int | float | bool | date | datetime | None


def literal_rows_sql(
    columns: Mapping[str, str], rows: Sequence[Sequence[Value]], adapter_type: str
) -> str:
    """A `select` that returns the rows, with typed columns also when there are none.

    Args:
        columns: Column name -> SQL type (`text`, `double`, `bigint`, `boolean`, `date`, `timestamp`).
        rows: One value per column each.
        adapter_type: dbt's name of the engine.

    Raises:
        ValueError: a row has another number of values than there are columns.
    """
    dialect = sqlglot_dialect(adapter_type)
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"row has {len(row)} values, must have {len(columns)}.")
    # A typed row that no filter lets through: it types the columns, whatever NULLs follow.
    typed = ", ".join(
        f"cast(null as {_type_sql(type_, dialect)}) as {_name_sql(name, dialect)}"
        for name, type_ in columns.items()
    )
    selects = [f"select {typed} where 1 = 0"] if not rows else []
    for row in rows:
        values = ", ".join(
            f"cast({_value_sql(value, dialect)} as {_type_sql(type_, dialect)})"
            f" as {_name_sql(name, dialect)}"
            for value, (name, type_) in zip(row, columns.items(), strict=True)
        )
        selects.append(f"select {values}")
    return "\nunion all\n".join(selects)


def _value_sql(value: Value, dialect: str) -> str:
    if isinstance(value, datetime):
        value = value.isoformat(sep=" ")
    elif isinstance(value, date):
        value = value.isoformat()
    return exp.convert(value).sql(dialect=dialect)


def _type_sql(type_: str, dialect: str) -> str:
    return exp.DataType.build(type_).sql(dialect=dialect)


def _name_sql(name: str, dialect: str) -> str:
    return exp.to_identifier(name, quoted=True).sql(dialect=dialect)
