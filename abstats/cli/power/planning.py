"""What is asked of a planned test, and the answers for one metric."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from abstats.cli.power.history import WEEK, History
from abstats.inference.design import (
    Margin,
    TestPlan,
    comparison_alpha,
    detectable_effect,
    detectable_margin,
    sequential_inflation,
    units_needed,
)
from abstats.inference.sequential import Spending
from abstats.spec.experiment import WEIGHTED, ExperimentSpec

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
        looks: Looks that may stop it, equally spaced; 1 is a single test at the end.
        spending: Spending function of several looks.
        effect: Relative effect that is to be detected, > 0; None for no such question.
    """

    spec: ExperimentSpec
    weights: tuple[float, ...]
    alpha: float
    power: float
    correction: str
    sides: int
    looks: int
    spending: str
    effect: float | None

    def plan(self, metric: str, direction: str) -> TestPlan:
        """The test of a metric in the smallest treatment."""
        role = self.spec.roles()[metric]
        treatment = min(self.weights[1:])
        plan = TestPlan(self.weights[0], treatment, self.alpha, self.power, self.sides)
        if role == "guardrail":
            plan = replace(plan, margin=self.margin(metric, direction))
        else:
            plan = replace(plan, alpha=self._level(metric, role))
        if self.looks == 1:
            return plan
        sides = 1 if plan.margin is not None else self.sides
        spending = Spending(self.spending)
        return replace(
            plan,
            inflation=sequential_inflation(
                self.looks, spending, alpha=plan.alpha, power=plan.power, sides=sides
            ),
        )

    def _level(self, metric: str, role: str) -> float:
        roles, analysis = self.spec.roles(), self.spec.analysis
        family = [name for name, other in roles.items() if other == role]
        if analysis.weights and self.correction in WEIGHTED:
            total = sum(analysis.weights.get(name, 1.0) for name in family)
            share = analysis.weights.get(metric, 1.0) / total
            return self._comparison_alpha(self.alpha * share, 1)
        return self._comparison_alpha(self.alpha, len(family))

    def _comparison_alpha(self, alpha: float, metrics: int) -> float:
        all_pairs = self.spec.analysis.comparisons == "all_pairs" and self.correction != "dunnett"
        return comparison_alpha(
            alpha,
            self.correction,
            metrics=metrics,
            weights=self.weights,
            sides=self.sides,
            all_pairs=all_pairs,
        )

    def margin(self, metric: str, direction: str) -> Margin | None:
        """The declared margin of a guardrail; None without one."""
        guardrail = next(g for g in self.spec.metrics.guardrails if g.metric == metric)
        if guardrail.margin is not None:
            return Margin(guardrail.margin, True, direction)
        if guardrail.absolute_margin is not None:
            return Margin(guardrail.absolute_margin, False, direction)
        return None


class Answer(NamedTuple):
    """What a planned test could say about a metric.

    Attributes:
        detectable: By week, what is detected with the power: the change or, of a guardrail with a
            margin, the smallest margin that can be shown to be kept; relative to |value|, NaN where
            nothing is.
        units: Units of all arms needed for the effect that was asked, or for the margin; None for
            none asked, or where no number is enough.
        weeks: Weeks until so many units count; None likewise, and beyond ten years.
    """

    detectable: tuple[float, ...]
    units: int | None
    weeks: float | None


def answer(
    question: Question, metric: str, direction: str, history: History, weeks: Sequence[int]
) -> Answer:
    """What the planned test could say about a metric after each of these weeks."""
    plan = question.plan(metric, direction)
    detectable = tuple(_detectable(plan, history, WEEK * week, direction) for week in weeks)
    if question.effect is None and plan.margin is None:
        return Answer(detectable, None, None)

    def needed(day: float) -> float:
        """Units needed if the values are spread as they were on that day."""
        baseline = history.baseline(day)
        effect = 0.0
        if plan.margin is None:
            effect = abs(baseline.value) * (question.effect or 0.0)
            effect = effect if direction == "increase" else -effect
        try:
            return units_needed(baseline, plan, effect)
        except ValueError:
            return math.inf

    # Totals go on growing: what is needed depends on the day on which it is reached.
    for day in range(1, MOST_WEEKS * WEEK + 1):
        if history.units(day) >= (units := needed(day)):
            return Answer(detectable, int(units), day / WEEK)
        if day > history.last_day:
            if not math.isfinite(units) or history.per_day <= 0.0:
                break
            days = history.last_day + (units - history.units(history.last_day)) / history.per_day
            weeks_needed = math.ceil(days) / WEEK
            return Answer(
                detectable, int(units), weeks_needed if weeks_needed <= MOST_WEEKS else None
            )
    return Answer(detectable, None, None)


def _detectable(plan: TestPlan, history: History, day: int, direction: str) -> float:
    baseline, units = history.baseline(day), history.units(day)
    size = abs(baseline.value)
    if size == 0.0 or min(plan.control_weight, plan.treatment_weight) * units < 2.0:
        return math.nan
    if plan.margin is None:
        return detectable_effect(baseline, plan, units, direction=direction) / size
    found = detectable_margin(baseline, plan, units)
    return found if plan.margin.is_relative else found / size
