"""Ibis expressions over placeholder tables, compiled to the text of a dbt SQL model.

An expression is built on tables of which only the schema is known. After compilation each
placeholder's name is replaced by the subquery that dbt's `ref()` renders, so that the model is
plain SQL to dbt: rows never leave the engine, and `--empty`, `ref` and incremental logic hold.
"""

import re
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir
from ibis.common.exceptions import OperationNotDefinedError, UnsupportedOperationError

from abstats.warehouse.dialects import ibis_backend
from abstats.warehouse.engine_rewrites import rewritten_for

_PREFIX = "abstats_placeholder_"


def placeholder(name: str, schema: Mapping[str, str]) -> ir.Table:
    """A table that stands for a subquery until `compile_expression` puts it in.

    Args:
        name: Identifier, unique within one expression.
        schema: Column name -> Ibis type.
    """
    return ibis.table(dict(schema), name=f"{_PREFIX}{name}")


def compile_expression(
    expression: ir.Table, subqueries: Mapping[str, str], adapter_type: str
) -> str:
    """SQL text of `expression` with every placeholder replaced by its subquery.

    Args:
        expression: Built on `placeholder` tables.
        subqueries: Placeholder name -> `select` statement or relation that provides its columns.
        adapter_type: dbt's name of the engine.

    Raises:
        KeyError: the expression uses a placeholder that has no subquery.
        ValueError: the engine cannot do what the expression asks.
    """
    try:
        rewritten = rewritten_for(expression, adapter_type)
        sql = str(ibis.to_sql(rewritten, dialect=ibis_backend(adapter_type)))
    except (OperationNotDefinedError, UnsupportedOperationError) as error:
        raise ValueError(
            f"adapter type == {adapter_type!r}, cannot do what a declared metric needs: {error}. "
            "Distinct values that are merged over days need lists that an engine can flatten; "
            "the var `timeline: latest` counts them without."
        ) from error
    # Quotes differ between engines; the names are ours, so no user text can match.
    return re.sub(
        rf'["`]{_PREFIX}(\w+)["`]', lambda match: f"(\n{subqueries[match.group(1)]}\n)", sql
    )
