"""Small experiments, written out: specs, and moments computed from rows in the plainest way."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from abstats.spec import CupedSpec, ExperimentSpec, Measure, MetricSpec

DAY = date(2026, 2, 10)
NOW = datetime(2026, 2, 11, 3, 0, tzinfo=UTC)
STAMP = {"code_version": "0.1.0", "computed_at": NOW}

MOMENTS_SCHEMA = pa.schema(
    [
        ("experiment_id", pa.string()),
        ("variant_id", pa.string()),
        ("segment_name", pa.string()),
        ("segment_value", pa.string()),
        ("stratum", pa.string()),
        ("metric_name", pa.string()),
        ("definition_hash", pa.string()),
        ("analysis_date", pa.date32()),
        ("column_a", pa.string()),
        ("column_b", pa.string()),
        ("n", pa.int64()),
        ("mean_a", pa.float64()),
        ("mean_b", pa.float64()),
        ("cov_ab", pa.float64()),
        ("is_winsorised", pa.bool_()),
    ]
)

COUNTS_SCHEMA = pa.schema(
    [
        ("experiment_id", pa.string()),
        ("variant_id", pa.string()),
        ("stratum", pa.string()),
        ("count_name", pa.string()),
        ("n", pa.int64()),
    ]
)


def a_metric(name: str, kind: str = "mean", *, cuped: bool = False, **more: Any) -> MetricSpec:
    measure = Measure(
        fact="fct_events",
        fact_unique_id="model.demo.fct_events",
        agg="sum",
        expr=name,
        time_column="happened_at",
        entities={"user": "user_id"},
    )
    values: dict[str, Any] = {
        "name": name,
        "label": name,
        "description": "",
        "kind": kind,
        "direction": "increase",
        "parent": None,
        "window": None,
        "cuped": CupedSpec(enabled=cuped),
        "missing": "zero",
        "unit": None,
        "format": None,
        "weight": None,
        "owner": None,
        "numerator": measure,
        "denominator": measure if kind == "ratio" else None,
        "file": "metrics/fct_events.yml",
    }
    return MetricSpec(**values | more)


def an_experiment(name: str = "exp", **more: Any) -> ExperimentSpec:
    values: dict[str, Any] = {
        "name": name,
        "owner": "search",
        "hypothesis": "It helps.",
        "unit": "user",
        "start": "2026-01-05",
        "end": "2026-02-02",
        "variants": {"control": 0.5, "new": 0.5},
        "control": "control",
        "metrics": {"primary": ["clicks"]},
    }
    return ExperimentSpec(**values | more)


def moment_rows(
    metric: MetricSpec | str,
    variant: str,
    columns: Sequence[str],
    rows: Any,
    *,
    segment: tuple[str, str] = ("all", "all"),
    stratum: str = "all",
    experiment: str = "exp",
    day: date = DAY,
    is_winsorised: bool = False,
) -> list[dict[str, Any]]:
    """One row per pair of columns, from one row per unit."""
    data = np.asarray(rows, dtype=float).reshape(len(rows), len(columns))
    n = len(data)
    table = []
    for a, b in combinations_with_replacement(range(len(columns)), 2):
        mean_a, mean_b = data[:, a].mean(), data[:, b].mean()
        products = (data[:, a] - mean_a) * (data[:, b] - mean_b)
        table.append(
            {
                "experiment_id": experiment,
                "variant_id": variant,
                "segment_name": segment[0],
                "segment_value": segment[1],
                "stratum": stratum,
                "metric_name": metric if isinstance(metric, str) else metric.name,
                "definition_hash": "joint" if isinstance(metric, str) else metric.definition_hash,
                "analysis_date": day,
                "column_a": columns[a],
                "column_b": columns[b],
                "n": n,
                "mean_a": mean_a,
                "mean_b": mean_b,
                "is_winsorised": is_winsorised,
                "cov_ab": products.sum() / (n - 1) if n > 1 else None,
            }
        )
    return table


def without_covariates(moments):
    """The blocks of metrics, as `fct_experiment_moments` has them."""
    return moments.filter(pc.field("metric_name") != "covariates")


def of_covariates(moments):
    """The joint blocks of covariates, as `int_experiment_covariate_moments` has them."""
    found = moments.filter(pc.field("metric_name") == "covariates")
    index = found.schema.get_field_index("definition_hash")
    return found.set_column(index, "definition_hash", found["metric_name"])


def moments_table(*blocks: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([row for block in blocks for row in block], schema=MOMENTS_SCHEMA)


def counts_table(
    units: Mapping[str, int],
    *,
    experiment: str = "exp",
    several: Mapping[str, int] | None = None,
    active: Mapping[str, int] | None = None,
    missing: int = 0,
    outside: int = 0,
    rows: int | None = None,
    stratum: str = "all",
) -> pa.Table:
    """Exposure counts; by default one log row per unit, all of them in order."""
    found: list[tuple[str | None, str, int]] = []
    for variant, n in units.items():
        found += [(variant, "units", n), (variant, "exposure_rows", n)]
    for name, counts in (
        ("units_in_several_variants", several),
        ("units_active_before_exposure", active),
    ):
        found += [(variant, name, n) for variant, n in (counts or {}).items()]
    if missing:
        found += [(None, "rows_missing_variant", missing), (None, "exposure_rows", missing)]
    if outside:
        found.append((next(iter(units), None), "rows_outside_dates", outside))
    if rows is not None:
        found = [row for row in found if row[1] != "exposure_rows"]
        found.append((next(iter(units), None), "exposure_rows", rows))
    return pa.Table.from_pylist(
        [
            {
                "experiment_id": experiment,
                "variant_id": variant,
                "stratum": stratum if name.startswith("units") else "all",
                "count_name": name,
                "n": n,
            }
            for variant, name, n in found
        ],
        schema=COUNTS_SCHEMA,
    )
