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
        columns: Column name -> SQL type: text, double, bigint, boolean, date or timestamp.
        rows: One value per column each.
        adapter_type: dbt's name of the engine.

    Raises:
        ValueError: a row has another number of values than there are columns.
    """
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"row has {len(row)} values, must have {len(columns)}.")
    # A row of NULLs that no filter lets through gives columns their types when there are no rows.
    literals = [tuple(_literal(value) for value in row) for row in rows]
    # `exp.values` takes names as text, which would not be quoted.
    values = exp.Values(
        expressions=[exp.convert(row) for row in literals or [(None,) * len(columns)]],
        alias=exp.TableAlias(
            this=exp.to_identifier("declared"),
            columns=[exp.to_identifier(name, quoted=True) for name in columns],
        ),
    )
    select = exp.select(
        *(
            exp.cast(exp.column(name, quoted=True), type_).as_(name, quoted=True)
            for name, type_ in columns.items()
        )
    ).from_(values)
    if not rows:
        select = select.where("1 = 0")
    return select.sql(dialect=sqlglot_dialect(adapter_type), pretty=True)


def _literal(value: Value) -> str | int | bool | exp.Expr | None:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        # Without an exponent an engine reads a decimal, whose conversion may lose the last digit.
        digits = repr(abs(value))
        literal = exp.Literal.number(digits if "e" in digits else f"{digits}e0")
        # sqlglot reads a signed literal anew, and drops the exponent.
        return exp.Neg(this=literal) if value < 0 else literal
    return value
