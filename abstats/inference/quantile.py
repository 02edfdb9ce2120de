"""Quantiles of two arms compared: the effect, and the guardrail on it."""

from __future__ import annotations

import math

import numpy as np

from abstats.inference.checks import require_fraction
from abstats.inference.comparison import Failure
from abstats.inference.effect import Effect
from abstats.inference.estimate import EMPTY, finished
from abstats.inference.non_inferiority import (
    NonInferiority,
    decided,
    failed,
    require_margin,
)
from abstats.inference.quantile_curve import QuantileArm, QuantileCurve, quantile_arm
from abstats.inference.quantile_region import (
    QuantileRegion,
    region_freedom,
    woodruff_std_error,
)
from abstats.inference.tails import critical_value, two_sided_p
from abstats.moments import FloatArray

# Effective events beyond the quantile that the smaller arm should have: below it intervals miss
# by more than a fifth of their nominal error, or have no end (docs/methods/inference.md).
FEWEST_BEYOND = 8.0


def quantile_effect(
    p: float,
    control: QuantileCurve,
    treatment: QuantileCurve,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
) -> Effect:
    """Difference of two arms' p-quantiles over events, with variance over units.

    Interval, p-value and relative interval come from one joint region (`QuantileRegion`), so the
    interval need not be symmetric, and `statistic` is not estimate / std_error. `std_error` is
    the half-width of the 95 % interval over its critical value.

    Args:
        p: Probability, in (0, 1): .95 for a p95.
        control: Control's curve.
        treatment: The treatment's curve, on the same grid.
        alpha: Two-sided level of the intervals, in (0, 1).
        power: Power at which `mde` is detected, in (0, 1).

    Returns:
        An effect whose `test` is "woodruff"; beside the statuses of other metrics it may have
        "outside_grid" and "too_few_events".

    Raises:
        ValueError: An argument is outside its range, or the grids differ.
    """
    require_fraction("alpha", alpha)
    require_fraction("power", power)
    compared = _compare(p, control, treatment)
    effect = EMPTY._replace(control_n=control.n, treatment_n=treatment.n, test="woodruff")
    if isinstance(compared, Failure):
        return _failed(effect, p, (control, treatment), compared)
    first, second = compared.control, compared.treatment
    estimate = second.quantile - first.quantile
    std_error, freedom = compared.std_error(), compared.degrees_of_freedom
    statistic = compared.difference_distance()
    if std_error == 0.0:
        if estimate == 0.0:
            reason = "The quantile's interval is one value, the same in both arms."
            failure = Failure("zero_variance", reason)
            return _failed(effect, p, (control, treatment), failure)
        # One value each, and these differ: the test says how surely.
        std_error = abs(estimate / statistic)
    own = [woodruff_std_error(arm, freedom) for arm in (first, second)]
    return finished(
        effect._replace(
            control_mean=first.quantile,
            treatment_mean=second.quantile,
            control_std=own[0] * math.sqrt(control.n),
            treatment_std=own[1] * math.sqrt(treatment.n),
            estimate=estimate,
            std_error=std_error,
            statistic=statistic,
            degrees_of_freedom=freedom,
            p_value=two_sided_p(statistic, freedom),
            status="ok",
            control_mean_variance=own[0] ** 2,
            control_mean_covariance=-(own[0] ** 2),
            region=compared,
        ),
        alpha,
        power,
    )


def quantile_non_inferiority(
    p: float,
    control: QuantileCurve,
    treatment: QuantileCurve,
    *,
    margin: float,
    relative: bool,
    direction: str,
    alpha: float = 0.05,
) -> NonInferiority:
    """Test a quantile's change in the bad direction against a margin, one-sided at `alpha`.

    The region's distance from q_t = q_c -+ m, or from q_t = q_c -+ m |q_c|, is the statistic, so
    that a relative margin is one of the unknown quantile of control.

    Args:
        p: Probability, in (0, 1).
        control: Control's curve.
        treatment: The treatment's curve, on the same grid.
        margin: As for `non_inferiority`, as are `relative`, `direction` and `alpha`.
        relative: Whether the margin is a fraction of |control|.
        direction: Where the metric should go: "increase" or "decrease".
        alpha: One-sided level, in (0, 1).

    Raises:
        ValueError: An argument is outside its range, or the grids differ.
    """
    require_margin(margin, relative=relative, direction=direction, alpha=alpha)
    region = _compare(p, control, treatment)
    if isinstance(region, Failure):
        return failed(region)
    if relative and region.control.quantile == 0.0:
        return failed(Failure("relative_undefined", "The control's quantile is zero."))
    sign = 1.0 if direction == "increase" else -1.0

    def distance(first: FloatArray, second: FloatArray) -> FloatArray:
        tolerated = margin * np.abs(first) if relative else np.full_like(first, margin)
        return sign * (second - first) + tolerated

    freedom = region.degrees_of_freedom
    critical = critical_value(alpha, freedom)
    bounds = region.relative_bounds(critical) if relative else region.difference_bounds(critical)
    bound = bounds[0] if sign > 0 else bounds[1]
    statistic = region.signed_distance(distance)
    return decided(statistic, freedom, alpha, bound if math.isfinite(bound) else math.nan)


def _compare(
    p: float, control: QuantileCurve, treatment: QuantileCurve
) -> QuantileRegion | Failure:
    require_fraction("p", p)
    if not np.array_equal(control.grid, treatment.grid):
        raise ValueError("grid of the treatment must be the grid of control.")
    arms = []
    for name, curve in (("control", control), ("treatment", treatment)):
        arm = quantile_arm(p, name, curve)
        if isinstance(arm, Failure):
            return arm
        if math.isinf(arm.quantile):
            side = "above" if arm.quantile > 0.0 else "below"
            reason = f"The quantile of the {name} is {side} every value of the grid."
            return Failure("outside_grid", reason)
        arms.append(arm)
    region = QuantileRegion(arms[0], arms[1], region_freedom(arms[0], arms[1]))
    if all(arm.share_std_error == 0.0 for arm in arms):
        reason = "The share of events below the quantile is the same for every unit of an arm."
        return Failure("zero_variance", reason)
    beyond = _fewest_beyond(p, arms)
    if beyond < FEWEST_BEYOND or not math.isfinite(region.std_error()):
        reason = (
            f"The smaller arm has the information of {beyond:.1f} independent events beyond the "
            f"quantile; an interval needs about {FEWEST_BEYOND:.0f}."
        )
        return Failure("too_few_events", reason)
    return region


def _fewest_beyond(p: float, arms: list[QuantileArm]) -> float:
    """Effective events beyond the quantile in the smaller arm, if both vary alike per unit.

    A small arm's own variance is low just where it happens to hold few of the slow clusters.
    """
    units = [arm.curve.n for arm in arms]
    per_unit = sum(
        (n * arm.share_std_error) ** 2 for n, arm in zip(units, arms, strict=True)
    ) / sum(units)
    return min(units) * min(p, 1.0 - p) * p * (1.0 - p) / per_unit


def _failed(
    effect: Effect, p: float, curves: tuple[QuantileCurve, QuantileCurve], failure: Failure
) -> Effect:
    """An effect without uncertainty, but with the quantiles of arms that have one."""
    values = []
    for curve in curves:
        arm = quantile_arm(p, "arm", curve)
        known = not isinstance(arm, Failure) and math.isfinite(arm.quantile)
        values.append(arm.quantile if known and not isinstance(arm, Failure) else math.nan)
    is_constant = failure.status == "zero_variance"
    return effect._replace(
        control_mean=values[0],
        treatment_mean=values[1],
        estimate=values[1] - values[0],
        std_error=0.0 if is_constant else math.nan,
        status=failure.status,
        status_reason=failure.reason,
    )
