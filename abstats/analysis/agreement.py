"""Does a cross-check say the same as the test that it checks?"""

from __future__ import annotations

from typing import NamedTuple

from abstats.inference.tails import critical_value

TOLERANCE = 0.4
"""Of a standard error, for bounds, and of a normal score, for p-values on both sides of alpha.

Where normal theory holds, bounds of 1,000 replicates differ by more in a few of 1,000 checks
(docs/methods/cross-checks.md).
"""
_SAME_ESTIMATE = 1e-6


class Reading(NamedTuple):
    """What a test says of an effect.

    Attributes:
        estimate: Treatment minus control.
        p_value: Two-sided.
        interval: Its bounds; None for a test without an interval.
    """

    estimate: float
    p_value: float
    interval: tuple[float, float] | None


def disagreement(
    check: Reading, checked: Reading, *, std_error: float, alpha: float, smallest_p: float
) -> str:
    """What differs, in words; empty where both agree.

    Args:
        check: The cross-check.
        checked: The unadjusted test of the results.
        std_error: Its standard error.
        alpha: Level of both.
        smallest_p: The smallest p-value that the cross-check can have.
    """
    if not abs(check.estimate - checked.estimate) <= _SAME_ESTIMATE * std_error:
        return f"The estimate is {check.estimate:.6g}, not {checked.estimate:.6g}: build again."
    told = []
    scores = [_score(max(reading.p_value, smallest_p)) for reading in (check, checked)]
    decisions = [reading.p_value <= alpha for reading in (check, checked)]
    if decisions[0] != decisions[1] and abs(scores[0] - scores[1]) > TOLERANCE:
        told.append(f"p is {check.p_value:.3g}, not {checked.p_value:.3g}")
    if check.interval is not None and checked.interval is not None:
        bounds = zip(("lower", "upper"), check.interval, checked.interval, strict=True)
        for name, bound, wanted in bounds:
            # Bounds that cannot be had cannot agree.
            if not abs(bound - wanted) <= TOLERANCE * std_error:
                told.append(f"the {name} bound is {bound:.3g}, not {wanted:.3g}")
    text = "; ".join(told)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _score(p_value: float) -> float:
    return critical_value(p_value / 2) if p_value < 1.0 else 0.0
