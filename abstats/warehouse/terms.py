"""What a metric's columns are made of: values of a unit's events in a period."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, NamedTuple

from abstats.spec.hashing import short_hash
from abstats.spec.measure import Measure

Form = Literal["number", "count", "boolean", "text"]
"""How an event's value is projected: as a double, as 1 where it is not NULL, as 0 or 1, as text."""

_FORMS: dict[str, Form] = {"count": "count", "sum_boolean": "boolean", "count_distinct": "text"}
# Names of states have a column's place in every engine: Postgres cuts names at 63 characters.
_LONGEST_SLUG = 20


class Period(NamedTuple):
    """The time, counted from a unit's exposure, whose events count.

    Attributes:
        since: Where it begins; negative before the exposure.
        until: Where it ends, exclusive; None: with the experiment's own window, or, if it has
            none, with the experiment.
        past_end: Where given, it ends so long after the experiment's exposures do, whatever
            windows there are.
    """

    since: timedelta
    until: timedelta | None
    past_end: timedelta | None = None

    @property
    def is_before_exposure(self) -> bool:
        """Whether it makes a covariate."""
        return self.since < timedelta()

    @property
    def name(self) -> str:
        """Its place in a column's name: `7d`, `1d_to_8d`, `before_14d`, `experiment`."""
        if self.is_before_exposure:
            return f"before_{_length(-self.since)}"
        if self.past_end is not None:
            return f"end_{_length(self.past_end)}"
        end = "experiment" if self.until is None else _length(self.until)
        return f"{_length(self.since)}_to_{end}" if self.since else end


@dataclass(frozen=True)
class Term:
    """A value that a unit's events in a period have, and its weight in a column of a metric.

    Attributes:
        measure: How the events become the value.
        period: The events that count.
        is_any: 1 for a unit with a qualifying event, else 0, in place of the measure's own value.
        weight: What the value is multiplied by.
        frozen_scale: Column of the frozen standard deviation that it is divided by, or None.
        instants: When qualifying events happened, in place of their value: the first, or all.
        point: In place of the value, how many events have one (0), or one at or below this point
            (counted from 1) of the frozen grid.
        grid: Name of the grid of `point`.
    """

    measure: Measure
    period: Period
    is_any: bool = False
    weight: float = 1.0
    frozen_scale: str | None = None
    instants: Literal["first", "all"] | None = None
    point: int | None = None
    grid: str = ""

    @property
    def form(self) -> Form:
        """How the value of one event is projected."""
        return form_of(self.measure)

    @property
    def event_column(self) -> str:
        """The column of the fact's events; terms that read the same value share it.

        It is named by what it holds, so that it has the same name in every build.
        """
        measure = self.measure
        content = [measure.fact, measure.fact_checksum, self.form, measure.expr, measure.filter]
        slug = re.sub(r"\W+", "_", measure.expr.lower()).strip("_")[:_LONGEST_SLUG].strip("_")
        return f"{slug}_{short_hash(content)[:8]}"


def form_of(measure: Measure) -> Form:
    """How the value of one event of a measure is projected."""
    return _FORMS.get(measure.agg, "number")


def _length(length: timedelta) -> str:
    hours = int(length.total_seconds() // 3600)
    return f"{hours}h" if hours % 24 else f"{hours // 24}d"
