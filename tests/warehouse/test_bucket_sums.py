"""Sums over buckets, against a loop over units that hashes as the documentation says."""

import hashlib
from collections import defaultdict
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from abstats.spec.buckets import arms_of
from abstats.spec.covariate import CupedSpec
from abstats.spec.values import GiniSpec, WinsorizeSpec
from abstats.warehouse.bucket_sums import COLUMNS, bucket_sums_sql
from abstats.warehouse.measurement_plan import plan_measurement
from abstats.warehouse.unit_measures import unit_measures_schema
from tests.warehouse.worlds import experiment, metric

DAY = date(2026, 1, 14)
ASKED = {"cross_checks": {"bootstrap": 1000}}
METRICS = [
    metric("total"),
    metric("rate", "ratio"),
    metric("capped", winsorize=WinsorizeSpec(upper=0.99)),
    metric("gini", "gini", gini=GiniSpec(over="user"), cuped=CupedSpec(enabled=False)),
]
NAMES = [spec.name for spec in METRICS]
RAMP = {
    "variants": {"a": 0.5, "b": 0.5},
    "allocation": [
        {"from": "2026-01-05", "weights": {"a": 0.8, "b": 0.2}},
        {"from": "2026-01-08", "weights": {"a": 0.5, "b": 0.5}},
    ],
}
EXPERIMENTS = [
    experiment("asks", NAMES, analysis=ASKED),
    experiment("asks_not", NAMES),
    experiment("ramp", ["rate"], analysis=ASKED, **RAMP),
]
PLAN = plan_measurement(EXPERIMENTS, METRICS)
UNITS_SCHEMA = unit_measures_schema(PLAN)
TYPES = {"string": "text", "float64": "double", "boolean": "boolean", "date": "date"}


def bucket(experiment_id: str, unit_id: object, n_buckets: int) -> int:
    """The documented rule, in the plainest Python."""
    digits = hashlib.md5(f"abstats cross-check|{experiment_id}|{unit_id}".encode()).hexdigest()
    return int(digits[:6], 16) * n_buckets // 16**6


@pytest.fixture(scope="module")
def units() -> list[dict]:
    rng = np.random.default_rng(4)
    rows = []
    for spec in EXPERIMENTS:
        for unit in range(3000):
            row = dict.fromkeys(UNITS_SCHEMA) | {
                "experiment_id": spec.name,
                "unit_id": f"u{unit}",
                "variant_id": "ab"[int(rng.random() < 0.5)] if unit else "unknown",
                "analysis_date": DAY,
                "stratum": "all",
            }
            if spec.allocation:
                period = ("2026-01-05", "2026-01-08")[unit % 2]
                row["stratum"] = f"{period}|{'ios' if unit % 3 else ''}"
            if unit % 10:
                row |= {
                    "total__y": rng.normal(),
                    "rate__y": rng.exponential(),
                    "rate__d": float(rng.poisson(3)),
                    "capped__y": 1e9,
                    "capped__winsorised__y": rng.random(),
                    "gini__y": 1.0,
                }
            rows.append(row)
    return rows


@pytest.fixture(scope="module")
def sums(units: list[dict]) -> list[dict]:
    columns = ", ".join(
        f'cast("{name}" as {TYPES.get(type_, "timestamp")}) as "{name}"'
        for name, type_ in UNITS_SCHEMA.items()
    )
    with duckdb.connect() as connection:
        connection.register("raw_units", pa.Table.from_pylist(units))
        connection.execute(f"create table units as select {columns} from raw_units")
        sql = bucket_sums_sql(PLAN, "units", "duckdb")
        return connection.execute(sql).to_arrow_table().to_pylist()


def test_sums_are_those_of_a_loop_over_units(units: list[dict], sums: list[dict]) -> None:
    columns = {"total": ("total__y", None), "rate": ("rate__y", "rate__d")}
    columns["capped"] = ("capped__winsorised__y", None)
    specs = {spec.name: spec for spec in EXPERIMENTS if spec.analysis.cross_checks}
    n_buckets = {
        (name, period, variant): n
        for name, spec in specs.items()
        for period, variant, n in arms_of(spec)
    }
    expected: dict[tuple, list[float]] = defaultdict(lambda: [0, 0.0, 0.0])
    for row in units:
        name = row["experiment_id"]
        if name not in specs or row["variant_id"] == "unknown":
            continue
        period = row["stratum"][:10] if name == "ramp" else "all"
        n = n_buckets[name, period, row["variant_id"]]
        for metric_name in ("rate",) if name == "ramp" else columns:
            value, denominator = columns[metric_name]
            if row[value] is not None:
                place = bucket(name, row["unit_id"], n)
                total = expected[name, metric_name, row["variant_id"], period, n, place]
                total[0] += 1
                total[1] += row[value]
                total[2] += 1.0 if denominator is None else row[denominator]
    keys = (
        "experiment_id",
        "metric_name",
        "variant_id",
        "allocation_period",
        "n_buckets",
        "bucket",
    )
    found = {
        tuple(row[key] for key in keys): [row["n_units"], row["sum_value"], row["sum_denominator"]]
        for row in sums
    }
    assert len(found) == len(sums)
    assert found.keys() == expected.keys()
    for key, total in expected.items():
        np.testing.assert_allclose(found[key], total, rtol=1e-12, atol=1e-12)
    assert {row["analysis_date"] for row in sums} == {DAY}


def test_a_unit_is_in_the_same_bucket_in_every_metric(sums: list[dict]) -> None:
    counts = defaultdict(set)
    for row in sums:
        if row["experiment_id"] == "asks":
            key = row["variant_id"], row["bucket"]
            counts[key].add((row["n_units"],))
    assert all(len(found) == 1 for found in counts.values())


def test_units_fall_into_all_buckets_alike_whatever_assigned_them() -> None:
    """Also where the host assigned them by the MD5 of the experiment and the unit."""
    places = []
    for unit in range(40_000):
        assigned = int(hashlib.md5(f"asks|{unit}".encode()).hexdigest()[:8], 16) / 2**32
        if assigned < 0.5:
            places.append(bucket("asks", unit, 20))
    counts = np.bincount(places, minlength=20)
    chi_square = ((counts - counts.mean()) ** 2 / counts.mean()).sum()
    assert chi_square < 43.8  # .001 of chi-square with 19 degrees of freedom


def test_where_nobody_asks_nothing_is_read() -> None:
    plan = plan_measurement([EXPERIMENTS[1]], METRICS)
    sql = bucket_sums_sql(plan, "a table that is not there", "duckdb")
    with duckdb.connect() as connection:
        found = connection.execute(sql).to_arrow_table()
    assert found.num_rows == 0
    assert found.column_names == list(COLUMNS)
