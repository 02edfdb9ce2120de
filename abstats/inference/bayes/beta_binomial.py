"""Two proportions with beta priors: the beta-binomial model, by quadrature."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import optimize, special

from abstats.inference.bayes.peeking import INDEPENDENT_ARMS
from abstats.inference.bayes.posterior import DIRECTIONS, Posterior, no_posterior
from abstats.inference.bayes.priors import UNIFORM_PRIOR, BetaPrior
from abstats.inference.checks import require_fraction, require_one_of
from abstats.inference.score import Counts
from abstats.moments import FloatArray

# Panels end at these tails of either rate, two normal standard deviations apart.
TAILS: FloatArray = special.ndtr(np.arange(-9.0, 0.0, 2.0))
NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(12)


def beta_binomial_posterior(
    counts: Counts,
    *,
    control_prior: BetaPrior = UNIFORM_PRIOR,
    treatment_prior: BetaPrior = UNIFORM_PRIOR,
    direction: str = "increase",
    alpha: float = 0.05,
) -> Posterior:
    """Posterior of the difference of two rates, treatment minus control.

    The arms' rates are independent beta variables; integrals over control's rate by quadrature,
    to about 1e-10. Chance to win: Miller (2014), "Formulas for Bayesian A/B Testing"; expected
    loss: Stucchio (2015), "Bayesian A/B Testing at VWO".

    Args:
        counts: Events and units of both arms.
        control_prior: Prior of control's rate.
        treatment_prior: Prior of the treatment's rate.
        direction: Where the rate should go: "increase" or "decrease".
        alpha: One minus the probability of the credible interval, in (0, 1).

    Raises:
        ValueError: `direction` or `alpha` is out of range, or events are not within 0 and units.
    """
    require_fraction("alpha", alpha)
    require_one_of("direction", direction, DIRECTIONS)
    x0, n0, x1, n1 = counts
    for events, units in ((x0, n0), (x1, n1)):
        if not 0 <= events <= units:
            raise ValueError(f"events == {events!r}, must be >= 0 and <= units == {units!r}.")
    if n0 == 0 or n1 == 0:
        return no_posterior("no_data", "An arm has no units.", INDEPENDENT_ARMS)
    control = _rate(control_prior, x0, n0)
    treatment = _rate(treatment_prior, x1, n1)
    chance_of_increase = _probability_above(control, treatment, 0.0)
    shortfall = _mean_shortfall(control, treatment)
    excess = _mean_shortfall(treatment, control)
    rises = direction == "increase"
    return Posterior(
        mean=treatment.mean - control.mean,
        sd=math.sqrt(control.variance + treatment.variance),
        ci_lower=_quantile(control, treatment, alpha / 2),
        ci_upper=-_quantile(treatment, control, alpha / 2),
        chance_to_win=(
            chance_of_increase if rises else _probability_above(treatment, control, 0.0)
        ),
        expected_loss=shortfall if rises else excess,
        expected_loss_of_control=excess if rises else shortfall,
        peeking=INDEPENDENT_ARMS,
        status="ok",
        status_reason="",
    )


class Rate(NamedTuple):
    """A beta distribution.

    Attributes:
        a: Its first parameter.
        b: Its second parameter.
        ends: Log odds at which its panels end, ascending.
    """

    a: float
    b: float
    ends: FloatArray

    @property
    def mean(self) -> float:
        """Its mean."""
        return self.a / (self.a + self.b)

    @property
    def variance(self) -> float:
        """Its variance."""
        return self.mean * (self.b / (self.a + self.b)) / (self.a + self.b + 1.0)


def _rate(prior: BetaPrior, events: int, units: int) -> Rate:
    a, b = prior.events + events, prior.others + units - events
    # From each end on its own, so that a rate near one keeps its digits too.
    low, high = (special.logit(special.betaincinv(*pair, TAILS)) for pair in ((a, b), (b, a)))
    return Rate(a, b, np.concatenate([low, -high[::-1]]))


def _probability_above(low: Rate, high: Rate, gap: float) -> float:
    """P(high > low + gap)."""

    def above(x: FloatArray) -> FloatArray:
        tail: FloatArray = special.betaincc(high.a, high.b, np.clip(x + gap, 0.0, 1.0))
        return tail

    return _expected(low, high, gap, above)


def _mean_shortfall(low: Rate, high: Rate) -> float:
    """E max(low - high, 0)."""

    def below(x: FloatArray) -> FloatArray:
        # E max(x - high, 0) = x F(x; a, b) - mean F(x; a + 1, b)
        rest = high.mean * special.betainc(high.a + 1.0, high.b, x)
        return np.maximum(x * special.betainc(high.a, high.b, x) - rest, 0.0)

    return _expected(low, high, 0.0, below)


def _quantile(low: Rate, high: Rate, tail: float) -> float:
    """The gap g with P(high - low <= g) = tail."""

    def excess(gap: float) -> float:
        return _probability_above(high, low, -gap) - tail

    mean, sd = high.mean - low.mean, math.sqrt(high.variance + low.variance)
    # Cantelli's inequality brackets the root.
    ends = mean - sd / math.sqrt(tail), mean + sd
    return float(optimize.brentq(excess, *ends, xtol=1e-11 * sd, rtol=1e-15))


def _expected(
    of: Rate, other: Rate, gap: float, value: Callable[[FloatArray], FloatArray]
) -> float:
    """Mean of `value` over a rate; `value` bends where the other one, less gap, lies.

    Over the log odds: there a density with parameters below one has no pole.
    """
    bends = special.logit(np.clip(special.expit(other.ends) - gap, 0.0, 1.0))
    ends = np.unique(np.clip(np.concatenate([of.ends, bends]), of.ends[0], of.ends[-1]))
    half = np.diff(ends)[:, None] / 2.0
    odds = (ends[:-1, None] + half) + half * NODES
    density = np.exp(
        of.a * special.log_expit(odds)
        + of.b * special.log_expit(-odds)
        - special.betaln(of.a, of.b)
    )
    weights = half * NODE_WEIGHTS * density
    # The density of large counts keeps seven digits only; its shape keeps more.
    return float((weights * value(special.expit(odds))).sum() / weights.sum())
