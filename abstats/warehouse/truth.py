"""Conditions as numbers."""

import ibis.expr.types as ir


def as_number(condition: ir.BooleanValue) -> ir.FloatingValue:
    """1 where it holds, 0 where it does not, NULL where it is unknown.

    By way of an integer, since Postgres casts no boolean to a double.
    """
    number: ir.FloatingValue = condition.cast("int32").cast("float64")
    return number
