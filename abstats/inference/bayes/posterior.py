"""What is believed of an effect after its data."""

import math
from typing import NamedTuple

DIRECTIONS = ("increase", "decrease")


class Posterior(NamedTuple):
    """The posterior distribution of an effect, and what deciding on it would cost.

    A number that cannot be had is NaN, and `status` says why.

    Attributes:
        mean: Posterior mean of the effect, in the unit of the estimate.
        sd: Posterior standard deviation.
        ci_lower: Lower bound of the equal-tailed credible interval at 1 - alpha.
        ci_upper: Its upper bound.
        chance_to_win: Probability that the effect is in the good direction.
        expected_loss: Expected size of the effect's harm if the treatment is shipped: the mean of
            the effect in the bad direction, counting good effects as zero.
        expected_loss_of_control: The same if control is kept: the mean gain that is forgone.
        peeking: What stopping on these numbers does; `abstats.inference.bayes.peeking`.
        status: "ok", "no_data" or "zero_variance".
        status_reason: The same in words; empty when all is well.
    """

    mean: float
    sd: float
    ci_lower: float
    ci_upper: float
    chance_to_win: float
    expected_loss: float
    expected_loss_of_control: float
    peeking: str
    status: str
    status_reason: str


def no_posterior(status: str, reason: str, peeking: str) -> Posterior:
    """A posterior without numbers, and why."""
    nan = math.nan
    return Posterior(nan, nan, nan, nan, nan, nan, nan, peeking, status, reason)
