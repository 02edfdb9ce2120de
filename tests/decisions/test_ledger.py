"""The ledger of decided tests: who enters, when, with which p-value, and what it is worth."""

import random
import re
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from abstats.analysis import RESULTS_SCHEMA
from abstats.decisions import DECISIONS_SCHEMA, DISCOVERIES_SCHEMA, discoveries
from abstats.inference.online_fdr import lord_levels
from tests.analysis.worlds import STAMP, an_experiment
from tests.conftest import REPOSITORY

DAY = date(2026, 2, 1)
FROM_OTHERS = {"q_value_bh", "q_value_by"}
"""Columns that change when other experiments are decided."""


def a_spec(name, primary=("clicks",), treatments=("new",), correction="holm", **analysis):
    shares = {variant: 0.5 / len(treatments) for variant in treatments}
    return an_experiment(
        name,
        variants={"control": 0.5, **shares},
        metrics={"primary": list(primary)},
        analysis={"correction": correction, **analysis},
    )


def result(experiment, p=0.01, metric="clicks", treatment="new", day=DAY, **more):
    row = {
        "experiment_id": experiment,
        "metric_name": metric,
        "treatment_variant_id": treatment,
        "control_variant_id": "control",
        "segment_name": "all",
        "segment_value": "all",
        "analysis_date": day,
        "is_headline": True,
        "role": "primary",
        "direction": "increase",
        "effect_abs": 0.4,
        "effect_rel": 0.04,
        "p_value": p,
        "p_value_adjusted": p,
        "is_significant": p is not None and p <= 0.05,
        "status_reason": "",
    }
    return row | more


def decided(experiment, verdict="ship", treatment="new", day=DAY, **more):
    return {
        "experiment_id": experiment,
        "analysis_date": DAY,
        "treatment_variant_id": treatment,
        "control_variant_id": "control",
        "verdict": verdict,
        "decision_date": day,
        **more,
    }


def ledger_of(specs, results, decisions):
    table = discoveries(
        specs,
        pa.Table.from_pylist(list(results), schema=RESULTS_SCHEMA),
        pa.Table.from_pylist(list(decisions), schema=DECISIONS_SCHEMA),
        **STAMP,
    )
    assert table.schema == DISCOVERIES_SCHEMA
    return table.to_pylist()


def a_company(p_values, first=DAY):
    """One experiment per p-value, decided day by day: specs, results, decisions."""
    names = [f"exp_{i:03}" for i in range(len(p_values))]
    days = [first + timedelta(days=i) for i in range(len(p_values))]
    return (
        [a_spec(name) for name in names],
        [result(name, p, day=day) for name, p, day in zip(names, p_values, days, strict=True)],
        [
            decided(name, "ship" if p <= 0.05 else "inconclusive", day=day)
            for name, p, day in zip(names, p_values, days, strict=True)
        ],
    )


def test_a_metric_that_must_be_the_same_is_won_by_its_equivalence():
    """It fell a little, which no test of a difference shows, and is the same within its margin."""
    same = {"hypothesis": "equivalence", "p_value_equivalence": 0.002, "effect_abs": -0.1}
    fixed = result("fixed", 0.6, is_significant=True, p_value_adjusted=0.002, **same)
    design = {"sequential_method": "group_sequential", "p_value_sequential": 0.004}
    looks = result("looks", 0.6, bound_crossed="equivalent", **design, **same)
    rows = ledger_of(
        [a_spec("fixed"), a_spec("looks")], [fixed, looks], [decided("fixed"), decided("looks")]
    )
    assert [row["p_value"] for row in rows] == [0.002, 0.004]
    assert [row["is_shipped_win"] for row in rows] == [True, True]


def test_rows_are_in_the_order_of_decision_with_levels_and_q_values():
    p_values = [0.0001, 0.3, 0.004, 0.8]
    rows = ledger_of(*a_company(p_values))
    assert [row["entry"] for row in rows] == [1, 2, 3, 4]
    assert [row["p_value"] for row in rows] == p_values
    np.testing.assert_allclose(
        [row["q_value_bh"] for row in rows], stats.false_discovery_control(p_values)
    )
    np.testing.assert_allclose(
        [row["q_value_by"] for row in rows], stats.false_discovery_control(p_values, method="by")
    )
    levels = lord_levels(p_values, range(4))
    np.testing.assert_allclose([row["online_level"] for row in rows], levels)
    assert [row["is_online_discovery"] for row in rows] == [True, False, True, False]
    assert {row["fdr_level"] for row in rows} == {0.05}
    assert {row["p_value_kind"] for row in rows} == {"fixed"}


def test_the_order_of_the_tables_changes_nothing():
    specs, results, decisions = a_company([0.0001, 0.3, 0.004, 0.8])
    expected = ledger_of(specs, results, decisions)
    for rows in (specs, results, decisions):
        random.Random(1).shuffle(rows)
    assert ledger_of(specs, results, decisions) == expected


@given(
    st.lists(st.one_of(st.floats(0, 1), st.floats(0, 1e-3)), min_size=1, max_size=8),
    st.lists(st.floats(0, 1), min_size=1, max_size=5),
)
@settings(deadline=None, max_examples=40)
def test_an_experiment_that_is_decided_later_changes_q_values_only(before, after):
    specs, results, decisions = a_company(before + after)
    n = len(before)
    yesterday = ledger_of(specs, results[:n], decisions[:n])
    today = ledger_of(specs, results, decisions)[:n]
    for old, new in zip(yesterday, today, strict=True):
        assert {k: v for k, v in old.items() if k not in FROM_OTHERS} == {
            k: v for k, v in new.items() if k not in FROM_OTHERS
        }


def test_an_experiment_enters_when_its_last_treatment_is_decided():
    spec = a_spec("two", ["clicks", "minutes"], ["new", "blue"])
    later = DAY + timedelta(days=7)
    results = [
        result("two", p, metric, treatment, day)
        for metric, p in (("clicks", 0.01), ("minutes", 0.02))
        for treatment, day in (("new", DAY), ("blue", later))
    ]
    results += [result("two", 0.5, treatment="new", day=later)]
    new, blue = decided("two", day=DAY), decided("two", treatment="blue", day=None)
    assert ledger_of([spec], results, [new, blue]) == []
    rows = ledger_of([spec], results, [new, blue | {"decision_date": later}])
    found = [(row["treatment_variant_id"], row["metric_name"], row["p_value"]) for row in rows]
    # Treatments by name, metrics in the order of the spec; each at the date that decided it.
    assert found == [
        ("blue", "clicks", 0.01),
        ("blue", "minutes", 0.02),
        ("new", "clicks", 0.01),
        ("new", "minutes", 0.02),
    ]
    assert {row["entry_date"] for row in rows} == {later}
    assert [row["decision_date"] for row in rows] == [later, later, DAY, DAY]
    # Its discoveries are no news to its other comparisons.
    np.testing.assert_allclose(
        [row["online_level"] for row in rows], lord_levels([0.01, 0.02, 0.01, 0.02], "aaaa")
    )


def test_secondary_metrics_segments_and_pairs_of_treatments_are_not_in_it():
    spec = a_spec("two", treatments=["blue", "new"], comparisons="all_pairs")
    results = [
        result("two"),
        result("two", treatment="blue"),
        result("two", treatment="blue", control_variant_id="new"),
        result("two", metric="minutes", role="secondary"),
        result("two", segment_name="platform", segment_value="ios"),
        result("two", is_headline=False),
    ]
    rows = ledger_of([spec], results, [decided("two"), decided("two", treatment="blue")])
    found = [(row["treatment_variant_id"], row["control_variant_id"]) for row in rows]
    assert found == [("blue", "control"), ("new", "control")]


def test_invalid_experiments_and_missing_p_values_take_no_place():
    specs = [a_spec(name) for name in ("a", "b", "c", "d")]
    reason = {"effect_abs": None, "status_reason": "An arm has no units."}
    results = [result("a"), result("b", None, **reason), result("d", 0.2)]
    decisions = [
        decided("a", "invalid"),
        decided("b", "inconclusive"),
        decided("c", "inconclusive"),
        decided("d", "inconclusive"),
    ]
    rows = ledger_of(specs, results, decisions)
    found = [(row["status"], row["entry"], row["online_level"] is None) for row in rows]
    assert found == [
        ("invalid", None, True),
        ("no_p_value", None, True),
        ("no_p_value", None, True),
        ("ok", 1, False),
    ]
    assert rows[0]["p_value"] is None
    assert rows[0]["effect_abs"] is None
    assert rows[1]["status_reason"] == "An arm has no units."
    assert rows[2]["status_reason"] == "There are no results of the date that decided."


@pytest.mark.parametrize(
    ("columns", "p_value", "kind", "is_significant"),
    [
        ({"p_value_stage_wise": 0.003, "bound_crossed": "better"}, 0.003, "stage_wise", True),
        # Its own bound was crossed, that of the family was not.
        ({"p_value_stage_wise": 0.03, "bound_crossed": "none"}, 0.03, "stage_wise", False),
        # Stopped by a guardrail.
        ({"p_value_stage_wise": None, "bound_crossed": "none"}, 0.2, "repeated", False),
        (
            {"sequential_method": "always_valid", "bound_crossed": "better"},
            0.2,
            "always_valid",
            True,
        ),
    ],
)
def test_a_sequential_design_enters_with_the_p_value_that_counts_its_looks(
    columns, p_value, kind, is_significant
):
    row = result(
        "seq",
        1e-9,
        **{
            "sequential_method": "group_sequential",
            "p_value_sequential": 0.2,
            "p_value_sequential_adjusted": 0.25,
            **columns,
        },
    )
    (found,) = ledger_of([a_spec("seq")], [row], [decided("seq")])
    assert found["is_shipped_win"] == is_significant
    assert (found["p_value"], found["p_value_kind"]) == (p_value, kind)
    assert found["is_significant"] == is_significant
    assert found["p_value_adjusted"] == 0.25


@pytest.mark.parametrize(
    ("changes", "verdict", "is_win"),
    [
        ({}, "ship", True),
        ({}, "inconclusive", False),
        ({"effect_abs": -0.4}, "ship", False),
        ({"effect_abs": -0.4, "direction": "decrease"}, "ship", True),
        ({"is_significant": False}, "ship", False),
    ],
)
def test_a_shipped_win_is_significant_in_the_good_direction(changes, verdict, is_win):
    (row,) = ledger_of([a_spec("a")], [result("a", **changes)], [decided("a", verdict)])
    assert row["is_shipped_win"] == is_win


@pytest.mark.parametrize(
    ("correction", "p_values", "levels"),
    [
        ("none", [0.01, 0.02, 0.9], 3 * 0.05),
        ("holm", [0.01, 0.02, 0.9], 0.05),
        ("dunnett", [0.01, 0.02, 0.9], 0.05),
        ("benjamini_hochberg", [0.01, 0.02, 0.9], 2 * 0.05),
        ("benjamini_hochberg", [0.2, 0.3, 0.9], 0.05),
    ],
)
def test_expected_false_wins_are_half_of_the_levels_that_the_families_leave(
    correction, p_values, levels
):
    metrics = ["a", "b", "c"]
    spec = a_spec("exp", metrics, correction=correction)
    results = [result("exp", p, metric) for metric, p in zip(metrics, p_values, strict=True)]
    # Many wins of before, so that the estimate is not cut.
    specs, before, verdicts = a_company([0.001] * 20, date(2025, 12, 1))
    rows = ledger_of([*specs, spec], before + results, [*verdicts, decided("exp")])
    (start,), (end,) = (
        {row["expected_false_wins"] / row["null_share"] for row in part}
        for part in (rows[19:20], rows[20:])
    )
    assert start == pytest.approx(20 * 0.05 / 2)
    assert end - start == pytest.approx(levels / 2)


def test_an_equivalence_that_does_not_hold_wins_with_its_whole_level():
    specs, before, verdicts = a_company([0.001] * 20, date(2025, 12, 1))
    shown = {"hypothesis": "equivalence", "p_value_equivalence": 0.01, "effect_abs": -0.4}
    rows = ledger_of(
        [*specs, a_spec("same")],
        [*before, result("same", 0.9, is_significant=True, **shown)],
        [*verdicts, decided("same")],
    )
    assert (rows[-1]["p_value"], rows[-1]["is_shipped_win"]) == (0.01, True)
    chances = [row["expected_false_wins"] / row["null_share"] for row in rows[-2:]]
    assert chances == pytest.approx([20 * 0.025, 20 * 0.025 + 0.05])


def test_no_more_wins_are_false_than_there_are():
    rows = ledger_of(*a_company([0.5, 0.6, 0.001]))
    assert [row["n_shipped_wins"] for row in rows] == [0, 0, 1]
    assert [row["expected_false_wins"] for row in rows] == pytest.approx([0, 0, 0.075])


def test_of_the_wins_that_a_company_ships_no_more_are_false_than_expected():
    rng = np.random.default_rng(5)
    false, expected = [], []
    for _ in range(60):
        is_null = rng.random(40) < 0.8
        z = rng.normal(np.where(is_null, 0.0, 3.0))
        specs, results, decisions = a_company((2 * stats.norm.sf(np.abs(z))).tolist())
        for row, value in zip(results, z.tolist(), strict=True):
            row["effect_abs"] = value
        rows = ledger_of(specs, results, decisions)
        wins = np.array([row["is_shipped_win"] for row in rows])
        false.append((wins & is_null).sum())
        expected.append(rows[-1]["expected_false_wins"])
    gap = np.array(expected) - np.array(false)
    assert gap.mean() > -3 * gap.std() / np.sqrt(gap.size)
    assert np.mean(expected) < 1.5


def test_the_queries_of_the_page_find_the_estimate_and_the_doubtful_wins():
    page = (REPOSITORY / "docs" / "methods" / "ledger.md").read_text(encoding="utf-8")
    estimate, doubtful = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    # A win at .04, then many tests without any.
    rows = ledger_of(*a_company([0.0001, 0.04, *np.linspace(0.1, 1.0, 30).tolist()]))
    with duckdb.connect() as connection:
        ledger = pa.Table.from_pylist(rows, schema=DISCOVERIES_SCHEMA)
        connection.register("fct_experiment_discoveries", ledger)
        ((_, wins, expected, share),) = connection.sql(estimate).fetchall()
        found = connection.sql(doubtful).fetchall()
    assert (wins, share) == (2, 1.0)
    assert expected == pytest.approx(32 * 0.05 / 2)
    assert [row[0] for row in found] == ["exp_001"]


def test_a_company_without_decisions_has_an_empty_ledger():
    assert ledger_of([a_spec("a")], [result("a")], [decided("a", "keep_running", day=None)]) == []
    assert ledger_of([], [], []) == []
