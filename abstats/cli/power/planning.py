"""What is asked of a planned test, and the answers for one metric."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from abstats.cli.power.history import WEEK, History
from abstats.cli.power.look_plan import LookPlan
from abstats.inference.design import (
    BOTH_DIRECTIONS,
    Baseline,
    Margin,
    TestPlan,
    comparison_alpha,
    detectable_effect,
    detectable_margin,
    units_needed,
)
from abstats.spec.analysis import WEIGHTED
from abstats.spec.experiment import ExperimentSpec

MOST_WEEKS = 520


@dataclass(frozen=True)
class Question:
    """A planned test.

    Attributes:
        spec: The experiment whose metrics, roles and margins are planned for.
        weights: Share of the units of control, then of each treatment.
        alpha: Level of a family of tests.
        power: Probability of detecting what is asked.
        correction: Within a family.
        sides: 1 or 2; guardrails with a margin are one-sided.
        looks: When it may stop.
        effect: Relative effect that is to be detected, > 0; None for those that are declared.
        efficiency: What a unit is worth over one that met the weights above: less than 1 where a
            ramp began with others.
    """

    spec: ExperimentSpec
    weights: tuple[float, ...]
    alpha: float
    power: float
    correction: str
    sides: int
    looks: LookPlan
    effect: float | None
    efficiency: float = 1.0

    def plan(self, metric: str, direction: str) -> TestPlan:
        """The test of a metric in the smallest treatment."""
        role = self.spec.roles()[metric]
        treatment = min(self.weights[1:])
        margin = self.margin(metric, direction)
        correction = self.correction
        if margin is not None and correction == "dunnett":
            # An equivalence p-value is no tail of one t.
            correction = "holm"
        alpha = self.alpha if role == "guardrail" else self._level(metric, role, correction)
        sides = self.sides if margin is None else 1
        has_futility = role == "primary" and margin is None
        inflation = self.looks.inflation(alpha, self.power, sides, has_futility=has_futility)
        return TestPlan(
            self.weights[0],
            treatment,
            alpha,
            self.power,
            sides,
            margin,
            inflation / self.efficiency,
        )

    def effect_on(self, metric: str) -> float | None:
        """The relative effect on a metric that is to be detected; None where none is asked."""
        if self.effect is not None:
            return self.effect
        return next((a.minimum_effect for a in self.spec.metrics.aims if a.metric == metric), None)

    def _level(self, metric: str, role: str, correction: str) -> float:
        roles, analysis = self.spec.roles(), self.spec.analysis
        family = [name for name, other in roles.items() if other == role]
        alpha, metrics = self.alpha, len(family)
        if analysis.weights and correction in WEIGHTED:
            total = sum(analysis.weights.get(name, 1.0) for name in family)
            alpha, metrics = self.alpha * analysis.weights.get(metric, 1.0) / total, 1
        return comparison_alpha(
            alpha,
            correction,
            metrics=metrics,
            weights=self.weights,
            sides=self.sides,
            all_pairs=analysis.comparisons == "all_pairs" and correction != "dunnett",
        )

    def margin(self, metric: str, direction: str) -> Margin | None:
        """The declared margin of a guardrail or an equivalence; None without one."""
        roles = self.spec.metrics
        declared = {item.metric: item.tolerated for item in roles.guardrails}
        if metric in declared:
            found = declared[metric]
        else:
            found = {aim.metric: aim.margin for aim in roles.aims}[metric]
            direction = BOTH_DIRECTIONS
        return None if found is None else Margin(found.size, found.is_relative, direction)


class Answer(NamedTuple):
    """What a planned test could say about a metric.

    Attributes:
        detectable: By week, what is detected with the power: the change or, with a margin, the
            smallest one that can be shown to be kept; relative to |value|, NaN where nothing is.
        units: Units of all arms needed for the effect that was asked, or for the margin; None for
            none asked, or where no number is enough.
        weeks: Weeks until so many units count; None likewise, and beyond ten years.
    """

    detectable: tuple[float, ...]
    units: int | None
    weeks: float | None


def answer(
    question: Question,
    metric: str,
    direction: str,
    history: History,
    weeks: Sequence[int] = (),
    *,
    first_day: int = 1,
) -> Answer:
    """What the planned test could say about a metric.

    Args:
        question: The planned test.
        metric: The metric.
        direction: Its direction.
        history: Its history.
        weeks: Weeks after which it is asked what is detectable.
        first_day: First day on which there may be units enough.
    """
    plan, asked = question.plan(metric, direction), question.effect_on(metric)
    ends = [WEEK * week for week in weeks]
    detected = tuple(
        detectable(plan, history.baseline(end), history.units(end), direction) for end in ends
    )
    if asked is None and plan.margin is None:
        return Answer(detected, None, None)

    def needed(day: float) -> float:
        """Units needed if the values are spread as they were on that day."""
        baseline = history.baseline(day)
        try:
            return units_needed(baseline, plan, true_effect(plan, baseline, asked, direction))
        except ValueError:
            return math.inf

    # Totals go on growing: what is needed depends on the day on which it is reached.
    for day in range(first_day, MOST_WEEKS * WEEK + 1):
        if history.units(day) >= (units := needed(day)):
            return Answer(detected, int(units), day / WEEK)
        if day > history.last_day:
            if not math.isfinite(units) or history.per_day <= 0.0:
                break
            days = history.last_day + (units - history.units(history.last_day)) / history.per_day
            weeks_needed = math.ceil(days) / WEEK
            return Answer(
                detected, int(units), weeks_needed if weeks_needed <= MOST_WEEKS else None
            )
    return Answer(detected, None, None)


def true_effect(plan: TestPlan, baseline: Baseline, asked: float | None, direction: str) -> float:
    """The change that the power is for, in the metric's unit: with a margin none at all."""
    if plan.margin is not None or asked is None:
        return 0.0
    effect = abs(baseline.value) * asked
    return effect if direction == "increase" else -effect


def detectable(plan: TestPlan, baseline: Baseline, units: float, direction: str) -> float:
    """What so many units detect with the plan's power: see `Answer`."""
    size = abs(baseline.value)
    if size == 0.0 or min(plan.control_weight, plan.treatment_weight) * units < 2.0:
        return math.nan
    if plan.margin is None:
        return detectable_effect(baseline, plan, units, direction=direction) / size
    found = detectable_margin(baseline, plan, units)
    return found if plan.margin.is_relative else found / size
