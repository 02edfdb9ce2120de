"""Where a sequence of looks leaves its continuation region: the parts that all methods share."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeVar

import numpy as np

from abstats.moments import FloatArray

Interval = tuple[float, float]
State = TypeVar("State")


class Looks(Protocol[State]):
    """The joint normal distribution of z-statistics over looks, taken one look at a time.

    A state stands between two looks and holds the law of what has not stopped so far.
    """

    def __len__(self) -> int:
        """How many looks there are."""
        ...

    def start(self, theta: float) -> State:
        """Before the first look, if theta is the true effect."""
        ...

    def above(self, state: State, z: float) -> float:
        """P(not stopped before, and the next look's statistic is at least z)."""
        ...

    def below(self, state: State, z: float) -> float:
        """P(not stopped before, and the next look's statistic is at most z)."""
        ...

    def advance(self, state: State, regions: Sequence[Interval]) -> State:
        """After the next look, if it goes on only for statistics in one of the intervals."""
        ...


class Exits(NamedTuple):
    """Probabilities of stopping at each look, arrays of shape (looks,).

    Attributes:
        above: The statistic is at or above the upper bound.
        below: It is at or below the lower bound (two-sided tests: minus the upper one).
        futility: It is at or inside the futility bound; 0 at the last look of a two-sided
            test, whose remaining paths end without a rejection.
    """

    above: FloatArray
    below: FloatArray
    futility: FloatArray


def continuation(upper: float, futility: float, sides: int) -> list[Interval]:
    """Where a look goes on: one interval, or two around a two-sided test's futility region."""
    if sides == 1:
        return [(futility, upper)]
    if futility <= 0.0:
        return [(-upper, upper)]
    return [(-upper, -futility), (futility, upper)]


def exit_probabilities(
    looks: Looks[State], upper: FloatArray, futility: FloatArray, sides: int, theta: float
) -> Exits:
    """Probabilities of stopping at each look if the effect is theta; every bound stops.

    One-sided: rejection above `upper`, futility below `futility`. Two-sided: rejection beyond
    plus or minus `upper`, futility where |z| <= `futility`. -inf is no futility bound.
    """
    state = looks.start(theta)
    above, below, inside = np.zeros((3, len(looks)))
    for k, (high, low) in enumerate(zip(upper.tolist(), futility.tolist(), strict=True)):
        above[k] = looks.above(state, high)
        if sides == 2:
            below[k] = looks.below(state, -high)
            inside[k] = between(looks, state, low)
        else:
            inside[k] = looks.below(state, low)
        if k + 1 < len(looks):
            state = looks.advance(state, continuation(high, low, sides))
    return Exits(above, below, inside)


def between(looks: Looks[State], state: State, z: float) -> float:
    """P(not stopped before, and |statistic of the next look| <= z)."""
    return max(looks.above(state, -z) - looks.above(state, z), 0.0) if z > 0.0 else 0.0
