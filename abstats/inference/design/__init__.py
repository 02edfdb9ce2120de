"""Before the test: how many units, what can be detected, how long."""

from abstats.inference.design.baseline import Baseline, baseline_of
from abstats.inference.design.level import (
    always_valid_inflation,
    comparison_alpha,
    sequential_inflation,
)
from abstats.inference.design.plan import BOTH_DIRECTIONS, Margin, TestPlan
from abstats.inference.design.power import (
    detectable_effect,
    detectable_margin,
    power_of,
    units_needed,
)

__all__ = [
    "BOTH_DIRECTIONS",
    "Baseline",
    "Margin",
    "TestPlan",
    "always_valid_inflation",
    "baseline_of",
    "comparison_alpha",
    "detectable_effect",
    "detectable_margin",
    "power_of",
    "sequential_inflation",
    "units_needed",
]
