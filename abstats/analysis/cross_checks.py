"""Sums over buckets and result rows to the rows of fct_experiment_cross_checks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from abstats.analysis.agreement import Reading, disagreement
from abstats.analysis.bucket_sums import StoredSums
from abstats.analysis.cells import ALL
from abstats.analysis.comparisons import declared_metric
from abstats.analysis.estimates import UNADJUSTED
from abstats.analysis.results import analysis_date_of
from abstats.analysis.schemas import CROSS_CHECKS_GRAIN, CROSS_CHECKS_SCHEMA, utc_naive
from abstats.inference import (
    Bootstrap,
    BucketSums,
    Permutation,
    permutation_test,
    poisson_bootstrap,
)
from abstats.spec.buckets import WITHOUT_SUMS
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.metric import MetricSpec

FEWEST_BUCKETS = 20
"""Of an arm with a unit: from fewer no distribution can be resampled."""

_Key = tuple[str, str, str, str]
_Numbers = dict[str, Any]
_NOTHING: Mapping[str, Any] = dict.fromkeys(
    (
        "effect_abs",
        "effect_abs_ci_lower",
        "effect_abs_ci_upper",
        "effect_rel",
        "effect_rel_ci_lower",
        "effect_rel_ci_upper",
        "p_value",
        "is_significant",
        "is_in_agreement",
    )
)


def cross_checks(
    experiments: Sequence[ExperimentSpec],
    metrics: Mapping[str, MetricSpec],
    sums: pa.Table,
    results: pa.Table,
    *,
    analysis_dates: Mapping[str, date],
    code_version: str,
    computed_at: datetime,
) -> pa.Table:
    """Bootstrap and permutation test beside the unadjusted estimates that they check.

    One row per declared metric, pair and method of each experiment that asks for it, also where
    there is nothing to check. Rows are sorted by their grain; the same input gives the same bytes.

    Args:
        experiments: The declared experiments.
        metrics: Experiment metrics by name.
        sums: Rows of int_experiment_bucket_sums.
        results: Rows of fct_experiment_results; dates and estimators of no interest are ignored.
        analysis_dates: Last day whose data is used, by experiment; one for each experiment.
        code_version: Version of abstats, for the row.
        computed_at: Time of the computation, with a time zone.

    Returns:
        A table of `CROSS_CHECKS_SCHEMA`.

    Raises:
        ValueError: An analysis date or a metric is missing, or `computed_at` has no time zone.
    """
    stored = StoredSums(sums)
    checked = _unadjusted(results, analysis_dates)
    stamp = {"code_version": code_version, "computed_at": utc_naive(computed_at)}
    rows = [
        row | stamp
        for experiment in experiments
        if experiment.analysis.cross_checks is not None
        for row in _rows(
            experiment, metrics, stored, checked, analysis_date_of(experiment, analysis_dates)
        )
    ]
    rows.sort(key=lambda row: tuple(row[name] for name in CROSS_CHECKS_GRAIN))
    return pa.Table.from_pylist(rows, schema=CROSS_CHECKS_SCHEMA)


def _rows(
    experiment: ExperimentSpec,
    metrics: Mapping[str, MetricSpec],
    stored: StoredSums,
    checked: Mapping[_Key, Mapping[str, Any]],
    analysis_date: date,
) -> Iterator[_Numbers]:
    asked = experiment.analysis.cross_checks
    if asked is None:
        return
    declared = {name: declared_metric(experiment, name, metrics) for name in experiment.roles()}
    with_sums = [metric for metric in declared.values() if metric.kind not in WITHOUT_SUMS]
    places = {metric.name: place for place, metric in enumerate(with_sums)}
    arms = stored.arms(experiment, with_sums, analysis_date)
    for treatment, control in experiment.pairs():
        pair = arms[control], arms[treatment]
        n_buckets = sum(arm.n_buckets for strata in pair for arm in strata)
        for method, replicates in asked.replicates.items():
            found = _found(method, pair, replicates, experiment.analysis.alpha)
            for name, role in experiment.roles().items():
                metric = declared[name]
                unadjusted = checked.get((experiment.name, name, treatment, control), {})
                at = places.get(name)
                yield {
                    "experiment_id": experiment.name,
                    "metric_name": name,
                    "definition_hash": metric.definition_hash,
                    "treatment_variant_id": treatment,
                    "control_variant_id": control,
                    "analysis_date": analysis_date,
                    "method": method,
                    "role": role,
                    "is_winsorised": metric.winsorize is not None,
                    "replicates": replicates,
                    "n_buckets": n_buckets,
                    **_NOTHING,
                    "alpha": experiment.analysis.alpha,
                    "unadjusted_effect_abs": unadjusted.get("effect_abs"),
                    "unadjusted_se": unadjusted.get("effect_abs_se"),
                    "unadjusted_ci_lower": unadjusted.get("effect_abs_ci_lower"),
                    "unadjusted_ci_upper": unadjusted.get("effect_abs_ci_upper"),
                    "unadjusted_p_value": unadjusted.get("p_value"),
                    "unadjusted_test": unadjusted.get("test"),
                    "spec_hash": experiment.spec_hash,
                    **_judged(
                        metric,
                        unadjusted,
                        None if at is None else found[at],
                        fewest=0 if at is None else _fewest_buckets(pair, at),
                        alpha=experiment.analysis.alpha,
                    ),
                }


def _found(
    method: str,
    pair: tuple[Sequence[BucketSums], Sequence[BucketSums]],
    replicates: int,
    alpha: float,
) -> Sequence[Bootstrap | Permutation]:
    if method == "permutation":
        return permutation_test(*pair, permutations=replicates)
    return poisson_bootstrap(*pair, replicates=replicates, alpha=alpha)


def _judged(
    metric: MetricSpec,
    unadjusted: Mapping[str, Any],
    found: Bootstrap | Permutation | None,
    *,
    fewest: int,
    alpha: float,
) -> _Numbers:
    """The check's own numbers, whether they agree, and the status."""
    if found is None:
        reason = f"A {metric.kind} is no mean of units' values, and sums over buckets do not tell"
        return {"status": "not_applicable", "status_reason": f"{reason} it."}
    if unadjusted.get("p_value") is None:
        reason = unadjusted.get("status_reason") or "The results have no unadjusted test."
        status = unadjusted.get("status", "no_data")
        return {"status": status, "status_reason": f"Nothing to check. {reason}"}
    if fewest == 0:
        reason = "int_experiment_bucket_sums has no sums of it: build the whole package."
        return {"status": "no_data", "status_reason": reason}
    if fewest < FEWEST_BUCKETS:
        reason = f"An arm has units in {fewest} buckets, must be >= {FEWEST_BUCKETS}."
        return {"status": "too_few_units", "status_reason": reason}
    if math.isnan(found.p_value):
        reason = "The value is the same for every bucket of an arm."
        return {"status": "zero_variance", "status_reason": reason}
    numbers: _Numbers = {}
    interval = None
    if isinstance(found, Bootstrap):
        interval = found.ci_lower, found.ci_upper
        smallest_p = 2.0 / (1.0 + found.replicates)
        numbers = {
            "effect_abs_ci_lower": found.ci_lower,
            "effect_abs_ci_upper": found.ci_upper,
            "effect_rel": _null(found.relative),
            "effect_rel_ci_lower": _null(found.relative_ci_lower),
            "effect_rel_ci_upper": _null(found.relative_ci_upper),
        }
    else:
        smallest_p = 1.0 / (1.0 + found.permutations)
    reason = disagreement(
        Reading(found.estimate, found.p_value, interval),
        Reading(
            unadjusted["effect_abs"],
            unadjusted["p_value"],
            (_nan(unadjusted["effect_abs_ci_lower"]), _nan(unadjusted["effect_abs_ci_upper"])),
        ),
        std_error=_nan(unadjusted["effect_abs_se"]),
        alpha=alpha,
        smallest_p=smallest_p,
    )
    return numbers | {
        "effect_abs": found.estimate,
        "p_value": found.p_value,
        "is_significant": found.p_value <= alpha,
        "is_in_agreement": not reason,
        "status": "ok",
        "status_reason": reason,
    }


def _fewest_buckets(pair: tuple[Sequence[BucketSums], Sequence[BucketSums]], metric: int) -> int:
    """Buckets with a unit, of the arm that has fewer."""
    return min(sum(int((arm.sums[metric, :, 0] > 0).sum()) for arm in strata) for strata in pair)


def _unadjusted(
    results: pa.Table, analysis_dates: Mapping[str, date]
) -> dict[_Key, Mapping[str, Any]]:
    """The rows that are checked: of the metric as it decides, for everybody, at the last date."""
    is_checked = [
        name == ALL and estimator == UNADJUSTED and analysis_dates.get(experiment) == day
        for name, estimator, experiment, day in zip(
            *(
                results.column(column).to_pylist()
                for column in ("segment_name", "estimator", "experiment_id", "analysis_date")
            ),
            strict=True,
        )
    ]
    found: dict[_Key, Mapping[str, Any]] = {}
    # Of a winsorised metric the capped rows come last.
    rows = results.filter(pa.array(is_checked, pa.bool_())).to_pylist()
    for row in sorted(rows, key=lambda row: row["is_winsorised"]):
        key = (
            row["experiment_id"],
            row["metric_name"],
            row["treatment_variant_id"],
            row["control_variant_id"],
        )
        found[key] = row
    return found


def _null(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _nan(number: float | None) -> float:
    return math.nan if number is None else number
