"""Result rows and declared priors to the rows of fct_experiment_posteriors."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from abstats.analysis.beliefs import Belief, belief_of
from abstats.analysis.cells import ALL
from abstats.analysis.estimates import UNADJUSTED
from abstats.analysis.past_effects import past_effects
from abstats.analysis.schemas import POSTERIORS_GRAIN, POSTERIORS_SCHEMA, utc_naive
from abstats.inference.bayes import (
    NormalPrior,
    Posterior,
    beta_binomial_posterior,
    beta_prior,
    normal_posterior,
)
from abstats.inference.bayes.normal import PEEKING as NOTES
from abstats.inference.bayes.peeking import INDEPENDENT_ARMS
from abstats.inference.bayes.posterior import no_posterior
from abstats.inference.score import Counts
from abstats.spec.bayesian import BayesianSpec, RatePriorSpec
from abstats.spec.experiment import ExperimentSpec

PEEKING = {"flat": "unsafe", "declared": "unchecked_prior", "calibrated": "safe_on_average"}
"""What stopping on a posterior does, in a word, by its prior."""

RATES = ("proportion", "retention")
"""Kinds of metrics whose units have the event or have not."""

_SAME = ("role", "direction", "alpha", "is_interim")
"""Columns that are those of the result."""

_READ = (
    *POSTERIORS_GRAIN,
    *_SAME,
    "metric_kind",
    "estimator",
    "is_winsorised",
    "is_headline",
    "control_mean",
    "control_n_units",
    "treatment_mean",
    "treatment_n_units",
    "effect_abs",
    "effect_abs_se",
    "effect_rel",
    "effect_rel_se",
)
"""Columns of the results that posteriors need."""

Row = Mapping[str, Any]
Place = tuple[Any, ...]
"""The grain of a posterior, as a key."""


def posteriors(
    experiments: Sequence[ExperimentSpec],
    results: pa.Table,
    decisions: pa.Table,
    *,
    code_version: str,
    computed_at: datetime,
) -> pa.Table:
    """The posterior of every comparison, metric and date of the experiments that declare a prior.

    Of the whole population, from the headline estimates. Rows are sorted by their grain; the same
    input gives the same bytes.

    Args:
        experiments: The declared experiments.
        results: Rows of fct_experiment_results that are current.
        decisions: Rows of fct_experiment_decisions.
        code_version: Version of abstats, for the row.
        computed_at: Time of the computation, with a time zone.

    Returns:
        A table of `POSTERIORS_SCHEMA`.

    Raises:
        ValueError: `computed_at` has no time zone.
    """
    stamp = {"code_version": code_version, "computed_at": utc_naive(computed_at)}
    declared = {
        experiment.name: (experiment, bayesian)
        for experiment in experiments
        if (bayesian := experiment.analysis.bayesian) is not None
    }
    everybody = results.filter(pc.field("segment_name") == ALL).select(_READ)
    headlines = everybody.filter(pc.field("is_headline")).to_pylist()
    is_calibrated = any(bayesian.prior == "calibrated" for _, bayesian in declared.values())
    past = past_effects(experiments, headlines, decisions) if is_calibrated else []
    counts = _counts(everybody, [name for name, (_, item) in declared.items() if item.proportions])
    latest = _latest(headlines)
    beliefs: dict[tuple[str, str], Belief] = {}
    rows = []
    for result in headlines:
        name = result["experiment_id"]
        if name not in declared:
            continue
        experiment, bayesian = declared[name]
        key = name, result["metric_name"]
        if key not in beliefs:
            beliefs[key] = belief_of(experiment, bayesian, result, past)
        if bayesian.proportions is not None and result["metric_kind"] in RATES:
            columns = _of_rates(result, bayesian.proportions, counts.get(_place(result)))
        else:
            columns = _of_effects(result, bayesian, beliefs[key])
        rows.append(
            {
                **{item: result[item] for item in (*POSTERIORS_GRAIN, *_SAME)},
                **columns,
                "is_latest": result["analysis_date"] == latest[name],
                "spec_hash": experiment.spec_hash,
                **stamp,
            }
        )
    rows.sort(key=lambda row: tuple(row[item] for item in POSTERIORS_GRAIN))
    return pa.Table.from_pylist(rows, schema=POSTERIORS_SCHEMA)


def _of_effects(result: Row, bayesian: BayesianSpec, belief: Belief) -> dict[str, Any]:
    """The columns of the normal model: a posterior in the metric's unit, one of the relative."""
    prior = belief.prior
    of_prior = {
        "model": "normal",
        "prior": bayesian.prior,
        "prior_mean": prior.mean if prior and math.isfinite(prior.sd) else None,
        "prior_std": _null(prior.sd) if prior else None,
        "prior_rule": belief.rule,
        "n_past_experiments": belief.n_past_experiments,
        "peeking": PEEKING[bayesian.prior],
        "peeking_note": NOTES[bayesian.prior],
    }
    if prior is None:
        return of_prior | _numbers(no_posterior(belief.status, belief.status_reason, ""))
    absolute, relative = _in_the_metrics_unit(result, prior), _normal(result, "effect_rel", prior)
    columns = of_prior | _numbers(absolute, relative)
    if absolute.status == "ok" and relative.status != "ok":
        reason = "There is no relative effect with a standard error."
        columns |= {"status": "relative_undefined", "status_reason": reason}
    return columns


def _in_the_metrics_unit(result: Row, prior: NormalPrior) -> Posterior:
    """The prior is relative to control's mean, which scales it."""
    if math.isinf(prior.sd):
        return _normal(result, "effect_abs", prior)
    scale = abs(_number(result["control_mean"]))
    if math.isnan(scale):
        return no_posterior("no_data", "Control has no mean.", "")
    if scale == 0.0:
        reason = "Control's mean is zero: a prior of relative effects has no size."
        return no_posterior("relative_undefined", reason, "")
    scaled = prior._replace(mean=scale * prior.mean, sd=scale * prior.sd)
    return _normal(result, "effect_abs", scaled)


def _normal(result: Row, name: str, prior: NormalPrior) -> Posterior:
    return normal_posterior(
        _number(result[name]),
        _number(result[f"{name}_se"]),
        prior,
        direction=result["direction"],
        alpha=result["alpha"],
    )


def _of_rates(result: Row, declared: RatePriorSpec, counts: Counts | None) -> dict[str, Any]:
    """The columns of the beta-binomial model: its effect is the difference of the rates."""
    prior = beta_prior(declared.events, declared.others)
    found = no_posterior("no_data", "An arm has no units.", "")
    if counts is not None:
        found = beta_binomial_posterior(
            counts,
            control_prior=prior,
            treatment_prior=prior,
            direction=result["direction"],
            alpha=result["alpha"],
        )
    return {
        "model": "beta_binomial",
        "prior": "declared",
        "prior_events": prior.events,
        "prior_others": prior.others,
        "peeking": PEEKING["flat"],
        "peeking_note": INDEPENDENT_ARMS,
        **_numbers(found),
    }


def _numbers(absolute: Posterior, relative: Posterior | None = None) -> dict[str, Any]:
    """The chance to win is that of the absolute effect; both have an own spread and interval."""
    found: dict[str, Any] = {
        "chance_to_win": _null(absolute.chance_to_win),
        "status": absolute.status,
        "status_reason": absolute.status_reason,
    }
    for kind, posterior in (("abs", absolute), ("rel", relative)):
        if posterior is not None:
            found |= {
                f"effect_{kind}_mean": _null(posterior.mean),
                f"effect_{kind}_std": _null(posterior.sd),
                f"effect_{kind}_ci_lower": _null(posterior.ci_lower),
                f"effect_{kind}_ci_upper": _null(posterior.ci_upper),
                f"loss_of_shipping_{kind}": _null(posterior.expected_loss),
                f"loss_of_control_{kind}": _null(posterior.expected_loss_of_control),
            }
    return found


def _counts(everybody: pa.Table, experiments: Collection[str]) -> dict[Place, Counts]:
    """Events and units of the arms, from the unadjusted rows of rates in some experiments."""
    if not experiments:
        return {}
    unadjusted = (pc.field("estimator") == UNADJUSTED) & ~pc.field("is_winsorised")
    return {
        _place(row): Counts(
            round(row["control_mean"] * row["control_n_units"]),
            row["control_n_units"],
            round(row["treatment_mean"] * row["treatment_n_units"]),
            row["treatment_n_units"],
        )
        for row in everybody.filter(unadjusted).to_pylist()
        if row["experiment_id"] in experiments
        and row["metric_kind"] in RATES
        and None not in (row["control_mean"], row["treatment_mean"])
    }


def _place(result: Row) -> Place:
    return tuple(result[name] for name in POSTERIORS_GRAIN)


def _latest(headlines: Sequence[Row]) -> dict[str, date]:
    """The last analysis date of each experiment."""
    latest: dict[str, date] = {}
    for row in headlines:
        name, day = row["experiment_id"], row["analysis_date"]
        latest[name] = max(day, latest.get(name, day))
    return latest


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _null(number: float) -> float | None:
    return number if math.isfinite(number) else None
