"""What makes a metric more than the mean of a total: its quantile, days, side, cap or transform."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from abstats.spec.fields import LONGEST_WINDOW_DAYS, Number, Spec, Text, Whole, broken_rule

UNIT = "unit"
"""The side of a Gini that means the randomised units themselves."""


class QuantileSpec(Spec):
    """Which quantile, and of what.

    Attributes:
        p: The share of values at or below the quantile, 0.95 for the p95.
        over: `events`: every event's value counts; `units`: every unit's total does.
    """

    p: Annotated[
        Number, Field(gt=0, lt=1, description="Share of the values at or below the quantile.")
    ]
    over: Annotated[
        Literal["events", "units"],
        Field(description="The values of single events, or one value per unit."),
    ] = "events"


class RetentionSpec(Spec):
    """The days after exposure on which a unit must come back.

    A day is 24 hours, counted from the instant of the unit's exposure.

    Attributes:
        from_day: First day that counts; 0 is the day that begins with the exposure.
        to_day: The day before which it ends: days [from_day, to_day).
    """

    from_day: Annotated[
        Whole,
        Field(ge=0, description="First day that counts; 0 begins with the exposure."),
    ]
    to_day: Annotated[
        Whole,
        Field(
            gt=0,
            le=LONGEST_WINDOW_DAYS,
            description="First day that no longer counts; after from_day.",
        ),
    ]

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.to_day <= self.from_day:
            message = f"== from day {self.from_day} to day {self.to_day}"
            hint = "to_day is the first day that no longer counts."
            raise broken_rule(message, "to_day must be > from_day", hint)
        return self


class GiniSpec(Spec):
    """Whose totals are compared.

    Attributes:
        over: Name of an entity of the fact, or `unit` for the randomised units.
    """

    over: Annotated[
        Text,
        Field(description="Entity of the fact whose totals are compared, or `unit`."),
    ]


class WinsorizeSpec(Spec):
    """The frozen cap of a unit's value; exactly one of the two is given.

    Attributes:
        upper: Quantile of the units' values at which the cap is frozen; None for a declared cap.
        upper_value: The cap itself, in the metric's own unit; None for a quantile.
    """

    upper: Annotated[
        Number | None,
        Field(gt=0.5, lt=1, description="Quantile of the units' values that becomes the cap."),
    ] = None
    upper_value: Annotated[
        Number | None, Field(description="The cap itself, in the metric's own unit.")
    ] = None

    @model_validator(mode="after")
    def _has_one_cap(self) -> Self:
        if (self.upper is None) == (self.upper_value is None):
            message = "has no cap" if self.upper is None else "has two caps"
            raise broken_rule(message, "must have exactly one of upper and upper_value")
        return self


class TransformSpec(Spec):
    """What becomes of a unit's value before it is averaged.

    Attributes:
        function: `log1p`: log(1 + value); `above`: 1 where the value is above the bound, else 0.
        above: The bound; None for log1p.
    """

    function: Annotated[
        Literal["log1p", "above"], Field(description="log1p, or above a bound (0 or 1).")
    ]
    above: Annotated[
        Number | None,
        Field(description="The value that a unit must be above to count as 1."),
    ] = None

    @model_validator(mode="after")
    def _has_the_bound_it_needs(self) -> Self:
        if (self.function == "above") != (self.above is not None):
            message = (
                f"== {self.function!r} {'without' if self.above is None else 'beside'} a bound"
            )
            raise broken_rule(message, "must be log1p, or {above: <number>}")
        return self


def as_transform(value: object) -> object:
    """The short ways to write a transform: `log1p` and `{above: 30}`."""
    if isinstance(value, str):
        return {"function": value}
    if isinstance(value, dict) and "above" in value:
        return {"function": "above", **value}
    return value
