"""One experiment over its looks: the running p-value, and looks that lost units."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from abstats.inference.anytime.always_valid import AlwaysValid, always_valid, without_numbers
from abstats.inference.effect import Effect


class Look(NamedTuple):
    """An always-valid result in the order of its looks.

    Attributes:
        result: This look alone; its bounds are not cut by those of earlier looks.
        running_p_value: Smallest always-valid p-value up to this look, itself always valid; NaN
            until a look has one.
    """

    result: AlwaysValid
    running_p_value: float


def follow_looks(
    effects: Sequence[Effect],
    *,
    planned: tuple[int, int],
    counts_each_unit_once: bool,
    alpha: float = 0.05,
    alternative: str = "two_sided",
) -> list[Look]:
    """`always_valid` at every look, in order.

    A look at which an arm has fewer units than at an earlier one has status
    "information_backwards" and no numbers: what was counted before has been taken away, so the
    evidence is not a continuation of the earlier evidence. It is not remembered as a look.

    Args:
        effects: One per look, earliest first.
        planned: As for `always_valid`, as are the others.
        counts_each_unit_once: Whether a unit's value is final when it is counted.
        alpha: Probability that the bounds ever miss the effect.
        alternative: "two_sided", "greater" or "less".

    Raises:
        ValueError: An argument is out of range.
    """
    looks: list[Look] = []
    units = (0, 0)
    running = math.inf
    for effect in effects:
        now = (effect.control_n, effect.treatment_n)
        if now[0] < units[0] or now[1] < units[1]:
            reason = f"The arms have {now[0]} and {now[1]} units, after {units[0]} and {units[1]}."
            result = without_numbers("information_backwards", reason)
        else:
            units = now
            result = always_valid(
                effect,
                planned=planned,
                counts_each_unit_once=counts_each_unit_once,
                alpha=alpha,
                alternative=alternative,
            )
        if not math.isnan(result.p_value):
            running = min(result.p_value, running)
        looks.append(Look(result, running if running <= 1.0 else math.nan))
    return looks
