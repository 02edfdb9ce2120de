"""From stored sums and results to the rows of fct_experiment_cross_checks."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from abstats.analysis import CROSS_CHECKS_SCHEMA, cross_checks, estimate_results
from abstats.spec import ExperimentSpec, MetricSpec
from abstats.spec.buckets import arms_of
from abstats.spec.values import GiniSpec
from tests.analysis.worlds import DAY, STAMP, a_metric, an_experiment, moment_rows, moments_table

BOTH = {"cross_checks": {"bootstrap": 1000, "permutation": 1000}}
CLICKS, GINI = a_metric("clicks"), a_metric("gini", "gini", gini=GiniSpec(over="unit"))
METRICS = {"clicks": CLICKS, "gini": GINI}
RAMP = [
    {"from": "2026-01-05", "weights": {"control": 0.8, "new": 0.2}},
    {"from": "2026-01-12", "weights": {"control": 0.5, "new": 0.5}},
]
SUMS_SCHEMA = pa.schema(
    [
        ("experiment_id", pa.string()),
        ("metric_name", pa.string()),
        ("definition_hash", pa.string()),
        ("variant_id", pa.string()),
        ("analysis_date", pa.date32()),
        ("allocation_period", pa.string()),
        ("n_buckets", pa.int64()),
        ("bucket", pa.int64()),
        ("n_units", pa.int64()),
        ("sum_value", pa.float64()),
        ("sum_denominator", pa.float64()),
    ]
)


def asking(**more: Any) -> ExperimentSpec:
    return an_experiment(**{"analysis": BOTH} | more)


def sum_rows(
    experiment: ExperimentSpec, metric: MetricSpec, values: dict[tuple[str, str], np.ndarray]
) -> list[dict[str, Any]]:
    """Units put into buckets at random, by period and variant."""
    rows = []
    rng = np.random.default_rng(0)
    for period, variant, n_buckets in arms_of(experiment):
        units = values[period, variant]
        place = rng.integers(0, n_buckets, len(units))
        for bucket in np.unique(place):
            mine = units[place == bucket]
            rows.append(
                {
                    "experiment_id": experiment.name,
                    "metric_name": metric.name,
                    "definition_hash": metric.definition_hash,
                    "variant_id": variant,
                    "analysis_date": DAY,
                    "allocation_period": period,
                    "n_buckets": n_buckets,
                    "bucket": int(bucket),
                    "n_units": len(mine),
                    "sum_value": mine.sum(),
                    "sum_denominator": float(len(mine)),
                }
            )
    return rows


def checked(
    experiment: ExperimentSpec,
    values: dict[tuple[str, str], np.ndarray],
    *,
    sums_of: dict[tuple[str, str], np.ndarray] | None = None,
    metrics: dict[str, MetricSpec] = METRICS,
) -> list[dict[str, Any]]:
    blocks = [
        moment_rows(CLICKS, variant, ("y",), units, stratum=period)
        for (period, variant), units in values.items()
        if len(units)
    ]
    dates = {experiment.name: DAY}
    results = estimate_results(
        [experiment], metrics, moments_table(*blocks), analysis_dates=dates, **STAMP
    )
    rows = sum_rows(experiment, CLICKS, values if sums_of is None else sums_of)
    sums = pa.Table.from_pylist(rows, schema=SUMS_SCHEMA)
    found = cross_checks([experiment], metrics, sums, results, analysis_dates=dates, **STAMP)
    assert found.schema == CROSS_CHECKS_SCHEMA
    return found.to_pylist()


def two_arms(effect: float = 0.0, n: int = 3000) -> dict[tuple[str, str], np.ndarray]:
    rng = np.random.default_rng(1)
    return {("all", "control"): rng.normal(2, 1, n), ("all", "new"): rng.normal(2 + effect, 1, n)}


@pytest.mark.parametrize("effect", [0.0, 0.3])
def test_checks_agree_with_the_unadjusted_estimate_where_nothing_is_wrong(effect: float) -> None:
    bootstrap, permutation = sorted(
        checked(asking(), two_arms(effect)), key=lambda row: row["method"] == "permutation"
    )
    assert (bootstrap["method"], permutation["method"]) == ("poisson_bootstrap", "permutation")
    for row in (bootstrap, permutation):
        assert (row["status"], row["status_reason"], row["is_in_agreement"]) == ("ok", "", True)
        assert row["is_significant"] == (effect > 0) == (row["unadjusted_p_value"] <= 0.05)
        assert row["effect_abs"] == pytest.approx(row["unadjusted_effect_abs"])
        assert (row["replicates"], row["n_buckets"]) == (1000, 2000)
    se = bootstrap["unadjusted_se"]
    for side in ("lower", "upper"):
        wanted = bootstrap[f"unadjusted_ci_{side}"]
        assert bootstrap[f"effect_abs_ci_{side}"] == pytest.approx(wanted, abs=0.4 * se)
        assert permutation[f"effect_abs_ci_{side}"] is None
    assert bootstrap["effect_rel"] == pytest.approx(effect / 2, abs=0.03)


def test_a_ramp_is_checked_within_its_periods() -> None:
    rng = np.random.default_rng(2)
    sizes = {"2026-01-05": (1600, 400), "2026-01-12": (1000, 1000)}
    values = {
        (period, variant): rng.normal(10 * (period < "2026-01-10") + 0.5 * (variant == "new"), 1, n)
        for period, ns in sizes.items()
        for variant, n in zip(("control", "new"), ns, strict=True)
    }
    for row in checked(asking(allocation=RAMP), values):
        assert row["is_in_agreement"], row["status_reason"]
        assert row["effect_abs"] == pytest.approx(0.5, abs=0.15)


def test_an_interval_that_differs_is_told() -> None:
    """One unit that has everything: no normal interval holds, and the percentiles say so."""
    values = two_arms()
    values["all", "new"][0] += 3000
    row = next(r for r in checked(asking(), values) if r["method"] == "poisson_bootstrap")
    assert row["is_in_agreement"] is False
    assert "bound is" in row["status_reason"]
    assert row["status"] == "ok"


def test_sums_of_other_data_than_the_results_are_told() -> None:
    for row in checked(asking(), two_arms(), sums_of=two_arms(0.5)):
        assert row["is_in_agreement"] is False
        assert row["status_reason"].endswith("build again.")


def test_what_has_no_check_has_a_row_with_its_reason() -> None:
    experiment = asking(metrics={"primary": ["clicks"], "secondary": ["gini"]})
    rows = checked(experiment, two_arms())
    assert len(rows) == 4
    for row in rows:
        if row["metric_name"] == "gini":
            assert (row["status"], row["p_value"], row["is_in_agreement"]) == (
                "not_applicable",
                None,
                None,
            )
            assert row["status_reason"].startswith("A gini is no mean")


def test_without_data_or_with_few_units_there_is_a_status_and_no_number() -> None:
    empty = np.empty(0)
    for row in checked(asking(), {("all", "control"): empty, ("all", "new"): empty}):
        assert (row["status"], row["p_value"]) == ("no_data", None)
        assert row["status_reason"].startswith("Nothing to check.")
    for row in checked(asking(), two_arms(n=12)):
        assert (row["status"], row["p_value"]) == ("too_few_units", None)
    for row in checked(asking(), two_arms(), sums_of=dict.fromkeys(two_arms(), empty)):
        assert (row["status"], row["p_value"]) == ("no_data", None)
        assert "build the whole package" in row["status_reason"]
    same = {key: np.ones(50) for key in two_arms()}
    for row in checked(asking(), same):
        assert row["status"] == "zero_variance"


def test_the_same_input_gives_the_same_rows() -> None:
    assert checked(asking(), two_arms()) == checked(asking(), two_arms())
