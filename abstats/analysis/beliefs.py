"""The prior of an effect that an experiment declares, as the row of its posterior states it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from abstats.analysis.past_effects import PastEffect, prior_of_the_past
from abstats.inference.bayes import FLAT_PRIOR, NormalPrior, declared_prior
from abstats.spec.bayesian import BayesianSpec
from abstats.spec.experiment import ExperimentSpec


class Belief(NamedTuple):
    """What is believed of a metric's relative effect before its data.

    Attributes:
        prior: The prior; None where there is none.
        rule: Which past effects a calibrated prior comes from; None for the others.
        n_past_experiments: How many past experiments it comes from; None for the others.
        status: "ok", or why there is no prior: "too_few_experiments" or "no_spread".
        status_reason: The same in words; empty when all is well.
    """

    prior: NormalPrior | None
    rule: str | None = None
    n_past_experiments: int | None = None
    status: str = "ok"
    status_reason: str = ""


def belief_of(
    experiment: ExperimentSpec,
    bayesian: BayesianSpec,
    result: Mapping[str, Any],
    past: Sequence[PastEffect],
) -> Belief:
    """The prior of a comparison.

    Args:
        experiment: Its experiment.
        bayesian: What that declares.
        result: A headline row of it, of any date.
        past: What all decided experiments found; those that were not decided before this one
            began are left out.
    """
    if bayesian.prior == "flat":
        return Belief(FLAT_PRIOR)
    if bayesian.prior == "declared":
        return Belief(declared_prior(bayesian.relative_mean or 0.0, bayesian.relative_std or 0.0))
    metric, role, direction = (result[name] for name in ("metric_name", "role", "direction"))
    found = prior_of_the_past(past, experiment.start, metric, role, direction)
    calibration = found.calibration
    prior = calibration.prior
    return Belief(
        None if prior is None else prior._replace(mean=found.sign * prior.mean),
        found.rule,
        calibration.experiments,
        calibration.status,
        calibration.status_reason,
    )
