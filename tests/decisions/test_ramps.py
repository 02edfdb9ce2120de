"""Health of a ramp: every allocation period by itself, and all of them together."""

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from abstats.decisions import check_health
from tests.analysis.worlds import (
    COUNTS_SCHEMA,
    DAY,
    STAMP,
    a_metric,
    an_experiment,
    counts_table,
    moment_rows,
    moments_table,
    of_covariates,
    without_covariates,
)
from tests.decisions.watermarks import FRESH

FIRST, SECOND = "2026-01-05", "2026-01-08"
RAMP = [
    {"from": FIRST, "weights": {"control": 0.99, "new": 0.01}},
    {"from": SECOND, "weights": {"control": 0.5, "new": 0.5}},
]
NO_MOMENTS = moments_table()
HEALTHY = {FIRST: {"control": 9_900, "new": 100}, SECOND: {"control": 5_020, "new": 4_980}}


def health(counts, moments=NO_MOMENTS, **changes):
    experiment = an_experiment(allocation=RAMP, **changes)
    table = check_health(
        [experiment],
        {"clicks": a_metric("clicks", cuped=True)},
        counts,
        without_covariates(moments),
        covariates=of_covariates(moments),
        watermarks=FRESH,
        analysis_dates={"exp": DAY},
        **STAMP,
    )
    return {(row["check_name"], row["subject"]): row for row in table.to_pylist()}


def periods(units=HEALTHY, **more):
    """Counts of units by period; `more` are other counts by period."""
    tables = [
        counts_table(
            of_period, stratum=period, **{name: found[period] for name, found in more.items()}
        )
        for period, of_period in units.items()
    ]
    rows = [row for table in tables for row in table.to_pylist() if row["stratum"] != "all"]
    log = {"experiment_id": "exp", "variant_id": "control", "stratum": "all"}
    rows.append(log | {"count_name": "exposure_rows", "n": sum(row["n"] for row in rows)})
    return pa.Table.from_pylist(rows, schema=COUNTS_SCHEMA)


def test_a_healthy_ramp_passes_every_check_that_pooled_units_would_fail():
    """Later units come with half the weights, more time before them and another past."""
    rng = np.random.default_rng(7)
    blocks = [
        moment_rows(
            "covariates",
            variant,
            ["clicks.x_y", "missing"],
            np.column_stack([rng.normal(2.0 * (period == FIRST), 1, n), rng.random(n) < 0.2]),
            stratum=period,
        )
        for period, units in HEALTHY.items()
        for variant, n in units.items()
    ]
    active = {FIRST: {"control": 990, "new": 10}, SECOND: {"control": 2_510, "new": 2_490}}
    several = {FIRST: {"control": 5, "new": 0}, SECOND: {"control": 0, "new": 0}}
    found = health(periods(active=active, several=several), moments_table(*blocks))
    statuses = {name: row["status"] for name, row in found.items()}
    assert not {name for name, status in statuses.items() if status in ("fail", "warn")} - {
        ("metric_without_data", "clicks")
    }
    for name in ("sample_ratio_mismatch", "activity_before_exposure", "covariate_balance"):
        assert statuses[name, "experiment"] == "pass"
    pooled = np.sum([list(units.values()) for units in HEALTHY.values()], axis=0)
    assert stats.chisquare(pooled, pooled.sum() * np.array([0.5, 0.5])).pvalue < 1e-100


def test_the_sample_ratio_of_a_ramp_is_that_of_its_periods_and_of_their_sum():
    found = health(periods())
    tests = [
        stats.chisquare(list(units.values()), sum(units.values()) * np.array(weights))
        for units, weights in zip(HEALTHY.values(), ((0.99, 0.01), (0.5, 0.5)), strict=True)
    ]
    whole = found["sample_ratio_mismatch", "experiment"]
    statistic = sum(test.statistic for test in tests)
    assert whole["statistic"] == pytest.approx(statistic)
    assert whole["p_value"] == pytest.approx(stats.chi2.sf(statistic, 2))
    assert "from 2026-01-05 control 9,900 (99 %, declared 99 %) and new 100" in whole["detail"]
    for period, test in zip(HEALTHY, tests, strict=True):
        row = found["sample_ratio_mismatch", f"period {period}"]
        assert row["p_value"] == pytest.approx(test.pvalue)
        assert row["threshold"] == pytest.approx(0.001 / 2)


def test_a_period_with_other_weights_than_declared_fails_and_is_named():
    units = {FIRST: {"control": 9_800, "new": 200}, SECOND: HEALTHY[SECOND]}
    found = health(periods(units))
    status = {
        subject: row["status"]
        for (name, subject), row in found.items()
        if name == "sample_ratio_mismatch"
    }
    assert status == {
        "experiment": "fail",
        "period 2026-01-05": "fail",
        "period 2026-01-08": "pass",
    }


def test_a_period_that_has_not_begun_has_its_row():
    found = health(periods({FIRST: {"control": 99, "new": 1}}))
    row = found["sample_ratio_mismatch", "period 2026-01-08"]
    assert row["status"] == "not_applicable"
    assert found["sample_ratio_mismatch", "period 2026-01-05"]["threshold"] == 0.001


def test_a_variant_nobody_met_is_judged_by_the_weights_of_the_periods():
    row = health(periods({FIRST: {"control": 50}}))["variants_without_units", "experiment"]
    assert row["p_value"] == pytest.approx(0.99**50)
    assert row["status"] == "warn"


def test_units_that_changed_buckets_are_flagged_and_the_ramp_is_named_as_the_place_to_look():
    several = {FIRST: {"control": 3_000, "new": 40}, SECOND: {"control": 0, "new": 0}}
    row = health(periods(several=several))["units_in_several_variants", "experiment"]
    assert row["status"] == "fail"
    assert row["statistic"] == pytest.approx(3_040 / 20_000)
    assert "The spec has a ramp" in row["next_step"]
    nobody = {period: {"control": 0, "new": 0} for period in HEALTHY}
    row = health(periods(several=nobody))["units_in_several_variants", "experiment"]
    assert (row["status"], row["next_step"]) == ("pass", "Nothing to do.")


def test_an_imbalance_within_one_period_fails():
    rng = np.random.default_rng(8)
    blocks = [
        moment_rows(
            "covariates",
            variant,
            ["clicks.x_y"],
            rng.normal(0.3 * (variant == "new" and period == SECOND), 1, (n, 1)),
            stratum=period,
        )
        for period, units in HEALTHY.items()
        for variant, n in units.items()
    ]
    row = health(periods(), moments_table(*blocks))["covariate_balance", "experiment"]
    assert row["status"] == "fail"
    assert "in the allocation period from 2026-01-08" in row["detail"]
    assert row["threshold"] == 0.001 / 2
    assert "(for 2 periods)" in row["detail"]
