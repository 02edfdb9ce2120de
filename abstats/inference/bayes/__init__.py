"""Bayesian inference with declared and calibrated priors, labelled with what peeking does."""

from abstats.inference.bayes.beta_binomial import beta_binomial_posterior
from abstats.inference.bayes.calibration import Calibration, calibrated_prior
from abstats.inference.bayes.normal import normal_posterior
from abstats.inference.bayes.posterior import Posterior
from abstats.inference.bayes.priors import (
    FLAT_PRIOR,
    UNIFORM_PRIOR,
    BetaPrior,
    NormalPrior,
    beta_prior,
    declared_prior,
)

__all__ = [
    "FLAT_PRIOR",
    "UNIFORM_PRIOR",
    "BetaPrior",
    "Calibration",
    "NormalPrior",
    "Posterior",
    "beta_binomial_posterior",
    "beta_prior",
    "calibrated_prior",
    "declared_prior",
    "normal_posterior",
]
