"""Guardrails: has a metric not got worse than its margin?"""

from __future__ import annotations

import math
from typing import NamedTuple

from abstats.inference import rare_events
from abstats.inference.checks import require_fraction, require_one_of
from abstats.inference.compare import ESTIMATORS, KINDS, compare
from abstats.inference.comparison import Comparison, Failure
from abstats.inference.event_counts import event_counts
from abstats.inference.fieller import fieller_interval
from abstats.inference.score import Counts
from abstats.inference.strata import Arm
from abstats.inference.stratified_score import (
    difference_interval,
    difference_statistic,
    ratio_interval,
    ratio_statistic,
)
from abstats.inference.tails import critical_value, upper_tail

DIRECTIONS = ("increase", "decrease")
NAN = math.nan
NO_CONTROL_EVENTS = Failure("relative_undefined", "The control has no events.")
SMALLEST_TAIL = 1e-299


class NonInferiority(NamedTuple):
    """One-sided test that a metric got worse by less than its margin.

    Attributes:
        p_value: Of the null "worse by the margin or more"; NaN where there is no test.
        statistic: Distance from that null in standard errors; positive speaks for the treatment. Of
            a mid-p the normal score.
        degrees_of_freedom: Of Student's t; infinite for the score test and the mid-p.
        is_non_inferior: p_value <= alpha; None where there is no test.
        bound: One-sided bound at 1 - alpha of the effect in the bad direction (lower if an
            increase is good), absolute or relative as the margin is; NaN where unbounded.
        status: "ok", or an Effect's status.
        status_reason: The same in words.
    """

    p_value: float
    statistic: float
    degrees_of_freedom: float
    is_non_inferior: bool | None
    bound: float
    status: str
    status_reason: str


def non_inferiority(
    kind: str,
    control: Arm,
    treatment: Arm,
    *,
    margin: float,
    relative: bool,
    direction: str,
    estimator: str = "unadjusted",
    alpha: float = 0.05,
) -> NonInferiority:
    """Test the change in the bad direction against a margin, one-sided at `alpha`.

    A relative margin m is one of the unknown control mean, so what is tested is the contrast
    mu_t - (1 -+ m) mu_c with the variance of both means (Fieller's test; Hauschke, Kieser, Diletti
    & Burke 1999, Statistics in Medicine 18), by Welch-Satterthwaite. A proportion without
    covariates takes the score test at the margin, of the difference (Farrington & Manning 1990,
    Statistics in Medicine 9) or of the ratio (Koopman 1984); with few events in a small arm the
    mid-p at the margin by enumeration (`rare_events`).

    Args:
        kind: As for `estimate_effect`, as are `control`, `treatment`, `estimator`.
        control: Control's moments, in strata one cell each.
        treatment: The treatment's moments, likewise.
        margin: Largest tolerated change, > 0: a fraction of |control mean| below 1 if `relative`,
            else in the metric's unit.
        relative: Which of the two.
        direction: Where the metric should go: "increase" or "decrease".
        estimator: "unadjusted" or "cuped".
        alpha: One-sided level, in (0, 1).

    Raises:
        ValueError: An argument is outside its range, or the arms' columns or strata differ.
    """
    require_margin(margin, relative=relative, direction=direction, alpha=alpha)
    require_one_of("kind", kind, KINDS)
    require_one_of("estimator", estimator, ESTIMATORS)
    sign = 1.0 if direction == "increase" else -1.0
    if kind == "proportion" and estimator == "unadjusted":
        counts = event_counts(control, treatment)
        if isinstance(counts, Failure):
            return failed(counts)
        return _score_test(counts, margin, relative, sign, alpha)
    comparison = compare(kind, control, treatment, estimator=estimator)
    if isinstance(comparison, Failure):
        return failed(comparison)
    return t_test(comparison, margin, relative, sign, alpha)


def require_margin(margin: float, *, relative: bool, direction: str, alpha: float) -> None:
    """Raise ValueError unless these are arguments of a non-inferiority test."""
    require_fraction("alpha", alpha)
    require_one_of("direction", direction, DIRECTIONS)
    if relative:
        require_fraction("margin", margin)
    elif not 0.0 < margin < math.inf:
        raise ValueError(f"margin == {margin!r}, must be > 0 and finite.")


def t_test(
    comparison: Comparison, margin: float, relative: bool, sign: float, alpha: float
) -> NonInferiority:
    """Test a comparison at the margin; `sign` is 1 where an increase is good, else -1."""
    control = comparison.control
    if relative and control == 0.0:
        return failed(Failure("relative_undefined", "The control mean is zero."))
    # Good effects count up, whichever way the metric points: sign * estimate > -margin.
    weight = math.copysign(margin, control) if relative else 0.0
    contrast = comparison.contrast(control_weight=weight, sign=sign)
    is_constant = comparison.control_std == 0.0 and comparison.treatment_std == 0.0
    if is_constant or contrast.std_error == 0.0:
        reason = "The value is the same for every unit of an arm."
        return failed(Failure("zero_variance", reason))
    distance = contrast.estimate if relative else contrast.estimate + margin
    statistic = distance / contrast.std_error
    freedom = contrast.degrees_of_freedom
    critical = critical_value(alpha, freedom)
    bound = comparison.estimate - sign * critical * contrast.std_error
    if relative:
        covariance = comparison.covariance
        lower, upper = fieller_interval(
            comparison.estimate,
            control,
            variance=float(covariance[1, 1]),
            control_variance=float(covariance[0, 0]),
            covariance=float(covariance[0, 1]),
            critical=critical,
        )
        bound = lower if sign > 0 else upper
    return decided(statistic, freedom, alpha, bound)


def _score_test(
    counts: tuple[Counts, ...], margin: float, relative: bool, sign: float, alpha: float
) -> NonInferiority:
    critical = critical_value(alpha)
    if len(counts) == 1 and rare_events.is_rare(counts[0]):
        return _mid_p_test(counts[0], margin, relative, sign, alpha)
    if relative:
        if all(stratum.control == 0 for stratum in counts):
            return failed(NO_CONTROL_EVENTS)
        statistic = ratio_statistic(counts, 1.0 - sign * margin)
        lower, upper = (ratio - 1.0 for ratio in ratio_interval(counts, critical))
    else:
        require_fraction("margin", margin)
        statistic = difference_statistic(counts, -sign * margin)
        lower, upper = difference_interval(counts, critical)
    return decided(sign * statistic, math.inf, alpha, lower if sign > 0 else upper)


def _mid_p_test(
    counts: Counts, margin: float, relative: bool, sign: float, alpha: float
) -> NonInferiority:
    """With few events in a small arm by enumeration; the statistic is the normal one of the tail.

    The score test rejects there up to .092 for .05 and .029 for .005, this .059 and .006.
    """
    side = 1 if sign > 0 else -1
    critical = critical_value(alpha)
    if relative:
        if counts.control == 0:
            return failed(NO_CONTROL_EVENTS)
        tails = [rare_events.ratio_tail(counts, 1.0 - sign * margin, s) for s in (side, -side)]
        lower, upper = (ratio - 1.0 for ratio in rare_events.ratio_interval(counts, critical))
    else:
        require_fraction("margin", margin)
        tails = [rare_events.difference_tail(counts, -sign * margin, s) for s in (side, -side)]
        lower, upper = rare_events.difference_interval(counts, critical)
    # From the smaller tail, which has its digits.
    smaller = critical_value(max(min(tails), SMALLEST_TAIL))
    statistic = smaller if tails[0] <= tails[1] else -smaller
    return decided(statistic, math.inf, alpha, lower if sign > 0 else upper)


def decided(statistic: float, freedom: float, alpha: float, bound: float) -> NonInferiority:
    """The answer of a test whose statistic is positive where the treatment is fine."""
    p_value = upper_tail(statistic, freedom)
    return NonInferiority(p_value, statistic, freedom, p_value <= alpha, bound, "ok", "")


def failed(failure: Failure) -> NonInferiority:
    """No answer, and why."""
    return NonInferiority(NAN, NAN, NAN, None, NAN, failure.status, failure.reason)
