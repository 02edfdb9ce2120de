"""Operations that Ibis does not compile for an engine as it should, put in words that it does."""

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.expr.datatypes import float64

_MICROSECONDS_OF_A_SECOND = 1_000_000


def rewritten_for(expression: ir.Table, adapter_type: str) -> ir.Table:
    """The expression with what the engine's compiler lacks said in another way."""
    if adapter_type == "spark":
        # Before its backend is loaded Ibis cannot compile floats for Spark.
        _ = ibis.pyspark
    if adapter_type not in _REWRITES:
        return expression
    rewritten: ir.Table = expression.op().replace(_REWRITES[adapter_type]).to_expr()
    return rewritten


def _function(name: str, arguments: tuple[str, ...], result: str) -> Callable[..., ir.Value]:
    """A function of the engine by its name."""

    def declared(*_: Any) -> None:
        """Ibis asks for a body, which is not run."""

    declared.__signature__ = Signature(  # type: ignore[attr-defined]
        [Parameter(f"a{i}", Parameter.POSITIONAL_ONLY) for i in range(len(arguments))]
    )
    made: Callable[..., ir.Value] = ibis.udf.scalar.builtin(
        declared, name=name, signature=(arguments, result)
    )
    return made


_UNIX_MICROS = _function("unix_micros", ("timestamp",), "int64")
_PMOD = _function("pmod", ("int64", "int64"), "int64")
_IS_NULL = _function("isnull", ("float64",), "boolean")
_IS_NOT_NULL = _function("isnotnull", ("float64",), "boolean")


def _for_spark(node: Any, values: dict[str, Any] | None) -> Any:
    made = node.__recreate__(values) if values else node
    if isinstance(made, ops.Literal) and made.dtype.is_floating() and made.value is not None:
        # Spark reads a number without an exponent as a decimal, which sums to a decimal.
        return ops.Cast(made, to=float64)
    if isinstance(made, ops.ExtractMicrosecond):
        # Its compiler has no such operation.
        micros = _UNIX_MICROS(made.arg.to_expr())
        return _PMOD(micros, _MICROSECONDS_OF_A_SECOND).cast(made.dtype).op()
    if isinstance(made, ops.IsNull | ops.NotNull) and made.arg.dtype.is_floating():
        # Ibis takes NaN for NULL here, and on no other engine.
        is_null = _IS_NULL if isinstance(made, ops.IsNull) else _IS_NOT_NULL
        return is_null(made.arg.to_expr()).op()
    if isinstance(made, ops.CountStar) and made.where is not None:
        # Compiled to a sum, which is NULL where the condition never has a value.
        counted = made.where.to_expr().ifelse(1, ibis.null("int8"))
        return counted.count().op()
    if isinstance(made, ops.ArrayLength):
        # The length of no list is -1 here.
        return ops.IfElse(ops.NotNull(made.arg), made, ops.Literal(None, made.dtype))
    return made


def _for_snowflake(node: Any, values: dict[str, Any] | None) -> Any:
    made = node.__recreate__(values) if values else node
    if isinstance(made, ops.ArrayIndex):
        # Of no type there.
        return ops.Cast(made, to=made.dtype)
    return made


# Databricks reads Spark's SQL, and Ibis compiles both alike.
_REWRITES = {"databricks": _for_spark, "snowflake": _for_snowflake, "spark": _for_spark}
