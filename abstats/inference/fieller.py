"""Fieller's interval for an effect relative to the control mean."""

import math

NAN = (math.nan, math.nan)
# A treatment without any mean or variance leaves terms that cancel.
ROUNDING = 1e-14


def fieller_interval(
    estimate: float,
    control: float,
    *,
    variance: float,
    control_variance: float,
    covariance: float,
    critical: float,
) -> tuple[float, float]:
    """All r for which `estimate - r |control|` does not differ significantly from zero.

    Fieller (1954), "Some problems in interval estimation", JRSS B 16. With the critical value of
    the absolute test it holds zero exactly when the absolute interval does.

    Args:
        estimate: The absolute effect.
        control: The control mean; the effect is taken relative to its absolute value.
        variance: Squared standard error of `estimate`.
        control_variance: Squared standard error of `control`.
        covariance: Covariance of `estimate` and `control`.
        critical: Critical value of the absolute test, > 0.

    Returns:
        Lower and upper bound, or NaNs where the interval is unbounded: the control mean does not
        differ significantly from zero.
    """
    # The interval has no unit; a power of two changes no digit, and no product overflows.
    unit = 2.0 ** -min(max(math.frexp(control)[1], -500), 500)
    estimate, control = estimate * unit, control * unit
    variance, control_variance, covariance = (
        value * unit * unit for value in (variance, control_variance, covariance)
    )
    q2 = critical * critical
    sign = math.copysign(1.0, control)
    c, k = abs(control), covariance * sign
    a = c * c - q2 * control_variance
    if not a > 0.0:
        return NAN
    b = estimate * c - q2 * k
    # b^2 - a * constant, written so that nothing large cancels.
    spread = _sum_of(
        c * c * variance, -2.0 * estimate * c * k, estimate * estimate * control_variance
    )
    determinant = _sum_of(control_variance * variance, -k * k)
    discriminant = q2 * (spread - q2 * determinant)
    if math.isnan(discriminant):
        return NAN
    far = b + math.copysign(math.sqrt(max(discriminant, 0.0)), b)
    if far == 0.0:
        return 0.0, 0.0
    # The product of the absolute bounds fixes the sign of the near root: it agrees with the test.
    half_width = critical * math.sqrt(variance)
    near_root = (estimate - half_width) * (estimate + half_width) / far
    far_root = far / a
    return min(near_root, far_root), max(near_root, far_root)


def _sum_of(*terms: float) -> float:
    """Their sum; zero where only rounding is left of it."""
    total = sum(terms)
    return 0.0 if abs(total) <= ROUNDING * sum(map(abs, terms)) else total
