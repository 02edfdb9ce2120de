"""Power, sample size and detectable effect of one comparison.

The test has power P(T > critical sigma_0 / sigma_1), T non-central t around distance / sigma_1 with
Satterthwaite's degrees of freedom: `distance` is that of the true effect from the null, sigma_1 the
true standard error and sigma_0 that under the null, which differs for a proportion without
covariates (its test is a score test, T is normal). Only rejections in the direction of the effect
count.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from scipy import optimize, special

from abstats.inference.checks import require_finite
from abstats.inference.design.baseline import Baseline
from abstats.inference.design.plan import BOTH_DIRECTIONS, TestPlan
from abstats.inference.non_inferiority import DIRECTIONS
from abstats.inference.score import Counts, difference_statistic, ratio_statistic
from abstats.inference.tails import critical_value

# More units than that no experiment has.
MOST_UNITS = 1e15
FEWEST_PER_ARM = 2.0
# Effects of more standard errors are certain, and beyond scipy's non-central t.
MOST_ERRORS = 30.0


def power_of(baseline: Baseline, plan: TestPlan, units: float, effect: float) -> float:
    """Probability that the planned test rejects its null.

    Args:
        baseline: The metric without the treatment.
        plan: How it will be tested; its `power` is not read.
        units: Units of the whole experiment, in all arms.
        effect: True change in the metric's unit; with a margin usually 0.

    Raises:
        ValueError: `units` leaves an arm fewer than two, the effect is not finite, or it leads out
            of [0, 1].
    """
    _require_units(plan, units)
    require_finite("effect", effect)
    if baseline.is_counted and not 0.0 <= baseline.value + effect <= 1.0:
        raise ValueError(
            f"effect == {effect!r}, must lead from {baseline.value!r} to a share from 0 to 1."
        )
    margin = plan.margin
    if margin is not None and margin.direction == BOTH_DIRECTIONS:
        tests = [replace(plan, margin=replace(margin, direction=one)) for one in DIRECTIONS]
        # Where either can reject, one of the two does: both reject with P1 + P2 - 1.
        both = sum(power_of(baseline, test, units, effect) for test in tests) - 1.0
        return max(both, 0.0)
    # A sequential design at its last look is worth a single test of fewer units.
    n0 = plan.control_weight * units / plan.inflation
    n1 = plan.treatment_weight * units / plan.inflation
    distance, freedom = _distance(baseline, plan, effect), math.inf
    null_error, error = _errors(baseline, plan, n0, n1, effect)
    if not baseline.is_counted:
        k = _control_factor(baseline, plan)
        parts = k * k * baseline.variance / n0, baseline.variance / n1
        own = max(n0 - 1.0, 1.0), max(n1 - 1.0, 1.0)
        freedom = sum(parts) ** 2 / (parts[0] ** 2 / own[0] + parts[1] ** 2 / own[1])
    critical = critical_value(plan.tail, freedom)
    if math.isinf(freedom):
        return float(special.ndtr((distance - critical * null_error) / error))
    return 1.0 - float(special.nctdtr(freedom, min(distance / error, MOST_ERRORS), critical))


def units_needed(baseline: Baseline, plan: TestPlan, effect: float = 0.0) -> int:
    """Units of the whole experiment at which the test has the plan's power.

    Args:
        baseline: The metric without the treatment.
        plan: How it will be tested.
        effect: The change to be detected, in the metric's unit, not 0; with a margin the true
            change, better than the margin.

    Raises:
        ValueError: The effect is not finite, or cannot be detected by any number of units.
    """
    require_finite("effect", effect)
    if not _distance(baseline, plan, effect) > 0.0:
        rule = "must not be 0" if plan.margin is None else "must be better than the margin"
        raise ValueError(f"effect == {effect!r}, {rule}.")

    def excess(log_units: float) -> float:
        return power_of(baseline, plan, math.exp(log_units), effect) - plan.power

    low, high = math.log(_fewest(plan)), math.log(MOST_UNITS)
    if excess(low) >= 0.0:
        return math.ceil(_fewest(plan))
    if excess(high) < 0.0:
        raise ValueError(f"effect == {effect!r}, must be detectable by {MOST_UNITS:.0e} units.")
    found = math.exp(optimize.brentq(excess, low, high, xtol=1e-13, rtol=1e-14))
    return math.ceil(found * (1.0 - 1e-10))


def detectable_effect(
    baseline: Baseline, plan: TestPlan, units: float, *, direction: str = "increase"
) -> float:
    """Smallest change, > 0, that the test detects with the plan's power; NaN where none is.

    Args:
        baseline: The metric without the treatment.
        plan: How it will be tested, without a margin.
        units: Units of the whole experiment.
        direction: Of the change: an "increase" of a rare event is harder to see than a "decrease".

    Raises:
        ValueError: `units` leaves an arm fewer than two, or the plan has a margin.
    """
    if plan.margin is not None:
        raise ValueError("margin must be None: a test against a margin has a detectable margin.")
    _require_units(plan, units)
    sign = 1.0 if direction == "increase" else -1.0
    largest = math.inf
    if baseline.is_counted:
        largest = 1.0 - baseline.value if sign > 0 else baseline.value
    return _smallest(
        lambda size: power_of(baseline, plan, units, sign * size) - plan.power,
        start=math.sqrt(baseline.variance / units),
        largest=largest,
    )


def detectable_margin(
    baseline: Baseline, plan: TestPlan, units: float, *, effect: float = 0.0
) -> float:
    """Smallest margin that the test can show to be kept with the plan's power; NaN where none is.

    Args:
        baseline: The metric without the treatment.
        plan: How it will be tested; of its margin the kind and direction are read, not the size.
        units: Units of the whole experiment.
        effect: True change in the metric's unit.

    Raises:
        ValueError: `units` leaves an arm fewer than two, or the plan has no margin.
    """
    margin = plan.margin
    if margin is None:
        raise ValueError("margin == None, must be one: its kind and direction are needed.")
    _require_units(plan, units)
    scale = abs(baseline.value) if margin.is_relative else 1.0
    largest = math.inf
    if margin.is_relative:
        largest = 1.0
    elif baseline.is_counted:
        below, above = baseline.value, 1.0 - baseline.value
        rooms = {"increase": below, "decrease": above, BOTH_DIRECTIONS: min(below, above)}
        largest = rooms[margin.direction]
    if scale == 0.0:
        return math.nan

    def excess(size: float) -> float:
        other = replace(plan, margin=replace(margin, size=size))
        return power_of(baseline, other, units, effect) - plan.power

    return _smallest(excess, start=math.sqrt(baseline.variance / units) / scale, largest=largest)


def _require_units(plan: TestPlan, units: float) -> None:
    smallest = min(plan.control_weight, plan.treatment_weight) * units
    if not FEWEST_PER_ARM <= smallest < math.inf:
        raise ValueError(f"units == {units!r}, must give two units to each arm and be finite.")


def _distance(baseline: Baseline, plan: TestPlan, effect: float) -> float:
    """The effect's distance from the null, positive where the test should reject."""
    margin = plan.margin
    if margin is None:
        return abs(effect)
    tolerated = margin.size * (abs(baseline.value) if margin.is_relative else 1.0)
    if margin.direction == BOTH_DIRECTIONS:
        return tolerated - abs(effect)
    return (effect if margin.direction == "increase" else -effect) + tolerated


def _control_factor(baseline: Baseline, plan: TestPlan) -> float:
    """The k of the contrast mu_t - k mu_c that is tested."""
    margin = plan.margin
    if margin is None or not margin.is_relative:
        return 1.0
    worse = -1.0 if margin.direction == "increase" else 1.0
    return 1.0 + worse * math.copysign(margin.size, baseline.value)


def _errors(
    baseline: Baseline, plan: TestPlan, n0: float, n1: float, effect: float
) -> tuple[float, float]:
    """Standard errors of the tested contrast under its null and in truth."""
    k = _control_factor(baseline, plan)
    if not baseline.is_counted:
        error = math.sqrt(baseline.variance * (k * k / n0 + 1.0 / n1))
        return error, error
    p0, p1 = baseline.value, baseline.value + effect
    true_error = math.sqrt(k * k * p0 * (1.0 - p0) / n0 + p1 * (1.0 - p1) / n1)
    # The score statistic at the expected counts is the gap in standard errors under the null.
    counts = Counts(p0 * n0, n0, p1 * n1, n1)  # type: ignore[arg-type]
    margin = plan.margin
    if margin is not None and margin.is_relative:
        gap, statistic = p1 - k * p0, ratio_statistic(counts, k)
    else:
        at = 0.0
        if margin is not None:
            at = -margin.size if margin.direction == "increase" else margin.size
        gap, statistic = effect - at, difference_statistic(counts, at)
    null_error = gap / statistic if statistic != 0.0 else true_error
    return null_error, max(true_error, 1e-300)


def _fewest(plan: TestPlan) -> float:
    return FEWEST_PER_ARM / min(plan.control_weight, plan.treatment_weight) * (1.0 + 1e-12)


def _smallest(excess: Callable[[float], float], start: float, largest: float) -> float:
    """Where a rising excess of power becomes positive, within (0, largest)."""
    low = high = min(start, largest / 2.0)
    end = largest * (1.0 - 1e-12)
    while excess(high) < 0.0:
        if high >= end:
            return math.nan
        low, high = high, min(2.0 * high, end)
    while excess(low) >= 0.0:
        low /= 2.0
        if low < 1e-300:
            return math.nan
    return float(optimize.brentq(excess, low, high, xtol=1e-300, rtol=1e-13))
