"""The five verdicts, and what a verdict is."""

from __future__ import annotations

from typing import NamedTuple

SHIP, ROLLBACK, KEEP_RUNNING, INCONCLUSIVE, INVALID = (
    "ship",
    "rollback",
    "keep_running",
    "inconclusive",
    "invalid",
)


class Verdict(NamedTuple):
    """What to do with a treatment.

    Attributes:
        verdict: "ship", "rollback", "keep_running", "inconclusive" or "invalid".
        rule: Short name of the rule that decided.
        reason: The same in words, with the numbers.
    """

    verdict: str
    rule: str
    reason: str
