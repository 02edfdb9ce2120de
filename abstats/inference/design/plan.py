"""How a comparison will be tested."""

from __future__ import annotations

import math
from dataclasses import dataclass

from abstats.inference.checks import require_fraction
from abstats.inference.non_inferiority import require_margin

BOTH_DIRECTIONS = "both"
"""The direction of a metric that must be the same."""


@dataclass(frozen=True)
class Margin:
    """The margin of a guardrail or of an equivalence.

    Attributes:
        size: Largest tolerated change in the bad direction, > 0: a share of |control mean| below 1
            if `is_relative`, else in the metric's unit.
        is_relative: Which of the two.
        direction: Where the metric should go: "increase" or "decrease"; "both" where neither is
            good, for an equivalence: two one-sided tests that must both reject.
    """

    size: float
    is_relative: bool
    direction: str

    def __post_init__(self) -> None:
        direction = "increase" if self.direction == BOTH_DIRECTIONS else self.direction
        require_margin(self.size, relative=self.is_relative, direction=direction, alpha=0.05)


@dataclass(frozen=True)
class TestPlan:
    """The test of one treatment against control.

    Attributes:
        control_weight: Control's share of all units of the experiment, in (0, 1).
        treatment_weight: The treatment's; both together at most 1.
        alpha: Level of this comparison, after correction (`comparison_alpha`).
        power: Probability of detecting what is to be detected.
        sides: 2 for a two-sided test, 1 for a one-sided one; a margin's test is one-sided.
        margin: The margin of a non-inferiority or equivalence test; None for a test of no
            difference.
        inflation: Largest number of units of a sequential design over that of a single test
            (`sequential_inflation`), >= 1.
    """

    __test__ = False  # no test class, whatever its name says to pytest

    control_weight: float = 0.5
    treatment_weight: float = 0.5
    alpha: float = 0.05
    power: float = 0.8
    sides: int = 2
    margin: Margin | None = None
    inflation: float = 1.0

    def __post_init__(self) -> None:
        for name in ("control_weight", "treatment_weight", "alpha", "power"):
            require_fraction(name, getattr(self, name))
        weights = self.control_weight + self.treatment_weight
        if weights > 1.0 + 1e-9:
            raise ValueError(f"control_weight + treatment_weight == {weights!r}, must be <= 1.")
        if self.sides not in (1, 2):
            raise ValueError(f"sides == {self.sides!r}, must be 1 or 2.")
        if not 1.0 <= self.inflation < math.inf:
            raise ValueError(f"inflation == {self.inflation!r}, must be >= 1 and finite.")

    @property
    def tail(self) -> float:
        """Error in the tail that the test rejects in: alpha, or half of it."""
        return self.alpha / (1 if self.margin is not None else self.sides)
