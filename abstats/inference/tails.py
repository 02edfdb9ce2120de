"""Tail probabilities and critical values of Student's t and the normal, precise far out."""

import math

from scipy import special


def upper_tail(statistic: float, degrees_of_freedom: float = math.inf) -> float:
    """P(T > statistic) as a survival function, so that p = 1e-179 keeps its digits."""
    if math.isinf(degrees_of_freedom):
        return float(special.ndtr(-statistic))
    return float(special.stdtr(degrees_of_freedom, -statistic))


def two_sided_p(statistic: float, degrees_of_freedom: float = math.inf) -> float:
    """P(|T| > |statistic|)."""
    return 2.0 * upper_tail(abs(statistic), degrees_of_freedom)


def critical_value(tail: float, degrees_of_freedom: float = math.inf) -> float:
    """The value that T exceeds with probability `tail`, in (0, 1)."""
    if math.isinf(degrees_of_freedom):
        return -float(special.ndtri(tail))
    return -float(special.stdtrit(degrees_of_freedom, tail))


def normal_score(statistic: float, degrees_of_freedom: float = math.inf) -> float:
    """The normal statistic with the same tail as Student's; at most 37, where tails underflow."""
    tail = max(upper_tail(abs(statistic), degrees_of_freedom), 1e-299)
    return math.copysign(critical_value(tail), statistic)
