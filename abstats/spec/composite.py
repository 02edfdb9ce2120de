"""A part of a composite: a metric, its weight and the scale it is weighed on."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from abstats.spec.fields import Spec, broken_rule
from abstats.spec.measure import Measure
from abstats.spec.problems import shown

PRE_PERIOD = "pre_period"


class CompositePart(Spec):
    """One term of a composite's sum.

    Attributes:
        metric: The name that the expression calls it by: its alias, or else the metric's name.
        weight: Its coefficient, per unit of the metric or per standard deviation of it.
        standard_deviation: The declared standard deviation that it is divided by, or None.
        standardise: `none`: the metric's own unit; `declared`: divided by standard_deviation;
            `pre_period`: divided by the standard deviation frozen from the pre-period.
        kind: mean: the unit's total; proportion: 1 for a unit with a qualifying event, else 0.
        numerator: The measure of the part.
        missing: What a unit without events counts as: always zero, a score is for every unit.
    """

    metric: str
    weight: float
    standard_deviation: float | None = None
    standardise: Literal["none", "declared", "pre_period"] = "none"
    kind: Literal["mean", "proportion"]
    numerator: Measure
    missing: Literal["zero"] = "zero"


def _scale(value: object) -> object:
    if value == PRE_PERIOD:
        return value
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0 < value < float("inf")
    ):
        rule = f"must be {PRE_PERIOD} or a standard deviation > 0"
        raise broken_rule(f"== {shown(value)}", rule)
    return float(value)


Scale = Annotated[float | str, BeforeValidator(_scale)]
"""`pre_period`, or a declared standard deviation."""
