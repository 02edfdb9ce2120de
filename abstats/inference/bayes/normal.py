"""An estimated effect and a normal prior: the normal-normal model."""

import math

from abstats.inference.bayes.peeking import CALIBRATED, DECLARED, FLAT
from abstats.inference.bayes.posterior import DIRECTIONS, Posterior, no_posterior
from abstats.inference.bayes.priors import NormalPrior
from abstats.inference.checks import require_finite, require_fraction, require_one_of
from abstats.inference.tails import critical_value, upper_tail

PEEKING = {"flat": FLAT, "declared": DECLARED, "calibrated": CALIBRATED}


def normal_posterior(
    estimate: float,
    std_error: float,
    prior: NormalPrior,
    *,
    direction: str = "increase",
    alpha: float = 0.05,
) -> Posterior:
    """Posterior of an effect from its estimate and standard error.

    Gelman et al. (2013), Bayesian Data Analysis, sec. 2.5; the expected loss is Stucchio's (2015),
    "Bayesian A/B Testing at VWO", sec. 6, in closed form for a normal.

    Args:
        estimate: Treatment minus control, absolute or relative, in the prior's unit.
        std_error: Its standard error; the likelihood is normal with it.
        prior: The prior of the true effect.
        direction: Where the metric should go: "increase" or "decrease".
        alpha: One minus the probability of the credible interval, in (0, 1).

    Raises:
        ValueError: `direction`, `alpha` or the prior is out of range, or `std_error` negative.
    """
    require_fraction("alpha", alpha)
    require_one_of("direction", direction, DIRECTIONS)
    require_one_of("prior.source", prior.source, tuple(PEEKING))
    if std_error < 0.0:
        raise ValueError(f"std_error == {std_error!r}, must be >= 0.")
    require_finite("prior.mean", prior.mean)
    if not prior.sd > 0.0:
        raise ValueError(f"prior.sd == {prior.sd!r}, must be > 0.")
    peeking = PEEKING[prior.source]
    if not (math.isfinite(estimate) and math.isfinite(std_error)):
        return no_posterior("no_data", "There is no estimate with a standard error.", peeking)
    if std_error == 0.0:
        return no_posterior("zero_variance", "The standard error is zero.", peeking)
    # Of the distance from the prior's mean to the estimate, the share that the data earn.
    share = 1.0 / (1.0 + (std_error / prior.sd) ** 2)
    mean = prior.mean + share * (estimate - prior.mean)
    sd = math.sqrt(share) * std_error
    half_width = critical_value(alpha / 2) * sd
    good = (mean if direction == "increase" else -mean) / sd
    return Posterior(
        mean=mean,
        sd=sd,
        ci_lower=mean - half_width,
        ci_upper=mean + half_width,
        chance_to_win=upper_tail(-good),
        expected_loss=sd * _mean_below_zero(good),
        expected_loss_of_control=sd * _mean_below_zero(-good),
        peeking=peeking,
        status="ok",
        status_reason="",
    )


def _mean_below_zero(centre: float) -> float:
    """E max(-Z, 0) for Z normal around `centre` with standard deviation 1."""
    density = math.exp(-0.5 * centre * centre) / math.sqrt(2.0 * math.pi)
    return max(density - centre * upper_tail(centre), 0.0)
