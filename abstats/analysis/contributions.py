"""Result rows to the rows of fct_experiment_contributions: where a parent's effect comes from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import pyarrow as pa

from abstats.analysis.cells import ALL
from abstats.analysis.estimates import UNADJUSTED
from abstats.analysis.schemas import CONTRIBUTIONS_GRAIN, CONTRIBUTIONS_SCHEMA, utc_naive
from abstats.inference import ArmMeans, contributions
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.metric import MetricSpec

RESIDUAL = "(residual)"
"""Child of the row that has what the children leave."""


class _Look(NamedTuple):
    """One pair of variants at one analysis date."""

    treatment_variant_id: str
    control_variant_id: str
    analysis_date: object


class _Effect(NamedTuple):
    """The unadjusted effect on a metric, as the results have it; NaN for NULL."""

    arms: ArmMeans
    effect_abs: float


def split_effects(
    experiments: Sequence[ExperimentSpec],
    metrics: Mapping[str, MetricSpec],
    results: pa.Table,
    *,
    code_version: str,
    computed_at: datetime,
) -> pa.Table:
    """What each child of a sum or product contributed to its parent's effect.

    One row per child, and one for the rest, for every parent that an experiment measures, pair and
    date of the results; they add up to the parent's unadjusted effect in the whole population.
    Rows are sorted by their grain.

    Args:
        experiments: The declared experiments.
        metrics: Experiment metrics by name.
        results: Rows of fct_experiment_results that are current.
        code_version: Version of abstats, for the row.
        computed_at: Time of the computation, with a time zone.

    Returns:
        A table of `CONTRIBUTIONS_SCHEMA`.

    Raises:
        ValueError: `computed_at` has no time zone.
    """
    effects = _effects(results)
    stamp = {"code_version": code_version, "computed_at": utc_naive(computed_at)}
    rows = [
        row | {"experiment_id": experiment.name, "spec_hash": experiment.spec_hash} | stamp
        for experiment in experiments
        for parent in experiment.roles()
        if parent in metrics and metrics[parent].decomposition is not None
        for row in _rows(experiment, metrics, parent, effects.get(experiment.name, {}))
    ]
    rows.sort(key=lambda row: tuple(row[name] for name in CONTRIBUTIONS_GRAIN))
    return pa.Table.from_pylist(rows, schema=CONTRIBUTIONS_SCHEMA)


def _effects(results: pa.Table) -> dict[str, dict[_Look, dict[str, _Effect]]]:
    """Unadjusted effects in the whole population by experiment, look and metric."""
    found: dict[str, dict[_Look, dict[str, _Effect]]] = {}
    names = (
        "experiment_id",
        "metric_name",
        "segment_name",
        "estimator",
        "is_winsorised",
        "control_mean",
        "treatment_mean",
        "effect_abs",
        *_Look._fields,
    )
    columns = (results.column(name).to_pylist() for name in names)
    for experiment, metric, segment, estimator, capped, *rest in zip(*columns, strict=True):
        if segment != ALL or estimator != UNADJUSTED or capped:
            continue
        control, treatment, effect = (math.nan if x is None else float(x) for x in rest[:3])
        looks = found.setdefault(experiment, {})
        effects = looks.setdefault(_Look(*rest[3:]), {})
        effects[metric] = _Effect(ArmMeans(control, treatment), effect)
    return found


def _rows(
    experiment: ExperimentSpec,
    metrics: Mapping[str, MetricSpec],
    parent: str,
    looks: Mapping[_Look, Mapping[str, _Effect]],
) -> Iterator[dict[str, Any]]:
    children = sorted(name for name, metric in metrics.items() if metric.parent == parent)
    missing = [name for name in children if name not in experiment.roles()]
    decomposition = metrics[parent].decomposition or ""
    for look, effects in looks.items():
        if parent not in effects:
            continue
        effect = effects[parent].effect_abs
        parts = [math.nan] * len(children)
        if missing:
            status = "children_missing"
            reason = f"The experiment does not measure {', '.join(missing)}."
        else:
            found = contributions(
                decomposition,
                effects[parent].arms,
                [effects[name].arms for name in children],
            )
            parts, status, reason = list(found.contributions), found.status, found.status_reason
        # Of the effect as the results show it, so that the rows add up to that number.
        residual = effect - math.fsum(parts)
        for child, part in zip((*children, RESIDUAL), (*parts, residual), strict=True):
            yield {
                "parent_metric_name": parent,
                "child_metric_name": child,
                **look._asdict(),
                "decomposition": decomposition,
                "contribution_abs": _null(part),
                "share_of_parent": _null(part / effect) if effect else None,
                "status": status,
                "status_reason": reason,
            }


def _null(number: float) -> float | None:
    return number if math.isfinite(number) else None
