"""An effect with bounds, p-value and evidence that hold at every look."""

from __future__ import annotations

import math
from typing import NamedTuple

from abstats.inference.anytime.normal_mixture import critical_z, log_e_value, tuned_growth
from abstats.inference.anytime.start import too_early
from abstats.inference.checks import require_fraction, require_one_of
from abstats.inference.effect import SCORE_TESTS, Effect
from abstats.inference.intervals import RELATIVE_STATUSES, with_alpha
from abstats.inference.tails import normal_score, upper_tail

ALTERNATIVES = ("two_sided", "greater", "less")
NAN = math.nan
OPEN_ENDED = (
    "Totals that keep growing after a unit entered are no sums of independent units: watched by "
    "the hour for 90 days, always-valid bounds reject .06 to .09 for .05. Give the metric a window."
)


class AlwaysValid(NamedTuple):
    """An effect at one look, with bounds that hold over all looks together.

    Attributes:
        ci_lower: Lower bound of the confidence sequence of the effect at 1 - alpha; NaN where it
            is open ("less").
        ci_upper: Upper bound; NaN where it is open ("greater").
        relative_ci_lower: Lower bound of the effect relative to |control mean|, by the same
            inversion as `Effect.relative_ci_lower`; it agrees with the absolute one. NaN where
            open or unbounded.
        relative_ci_upper: Upper bound of that.
        p_value: Always-valid p-value of this look: min(1, 1 / e-value).
        log_e_value: Natural logarithm of the evidence against no effect; the e-process at this
            look.
        fraction: Information at this look over the planned one: how much larger the squared
            standard error would be now than at the planned units.
        local_alpha: Level of a fixed test that has this look's critical value, over all its sides.
        status: "ok"; "too_early"; "open_ended_totals"; "information_backwards" (`follow_looks`);
            or the effect's own status.
        status_reason: The same in words; empty when all is well.
    """

    ci_lower: float
    ci_upper: float
    relative_ci_lower: float
    relative_ci_upper: float
    p_value: float
    log_e_value: float
    fraction: float
    local_alpha: float
    status: str
    status_reason: str


def always_valid(
    effect: Effect,
    *,
    planned: tuple[int, int],
    counts_each_unit_once: bool,
    alpha: float = 0.05,
    alternative: str = "two_sided",
) -> AlwaysValid:
    """Asymptotic confidence sequence, e-value and always-valid p-value of an effect.

    Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024), "Time-uniform central limit theory and
    asymptotic confidence sequences", Ann. Statist. 52, theorem 2.2: estimate +- se z(t), z the
    normal mixture's critical value at t, the information so far over the planned one, where the
    mixture is tuned. Welch's test keeps its degrees of freedom: z(t) is replaced by the point of
    Student's t with the same tail. Absolute and relative bounds, and the score test's for
    proportions, are those of a fixed test at `local_alpha`, so they agree with each other and with
    the e-value. Nothing is remembered: bounds of earlier looks are not intersected.

    Args:
        effect: From `estimate_effect`, of any kind and estimator.
        planned: Units of control and of the treatment at which the bounds are tightest. It tunes
            the mixture, as `alpha` does: both are fixed before the first look.
        counts_each_unit_once: Whether a unit's value is final when it is counted (a window, mature
            units). If not, there is no answer but a status.
        alpha: Probability that the bounds ever miss the effect, in (0, 1); below .5 for one side.
        alternative: "two_sided"; "greater" or "less" for evidence, and a bound, on one side only.

    Raises:
        ValueError: An argument is out of range.
    """
    require_fraction("alpha", alpha)
    require_one_of("alternative", alternative, ALTERNATIVES)
    if not all(1 <= units < math.inf for units in planned):
        raise ValueError(f"planned == {planned!r}, must be >= 1 unit in each arm and finite.")
    if effect.status not in RELATIVE_STATUSES:
        return without_numbers(effect.status, effect.status_reason)
    if not counts_each_unit_once:
        return without_numbers("open_ended_totals", OPEN_ENDED)
    fraction = information_fraction(effect, planned)
    reason = too_early(effect, fraction)
    if reason:
        return without_numbers("too_early", reason)._replace(fraction=fraction)
    sides = 2 if alternative == "two_sided" else 1
    growth = fraction * tuned_growth(alpha, sides)
    tail = upper_tail(critical_z(growth, alpha, sides))
    bounded = with_alpha(effect, 2.0 * tail)
    z = normal_score(effect.statistic, effect.degrees_of_freedom)
    log_e = log_e_value(-z if alternative == "less" else z, growth, sides)
    result = AlwaysValid(
        ci_lower=bounded.ci_lower,
        ci_upper=bounded.ci_upper,
        relative_ci_lower=bounded.relative_ci_lower,
        relative_ci_upper=bounded.relative_ci_upper,
        p_value=math.exp(-max(log_e, 0.0)),
        log_e_value=log_e,
        fraction=fraction,
        local_alpha=sides * tail,
        status=bounded.status,
        status_reason=bounded.status_reason,
    )
    if alternative == "greater":
        return result._replace(ci_upper=NAN, relative_ci_upper=NAN)
    if alternative == "less":
        return result._replace(ci_lower=NAN, relative_ci_lower=NAN)
    return result


def information_fraction(effect: Effect, planned: tuple[float, float]) -> float:
    """Information now over that at the planned units, with the arms' spreads as they are now.

    (s0^2 / N0 + s1^2 / N1) / (s0^2 / n0 + s1^2 / n1): a clock that stays right when the split
    between the arms changes, and that no outlier turns back. The score test has one spread.
    """
    v0, v1 = effect.control_std**2, effect.treatment_std**2
    if effect.test in SCORE_TESTS:
        v0 = v1 = 1.0
    now = v0 / effect.control_n + v1 / effect.treatment_n
    return (v0 / planned[0] + v1 / planned[1]) / now


def without_numbers(status: str, reason: str) -> AlwaysValid:
    """A look that has no bounds, and why."""
    return AlwaysValid(NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, status, reason)
