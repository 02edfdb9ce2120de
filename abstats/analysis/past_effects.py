"""What earlier experiments found, and the prior that it supports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa

from abstats.inference.bayes import Calibration, calibrated_prior
from abstats.inference.bayes.calibration import FEWEST_EXPERIMENTS
from abstats.spec.experiment import ExperimentSpec

SAME_METRIC, PRIMARY_METRICS = "same_metric", "primary_metrics"
"""Which effects a prior comes from: the metric's own, or those of the first primary metrics."""


class PastEffect(NamedTuple):
    """The relative effect that an experiment was decided with.

    Attributes:
        experiment_id: The experiment.
        metric_name: The metric.
        decided_on: The day on which the last of its treatments was decided.
        is_first_primary: Whether it is the first of the experiment's primary metrics.
        sign: 1 where an increase is good, -1 where a decrease is.
        effect_rel: The estimate, as a fraction of control.
        effect_rel_se: Its standard error, > 0.
    """

    experiment_id: str
    metric_name: str
    decided_on: date
    is_first_primary: bool
    sign: float
    effect_rel: float
    effect_rel_se: float


class CalibratedPrior(NamedTuple):
    """What past experiments say of a metric's effect.

    Attributes:
        calibration: The prior, or why there is none.
        rule: `SAME_METRIC` or `PRIMARY_METRICS`.
        sign: 1; -1 where the prior is of gains and a decrease of the metric is one.
    """

    calibration: Calibration
    rule: str
    sign: float


def past_effects(
    experiments: Sequence[ExperimentSpec],
    headlines: Sequence[Mapping[str, Any]],
    decisions: pa.Table,
) -> list[PastEffect]:
    """One effect per decided experiment and metric, won or lost, at the date that decided.

    Of several treatments the first in the alphabet: the others share its control. Experiments with
    an invalid verdict have none. Of one that stopped early it is the estimate at the stop: a
    likelihood is what it is whatever the rule of stopping was.

    Args:
        experiments: The declared experiments.
        headlines: Headline rows of the whole population of fct_experiment_results.
        decisions: Rows of fct_experiment_decisions.
    """
    by_name = {experiment.name: experiment for experiment in experiments}
    decided = _decided(decisions)
    found = []
    for row in headlines:
        experiment, dates = by_name.get(row["experiment_id"]), decided.get(row["experiment_id"])
        if experiment is None or dates is None:
            continue
        first = min(experiment.treatments)
        if (row["treatment_variant_id"], row["control_variant_id"]) != (first, experiment.control):
            continue
        if row["analysis_date"] != dates[first] or not row["effect_rel_se"]:
            continue
        found.append(
            PastEffect(
                row["experiment_id"],
                row["metric_name"],
                max(dates.values()),
                row["metric_name"] == experiment.metrics.primary[0].metric,
                1.0 if row["direction"] == "increase" else -1.0,
                row["effect_rel"],
                row["effect_rel_se"],
            )
        )
    return found


def prior_of_the_past(
    past: Sequence[PastEffect], start: date, metric: str, role: str, direction: str
) -> CalibratedPrior:
    """The prior for a metric of an experiment that starts on a day.

    From the effects on the same metric of all experiments that were decided before that day. Where
    these are too few, a primary metric takes the gains on the first primary metric of each of them.
    """
    before = [effect for effect in past if effect.decided_on < start]
    same = [effect for effect in before if effect.metric_name == metric]
    if len(same) >= FEWEST_EXPERIMENTS or role != "primary":
        return CalibratedPrior(_calibration(same, [1.0] * len(same)), SAME_METRIC, 1.0)
    primary = [effect for effect in before if effect.is_first_primary]
    signs = [effect.sign for effect in primary]
    sign = 1.0 if direction == "increase" else -1.0
    return CalibratedPrior(_calibration(primary, signs), PRIMARY_METRICS, sign)


def _calibration(effects: Sequence[PastEffect], signs: Sequence[float]) -> Calibration:
    return calibrated_prior(
        [sign * effect.effect_rel for sign, effect in zip(signs, effects, strict=True)],
        [effect.effect_rel_se for effect in effects],
    )


def _decided(decisions: pa.Table) -> dict[str, dict[str, date]]:
    """Treatment -> date that decided it, of the experiments that are decided as a whole."""
    verdicts: dict[str, list[dict[str, Any]]] = {}
    for row in decisions.to_pylist():
        verdicts.setdefault(row["experiment_id"], []).append(row)
    return {
        experiment_id: {row["treatment_variant_id"]: row["decision_date"] for row in rows}
        for experiment_id, rows in verdicts.items()
        if all(row["decision_date"] and row["verdict"] != "invalid" for row in rows)
    }
