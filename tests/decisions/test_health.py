"""Every check has its row, with a status, the numbers and a next step."""

import csv
import io
import zipfile
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from abstats.decisions import HEALTH_GRAIN, HEALTH_SCHEMA, check_health
from abstats.decisions.check import Evidence
from abstats.decisions.checks import sample_ratio_mismatch
from abstats.decisions.counts import read_counts
from abstats.inference import sequential_sample_ratio_test
from tests.analysis.worlds import (
    COUNTS_SCHEMA,
    DAY,
    MOMENTS_SCHEMA,
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

NO_MOMENTS = pa.Table.from_pylist([], schema=MOMENTS_SCHEMA)
NO_COUNTS = pa.Table.from_pylist([], schema=COUNTS_SCHEMA)

EXPERIMENT_CHECKS = {
    "activity_before_exposure",
    "covariate_balance",
    "exposures_outside_dates",
    "missing_unit",
    "missing_variant",
    "sample_ratio_mismatch",
    "units_in_several_variants",
    "unknown_variants",
    "variants_without_units",
}
METRIC_CHECKS = {"covariate_balance", "metric_data_behind", "metric_without_data"}


def health(counts, moments=NO_MOMENTS, *, experiment=None, metrics=None, day=DAY, watermarks=FRESH):
    experiment = experiment or an_experiment()
    metrics = metrics or [a_metric("clicks")]
    table = check_health(
        [experiment],
        {metric.name: metric for metric in metrics},
        counts,
        without_covariates(moments),
        covariates=of_covariates(moments),
        watermarks=watermarks,
        analysis_dates={experiment.name: day},
        **STAMP,
    )
    assert table.schema == HEALTH_SCHEMA
    return {(row["check_name"], row["subject"]): row for row in table.to_pylist()}


def check(name, counts, moments=NO_MOMENTS, *, subject="experiment", **more):
    return health(counts, moments, **more)[name, subject]


def ratio(units, weights=None, **analysis):
    weights = weights or dict.fromkeys(units, 1 / len(units))
    experiment = an_experiment(variants=weights, control=next(iter(weights)), analysis=analysis)
    return check("sample_ratio_mismatch", counts_table(units), experiment=experiment)


# Rows


def test_every_check_has_a_row_per_experiment_and_per_metric_whatever_the_data():
    metrics = [a_metric("clicks", cuped=True), a_metric("ctr", "ratio")]
    experiment = an_experiment(metrics={"primary": ["clicks"], "guardrails": ["ctr"]})
    expected = {(name, "experiment") for name in EXPERIMENT_CHECKS}
    expected |= {(name, metric.name) for name in METRIC_CHECKS for metric in metrics}
    for counts in (NO_COUNTS, counts_table({"control": 5, "new": 7})):
        found = health(counts, experiment=experiment, metrics=metrics)
        assert set(found) == expected
        for row in found.values():
            assert row["detail"]
            assert row["next_step"]
            assert row["spec_hash"] == experiment.spec_hash


def test_an_experiment_without_exposures_is_a_state_and_no_check_applies():
    found = health(NO_COUNTS, experiment=an_experiment(), day=date(2026, 1, 1))
    assert {row["status"] for row in found.values()} == {"not_applicable"}
    for row in found.values():
        assert row["statistic"] is row["p_value"] is row["threshold"] is None
        assert "No unit was exposed" in row["detail"]


def test_rows_are_sorted_by_their_grain_and_the_same_input_gives_the_same_rows():
    experiments = [an_experiment("b"), an_experiment("a")]
    clicks = a_metric("clicks")

    def table(counts):
        return check_health(
            experiments,
            {"clicks": clicks},
            counts,
            NO_MOMENTS,
            covariates=NO_MOMENTS,
            watermarks=FRESH,
            analysis_dates={"a": DAY, "b": DAY},
            **STAMP,
        )

    counts = counts_table({"control": 70, "new": 60, "x": 3}, experiment="a", missing=2)
    once = table(counts)
    assert once == table(counts.take(list(range(len(counts)))[::-1]))
    grain = list(zip(*(once.column(name).to_pylist() for name in HEALTH_GRAIN), strict=True))
    assert grain == sorted(set(grain))


def test_a_count_that_comes_twice_is_refused():
    counts = counts_table({"control": 5, "new": 5})
    with pytest.raises(
        ValueError, match="'units' of variant 'control' in stratum 'all' comes twice"
    ):
        health(pa.concat_tables([counts, counts.slice(0, 1)]))


# Sample ratio


def test_cookie_cats_ratio_warns_and_does_not_fail():
    """references.md, cookie_cats: chi2 6.90240495, p .008607988."""
    row = ratio({"gate_30": 44700, "gate_40": 45489})
    assert row["statistic"] == pytest.approx(6.90240495, rel=1e-8)
    assert row["p_value"] == pytest.approx(0.008607988, rel=1e-6)
    assert row["status"] == "warn"
    assert row["threshold"] == 0.001
    assert "gate_40 45,489" in row["detail"]


def test_hillstroms_three_arms_pass():
    """references.md, hillstrom: chi2 .20253125, p .903692957."""
    row = ratio({"Mens E-Mail": 21307, "Womens E-Mail": 21387, "No E-Mail": 21306})
    assert row["statistic"] == pytest.approx(0.20253125, rel=1e-8)
    assert row["p_value"] == pytest.approx(0.903692957, rel=1e-8)
    assert (row["status"], row["next_step"]) == ("pass", "Nothing to do.")


def test_udacitys_rows_pass_the_ratio_so_the_crossover_check_must_speak(shared_data):
    """references.md, udacity: raw-row SRM p .891532; 1,895 of 290,584 users in both groups."""
    assert ratio({"control": 147202, "treatment": 147276})["p_value"] == pytest.approx(
        0.891532, rel=1e-5
    )
    groups = {}
    with (
        zipfile.ZipFile(shared_data("udacity_ab_data") / "ab_data.csv.zip") as archive,
        archive.open("ab_data.csv") as file,
    ):
        log = list(csv.DictReader(io.TextIOWrapper(file)))
        for line in sorted(log, key=lambda line: line["timestamp"]):
            groups.setdefault(line["user_id"], []).append(line["group"])
    first = [met[0] for met in groups.values()]
    both = [met[0] for met in groups.values() if len(set(met)) > 1]
    units = {group: first.count(group) for group in ("control", "treatment")}
    assert units == {"control": 145294, "treatment": 145290}
    assert len(both) == 1895
    row = check(
        "units_in_several_variants",
        counts_table(units, several={group: both.count(group) for group in units}),
        experiment=an_experiment(variants={"control": 0.5, "treatment": 0.5}),
    )
    assert row["statistic"] == pytest.approx(1895 / 290584)
    assert row["status"] == "warn"
    assert "1,895 of 290,584 units (0.652 %)" in row["detail"]


def test_criteos_ratio_passes_at_the_specs_weights_and_would_alarm_at_even_ones(shared_data):
    """references.md, criteo: p .99892425 against 85/15."""
    path = next(shared_data("criteo_uplift").glob("*.csv"))
    units = {"0": 0, "1": 0}
    with path.open() as file:
        for line in csv.DictReader(file):
            units[line["treatment"]] += int(line["n"])
    assert sum(units.values()) == 13979592
    row = ratio(units, {"0": 0.15, "1": 0.85})
    assert row["p_value"] == pytest.approx(0.99892425, rel=1e-6)
    assert row["status"] == "pass"
    assert ratio(units)["status"] == "fail"


def test_a_ratio_that_is_off_by_a_twentieth_of_a_point_fails_when_it_is_no_chance():
    """references.md, trap 13: a failed SRM invalidates, whatever its size."""
    row = ratio({"control": 10_010_000, "new": 9_990_000})
    assert abs(10_010_000 / 20_000_000 - 0.5) <= 0.0005
    assert row["p_value"] == pytest.approx(stats.chisquare([10_010_000, 9_990_000]).pvalue)
    assert row["status"] == "fail"
    assert row["next_step"].startswith("Do not read the effects")


def test_the_spec_sets_the_threshold_of_the_sample_ratio():
    units = {"control": 44700, "new": 45489}
    assert ratio(units, srm_alpha=0.0001)["status"] == "warn"
    assert ratio(units, srm_alpha=0.01)["status"] == "fail"
    assert ratio(units, srm_alpha=0.05)["threshold"] == 0.05


def test_a_sequential_experiment_is_watched_by_evidence_that_holds_over_all_looks():
    """Lindon & Malek's Bayes factor; a ramp's periods multiply."""
    design = {"method": "group_sequential", "looks": 4}
    for units in ({"control": 5_000, "new": 5_050}, {"control": 5_000, "new": 5_600}):
        found = ratio(units, sequential=design)
        expected = sequential_sample_ratio_test(list(units.values()), [0.5, 0.5])
        assert found["statistic"] == pytest.approx(expected.log_e_value)
        assert found["p_value"] == pytest.approx(expected.p_value)
        assert "logarithm of the evidence" in found["detail"]
    assert found["status"] == "fail"
    once = ratio({"control": 5_000, "new": 5_350})
    always = ratio({"control": 5_000, "new": 5_350}, sequential=design)
    assert (once["status"], always["status"]) == ("fail", "pass")


@pytest.mark.slow
def test_looking_each_day_alarms_falsely_by_the_chi_square_and_not_by_the_evidence():
    """28 looks at .01, 600 balanced experiments, through the check."""
    design = {"method": "group_sequential", "looks": 4}
    rng = np.random.default_rng(31)
    alarms = np.zeros(2)
    n = 600
    for _ in range(n):
        days = rng.binomial(500, 0.5, 28).cumsum()
        seen = [False, False]
        for k, control in enumerate(days.tolist()):
            units = {"control": control, "new": 500 * (k + 1) - control}
            for i, analysis in enumerate(({}, {"sequential": design})):
                p = ratio_p(units, analysis)
                seen[i] = seen[i] or p < 0.01
        alarms += seen
    error = np.sqrt(0.01 * 0.99 / n)
    assert alarms[0] / n > 0.01 + 5 * error
    assert alarms[1] / n < 0.01 + 3 * error


def ratio_p(units, analysis):
    """The p-value of the check, without the rows of all the others."""
    experiment = an_experiment(analysis=analysis)
    counts = read_counts(counts_table(units), [experiment])["exp"]
    evidence = Evidence(experiment, {}, counts, {}, {}, {}, {}, DAY)
    (row,) = sample_ratio_mismatch(evidence)
    return row.p_value


def test_units_of_unknown_variants_are_not_in_the_sample_ratio():
    known = check("sample_ratio_mismatch", counts_table({"control": 500, "new": 520}))
    more = check("sample_ratio_mismatch", counts_table({"control": 500, "new": 520, "x": 900}))
    assert more["p_value"] == known["p_value"]


# Crossover


@pytest.mark.parametrize(
    ("moved", "status"), [(0, "pass"), (10, "pass"), (50, "warn"), (999, "warn"), (1001, "fail")]
)
def test_the_share_of_units_in_several_variants_has_two_bounds(moved, status):
    counts = counts_table(
        {"control": 5000, "new": 5000},
        several={"control": moved // 2, "new": moved - moved // 2},
    )
    row = check("units_in_several_variants", counts)
    assert row["status"] == status
    assert row["statistic"] == moved / 10000
    assert row["threshold"] == 0.1


def test_crossover_that_differs_between_variants_warns_though_it_is_rare():
    counts = counts_table({"control": 90000, "new": 10000}, several={"control": 10, "new": 40})
    experiment = an_experiment(variants={"control": 0.9, "new": 0.1})
    row = check("units_in_several_variants", counts, experiment=experiment)
    table = [[10, 40], [89990, 9960]]
    assert row["p_value"] == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue)
    assert row["statistic"] < 0.001
    assert row["status"] == "warn"


# Variants


@pytest.mark.parametrize(("missing", "status"), [(0, "pass"), (3, "warn"), (30, "fail")])
def test_rows_without_a_variant_warn_and_fail_above_one_in_a_hundred(missing, status):
    row = check("missing_variant", counts_table({"control": 500, "new": 500}, missing=missing))
    assert row["status"] == status
    assert row["statistic"] == pytest.approx(missing / (1000 + missing))
    assert f"{missing} of {1000 + missing:,} exposure rows" in row["detail"]


def test_a_variant_that_the_spec_does_not_know_fails_with_the_nearest_name():
    row = check("unknown_variants", counts_table({"control": 50, "new": 40, "nwe": 3}))
    assert (row["status"], row["statistic"]) == ("fail", 3)
    assert "'nwe' (3 units)" in row["detail"]
    assert "Did you mean 'new'?" in row["detail"]
    assert check("unknown_variants", counts_table({"control": 5, "new": 4}))["status"] == "pass"


def test_a_variant_that_nobody_met_fails_unless_chance_explains_it():
    row = check("variants_without_units", counts_table({"control": 50}))
    assert row["status"] == "fail"
    assert row["p_value"] == pytest.approx(0.5**50)
    assert "'new'" in row["detail"]
    rare = an_experiment(variants={"control": 0.99, "new": 0.01})
    row = check("variants_without_units", counts_table({"control": 50}), experiment=rare)
    assert row["status"] == "warn"
    assert row["p_value"] == pytest.approx(0.99**50)
    row = check("variants_without_units", counts_table({"control": 5, "new": 4}))
    assert row["status"] == "pass"


# Dates


@pytest.mark.parametrize(("outside", "status"), [(0, "pass"), (1, "warn"), (999, "warn")])
def test_exposures_outside_the_dates_warn(outside, status):
    row = check(
        "exposures_outside_dates",
        counts_table({"control": 500, "new": 500}, outside=outside),
    )
    assert (row["status"], row["statistic"]) == (status, outside / 1000)


def test_exposures_that_all_lie_outside_the_dates_fail():
    found = health(counts_table({}, outside=70, rows=70))
    assert found["exposures_outside_dates", "experiment"]["status"] == "fail"
    assert "2026-01-05 to 2026-02-02" in found["exposures_outside_dates", "experiment"]["detail"]
    assert found["sample_ratio_mismatch", "experiment"]["status"] == "not_applicable"


# Activity before exposure


@pytest.mark.parametrize(("active", "status"), [(1000, "pass"), (1115, "warn"), (1200, "fail")])
def test_activity_before_exposure_must_be_as_common_in_all_variants(active, status):
    counts = counts_table({"control": 10000, "new": 10000}, active={"control": 1000, "new": active})
    row = check("activity_before_exposure", counts)
    table = [[1000, active], [9000, 10000 - active]]
    expected = stats.chi2_contingency(table, correction=False)
    if active != 1000:
        assert row["statistic"] == pytest.approx(expected.statistic)
        assert row["p_value"] == pytest.approx(expected.pvalue)
    assert row["status"] == status


def test_no_activity_before_exposure_at_all_is_fine():
    row = check("activity_before_exposure", counts_table({"control": 100, "new": 100}))
    assert row["status"] == "pass"
    assert row["p_value"] is None


# Covariates


def covariates(shift, n=3000, names=("clicks.x_y", "views.x_y"), seed=5):
    """A joint block; the last column is shifted in the treatment."""
    rng = np.random.default_rng(seed)
    block = []
    for variant in ("control", "new"):
        common = rng.normal(0, 1, (n, 1))
        rows = common + rng.gamma(1.0, 1.0, (n, len(names)))
        rows[:, -1] += shift * (variant == "new")
        block.append((variant, rows))
    return block, moments_table(*(moment_rows("covariates", v, names, r) for v, r in block))


TWO = {"primary": ["clicks"], "secondary": ["views"]}


def balance(moments, subject="experiment", metrics=("clicks", "views"), roles=None):
    return check(
        "covariate_balance",
        counts_table({"control": 3000, "new": 3000}),
        moments,
        subject=subject,
        experiment=an_experiment(metrics=roles or TWO),
        metrics=[a_metric(name, cuped=True) for name in metrics],
    )


def test_the_joint_balance_test_is_hotellings_with_the_covariance_pooled_over_arms():
    block, moments = covariates(0.03)
    (_, control), (_, new) = block
    difference = new.mean(axis=0) - control.mean(axis=0)
    units = len(control) + len(new)
    residuals = np.vstack([control - control.mean(axis=0), new - new.mean(axis=0)])
    pooled = residuals.T @ residuals / (units - 2)
    covariance = pooled * (1 / len(control) + 1 / len(new))
    t2 = difference @ np.linalg.inv(covariance) @ difference
    row = balance(moments)
    assert row["statistic"] == pytest.approx(t2, rel=1e-9)
    f = t2 * (units - 3) / (2 * (units - 2))
    assert row["p_value"] == pytest.approx(stats.f.sf(f, 2, units - 3), rel=1e-9)


def test_balance_is_tested_per_metric_on_its_own_columns():
    block, moments = covariates(0.03)
    (_, control), (_, new) = block
    for i, name in enumerate(("clicks", "views")):
        row = balance(moments, name)
        expected = stats.ttest_ind(new[:, i], control[:, i], equal_var=True)
        assert row["p_value"] == pytest.approx(expected.pvalue, rel=1e-9)
        assert row["threshold"] == 0.0005


@pytest.mark.parametrize(("shift", "status"), [(0.0, "pass"), (0.3, "fail")])
def test_a_shifted_covariate_fails_jointly_and_where_it_is(shift, status):
    _, moments = covariates(shift)
    assert balance(moments)["status"] == status
    assert balance(moments, "views")["status"] == status
    assert balance(moments, "clicks")["status"] == "pass"


def test_one_metric_off_among_many_is_found_though_the_joint_test_may_miss_it():
    names = tuple(f"m{i:02d}" for i in range(40))
    _, moments = covariates(0.15, names=[f"{name}.x_y" for name in names], n=3000)
    row = balance(moments, "m39", names, {"primary": names})
    assert row["threshold"] == pytest.approx(0.001 / 40)
    assert row["status"] == "fail"
    assert "for 40 metrics" in row["detail"]


def test_healthy_assignments_rarely_alarm_over_all_balance_rows():
    """At most .02 of experiments should warn in the joint test or in any of eight metrics."""
    rng = np.random.default_rng(11)
    names = tuple(f"m{i}" for i in range(8))
    alarms = 0
    for _ in range(400):
        blocks = [
            moment_rows("covariates", v, [f"{n}.x_y" for n in names], rng.normal(size=(60, 8)))
            for v in ("control", "new")
        ]
        found = health(
            counts_table({"control": 60, "new": 60}),
            moments_table(*blocks),
            experiment=an_experiment(metrics={"primary": names}),
            metrics=[a_metric(name, cuped=True) for name in names],
        )
        rows = [row for (name, _), row in found.items() if name == "covariate_balance"]
        alarms += any(row["status"] in ("warn", "fail") for row in rows)
    # .02 and three of its standard errors: the test is exact here, even with 60 units.
    assert alarms / 400 < 0.041


def test_a_metric_without_covariates_has_a_row_that_says_so():
    _, moments = covariates(0.0)
    row = balance(moments, "other", ("clicks", "views", "other"), {"primary": ["clicks", "other"]})
    assert row["status"] == "not_applicable"


def test_the_indicator_of_unobserved_units_is_in_the_joint_test():
    rng = np.random.default_rng(2)
    blocks = []
    for variant, share in (("control", 0.3), ("new", 0.5)):
        missing = (rng.random(2000) < share) * 1.0
        rows = np.column_stack([rng.normal(size=2000) * (1 - missing), missing])
        blocks.append(moment_rows("covariates", variant, ["clicks.x_y", "missing"], rows))
    row = check(
        "covariate_balance",
        counts_table({"control": 2000, "new": 2000}),
        moments_table(*blocks),
        metrics=[a_metric("clicks", cuped=True)],
    )
    assert row["status"] == "fail"
    assert "missing" in row["detail"]


# Metrics without data


def test_a_metric_with_data_passes_with_its_units():
    clicks = a_metric("clicks")
    moments = moments_table(
        moment_rows(clicks, "control", ["y"], [[1.0], [0.0]]),
        moment_rows(clicks, "new", ["y"], [[0.0], [0.0], [0.0]]),
    )
    row = data_row(moments, clicks)
    assert (row["status"], row["statistic"]) == ("pass", 5)


def data_row(moments, metric, day=DAY, **experiment):
    return check(
        "metric_without_data",
        counts_table({"control": 20, "new": 30}),
        moments,
        subject=metric.name,
        experiment=an_experiment(metrics={"primary": [metric.name]}, **experiment),
        metrics=[metric],
        day=day,
    )


def test_a_metric_that_is_zero_for_everyone_warns():
    clicks = a_metric("clicks")
    moments = moments_table(
        *(moment_rows(clicks, v, ["y"], [[0.0]] * 4) for v in ("control", "new"))
    )
    row = data_row(moments, clicks)
    assert row["status"] == "warn"
    assert "zero for every unit" in row["detail"]


def test_a_mean_of_zero_is_not_a_metric_of_zeros():
    profit = a_metric("profit")
    moments = moments_table(
        *(moment_rows(profit, v, ["y"], [[1.0], [-1.0]]) for v in ("control", "new"))
    )
    assert data_row(moments, profit)["status"] == "pass"


def test_a_ratio_that_divides_by_a_column_that_is_never_positive_warns():
    ctr = a_metric("ctr", "ratio")
    rows = [[1.0, 0.0], [2.0, 0.0]]
    moments = moments_table(*(moment_rows(ctr, v, ["y", "d"], rows) for v in ("control", "new")))
    row = data_row(moments, ctr)
    assert row["status"] == "warn"
    assert "denominator is zero" in row["detail"]


def test_a_metric_that_counts_nobody_or_misses_a_variant_warns():
    clicks = a_metric("clicks")
    assert data_row(NO_MOMENTS, clicks)["status"] == "warn"
    one = moments_table(moment_rows(clicks, "control", ["y"], [[1.0], [2.0]]))
    row = data_row(one, clicks)
    assert row["status"] == "warn"
    assert "No unit of new" in row["detail"]


def test_a_windowed_metric_that_cannot_be_mature_yet_is_not_applicable():
    clicks = a_metric("clicks")
    window = {"days": 7}
    early = data_row(NO_MOMENTS, clicks, date(2026, 1, 10), window=window)
    assert early["status"] == "not_applicable"
    assert "2026-01-12" in early["detail"]
    late = data_row(NO_MOMENTS, clicks, date(2026, 1, 11), window=window)
    assert late["status"] == "warn"
