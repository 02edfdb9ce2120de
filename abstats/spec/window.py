"""How long after its exposure a unit is followed."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from abstats.spec.fields import LONGEST_WINDOW_DAYS, Spec, Whole, broken_rule


class Window(Spec):
    """Time from a unit's exposure to the end of its count; days and hours add up.

    Attributes:
        days: Days of 24 hours.
        hours: Hours on top of the days.
    """

    days: Annotated[Whole, Field(ge=0, description="Days of 24 hours.")] = 0
    hours: Annotated[Whole, Field(ge=0, description="Hours, on top of the days.")] = 0

    @property
    def total_hours(self) -> int:
        """The whole window in hours."""
        return 24 * self.days + self.hours

    @property
    def duration(self) -> timedelta:
        """The whole window."""
        return timedelta(hours=self.total_hours)

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if not 0 < self.total_hours <= 24 * LONGEST_WINDOW_DAYS:
            rule = f"must be > 0 hours and <= {LONGEST_WINDOW_DAYS} days"
            raise broken_rule(f"== {self.days} days and {self.hours} hours", rule)
        return self


def equally_long(window: Window | None, other: Window | None) -> bool:
    """Whether two declared windows follow a unit for the same time; none is like none only."""
    if window is None or other is None:
        return window is other
    return window.duration == other.duration
