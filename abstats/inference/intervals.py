"""Confidence intervals of an effect at any level."""

import math

from abstats.inference import rare_events
from abstats.inference.checks import require_fraction
from abstats.inference.effect import SCORE_TESTS, Effect
from abstats.inference.fieller import fieller_interval
from abstats.inference.quantile_region import QuantileRegion
from abstats.inference.stratified_score import difference_interval, ratio_interval
from abstats.inference.tails import critical_value

UNDEFINED = "The control mean is zero, so nothing is relative to it; the absolute effect stands."
UNBOUNDED = (
    "The control mean does not differ significantly from zero, so the relative interval is "
    "unbounded; the absolute effect stands."
)
ENDLESS = (
    "There are too few events beyond the quantile for an interval at this level; estimate and test "
    "stand."
)
RELATIVE_STATUSES = ("ok", "relative_undefined", "relative_unbounded")


def with_alpha(effect: Effect, alpha: float) -> Effect:
    """The same effect with its four bounds at level 1 - alpha; a failed effect is left as it is.

    Only the bounds change, and the status if it is about them; `mde` keeps its level.

    Raises:
        ValueError: `alpha` is not in (0, 1).
    """
    require_fraction("alpha", alpha)
    if effect.status not in RELATIVE_STATUSES and effect.region is None:
        return effect
    if effect.test in SCORE_TESTS:
        return _with_score_bounds(effect, alpha)
    if effect.region is not None:
        return _with_region_bounds(effect, effect.region, alpha)
    return _with_t_bounds(effect, alpha)


def _with_t_bounds(effect: Effect, alpha: float) -> Effect:
    critical = critical_value(alpha / 2, effect.degrees_of_freedom)
    half_width = critical * effect.std_error
    lower, upper, status, reason = math.nan, math.nan, "relative_undefined", UNDEFINED
    if not math.isnan(effect.relative):
        lower, upper = fieller_interval(
            effect.estimate,
            effect.control_mean,
            variance=effect.std_error**2,
            control_variance=effect.control_mean_variance,
            covariance=effect.control_mean_covariance,
            critical=critical,
        )
        bounded = not math.isnan(lower)
        status, reason = ("ok", "") if bounded else ("relative_unbounded", UNBOUNDED)
    return effect._replace(
        ci_lower=effect.estimate - half_width,
        ci_upper=effect.estimate + half_width,
        relative_ci_lower=lower,
        relative_ci_upper=upper,
        status=status,
        status_reason=reason,
    )


def _with_score_bounds(effect: Effect, alpha: float) -> Effect:
    critical = critical_value(alpha / 2)
    if effect.test == "mid_p":
        lower, upper = rare_events.difference_interval(effect.counts[0], critical)
        ratio_lower, ratio_upper = rare_events.ratio_interval(effect.counts[0], critical)
    else:
        lower, upper = difference_interval(effect.counts, critical)
        ratio_lower, ratio_upper = ratio_interval(effect.counts, critical)
    defined = any(counts.control > 0 for counts in effect.counts)
    return effect._replace(
        ci_lower=lower,
        ci_upper=upper,
        relative_ci_lower=ratio_lower - 1.0,
        relative_ci_upper=ratio_upper - 1.0 if defined else math.nan,
        status="ok" if defined else "relative_undefined",
        status_reason="" if defined else UNDEFINED,
    )


def _with_region_bounds(effect: Effect, region: QuantileRegion, alpha: float) -> Effect:
    critical = critical_value(alpha / 2, effect.degrees_of_freedom)
    bounds = region.difference_bounds(critical)
    relative = region.relative_bounds(critical)
    status, reason = "ok", ""
    if not all(map(math.isfinite, bounds)):
        status, reason = "too_few_events", ENDLESS
        bounds = relative = (math.nan, math.nan)
    elif math.isnan(effect.relative):
        status, reason = "relative_undefined", UNDEFINED
        relative = (math.nan, math.nan)
    elif not all(map(math.isfinite, relative)):
        status, reason = "relative_unbounded", UNBOUNDED
        relative = (math.nan, math.nan)
    return effect._replace(
        ci_lower=bounds[0],
        ci_upper=bounds[1],
        relative_ci_lower=relative[0],
        relative_ci_upper=relative[1],
        status=status,
        status_reason=reason,
    )
