"""Intervals drawn on a common axis around no change."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

WIDEST_TO_MEDIAN = 3.0
"""Bars longer than this many medians leave the axis, so that the others stay readable."""


class Glyphs(NamedTuple):
    """The characters of a bar.

    Attributes:
        zero: No change.
        line: Inside the interval.
        crossing: No change, inside the interval.
        lower: Lower bound.
        upper: Upper bound.
        estimate: The estimate.
        beyond_left: The interval goes on to the left of the axis.
        beyond_right: The interval goes on to the right of the axis.
        margin: A guardrail's margin.
        truth: The true effect of a simulation.
        met: The true effect in the place of the estimate.
    """

    zero: str
    line: str
    crossing: str
    lower: str
    upper: str
    estimate: str
    beyond_left: str
    beyond_right: str
    margin: str
    truth: str
    met: str


UNICODE = Glyphs("│", "─", "┼", "├", "┤", "●", "◂", "▸", "┊", "×", "⊗")
ASCII = Glyphs("|", "-", "+", "[", "]", "o", "<", ">", ":", "x", "8")


class Interval(NamedTuple):
    """What one bar shows, as fractions of the control mean.

    Attributes:
        lower: Lower bound.
        estimate: The estimate.
        upper: Upper bound.
        margin: A guardrail's margin with the sign of getting worse, or None.
        truth: The true effect, or None.
    """

    lower: float
    estimate: float
    upper: float
    margin: float | None = None
    truth: float | None = None


@dataclass(frozen=True)
class Axis:
    """A common axis from -limit to limit, with no change in the middle.

    Attributes:
        limit: Change at both ends.
        width: Columns, an odd number.
        glyphs: The characters to draw with.
    """

    limit: float
    width: int
    glyphs: Glyphs

    @classmethod
    def around(cls, intervals: Iterable[Interval], width: int, glyphs: Glyphs) -> "Axis":
        """The axis on which all intervals can be read; a few very long ones may leave it."""
        reaches = [
            max(abs(interval.lower), abs(interval.upper), abs(interval.margin or 0.0))
            for interval in intervals
        ]
        reach = min(max(reaches), WIDEST_TO_MEDIAN * median(reaches)) if reaches else 0.0
        return cls(_round_up(reach), width - 1 + width % 2, glyphs)

    def draw(self, interval: Interval | None) -> str:
        """One bar; the axis alone where there is no interval."""
        glyphs, last = self.glyphs, self.width - 1
        cells = [" "] * self.width
        cells[last // 2] = glyphs.zero
        if interval is None:
            return "".join(cells)
        lower, upper = self._column(interval.lower), self._column(interval.upper)
        for column in range(max(lower, 0), min(upper, last) + 1):
            cells[column] = glyphs.crossing if column == last // 2 else glyphs.line
        if interval.margin is not None:
            self._put(cells, interval.margin, glyphs.margin)
        self._bound(cells, lower, glyphs.lower)
        self._bound(cells, upper, glyphs.upper)
        self._put(cells, interval.estimate, glyphs.estimate)
        if interval.truth is not None:
            meets = self._column(interval.truth) == self._column(interval.estimate)
            self._put(cells, interval.truth, glyphs.met if meets else glyphs.truth)
        return "".join(cells)

    def scale(self) -> str:
        """The ends of the axis in percent, with 0 over the line of no change."""
        left, right = f"-{100 * self.limit:g}%", f"+{100 * self.limit:g}%"
        half = self.width // 2
        return f"{left:<{half}}0{right:>{half}}"

    def _column(self, change: float) -> int:
        half = self.width // 2
        if not math.isfinite(change):
            return self.width if change > 0 else -1
        # Off the axis is one column beyond its end.
        return max(min(half + round(change / self.limit * half), self.width), -1)

    def _put(self, cells: list[str], change: float, glyph: str) -> None:
        column = self._column(change)
        if 0 <= column < self.width:
            cells[column] = glyph

    def _bound(self, cells: list[str], column: int, glyph: str) -> None:
        if column < 0:
            cells[0] = self.glyphs.beyond_left
        elif column >= self.width:
            cells[-1] = self.glyphs.beyond_right
        else:
            cells[column] = glyph


def _round_up(reach: float) -> float:
    """The next of 1, 2, 3, 5 times a power of ten; 1 % where there is nothing to show."""
    if reach <= 0 or not math.isfinite(reach):
        return 0.01
    power = 10.0 ** math.floor(math.log10(reach))
    # A hair of room, so that 0.03 is not pushed to 0.05 by rounding.
    step = next((s for s in (1, 2, 3, 5) if reach <= s * power * (1 + 1e-9)), 10)
    return float(step * power)
