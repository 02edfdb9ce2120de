"""What is believed of an effect, or of an arm's rate, before its data."""

import math
from typing import NamedTuple


class NormalPrior(NamedTuple):
    """True effects as draws from a normal distribution.

    Attributes:
        mean: Their mean, in the unit of the estimates (absolute, or a fraction of control).
        sd: Their standard deviation; infinite for a flat prior.
        source: "flat", "declared" or "calibrated".
    """

    mean: float
    sd: float
    source: str


class BetaPrior(NamedTuple):
    """An arm's rate as a draw from a beta distribution.

    Attributes:
        events: First parameter: events worth of belief, >= .1.
        others: Second parameter: units without the event, >= .1.
    """

    events: float
    others: float


FLAT_PRIOR = NormalPrior(0.0, math.inf, "flat")
UNIFORM_PRIOR = BetaPrior(1.0, 1.0)


def declared_prior(mean: float, sd: float) -> NormalPrior:
    """A prior that somebody wrote down.

    Raises:
        ValueError: `mean` is not finite, or `sd` not positive and finite.
    """
    if not math.isfinite(mean):
        raise ValueError(f"mean == {mean!r}, must be finite.")
    if not 0.0 < sd < math.inf:
        raise ValueError(f"sd == {sd!r}, must be > 0 and finite.")
    return NormalPrior(mean, sd, "declared")


def beta_prior(events: float, others: float) -> BetaPrior:
    """A prior of a rate that somebody wrote down.

    Raises:
        ValueError: A parameter is below .1, where its density piles up beyond what doubles hold,
            or not finite.
    """
    for name, value in (("events", events), ("others", others)):
        if not 0.1 <= value < math.inf:
            raise ValueError(f"{name} == {value!r}, must be >= 0.1 and finite.")
    return BetaPrior(events, others)
