"""A proportion's moments are its counts."""

import math

from abstats.inference.comparison import Failure
from abstats.inference.score import Counts
from abstats.moments import Moments


def event_counts(control: Moments, treatment: Moments) -> Counts | Failure:
    """Events and units of two arms, from n and the mean of "y" in {0, 1}.

    Raises:
        ValueError: A mean is outside [0, 1].
    """
    counts = []
    for name, arm in (("control", control), ("treatment", treatment)):
        if arm.n == 0:
            return Failure("no_data", f"The {name} has no units.")
        if arm.n < 2:
            return Failure("too_few_units", f"The {name} has one unit; a variance needs two.")
        mean = arm.mean_of("y")
        if not math.isfinite(mean):
            return Failure("no_data", f"The moments of the {name} are not finite.")
        if not 0.0 <= mean <= 1.0:
            raise ValueError(f"mean of y in the {name} == {mean!r}, must be >= 0 and <= 1.")
        counts += [round(arm.n * mean), arm.n]
    return Counts(*counts)
