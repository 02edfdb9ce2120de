"""Steps compared within a repetition: the ratio, its range, and whether anything can be told.

The steps of a section run in turn, so repetition i of all of them is one round, and differences are
taken within it. The value is the ratio of the medians of those differences. Where a difference is
smaller than what the step that was taken off varies by, no ratio is given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from statistics import median
from typing import NamedTuple

from benchmarks.cost.process import Costs

WITHIN_NOISE, UNCLEAR = "within noise", "unclear"


class Term(NamedTuple):
    """One side of a comparison.

    Attributes:
        seconds: Of every repetition.
        name: What it is, in words.
        noise: Largest less smallest of what was taken off: 0 where nothing was, infinite where it
            was measured once and nobody knows.
    """

    seconds: Sequence[float]
    name: str
    noise: float = 0.0


class Ratio(NamedTuple):
    """Two times compared.

    Attributes:
        name: What is compared.
        value: Ratio of the medians; None where it cannot be told.
        low: The smallest ratio of one repetition; None without a value, and where in some
            repetition nothing was left to divide by.
        high: The largest.
        goal: What the value should at most be; None where no goal is set.
        reason: Why a figure is missing; begins with the word that stands for it, and a colon.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    goal: float | None = None
    reason: str | None = None

    @property
    def measured(self) -> str:
        """Value and range, in words where there is none."""
        word = (self.reason or UNCLEAR).partition(":")[0]
        if self.value is None:
            return word
        if self.low is None or self.high is None:
            return f"{self.value:.2f} ({word})"
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"

    @property
    def verdict(self) -> str:
        """Whether the goal is met by the value, and whether by every repetition."""
        if self.value is None or self.goal is None:
            return ""
        met = self.value <= self.goal
        if self.low is None or self.high is None:
            doubt = f", range {UNCLEAR}"
        else:
            agree = self.high <= self.goal if met else self.low > self.goal
            doubt = "" if agree else ", not in every repetition"
        return f"{'met' if met else 'missed'}{doubt}"


@dataclass(frozen=True)
class Section:
    """One part of the benchmark.

    Attributes:
        name: What `--only` calls it.
        costs: Step -> what each repetition of it cost.
        ratios: The comparisons.
        facts: Sizes, settings and checks, for the reader of the JSON.
    """

    name: str
    costs: Costs
    ratios: Sequence[Ratio]
    facts: Mapping[str, object]


def cpu(costs: Costs, step: str, less: str | None = None) -> Term:
    """CPU seconds of a step, less those of another in the same repetition."""
    seconds = [cost.cpu_seconds for cost in costs[step]]
    if less is None:
        return Term(seconds, step)
    base = [cost.cpu_seconds for cost in costs[less]]
    left = [one - other for one, other in zip(seconds, base, strict=True)]
    noise = max(base) - min(base) if len(base) > 1 else inf
    return Term(left, f"{step} less {less}", noise)


def wall(costs: Costs, step: str) -> Term:
    """Seconds that pass in a step."""
    return Term([cost.wall_seconds for cost in costs[step]], step)


def compared(
    name: str, one: Term, other: Term, goal: float | None = None, *, times: float = 1.0
) -> Ratio:
    """The ratio of two terms of the same repetitions.

    Args:
        name: What is compared.
        one: The numerator.
        other: The denominator.
        goal: What the ratio should at most be.
        times: What the ratio is multiplied by: units of work of `other` for one of `one`.
    """
    rounds = list(zip(one.seconds, other.seconds, strict=True))
    for term in (one, other):
        left = median(term.seconds)
        if left <= 0 or left < term.noise:
            return Ratio(name, None, None, None, goal, _why(term, left))
    value = times * median(one.seconds) / median(other.seconds)
    if min(other.seconds) <= 0:
        reason = f"{UNCLEAR}: in a repetition nothing is left of {other.name}"
        return Ratio(name, value, None, None, goal, reason)
    ratios = [times * above / below for above, below in rounds]
    return Ratio(name, value, min(ratios), max(ratios), goal)


def _why(term: Term, left: float) -> str:
    if term.noise == inf:
        return f"{UNCLEAR}: {term.name} was measured once, what it varies by is not known"
    varies = f", which varies by {term.noise:.2f}" if term.noise else ""
    return f"{WITHIN_NOISE}: {left:.2f} s are left of {term.name}{varies}"
