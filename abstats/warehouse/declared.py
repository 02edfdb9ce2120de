"""Declared specs as rows of the dimension tables."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta

from abstats.spec.experiment import ExperimentSpec
from abstats.spec.horizon import horizon_of, own_window_of
from abstats.spec.metric import MetricSpec
from abstats.warehouse.literal_rows import Value, literal_rows_sql
from abstats.warehouse.measurement_plan import MeasurementPlan, plan_measurement

_Rows = list[tuple[Value, ...]]

_EXPERIMENT_TYPES = {
    "experiment_id": "text",
    "owner": "text",
    "hypothesis": "text",
    "description": "text",
    "unit": "text",
    "start_date": "date",
    "end_date": "date",
    "starts_at": "timestamp",
    "ends_at": "timestamp",
    "last_useful_date": "date",
    "control_variant_id": "text",
    "n_variants": "bigint",
    "correction": "text",
    "alpha": "double",
    "power": "double",
    "spec": "text",
    "spec_hash": "text",
}
_VARIANT_TYPES = {
    "experiment_id": "text",
    "variant_id": "text",
    "weight": "double",
    "is_control": "boolean",
}
_METRIC_TYPES = {
    "metric_name": "text",
    "kind": "text",
    "label": "text",
    "description": "text",
    "direction": "text",
    "unit": "text",
    "format": "text",
    "owner": "text",
    "weight": "double",
    "parent_metric_name": "text",
    "path": "text",
    "depth": "bigint",
    "is_experiment_metric": "boolean",
    "fact": "text",
    "window_hours": "bigint",
    "cuped_lookback_days": "bigint",
    "definition": "text",
    "definition_hash": "text",
}


def declared_rows_sql(
    table: str,
    experiments: Sequence[ExperimentSpec],
    metrics: Sequence[MetricSpec],
    adapter_type: str,
) -> str:
    """`select` of the declared rows of one table: `experiments`, `variants` or `metrics`.

    Raises:
        ValueError: no such table.
    """
    plan = plan_measurement(experiments, metrics)
    tables: dict[str, tuple[dict[str, str], Callable[[], _Rows]]] = {
        "experiments": (_EXPERIMENT_TYPES, lambda: _experiment_rows(plan)),
        "variants": (_VARIANT_TYPES, lambda: _variant_rows(experiments)),
        "metrics": (_METRIC_TYPES, lambda: _metric_rows(metrics)),
    }
    if table not in tables:
        raise ValueError(f"table == {table!r}, must be one of {', '.join(tables)}.")
    types, rows = tables[table]
    return literal_rows_sql(types, rows(), adapter_type)


def _experiment_rows(plan: MeasurementPlan) -> _Rows:
    return [
        (
            spec.name,
            spec.owner,
            spec.hypothesis,
            spec.description,
            spec.unit,
            spec.start,
            spec.end,
            datetime.combine(spec.start, time.min),
            datetime.combine(spec.end, time.min),
            horizon_of(spec, (metric.spec for metric in plan.metrics_of(name))).decided_on,
            spec.control,
            len(spec.variants),
            spec.analysis.correction,
            spec.analysis.alpha,
            spec.analysis.power,
            spec.canonical,
            spec.spec_hash,
        )
        for name, spec in plan.experiments.items()
    ]


def _variant_rows(experiments: Sequence[ExperimentSpec]) -> _Rows:
    return [
        (spec.name, variant, weight, variant == spec.control)
        for spec in experiments
        for variant, weight in spec.variants.items()
    ]


def _metric_rows(metrics: Sequence[MetricSpec]) -> _Rows:
    by_name = {metric.name: metric for metric in metrics}
    labels = {metric.parent for metric in metrics if metric.parent} - by_name.keys()
    paths = {metric.name: _path(metric, by_name) for metric in metrics}
    rows: _Rows = [
        (
            metric.name,
            metric.kind,
            metric.label,
            metric.description,
            metric.direction,
            metric.unit,
            metric.format,
            metric.owner,
            metric.weight,
            metric.parent,
            " > ".join(paths[metric.name]),
            len(paths[metric.name]) - 1,
            True,
            metric.numerator.fact,
            _hours(own_window_of(metric)),
            metric.cuped.lookback_days if metric.cuped.enabled else None,
            metric.canonical,
            metric.definition_hash,
        )
        for metric in sorted(metrics, key=lambda spec: spec.name)
    ]
    # A parent that is no metric is a node of the hierarchy all the same.
    rows += [
        (label, None, label, *(None,) * 6, None, label, 0, False, *(None,) * 5)
        for label in sorted(labels)
    ]
    return rows


def _hours(window: timedelta | None) -> int | None:
    return None if window is None else int(window.total_seconds() // 3600)


def _path(metric: MetricSpec, by_name: dict[str, MetricSpec]) -> list[str]:
    """Names from the root of the hierarchy to the metric. Cycles were refused before."""
    path = [metric.name]
    while metric.parent is not None:
        path.insert(0, metric.parent)
        if metric.parent not in by_name:
            break
        metric = by_name[metric.parent]
    return path
