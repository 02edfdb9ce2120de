"""Every rule of a verdict is reached, in the documented order, and says why."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from abstats.analysis import RESULTS_SCHEMA, estimate_results
from abstats.decisions import (
    DECISIONS_GRAIN,
    DECISIONS_SCHEMA,
    HEALTH_SCHEMA,
    check_health,
    decide,
)
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
)
from tests.decisions.watermarks import FRESH

NO_COUNTS = pa.Table.from_pylist([], schema=COUNTS_SCHEMA)
NO_MOMENTS = pa.Table.from_pylist([], schema=MOMENTS_SCHEMA)
UNITS = {"control": 2000, "new": 2000}


def a_result(metric, effect=0.0, p=0.5, role="primary", **more):
    """A headline row: effect and interval relative to a control mean of 10."""
    return {
        "experiment_id": "exp",
        "metric_name": metric,
        "definition_hash": "d",
        "treatment_variant_id": "new",
        "control_variant_id": "control",
        "segment_name": "all",
        "segment_value": "all",
        "estimator": "unadjusted",
        "is_headline": True,
        "role": role,
        "direction": "increase",
        "control_mean": 10.0,
        "effect_abs": effect,
        "effect_abs_ci_adjusted_lower": effect - 1,
        "effect_abs_ci_adjusted_upper": effect + 1,
        "effect_rel": effect / 10,
        "effect_rel_ci_adjusted_lower": effect / 10 - 0.1,
        "effect_rel_ci_adjusted_upper": effect / 10 + 0.1,
        "p_value": p,
        "p_value_adjusted": p,
        "alpha": 0.05,
        "is_significant": p <= 0.05,
        "status": "ok",
        "status_reason": "",
    } | more


def a_guardrail(metric, effect=0.0, p=0.5, *, holds=True, p_margin=None, **more):
    margin = {} if p_margin is None else {"margin": 0.02, "margin_type": "relative"}
    return a_result(
        metric,
        effect,
        p,
        "guardrail",
        p_value_non_inferiority=p_margin,
        is_non_inferior=holds,
        **margin,
        **more,
    )


def a_missing_result(metric, role="primary"):
    nothing = dict.fromkeys(
        (
            "effect_abs",
            "effect_rel",
            "p_value",
            "p_value_adjusted",
            "is_significant",
            "is_non_inferior",
        )
    )
    return (
        a_result(metric, role=role)
        | nothing
        | {
            "status": "zero_variance",
            "status_reason": "All units have the same value.",
        }
    )


def a_check(name="sample_ratio_mismatch", status="pass", subject="experiment"):
    return {
        "experiment_id": "exp",
        "check_name": name,
        "subject": subject,
        "status": status,
        "detail": f"Detail of {name}.",
        "next_step": f"Repair {name}.",
    }


def verdicts(rows, checks=None, *, day=DAY, metrics=None, **spec):
    by_role = {"primary": [], "secondary": [], "guardrail": []}
    for row in rows:
        names = by_role[row["role"]]
        if row["metric_name"] not in names:
            names.append(row["metric_name"])
    experiment = an_experiment(
        metrics={
            "primary": by_role["primary"],
            "secondary": by_role["secondary"],
            "guardrails": by_role["guardrail"],
        },
        **spec,
    )
    metrics = metrics or [a_metric(name) for name in experiment.roles()]
    stamp = {"analysis_date": day, "spec_hash": experiment.spec_hash}
    table = decide(
        [experiment],
        {metric.name: metric for metric in metrics},
        pa.Table.from_pylist([stamp | row for row in rows], schema=RESULTS_SCHEMA),
        pa.Table.from_pylist(
            [stamp | check for check in checks or [a_check()]],
            schema=HEALTH_SCHEMA,
        ),
        analysis_dates={"exp": day},
        **STAMP,
    )
    assert table.schema == DECISIONS_SCHEMA
    return table.to_pylist()


def verdict(*rows, checks=None, **more):
    (found,) = verdicts(rows, checks, **more)
    return found


def outcome(*rows, **more):
    found = verdict(*rows, **more)
    return found["verdict"], found["rule"]


WON = a_result("ctr", 2.0, 0.001)
LOST = a_result("ctr", -2.0, 0.001)
FLAT = a_result("ctr", 0.3, 0.4)


# Shipping and its opposites


def test_a_primary_significantly_better_ships():
    found = verdict(WON)
    assert (found["verdict"], found["rule"], found["is_final"]) == ("ship", "primary_won", True)
    assert "ctr +20.00 % [+10.00 %, +30.00 %], adjusted p = 0.0010" in found["reason"]
    assert (found["treatment_variant_id"], found["control_variant_id"]) == ("new", "control")


def test_better_means_down_where_a_decrease_is_wanted():
    down = a_result("latency", -2.0, 0.001, direction="decrease")
    up = a_result("latency", 2.0, 0.001, direction="decrease")
    assert outcome(down) == ("ship", "primary_won")
    assert outcome(up) == ("rollback", "primary_lost")


def test_a_primary_significantly_worse_rolls_back():
    assert outcome(LOST) == ("rollback", "primary_lost")


def test_one_primary_won_and_one_lost_rolls_back():
    found = verdict(WON, a_result("orders", -1.0, 0.01))
    assert (found["verdict"], found["rule"]) == ("rollback", "primary_lost")
    assert "orders -10.00 %" in found["reason"]


def test_one_primary_won_and_none_lost_ships_and_names_the_undecided():
    found = verdict(WON, a_result("orders", -0.1, 0.8))
    assert (found["verdict"], found["rule"]) == ("ship", "primary_won")
    assert "Not significant: orders -1.00 %" in found["reason"]


def test_no_significant_primary_is_inconclusive():
    found = verdict(FLAT)
    assert (found["verdict"], found["rule"]) == ("inconclusive", "no_significant_primary")
    assert "ctr +3.00 %" in found["reason"]
    assert found["is_final"]


def test_a_secondary_metric_never_decides():
    worse = a_result("orders", -5.0, 1e-9, "secondary")
    assert outcome(WON, worse) == ("ship", "primary_won")
    assert outcome(FLAT, worse) == ("inconclusive", "no_significant_primary")


def test_significance_is_that_of_the_adjusted_p_value():
    row = a_result("ctr", 2.0, 0.03, p_value_adjusted=0.09, is_significant=False)
    assert outcome(row) == ("inconclusive", "no_significant_primary")


def test_a_primary_that_cannot_be_estimated_is_inconclusive_with_its_reason():
    found = verdict(WON, a_missing_result("orders"))
    assert (found["verdict"], found["rule"]) == ("inconclusive", "primary_not_estimated")
    assert "orders cannot be estimated (zero_variance: All units" in found["reason"]


def test_only_headline_rows_of_the_whole_population_against_control_are_read():
    others = [
        a_result("ctr", -9.0, 1e-9, is_headline=False, estimator="cuped"),
        a_result("ctr", -9.0, 1e-9, segment_name="platform", segment_value="tv"),
        a_result("ctr", -9.0, 1e-9, control_variant_id="b"),
    ]
    assert outcome(WON, *others) == ("ship", "primary_won")


# Guardrails


def test_a_guardrail_non_inferior_at_its_margin_lets_ship():
    found = verdict(WON, a_guardrail("latency", -0.05, 0.04, p_margin=0.001))
    assert (found["verdict"], found["rule"]) == ("ship", "primary_won")
    assert "latency -0.50 %" in found["reason"]
    assert "margin 2 %, non-inferiority p = 0.0010" in found["reason"]


def test_a_guardrail_without_proof_of_its_margin_is_inconclusive():
    found = verdict(WON, a_guardrail("latency", -0.1, 0.6, holds=False, p_margin=0.3))
    assert (found["verdict"], found["rule"]) == ("inconclusive", "guardrail_unproven")
    assert "latency" in found["reason"]


def test_a_guardrail_significantly_beyond_its_margin_rolls_back():
    row = a_guardrail("latency", -3.0, 1e-9, holds=False, p_margin=0.96)
    assert outcome(WON, row) == ("rollback", "guardrail_inferior")
    assert outcome(FLAT, row) == ("rollback", "guardrail_inferior")


def test_a_guardrail_worse_but_not_beyond_its_margin_is_not_rolled_back():
    row = a_guardrail("latency", -0.25, 0.01, holds=False, p_margin=0.90)
    assert outcome(WON, row) == ("inconclusive", "guardrail_unproven")


def test_a_guardrail_without_margin_rolls_back_when_significantly_worse_only():
    assert outcome(WON, a_guardrail("errors", -1.0, 0.01, holds=False)) == (
        "rollback",
        "guardrail_inferior",
    )
    assert outcome(WON, a_guardrail("errors", -1.0, 0.06)) == ("ship", "primary_won")
    assert outcome(WON, a_guardrail("errors", 1.0, 0.01)) == ("ship", "primary_won")


def test_a_guardrail_that_cannot_be_estimated_is_no_proof():
    found = verdict(WON, a_missing_result("errors", "guardrail"))
    assert (found["verdict"], found["rule"]) == ("inconclusive", "guardrail_unproven")
    assert "errors cannot be estimated" in found["reason"]


def test_a_margin_that_cannot_be_tested_is_no_proof_though_the_effect_stands():
    row = a_guardrail("errors", 1.0, 0.5, holds=None) | {"margin": 0.02, "margin_type": "relative"}
    found = verdict(WON, row)
    assert (found["verdict"], found["rule"]) == ("inconclusive", "guardrail_unproven")
    assert "margin 2 % cannot be tested" in found["reason"]


# Health


@pytest.mark.parametrize(
    ("check", "rule"),
    [
        ("sample_ratio_mismatch", "srm_failed"),
        ("unknown_variants", "unknown_variants_failed"),
        ("covariate_balance", "covariate_balance_failed"),
    ],
)
def test_a_failed_check_makes_the_experiment_invalid_at_any_time(check, rule):
    checks = [a_check(), a_check(check, "fail")]
    for day in (date(2026, 1, 10), DAY):
        found = verdict(WON, checks=checks, day=day)
        assert (found["verdict"], found["rule"]) == ("invalid", rule)
        assert f"Detail of {check}." in found["reason"]
        assert f"Repair {check}." in found["reason"]


def test_the_first_failed_check_gives_the_rule_and_the_others_are_named():
    checks = [a_check(status="fail"), a_check("unknown_variants", "fail")]
    found = verdict(WON, checks=checks)
    assert found["rule"] == "unknown_variants_failed"
    assert "Also failed: sample_ratio_mismatch (experiment)." in found["reason"]


def test_a_warning_changes_no_verdict_and_is_told():
    found = verdict(WON, checks=[a_check(status="warn")])
    assert found["verdict"] == "ship"
    assert "Health warns: sample_ratio_mismatch (experiment)." in found["reason"]


# Time


def test_before_the_end_the_verdict_is_keep_running_whatever_the_p_values_say():
    for row in (WON, LOST, FLAT):
        found = verdict(row, day=date(2026, 1, 31))
        assert (found["verdict"], found["rule"]) == ("keep_running", "before_end")
        assert not found["is_final"]
        assert "2026-02-01" in found["reason"]
        assert "p =" not in found["reason"]
    assert outcome(WON, day=date(2026, 2, 1)) == ("ship", "primary_won")


@pytest.mark.parametrize(
    ("window", "last_open", "decided"),
    [
        ({"days": 7}, date(2026, 2, 7), date(2026, 2, 8)),
        ({"days": 6, "hours": 23}, date(2026, 2, 7), date(2026, 2, 8)),
        ({"hours": 1}, date(2026, 2, 1), date(2026, 2, 2)),
    ],
)
def test_open_windows_keep_it_running_past_the_end(window, last_open, decided):
    found = verdict(WON, day=last_open, window=window)
    assert (found["verdict"], found["rule"]) == ("keep_running", "windows_open")
    assert f"the data of {decided}" in found["reason"]
    assert outcome(WON, day=decided, window=window) == ("ship", "primary_won")


def test_the_longest_window_of_any_metric_counts_and_a_metrics_own_comes_first():
    rows = [WON, a_result("orders", 0.0, 0.9, "secondary")]
    metrics = [a_metric("ctr", window={"days": 1}), a_metric("orders", window={"days": 14})]
    found = verdict(*rows, day=date(2026, 2, 10), metrics=metrics, window={"days": 30})
    assert found["rule"] == "windows_open"
    assert "orders follows each unit until 2026-02-16" in found["reason"]
    found = verdict(*rows, day=date(2026, 2, 15), metrics=metrics, window={"days": 30})
    assert found["verdict"] == "ship"


def test_an_experiment_without_exposures_keeps_running_until_it_is_over():
    checks = [a_check(status="not_applicable")]
    row = a_missing_result("ctr")
    before = verdict(row, checks=checks, day=date(2026, 1, 1))
    assert (before["verdict"], before["rule"]) == ("keep_running", "no_exposures")
    after = verdict(row, checks=checks)
    assert (after["verdict"], after["rule"]) == ("inconclusive", "no_exposures")
    assert "without a single exposure" in after["reason"]


# Several treatments


THREE = {"variants": {"control": 0.4, "a": 0.3, "b": 0.3}}


def test_each_treatment_has_a_verdict_against_control_and_the_best_winner_is_named():
    rows = [
        a_result("ctr", 2.0, 0.001, treatment_variant_id="a"),
        a_result("ctr", 3.0, 0.001, treatment_variant_id="b"),
        a_result("ctr", -1.0, 0.001, treatment_variant_id="a", control_variant_id="b"),
    ]
    found = verdicts(rows, **THREE, analysis={"comparisons": "all_pairs"})
    assert [(row["treatment_variant_id"], row["verdict"]) for row in found] == [
        ("a", "ship"),
        ("b", "ship"),
    ]
    for row in found:
        assert "2 treatments may ship" in row["reason"]
        assert "b has the largest estimate for ctr (the results compare" in row["reason"]


def test_the_best_of_several_winners_follows_the_wanted_direction():
    rows = [
        a_result("ms", -2.0, 0.001, treatment_variant_id="a", direction="decrease"),
        a_result("ms", -1.0, 0.001, treatment_variant_id="b", direction="decrease"),
    ]
    for row in verdicts(rows, **THREE):
        assert "a has the largest estimate for ms (that is no test between" in row["reason"]


def test_treatments_are_judged_apart():
    rows = [
        a_result("ctr", 2.0, 0.001, treatment_variant_id="a"),
        a_result("ctr", -3.0, 0.001, treatment_variant_id="b"),
    ]
    found = verdicts(rows, **THREE)
    assert [row["verdict"] for row in found] == ["ship", "rollback"]
    assert "treatments may ship" not in found[0]["reason"]


# Input that does not fit


def test_results_without_a_declared_comparison_are_an_error():
    with pytest.raises(ValueError, match="no headline row of ctr for 'b' against 'control'"):
        verdicts([a_result("ctr", treatment_variant_id="a")], **THREE)


@pytest.mark.parametrize(
    ("rows", "checks"),
    [
        ([WON | {"spec_hash": "old"}], [a_check()]),
        ([WON], [a_check() | {"spec_hash": "old"}]),
    ],
)
def test_evidence_of_another_spec_is_refused_with_the_command_that_builds_it(rows, checks):
    with pytest.raises(ValueError, match=r"of exp were computed .* int_experiment_results_est"):
        verdicts(rows, checks)


def test_a_worse_guardrail_rolls_back_where_its_margin_cannot_be_tested():
    """A relative margin of a control mean of zero is not defined."""
    lost = a_guardrail("crashes", -2.0, 2e-169, holds=None)
    lost |= {"margin": 0.02, "margin_type": "relative"}
    (row,) = verdicts([WON, lost])
    assert (row["verdict"], row["rule"]) == ("rollback", "guardrail_inferior")


def test_health_without_the_experiment_is_an_error():
    with pytest.raises(ValueError, match="health has no rows of experiment 'exp'"):
        verdicts([WON], [a_check() | {"experiment_id": "other"}])


# From moments to verdicts


def whole_way(moments, counts, experiments, metrics, day=DAY):
    dates = {experiment.name: day for experiment in experiments}
    by_name = {metric.name: metric for metric in metrics}
    results = estimate_results(experiments, by_name, moments, analysis_dates=dates, **STAMP)
    health = check_health(
        experiments,
        by_name,
        counts,
        moments,
        covariates=moments_table(),
        watermarks=FRESH,
        analysis_dates=dates,
        **STAMP,
    )
    return decide(experiments, by_name, results, health, analysis_dates=dates, **STAMP)


@pytest.mark.parametrize(
    ("lift", "units", "expected"),
    [
        (0.5, UNITS, "ship"),
        (-0.5, UNITS, "rollback"),
        (0.0, UNITS, "inconclusive"),
        (0.5, {"control": 2000, "new": 2400}, "invalid"),
    ],
)
def test_rows_of_units_become_the_verdict_they_deserve(lift, units, expected):
    rng = np.random.default_rng(4)
    clicks = a_metric("clicks")
    moments = moments_table(
        *(
            moment_rows(clicks, v, ["y"], rng.normal(5 + lift * (v == "new"), 1, 2000))
            for v in units
        )
    )
    table = whole_way(moments, counts_table(units), [an_experiment()], [clicks])
    assert table.column("verdict").to_pylist() == [expected]


def test_planned_and_running_experiments_stand_side_by_side_sorted_by_their_grain():
    experiments = [an_experiment("z"), an_experiment("a", start="2026-05-01", end="2026-06-01")]
    table = whole_way(NO_MOMENTS, NO_COUNTS, experiments, [a_metric("clicks")])
    grain = list(zip(*(table.column(name).to_pylist() for name in DECISIONS_GRAIN), strict=True))
    assert grain == sorted(set(grain))
    assert table.column("verdict").to_pylist() == ["keep_running", "inconclusive"]
    assert set(table.column("rule").to_pylist()) == {"no_exposures"}


def test_aa_experiments_are_shipped_or_rolled_back_at_the_rate_of_alpha():
    """With three primary metrics and no effect, Benjamini-Hochberg's families err in 5 %."""
    rng = np.random.default_rng(20)
    names = ("m1", "m2", "m3")
    metrics = [a_metric(name) for name in names]
    experiments = [an_experiment(f"aa_{i:03d}", metrics={"primary": names}) for i in range(400)]
    blocks = [
        moment_rows(metric, variant, ["y"], rng.exponential(1.0, 300), experiment=experiment.name)
        for experiment in experiments
        for metric in metrics
        for variant in ("control", "new")
    ]
    counts = pa.concat_tables(
        counts_table({"control": 300, "new": 300}, experiment=e.name) for e in experiments
    )
    table = whole_way(moments_table(*blocks), counts, experiments, metrics)
    calls = table.column("verdict").to_pylist()
    assert set(calls) <= {"ship", "rollback", "inconclusive"}
    # Binomial(400, .05): 10 to 31 with probability .99.
    assert 10 <= len(calls) - calls.count("inconclusive") <= 31
