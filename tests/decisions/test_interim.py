"""Verdicts of a sequential design: what each rule needs, and that alpha holds from moments on."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from abstats.analysis import estimate_results
from abstats.decisions import check_health, decide
from abstats.decisions.interim import verdict_of_looks
from abstats.decisions.look_rows import LookRow
from tests.analysis.looks import (
    FOUR,
    WEEKS,
    a_sequential,
    a_windowed,
    look_rows,
    results_of,
    table_of,
)
from tests.analysis.worlds import STAMP, an_experiment, counts_table, moments_table
from tests.decisions.watermarks import FRESH

CLICKS = a_windowed()
LATENCY = a_windowed("latency", direction="decrease")
GUARDED = {"primary": ["clicks"], "guardrails": [{"metric": "latency", "margin": 0.03}]}


def a_row(metric="ctr", crossed="none", role="primary", *, look=1, **more):
    margin = more.pop("margin", 0.03 if role == "guardrail" else None)
    p = None if margin else 0.2
    values = {
        "experiment_id": "exp",
        "metric_name": metric,
        "treatment_variant_id": "new",
        "control_variant_id": "control",
        "analysis_date": WEEKS[look - 1],
        "role": role,
        "hypothesis": "non_inferiority" if margin else "difference",
        "effect_abs": 0.5,
        "effect_rel": 0.05,
        "look": look,
        "n_looks": 4,
        "p_value_sequential_adjusted": p,
        "effect_abs_ci_sequential_lower": 0.1,
        "effect_abs_ci_sequential_upper": 0.9,
        "effect_rel_ci_sequential_lower": 0.01,
        "effect_rel_ci_sequential_upper": 0.09,
        "margin": margin,
        "margin_type": "relative" if margin else None,
        "p_value_non_inferiority_sequential": 0.3 if margin else None,
        "p_value_inferiority_sequential": 0.002 if margin else None,
        "bound_crossed": crossed,
        "sequential_status": "ok",
        "sequential_status_reason": "",
    }
    return LookRow(**values | more)


def a_missing_row(metric="ctr", role="primary", **more):
    return a_row(
        metric,
        role=role,
        effect_abs=None,
        p_value_sequential_adjusted=None,
        p_value_non_inferiority_sequential=None,
        sequential_status="no_data",
        sequential_status_reason="There is no test statistic yet.",
        **more,
    )


def outcome(*looks, day=None):
    """Verdict and rule of rows per look, and the date that decided."""
    found = {WEEKS[k]: rows for k, rows in enumerate(looks) if rows}
    verdict, decided = verdict_of_looks(found, WEEKS, day or max(found))
    return verdict, decided


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([a_row(crossed="better")], ("ship", "primary_won")),
        ([a_row(crossed="worse")], ("rollback", "primary_lost")),
        ([a_row(crossed="none")], ("keep_running", "no_bound_crossed")),
        ([a_row(crossed="futility")], ("inconclusive", "futility")),
        (
            [a_row(crossed="futility"), a_row("orders", "none")],
            ("keep_running", "no_bound_crossed"),
        ),
        ([a_row(crossed="better"), a_row("orders", "none")], ("ship", "primary_won")),
        ([a_row(crossed="better"), a_row("orders", "worse")], ("rollback", "primary_lost")),
        ([a_row(crossed="better"), a_missing_row("x")], ("keep_running", "no_bound_crossed")),
        ([a_row(), a_row("s", "worse", "secondary")], ("keep_running", "no_bound_crossed")),
        ([a_row(), a_row("ms", "inferior", "guardrail")], ("rollback", "guardrail_inferior")),
        (
            [a_row(crossed="better"), a_row("ms", "inferior", "guardrail")],
            ("rollback", "guardrail_inferior"),
        ),
        (
            [a_row(crossed="better"), a_row("ms", "none", "guardrail")],
            ("keep_running", "no_bound_crossed"),
        ),
        (
            [a_row(crossed="better"), a_row("ms", "non_inferior", "guardrail")],
            ("ship", "primary_won"),
        ),
        (
            [a_row(), a_row("ms", "worse", "guardrail", margin=None)],
            ("rollback", "guardrail_inferior"),
        ),
        (
            [a_row(crossed="better"), a_row("ms", "none", "guardrail", margin=None)],
            ("ship", "primary_won"),
        ),
        (
            [a_row(crossed="better"), a_missing_row("ms", "guardrail", margin=None)],
            ("keep_running", "no_bound_crossed"),
        ),
    ],
)
def test_the_rules_of_an_interim_look(rows, expected):
    verdict, decided = outcome(rows)
    assert (verdict.verdict, verdict.rule) == expected
    assert decided == (None if verdict.verdict == "keep_running" else WEEKS[0])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([a_row(crossed="none", look=4)], ("inconclusive", "no_significant_primary")),
        ([a_missing_row(look=4)], ("inconclusive", "primary_not_estimated")),
        (
            [a_row(crossed="better", look=4), a_row("ms", "none", "guardrail", look=4)],
            ("inconclusive", "guardrail_unproven"),
        ),
        ([a_row(crossed="better", look=4)], ("ship", "primary_won")),
    ],
)
def test_the_last_look_always_decides(rows, expected):
    verdict, decided = outcome([], [], [], rows)
    assert (verdict.verdict, verdict.rule) == expected
    assert decided == WEEKS[3]


def test_nothing_more_is_awaited_once_all_have_spent_their_error():
    """More units came than were planned: the maximum was reached at look 2."""
    spent = {"sequential_status": "beyond_plan", "look": 3}
    secondary = a_row("s", role="secondary", look=3)
    verdict, decided = outcome([a_row()], [a_row(look=2)], [a_row(**spent), secondary])
    assert (verdict.verdict, verdict.rule) == ("inconclusive", "no_significant_primary")
    assert decided == WEEKS[2]
    waiting = a_row("ms", role="guardrail", look=3)
    verdict, decided = outcome([a_row()], [a_row(look=2)], [a_row(**spent), waiting])
    assert (verdict.verdict, decided) == ("keep_running", None)


def test_the_first_look_that_decides_stands():
    lost, won = [a_row(crossed="worse", look=2)], [a_row(crossed="better", look=3)]
    verdict, decided = outcome([a_row()], lost, won)
    assert (verdict.verdict, decided) == ("rollback", WEEKS[1])
    assert verdict.reason.startswith("Look 2 of 4, data through 2026-01-25: primary metric worse")


def test_between_looks_nothing_is_decided_anew():
    verdict, decided = outcome([a_row()], day=date(2026, 1, 20))
    assert (verdict.rule, decided) == ("no_bound_crossed", None)
    assert "The next of 4 looks is at the data of 2026-01-25" in verdict.reason
    verdict, _ = outcome([a_row(crossed="worse")], day=date(2026, 1, 20))
    assert verdict.verdict == "rollback"


def test_before_the_first_look_it_keeps_running():
    verdict, decided = verdict_of_looks({}, WEEKS, date(2026, 1, 10))
    assert (verdict.verdict, verdict.rule, decided) == ("keep_running", "before_first_look", None)


def test_an_end_without_results_of_its_look_is_no_decision_for_the_treatment():
    verdict, _ = verdict_of_looks({}, WEEKS, WEEKS[3])
    assert (verdict.verdict, verdict.rule) == ("inconclusive", "primary_not_estimated")


def test_reasons_have_the_numbers_that_hold_over_all_looks():
    rows = [a_row(), a_row("ms", "inferior", "guardrail")]
    verdict, _ = outcome(rows)
    assert verdict.reason == (
        "Look 1 of 4, data through 2026-01-18: guardrail worse than it may be: ms +5.00 % "
        "[+1.00 %, +9.00 %], margin 3 %, sequential inferiority p = 0.0020."
    )
    verdict, _ = outcome([a_row(), a_row("ms", "non_inferior", "guardrail")])
    assert "ctr +5.00 % [+1.00 %, +9.00 %], sequential p = 0.2000" in verdict.reason


# From moments to verdicts


def arms(rng, lift=0.0, *, n=300, looks=4, mean=10.0, sd=4.0):
    return {
        "control": [rng.normal(mean, sd, n) for _ in range(looks)],
        "new": [rng.normal(mean + lift, sd, n) for _ in range(looks)],
    }


def decided(experiments, metrics, rows, day=WEEKS[-1], units=None):
    by_name = {metric.name: metric for metric in metrics}
    dates = {experiment.name: day for experiment in experiments}
    moments = table_of(row for row in rows if row["analysis_date"] <= day)
    counts = [
        counts_table(units or {"control": 900, "new": 900}, experiment=e.name) for e in experiments
    ]
    results = estimate_results(experiments, by_name, moments, analysis_dates=dates, **STAMP)
    health = check_health(
        experiments,
        by_name,
        pa.concat_tables(counts),
        moments,
        covariates=moments_table(),
        watermarks=FRESH,
        analysis_dates=dates,
        **STAMP,
    )
    table = decide(experiments, by_name, results, health, analysis_dates=dates, **STAMP)
    return table.to_pylist()


def test_a_breached_guardrail_rolls_back_at_the_first_look_and_stays_so():
    rng = np.random.default_rng(1)
    rows = look_rows(CLICKS, arms(rng)) + look_rows(LATENCY, arms(rng, 12.0, mean=100.0, sd=20.0))
    experiment = a_sequential(metrics=GUARDED)
    for day in (*WEEKS, date(2026, 1, 20)):
        (row,) = decided([experiment], [CLICKS, LATENCY], rows, day)
        assert (row["verdict"], row["rule"]) == ("rollback", "guardrail_inferior")
        assert row["is_final"]
        assert row["decision_date"] == WEEKS[0]


def test_before_the_looks_decide_it_is_not_final():
    rng = np.random.default_rng(2)
    experiment = a_sequential()
    rows = look_rows(CLICKS, arms(rng))
    found = [decided([experiment], [CLICKS], rows, day)[0] for day in WEEKS]
    assert [row["verdict"] for row in found] == [*["keep_running"] * 3, "inconclusive"]
    assert [row["is_final"] for row in found] == [False, False, False, True]
    assert [row["decision_date"] for row in found] == [None, None, None, WEEKS[3]]


def test_a_win_ships_early_and_the_same_without_a_design_waits_for_the_end():
    rng = np.random.default_rng(3)
    rows = look_rows(CLICKS, arms(rng, lift=3.0))
    (early,) = decided([a_sequential()], [CLICKS], rows, WEEKS[0])
    (late,) = decided([an_experiment(window={"days": 7})], [CLICKS], rows, WEEKS[0])
    assert (early["verdict"], early["decision_date"]) == ("ship", WEEKS[0])
    assert (late["verdict"], late["rule"]) == ("keep_running", "before_end")


def test_a_failed_check_is_invalid_at_a_look_too():
    rows = look_rows(CLICKS, arms(np.random.default_rng(3), lift=3.0))
    units = {"control": 5_000, "new": 7_000}
    (row,) = decided([a_sequential()], [CLICKS], rows, WEEKS[0], units)
    assert (row["verdict"], row["rule"]) == ("invalid", "srm_failed")


def test_without_exposures_it_keeps_running():
    (row,) = decided([a_sequential()], [CLICKS], [], WEEKS[0], {"control": 0, "new": 0})
    assert (row["verdict"], row["rule"]) == ("keep_running", "no_exposures")


@pytest.mark.slow
@pytest.mark.parametrize(
    "design",
    [
        FOUR,
        {**FOUR, "spending": "pocock"},
        {**FOUR, "planned_units": 500},
        {**FOUR, "planned_units": 10_000},
    ],
    ids=["obrien_fleming", "pocock", "over-running", "under-running"],
)
def test_aa_experiments_are_decided_at_the_rate_of_alpha_and_peeking_at_fixed_tests_is_not(design):
    """Trap 1, from moments to verdicts: exponential values, half of the units in the first week."""
    n = 300
    rng = np.random.default_rng(421)
    sizes = (200, 100, 60, 40)
    experiments = [a_sequential(f"aa_{i:04d}", design) for i in range(n)]
    rows = []
    for experiment in experiments:
        values = {v: [rng.exponential(1.0, size) for size in sizes] for v in ("control", "new")}
        rows += look_rows(CLICKS, values, experiment=experiment.name)
    verdicts = [row["verdict"] for row in decided(experiments, [CLICKS], rows)]
    assert set(verdicts) <= {"ship", "rollback", "inconclusive"}
    wrong = 1 - verdicts.count("inconclusive") / n
    error = np.sqrt(0.05 * 0.95 / n)
    assert abs(wrong - 0.05) < 3 * error
    fixed = estimate_results(
        [
            experiment.model_copy(update={"analysis": an_experiment().analysis})
            for experiment in experiments
        ],
        {"clicks": CLICKS},
        table_of(rows),
        analysis_dates={experiment.name: WEEKS[-1] for experiment in experiments},
        **STAMP,
    ).to_pylist()
    peeked = {row["experiment_id"] for row in fixed if row["p_value"] <= 0.05}
    assert len(peeked) / n > 0.05 + 3 * error


@pytest.mark.slow
def test_a_guardrail_at_its_margin_is_rolled_back_at_the_rate_of_alpha():
    n = 300
    rng = np.random.default_rng(422)
    experiments = [a_sequential(f"aa_{i:04d}", metrics=GUARDED) for i in range(n)]
    rows = []
    for experiment in experiments:
        at_margin = arms(rng, 3.0, n=100, mean=100.0, sd=20.0)
        rows += look_rows(CLICKS, arms(rng, n=100), experiment=experiment.name)
        rows += look_rows(LATENCY, at_margin, experiment=experiment.name)
    found = decided(experiments, [CLICKS, LATENCY], rows)
    breached = sum(row["rule"] == "guardrail_inferior" for row in found) / n
    assert abs(breached - 0.05) < 3 * np.sqrt(0.05 * 0.95 / n)


@pytest.mark.slow
def test_always_valid_verdicts_err_less_than_alpha_where_daily_fixed_tests_err_often():
    n = 200
    rng = np.random.default_rng(423)
    days = [date(2026, 1, 12 + k) for k in range(20)]
    design = {"method": "always_valid", "planned_units": 2_400}
    experiments = [a_sequential(f"aa_{i:04d}", design) for i in range(n)]
    rows = []
    for experiment in experiments:
        values = arms(rng, n=50, looks=20)
        rows += look_rows(CLICKS, values, experiment=experiment.name, days=days)
    found = decided(experiments, [CLICKS], rows, days[-1])
    wrong = sum(row["verdict"] in ("ship", "rollback") for row in found) / n
    assert wrong < 0.05
    fixed = results_of(experiments, [CLICKS], rows, day=days[-1])
    peeked = {row["experiment_id"] for row in fixed if row["p_value"] <= 0.05}
    assert len(peeked) / n > 0.05 + 3 * np.sqrt(0.05 * 0.95 / n)
