"""Is a metric the same in two arms, up to a margin on either side?"""

from __future__ import annotations

from typing import NamedTuple

from abstats.inference.non_inferiority import NonInferiority, non_inferiority
from abstats.inference.strata import Arm


class Equivalence(NamedTuple):
    """Two one-sided tests that a change lies within its margins.

    Attributes:
        p_value: The larger of the two: of the null "changed by the margin or more, either way"; NaN
            where there is no test.
        is_equivalent: p_value <= alpha; None where there is no test.
        ci_lower: Lower bound of the change at 1 - alpha one-sided, absolute or relative as the
            margin is; with `ci_upper` an interval at 1 - 2 alpha, within the margins exactly where
            the metric is equivalent. NaN where unbounded.
        ci_upper: Upper bound likewise.
        status: "ok", or an Effect's status.
        status_reason: The same in words.
        not_lower: The test that the change is above the lower margin.
        not_higher: The test that it is below the upper one.
    """

    p_value: float
    is_equivalent: bool | None
    ci_lower: float
    ci_upper: float
    status: str
    status_reason: str
    not_lower: NonInferiority
    not_higher: NonInferiority


def equivalence(
    kind: str,
    control: Arm,
    treatment: Arm,
    *,
    margin: float,
    relative: bool,
    estimator: str = "unadjusted",
    alpha: float = 0.05,
) -> Equivalence:
    """Test that the change is smaller than the margin in both directions, each at `alpha`.

    Schuirmann (1987), "A Comparison of the Two One-Sided Tests Procedure and the Power Approach",
    J. Pharmacokinet. Biopharm. 15. Both tests at full alpha bound the error at alpha, as both must
    reject. A relative margin m is one of the unknown control mean on both sides: mu_t against
    (1 - m) mu_c and (1 + m) mu_c.

    Args:
        kind: As for `non_inferiority`, as are all others.
        control: Control's moments.
        treatment: The treatment's moments.
        margin: Largest change that is none, > 0: a fraction of |control mean| below 1 if
            `relative`, else in the metric's unit.
        relative: Which of the two.
        estimator: "unadjusted" or "cuped".
        alpha: Level of each one-sided test, in (0, 1).

    Raises:
        ValueError: An argument is outside its range, or the arms' columns or strata differ.
    """
    not_lower, not_higher = (
        non_inferiority(
            kind,
            control,
            treatment,
            margin=margin,
            relative=relative,
            direction=direction,
            estimator=estimator,
            alpha=alpha,
        )
        for direction in ("increase", "decrease")
    )
    return two_one_sided(not_lower, not_higher)


def two_one_sided(not_lower: NonInferiority, not_higher: NonInferiority) -> Equivalence:
    """Equivalence from its two tests, of any kind of metric, at one level.

    Args:
        not_lower: Non-inferiority at the margin where an increase is good.
        not_higher: The same where a decrease is good.
    """
    failure = next((test for test in (not_lower, not_higher) if test.status != "ok"), None)
    if failure is not None:
        last, is_equivalent = failure, None
    else:
        last = max(not_lower, not_higher, key=lambda test: test.p_value)
        is_equivalent = last.is_non_inferior
    return Equivalence(
        last.p_value,
        is_equivalent,
        not_lower.bound,
        not_higher.bound,
        last.status,
        last.status_reason,
        not_lower,
        not_higher,
    )
