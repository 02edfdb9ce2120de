"""Intervals drawn on a common axis around no change."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import median
from typing import NamedTuple

WIDEST_TO_MEDIAN = 3.0
"""Bars longer than this many medians leave the axis, so that the others stay readable."""

LABEL = 6
"""Columns for the label of one end of the axis."""

STEPS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
"""Ends of an axis, times a power of ten."""


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
        margin: A margin.
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
        margins: A guardrail's margin with the sign of getting worse, both of an equivalence, or
            none.
        truth: The true effect, or None.
    """

    lower: float
    estimate: float
    upper: float
    margins: tuple[float, ...] = ()
    truth: float | None = None


@dataclass(frozen=True)
class Axis:
    """A common linear axis with no change somewhere inside.

    Attributes:
        lower: Change at its left end, below 0.
        upper: Change at its right end, above 0.
        width: Columns.
        glyphs: The characters to draw with.
    """

    lower: float
    upper: float
    width: int
    glyphs: Glyphs

    @classmethod
    def around(cls, intervals: Sequence[Interval], width: int, glyphs: Glyphs) -> "Axis":
        """The axis on which all intervals can be read; a few very long ones may leave it."""
        below = [max(-i.lower, *(-margin for margin in i.margins), 0.0) for i in intervals]
        above = [max(i.upper, *i.margins, 0.0) for i in intervals]
        usual = [
            max(sides) for sides in zip(below, above, strict=True) if all(map(isfinite, sides))
        ]
        longest = WIDEST_TO_MEDIAN * median(usual) if usual else 0.0
        left, right = (min(max(side, default=0.0), longest) for side in (below, above))
        # Each side is at least as long as its label.
        least = max(left, right) * LABEL / max(width - LABEL, 1)
        return cls(-_round_up(max(left, least)), _round_up(max(right, least)), width, glyphs)

    def draw(self, interval: Interval | None) -> str:
        """One bar; the axis alone where there is no interval."""
        glyphs, last, zero = self.glyphs, self.width - 1, self._column(0.0)
        cells = [" "] * self.width
        cells[zero] = glyphs.zero
        if interval is None:
            return "".join(cells)
        lower, upper = self._column(interval.lower), self._column(interval.upper)
        for column in range(max(lower, 0), min(upper, last) + 1):
            cells[column] = glyphs.crossing if column == zero else glyphs.line
        for margin in interval.margins:
            self._put(cells, margin, glyphs.margin)
        self._bound(cells, lower, glyphs.lower)
        self._bound(cells, upper, glyphs.upper)
        self._put(cells, interval.estimate, glyphs.estimate)
        if interval.truth is not None:
            meets = self._column(interval.truth) == self._column(interval.estimate)
            self._put(cells, interval.truth, glyphs.met if meets else glyphs.truth)
        return "".join(cells)

    def scale(self) -> str:
        """The ends of the axis in percent, with 0 over the line of no change."""
        before = self._column(0.0)
        after = self.width - before - 1
        left, right = f"{100 * self.lower:.4g}%", f"+{100 * self.upper:.4g}%"
        # A label that has no room says nothing rather than something cut.
        left, right = left if len(left) <= before else "", right if len(right) <= after else ""
        return f"{left:<{before}}0{right:>{after}}"

    def _column(self, change: float) -> int:
        """The column of a change; off the axis it is one beyond its end."""
        if not isfinite(change):
            return self.width if change > 0 else -1
        share = (change - self.lower) / (self.upper - self.lower)
        return max(min(round(share * (self.width - 1)), self.width), -1)

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
    """The next end of an axis; 1 % where there is nothing to show."""
    if reach <= 0:
        return 0.01
    power = 10.0 ** math.floor(math.log10(reach))
    # A hair of room, so that a margin of 0.03 is not pushed to 0.04 by rounding.
    step = next((step for step in STEPS if reach <= step * power * (1 + 1e-9)), 10)
    return float(step * power)
