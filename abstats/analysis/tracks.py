"""One comparison over its looks: its clock, and the p-values that hold over all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from abstats.analysis.comparisons import Comparison
from abstats.analysis.estimates import DIFFERENCE, Estimate
from abstats.analysis.look_bounds import (
    AlwaysValidLook,
    FutilityStop,
    GroupSequentialLook,
    LookBounds,
)
from abstats.inference import Effect, NonInferiority
from abstats.inference.anytime.always_valid import information_fraction
from abstats.inference.anytime.start import too_early
from abstats.inference.sequential import Spending, running_variance
from abstats.inference.sequential.increments import SMALLEST_STEP
from abstats.inference.tails import normal_score
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.look_dates import matured_share
from abstats.spec.sequential import SequentialSpec

NAN = math.nan


class Sight(NamedTuple):
    """A comparison at one analysis date that is a look.

    Attributes:
        number: Of the look, from 1.
        analysis_date: Its date.
        estimate: The headline estimate of that date.
        is_final: The experiment is over.
    """

    number: int
    analysis_date: date
    estimate: Estimate
    is_final: bool


class Judged(NamedTuple):
    """A look of one comparison, before its family is known.

    p-values are the smallest up to this look; NaN until a look has one.

    Attributes:
        sight: The look.
        bounds: Its bounds; None unless `status` is "ok".
        z: z-statistic of no effect; at a margin the distance from it, positive where the treatment
            is fine; of two margins the smaller.
        sides: 2; 1 at a margin, which is tested on either side at alpha each.
        p_value: Two-sided p-value; of a guardrail with a margin of "worse by the margin or more",
            of an equivalence of "changed by the margin or more, either way".
        p_value_inferior: Of "worse by less than the margin"; of an equivalence of "changed by less
            than the margin". NaN without a margin.
        p_value_stage_wise: Two-sided, by the stage-wise ordering, of the first look that crosses
            its bound at the experiment's alpha; NaN until one has, and with a margin.
        is_positive: Whether the effect was above zero at the look that `p_value` comes from.
        status: "ok", "no_data", "no_new_information", "beyond_plan", "information_backwards",
            "too_early", or the effect's.
        status_reason: The same in words; empty when all is well.
    """

    sight: Sight
    bounds: LookBounds | None
    z: float
    sides: int
    p_value: float
    p_value_inferior: float
    p_value_stage_wise: float
    is_positive: bool
    status: str
    status_reason: str


def follow(
    sights: Sequence[Sight], experiment: ExperimentSpec, futility: FutilityStop | None
) -> list[Judged]:
    """Judge the looks of one comparison in order; a look sees no later one.

    Args:
        sights: Its looks, earliest first.
        experiment: The experiment, with a sequential design.
        futility: Its futility bounds, for a primary metric.
    """
    track = _Track(experiment, futility)
    return [track.judge(sight) for sight in sights]


class _Track:
    """The state between two looks."""

    def __init__(self, experiment: ExperimentSpec, futility: FutilityStop | None) -> None:
        sequential = experiment.analysis.sequential
        if sequential is None:
            raise ValueError(f"experiment {experiment.name!r} must have a sequential design.")
        self._experiment = experiment
        self._sequential = sequential
        self._futility = futility
        self._times: list[float] = []
        self._variances: list[float] = []
        self._units = (0, 0)
        # Of one test, or of both one-sided tests of an equivalence.
        self._p: tuple[float, ...] = (NAN,)
        self._p_inferior: tuple[float, ...] = (NAN,)
        self._is_positive = False
        self._p_stage_wise = NAN

    def judge(self, sight: Sight) -> Judged:
        statistics, status, reason = _statistics(sight.estimate)
        sides = 2 if sight.estimate.hypothesis == DIFFERENCE else 1
        bounds: LookBounds | None = None
        if status == "ok":
            is_open = self._sequential.method == "always_valid"
            bounds, status, reason = (
                self._always_valid(sight) if is_open else self._group_sequential(sight)
            )
        if bounds is not None:
            self._remember(bounds, statistics, sides, sight.estimate.effect)
        return Judged(
            sight,
            bounds,
            min(statistics),
            sides,
            max(self._p),
            min(self._p_inferior),
            self._p_stage_wise,
            self._is_positive,
            status,
            reason,
        )

    def _remember(
        self, bounds: LookBounds, statistics: Sequence[float], sides: int, effect: Effect
    ) -> None:
        found = tuple(bounds.p_value(z, sides) for z in statistics)
        if not found[0] >= self._p[0]:
            self._is_positive = effect.estimate > 0.0
        self._p = _least(found, self._p)
        if sides == 1:
            opposite = tuple(bounds.p_value(-z, 1) for z in statistics)
            self._p_inferior = _least(opposite, self._p_inferior)
        else:
            alpha = self._experiment.analysis.alpha
            if found[0] <= alpha and math.isnan(self._p_stage_wise):
                self._p_stage_wise = bounds.stage_wise_p_value(statistics[0], alpha)

    def _group_sequential(self, sight: Sight) -> tuple[LookBounds | None, str, str]:
        effect = sight.estimate.effect
        variance = running_variance(effect)
        if not (math.isfinite(variance) and variance > 0.0):
            return None, "no_data", "There is no estimate with a standard error yet."
        if self._times and self._times[-1] >= 1.0:
            reason = "The planned information was reached at an earlier look, which spent alpha."
            return None, "beyond_plan", reason
        lost = self._lost_units(effect)
        if lost:
            return None, "information_backwards", lost
        fraction, time = self._clock(sight)
        stands_still = bool(self._variances) and (
            variance - self._variances[-1] < SMALLEST_STEP * variance
        )
        if stands_still and not sight.is_final:
            reason = "Hardly a unit more is mature than at the look before."
            return None, "no_new_information", reason
        if stands_still:
            # The look before was the last with something to see: it spends what is left.
            self._times[-1] = 1.0
        else:
            self._times.append(max(time, *self._times[-1:], 0.0))
            self._variances.append(variance)
        look = GroupSequentialLook(
            spending_of(self._sequential),
            tuple(self._times),
            tuple(self._variances),
            fraction,
            self._futility,
        )
        return look, "ok", ""

    def _clock(self, sight: Sight) -> tuple[float, float]:
        """Information over the planned maximum, and the time until which error may be spent.

        The maximum is that of the planned units with the present spreads. Where no units are
        planned, the mature share of the days stands for the share of the units, and bounds the
        clock, so that only the end reaches 1.
        """
        comparison, effect = sight.estimate.comparison, sight.estimate.effect
        share = matured_share(self._experiment, comparison.metric, sight.analysis_date)
        if self._sequential.planned_units is None:
            units = (effect.control_n + effect.treatment_n) / share
            weights = self._weights(comparison)
            total = sum(weights)
            fraction = information_fraction(
                effect, (units * weights[0] / total, units * weights[1] / total)
            )
            time = min(fraction, share)
        else:
            fraction = information_fraction(effect, self._planned(comparison))
            time = min(fraction, 1.0)
        return fraction, 1.0 if sight.is_final or share >= 1.0 else time

    def _always_valid(self, sight: Sight) -> tuple[LookBounds | None, str, str]:
        effect = sight.estimate.effect
        reason = self._lost_units(effect)
        if reason:
            return None, "information_backwards", reason
        fraction = information_fraction(effect, self._planned(sight.estimate.comparison))
        reason = too_early(effect, fraction)
        if reason:
            return None, "too_early", reason
        return AlwaysValidLook(fraction, self._experiment.analysis.alpha), "ok", ""

    def _lost_units(self, effect: Effect) -> str:
        """Why the look is no continuation of those before it; empty if it is one."""
        now, before = (effect.control_n, effect.treatment_n), self._units
        if now[0] < before[0] or now[1] < before[1]:
            return f"The arms have {now[0]} and {now[1]} units, after {before[0]} and {before[1]}."
        self._units = now
        return ""

    def _planned(self, comparison: Comparison) -> tuple[float, float]:
        control, treatment = self._weights(comparison)
        units = self._sequential.planned_units or 0
        return units * control, units * treatment

    def _weights(self, comparison: Comparison) -> tuple[float, float]:
        weights = self._experiment.variants
        return weights[comparison.control_id], weights[comparison.treatment_id]


def spending_of(sequential: SequentialSpec) -> Spending:
    """The spending function of the type I error that a group sequential design declares."""
    return Spending(sequential.spending or "obrien_fleming", sequential.parameter)


def _least(found: tuple[float, ...], before: tuple[float, ...]) -> tuple[float, ...]:
    """The smallest p-value of each test so far; NaN before the first."""
    known = before if len(before) == len(found) else before * len(found)
    return tuple(
        p if math.isnan(earlier) else min(p, earlier)
        for p, earlier in zip(found, known, strict=True)
    )


def _statistics(estimate: Estimate) -> tuple[tuple[float, ...], str, str]:
    """The z-statistics with the tails of the fixed tests', or why there are none."""
    tests: tuple[Effect | NonInferiority, ...] = (estimate.effect,)
    if estimate.equivalence is not None:
        tests = (estimate.equivalence.not_lower, estimate.equivalence.not_higher)
    elif estimate.non_inferiority is not None:
        tests = (estimate.non_inferiority,)
    found = tuple(normal_score(test.statistic, test.degrees_of_freedom) for test in tests)
    if all(map(math.isfinite, found)):
        return found, "ok", ""
    status, reason = tests[0].status, tests[0].status_reason
    if status == "ok":
        status, reason = "no_data", "There is no test statistic yet."
    return (NAN,), status, reason
