"""Operations that Ibis does not compile for an engine as it should, put in words that it does."""

from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.expr.datatypes import float64

_MICROSECONDS_OF_A_SECOND = 1_000_000


def rewritten_for(expression: ir.Table, adapter_type: str) -> ir.Table:
    """The expression with what the engine's compiler lacks said in another way."""
    if adapter_type != "spark":
        return expression
    # Before its backend is loaded Ibis cannot compile floats for Spark.
    _ = ibis.pyspark
    rewritten: ir.Table = expression.op().replace(_for_spark).to_expr()
    return rewritten


@ibis.udf.scalar.builtin(signature=(("timestamp",), "int64"))
def unix_micros(at: Any) -> Any:
    """Microseconds since 1970, a function of Spark."""


@ibis.udf.scalar.builtin(signature=(("int64", "int64"), "int64"))
def pmod(dividend: Any, divisor: Any) -> Any:
    """The remainder that is not negative, a function of Spark."""


def _for_spark(node: Any, values: dict[str, Any] | None) -> Any:
    made = node.__recreate__(values) if values else node
    if isinstance(made, ops.ExtractMicrosecond):
        # Its compiler has no such operation.
        micros = unix_micros(made.arg.to_expr())
        return pmod(micros, _MICROSECONDS_OF_A_SECOND).cast(made.dtype).op()
    if isinstance(made, ops.Literal) and made.dtype.is_floating() and made.value is not None:
        # Spark reads a number without an exponent as a decimal, which sums to a decimal.
        return ops.Cast(made, to=float64)
    return made
