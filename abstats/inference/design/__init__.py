"""Before the test: how many units, what can be detected, how long."""

from abstats.inference.design.baseline import Baseline, baseline_of
from abstats.inference.design.level import comparison_alpha, sequential_inflation
from abstats.inference.design.plan import Margin, TestPlan
from abstats.inference.design.power import (
    detectable_effect,
    detectable_margin,
    power_of,
    units_needed,
)

__all__ = [
    "Baseline",
    "Margin",
    "TestPlan",
    "baseline_of",
    "comparison_alpha",
    "detectable_effect",
    "detectable_margin",
    "power_of",
    "sequential_inflation",
    "units_needed",
]
