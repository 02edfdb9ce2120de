"""The looks of a running experiment against its plan: bounds, decision and status of each."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from abstats.inference.sequential.boundaries import Bounds, spending_bounds
from abstats.inference.sequential.futility import futility_bounds
from abstats.inference.sequential.increments import SMALLEST_STEP
from abstats.inference.sequential.spending import Spending
from abstats.moments import FloatArray

REJECTIONS = ("reject_upper", "reject_lower")


class FutilityPlan(NamedTuple):
    """How an experiment stops for futility.

    Attributes:
        beta: Type II error at `drift`.
        spending: Its spending function.
        drift: theta sqrt(planned maximal information) under the alternative, of
            `futility_design`.
        is_binding: Whether alpha counts on futility stops being obeyed.
    """

    beta: float
    spending: Spending
    drift: float
    is_binding: bool = False


class Plan(NamedTuple):
    """A group sequential test as declared before the start.

    Attributes:
        alpha: Type I error, all sides together.
        spending: Its spending function.
        sides: 1 (rejection for large statistics) or 2.
        futility: None without futility bounds.
    """

    alpha: float
    spending: Spending
    sides: int = 2
    futility: FutilityPlan | None = None


class MonitoredLook(NamedTuple):
    """One look. Numbers are NaN unless `status` is "ok".

    Attributes:
        fraction: Information over the planned maximum.
        statistic: z-statistic.
        upper: Efficacy bound; inf while nothing is spent.
        futility: Futility bound; -inf without.
        alpha_spent: Type I error spent by this look.
        nominal_alpha: Level of the fixed test with this bound, all sides together: the fixed
            p-value is at most this exactly when the bound is crossed, and the fixed test's
            interval at this level is the repeated confidence interval.
        decision: "continue"; "reject_upper", "reject_lower", "futility" if the look stops; or
            "not_rejected" at the final look. Rejections and binding futility stand at all later
            looks.
        status: "ok"; "no_data"; "no_new_information" (within a millionth of the look before it);
            "information_backwards" (less than that); "beyond_plan" (alpha was spent at an earlier
            look).
        status_reason: The same in words; empty when all is well.
    """

    fraction: float
    statistic: float
    upper: float
    futility: float
    alpha_spent: float
    nominal_alpha: float
    decision: str
    status: str
    status_reason: str


def monitor(
    plan: Plan,
    fractions: npt.ArrayLike,
    statistics: npt.ArrayLike,
    *,
    is_final: bool = False,
    correlation: npt.ArrayLike | None = None,
) -> list[MonitoredLook]:
    """Every look taken so far, judged by what was known at it.

    A look without data or without new information is skipped: it has a status, spends nothing and
    decides nothing. If the final look has no new information, the last look with some becomes the
    final one and spends what is left; not if information went backwards, since its statistic is
    then of other data.

    Args:
        plan: The declared test.
        fractions: (1 / std_error^2) / planned maximum at each look, shape (looks,); NaN or 0
            where there is no data. With `correlation`, another measure of progress.
        statistics: z-statistics, shape (looks,); NaN where there is no data.
        is_final: The last look is the last of all, so it spends what is left.
        correlation: Correlation matrix of the statistics where increments are not independent,
            shape (looks, looks); only without futility.

    Raises:
        ValueError: An argument is out of range, or shapes differ.
    """
    t = np.atleast_1d(np.asarray(fractions, dtype=np.float64))
    z = np.atleast_1d(np.asarray(statistics, dtype=np.float64))
    if t.shape != z.shape or t.ndim != 1:
        raise ValueError(f"statistics.shape == {z.shape!r}, must be that of fractions, {t.shape}.")
    statuses = _statuses(t, z)
    used = [k for k, (status, _) in enumerate(statuses) if status == "ok"]
    looks = [_skipped(t[k], z[k], *statuses[k]) for k in range(t.size)]
    if not used:
        return looks
    matrix = None if correlation is None else np.asarray(correlation)[np.ix_(used, used)]
    ends_here = is_final and used[-1] == t.size - 1
    bounds = _bounds(plan, t[used], ends_here, matrix)
    for row, k in enumerate(used):
        looks[k] = _judged(plan, bounds, row, z[k], ends_here and k == t.size - 1)
    if is_final and statuses[-1][0] == "no_new_information":
        looks[-1] = _judged(plan, _bounds(plan, t[used], True, matrix), len(used) - 1, z[-1], True)
    return _with_standing_decisions(plan, looks)


def _statuses(t: FloatArray, z: FloatArray) -> list[tuple[str, str]]:
    """Status and reason of each look."""
    statuses = []
    reached = 0.0
    for fraction, statistic in zip(t.tolist(), z.tolist(), strict=True):
        if not (math.isfinite(fraction) and fraction > 0.0 and math.isfinite(statistic)):
            status = ("no_data", "There is no estimate with a standard error yet.")
        elif reached >= 1.0:
            reason = "The planned information was reached at an earlier look, which spent alpha."
            status = ("beyond_plan", reason)
        elif fraction - reached < SMALLEST_STEP * fraction:
            reason = f"Information is {fraction:.6g} of the plan, after {reached:.6g} before."
            is_less = reached - fraction > SMALLEST_STEP * reached
            status = ("information_backwards" if is_less else "no_new_information", reason)
        else:
            status = ("ok", "")
            reached = fraction
        statuses.append(status)
    return statuses


def _bounds(plan: Plan, t: FloatArray, is_final: bool, correlation: FloatArray | None) -> Bounds:
    if plan.futility is None:
        return spending_bounds(
            t,
            alpha=plan.alpha,
            spending=plan.spending,
            sides=plan.sides,
            is_final=is_final,
            correlation=correlation,
        )
    if correlation is not None:
        raise ValueError("correlation == a matrix, must be None with futility bounds.")
    return futility_bounds(
        t,
        drift=plan.futility.drift,
        alpha=plan.alpha,
        beta=plan.futility.beta,
        spending=plan.spending,
        beta_spending=plan.futility.spending,
        sides=plan.sides,
        is_binding=plan.futility.is_binding,
        is_final=is_final,
    )


def _skipped(fraction: float, statistic: float, status: str, reason: str) -> MonitoredLook:
    nan = math.nan
    return MonitoredLook(
        float(fraction), float(statistic), nan, nan, nan, nan, "continue", status, reason
    )


def _judged(plan: Plan, bounds: Bounds, row: int, z: float, is_final: bool) -> MonitoredLook:
    upper, futility = float(bounds.upper[row]), float(bounds.futility[row])
    ends = is_final or bounds.fractions[row] >= 1.0
    decision = "not_rejected" if ends else "continue"
    if z >= upper:
        decision = "reject_upper"
    elif plan.sides == 2 and z <= -upper:
        decision = "reject_lower"
    elif not ends and (abs(z) if plan.sides == 2 else z) <= futility:
        decision = "futility"
    return MonitoredLook(
        fraction=float(bounds.fractions[row]),
        statistic=float(z),
        upper=upper,
        futility=futility,
        alpha_spent=float(bounds.alpha_spent[row]),
        nominal_alpha=float(bounds.nominal_alpha[row]),
        decision=decision,
        status="ok",
        status_reason="",
    )


def _with_standing_decisions(plan: Plan, looks: list[MonitoredLook]) -> list[MonitoredLook]:
    """A rejection, or futility that binds, stands at all later looks."""
    binding = plan.futility is not None and plan.futility.is_binding
    standing = ""
    result = []
    for look in looks:
        if standing:
            result.append(look._replace(decision=standing))
            continue
        if look.decision in REJECTIONS or (binding and look.decision == "futility"):
            standing = look.decision
        result.append(look)
    return result
