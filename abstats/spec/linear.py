"""The expression of a composite: a weighted sum of its inputs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp


class NotLinearError(ValueError):
    """An expression that is no weighted sum; its text says where, after the expression."""


@dataclass(frozen=True)
class _Sum:
    """constant + weights . inputs."""

    constant: float = 0.0
    weights: dict[str, float] = field(default_factory=dict)

    def times(self, factor: float) -> "_Sum":
        weights = {name: factor * weight for name, weight in self.weights.items()}
        return _Sum(factor * self.constant, weights)


def weights_of(expression: str) -> dict[str, float]:
    """The weight of each input: "0.2 * minutes + 5 * orders" -> {"minutes": 0.2, "orders": 5.0}.

    Raises:
        NotLinearError: The expression is no sum of inputs with numeric weights other than 0.
    """
    try:
        (tree,) = sqlglot.parse(expression)
    except (sqlglot.errors.SqlglotError, ValueError):
        raise NotLinearError("cannot be read") from None
    if tree is None:
        raise NotLinearError("is empty")
    total = _sum(tree)
    if total.constant:
        raise NotLinearError(f"has the constant {total.constant:g}, which changes no effect")
    for name, weight in total.weights.items():
        if weight == 0:
            raise NotLinearError(f"gives {name!r} the weight 0")
    if not total.weights:
        raise NotLinearError("names no input")
    return total.weights


def _sum(node: exp.Expr) -> _Sum:
    if isinstance(node, exp.Literal) and not node.is_string:
        return _Sum(float(node.this))
    if isinstance(node, exp.Column) and not node.table:
        return _Sum(weights={node.name: 1.0})
    if isinstance(node, exp.Paren | exp.Neg):
        return _sum(node.this).times(-1.0 if isinstance(node, exp.Neg) else 1.0)
    combine = COMBINED.get(type(node))
    if combine is None:
        raise NotLinearError(f"has {node.sql()!r}")
    return combine(_sum(node.this), _sum(node.expression))


def _plus(left: _Sum, right: _Sum) -> _Sum:
    names = {**left.weights, **right.weights}
    weights = {name: left.weights.get(name, 0.0) + right.weights.get(name, 0.0) for name in names}
    return _Sum(left.constant + right.constant, weights)


def _minus(left: _Sum, right: _Sum) -> _Sum:
    return _plus(left, right.times(-1.0))


def _product(left: _Sum, right: _Sum) -> _Sum:
    if left.weights and right.weights:
        raise NotLinearError("multiplies inputs with each other")
    return right.times(left.constant) if right.weights else left.times(right.constant)


def _quotient(left: _Sum, right: _Sum) -> _Sum:
    if right.weights:
        raise NotLinearError("divides by an input")
    if right.constant == 0:
        raise NotLinearError("divides by 0")
    return left.times(1 / right.constant)


COMBINED: Mapping[type[exp.Expr], Callable[[_Sum, _Sum], _Sum]] = {
    exp.Add: _plus,
    exp.Sub: _minus,
    exp.Mul: _product,
    exp.Div: _quotient,
}
"""What becomes of two sides, by their operator."""
