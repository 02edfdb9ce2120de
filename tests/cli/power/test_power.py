"""`abstats power` on warehouses made up from the contracts."""

from datetime import timedelta

import numpy as np
import pytest

from abstats.cli.power.history import MOMENT_COLUMNS
from abstats.inference.design import (
    BOTH_DIRECTIONS,
    Baseline,
    Margin,
    TestPlan,
    always_valid_inflation,
    comparison_alpha,
    detectable_effect,
    sequential_inflation,
    units_needed,
)
from abstats.inference.sequential import Spending
from tests.analysis.worlds import an_experiment
from tests.cli import warehouse
from tests.cli.contracts import columns_of

SIZES = {7: 1_000, 14: 1_600, 28: 2_400}


def moment(metric, day, n, *, mean=10.0, variance=25.0, **changes):
    start = warehouse.experiment()["start_date"]
    row = {
        "experiment_id": "ranker",
        "segment_name": "all",
        "segment_value": "all",
        "stratum": "all",
        "metric_name": metric,
        "definition_hash": "d1",
        "analysis_date": start + timedelta(days=day - 1),
        "is_winsorised": False,
        "column_a": "y",
        "column_b": "y",
        "n": n // 2,
        "mean_a": mean,
        "mean_b": mean,
        "cov_ab": variance,
        **changes,
    }
    return [row | {"variant_id": variant} for variant in ("control", "new")]


def tables(spec=None, metrics=("ctr",), **declared):
    spec = spec or an_experiment("ranker", metrics={"primary": list(metrics)})
    built = warehouse.ship()
    built["dim_experiments"] = [warehouse.experiment(spec=spec.canonical)]
    built["dim_metrics"] = [
        warehouse.metric(name, direction="increase", definition_hash="d1", **declared)
        for name in metrics
    ]
    built["fct_experiment_moments"] = [
        row for name in metrics for day, n in SIZES.items() for row in moment(name, day, n)
    ]
    return built


@pytest.fixture
def power(abstats, tmp_path, monkeypatch):
    """Builds a warehouse and plans with it from inside its project."""
    monkeypatch.chdir(tmp_path)

    def run(built, *arguments, **environment):
        warehouse.build(tmp_path, built)
        return abstats("power", *arguments, **environment)

    return run


def row_of(shown, label):
    """The cells of a metric's row."""
    assert shown.exit_code == 0, shown.output
    (line,) = (line for line in shown.stdout.splitlines() if line.startswith(f"  {label}"))
    return line.removeprefix(f"  {label}").replace(" %", "%").split()


def test_every_column_that_is_read_is_in_the_contract():
    assert set(MOMENT_COLUMNS) <= set(columns_of("fct_experiment_moments"))


def test_detectable_changes_follow_from_the_moments_of_each_week(power):
    shown = power(tables(), "ranker", "--weeks", "5")
    value, units, *changes = row_of(shown, "ctr")
    assert (value, units) == ("10.00", "400")
    expected = []
    for n in (1_000, 1_600, 2_400, 2_800):
        expected.append(detectable_effect(Baseline(10.0, 25.0), TestPlan(), n) / 10)
    assert changes == [f"{100 * change:.1f}%" for change in expected]
    bars = [line for line in shown.stdout.splitlines() if line.endswith("█")]
    assert len(bars) == 5
    assert [len(bar) for bar in bars] == sorted((len(bar) for bar in bars), reverse=True)


def test_an_effect_asks_how_many_units_and_weeks(power):
    shown = power(tables(), "ranker", "--effect", "0.03")
    *_, effect, units, weeks = row_of(shown, "ctr")
    needed = units_needed(Baseline(10.0, 25.0), TestPlan(), 0.3)
    assert (effect, units) == ("3%", f"{needed:,}")
    days = np.ceil(28 + (needed - 2_400) / (800 / 14))
    assert float(weeks) == pytest.approx(days / 7, abs=0.06)
    *_, small = row_of(power(tables(), "ranker", "--effect", "0.10"), "ctr")
    needed = units_needed(Baseline(10.0, 25.0), TestPlan(), 1.0)
    assert float(small) == pytest.approx(np.ceil(needed / (1_000 / 7)) / 7, abs=0.06)


def test_a_guardrail_shows_the_margin_that_can_be_shown_and_what_its_own_needs(power):
    spec = an_experiment(
        "ranker",
        metrics={"primary": ["ctr"], "guardrails": [{"metric": "revenue", "margin": 0.05}]},
    )
    shown = power(tables(spec, ("ctr", "revenue")), "ranker")
    *_, sign, margin, units, _ = row_of(shown, "revenue")
    plan = TestPlan(margin=Margin(0.05, True, "increase"))
    assert (sign, margin) == ("≤", "5%")
    assert units == f"{units_needed(Baseline(10.0, 25.0), plan):,}"


def test_what_a_spec_declares_is_planned_for_without_being_asked(power):
    spec = an_experiment(
        "ranker",
        metrics={
            "primary": [{"metric": "ctr", "minimum_effect": 0.04}],
            "secondary": [{"metric": "revenue", "equivalence_margin": 0.05}],
        },
    )
    built = tables(spec, ("ctr", "revenue"))
    shown = power(built, "ranker")
    *_, effect, units, _ = row_of(shown, "ctr")
    needed = units_needed(Baseline(10.0, 25.0), TestPlan(), 0.4)
    assert (effect, units) == ("4%", f"{needed:,}")
    *_, sign, margin, units, _ = row_of(shown, "revenue")
    plan = TestPlan(margin=Margin(0.05, True, BOTH_DIRECTIONS))
    assert (sign, margin) == ("±", "5%")
    assert units == f"{units_needed(Baseline(10.0, 25.0), plan):,}"
    assert "of a metric with a margin, the smallest margin" in " ".join(shown.stdout.split())
    *_, effect, _, _ = row_of(power(built, "ranker", "--effect", "0.03"), "ctr")
    assert effect == "3%"


@pytest.mark.parametrize("correction", ["holm", "benjamini_hochberg", "dunnett"])
def test_several_arms_and_metrics_are_tested_at_what_the_correction_leaves(power, correction):
    built = tables(metrics=("ctr", "orders"))
    shown = power(
        built, "ranker", "--split", "0.4,0.4,0.2", "--correction", correction, "--weeks", "1"
    )
    (change,) = row_of(shown, "ctr")[2:]
    alpha = comparison_alpha(0.05, correction, metrics=2, weights=(0.4, 0.4, 0.2))
    assert (alpha > 0.05 / 4) == (correction == "dunnett")
    expected = detectable_effect(Baseline(10.0, 25.0), TestPlan(0.4, 0.2, alpha), 1_000) / 10
    assert change == f"{100 * expected:.1f}%"


def test_weights_of_metrics_move_their_levels(power):
    spec = an_experiment(
        "ranker",
        metrics={"primary": ["ctr", "orders"]},
        analysis={"correction": "holm", "weights": {"ctr": 4}},
    )
    shown = power(tables(spec, ("ctr", "orders")), "ranker", "--weeks", "1")
    for label, alpha in (("ctr", 0.04), ("orders", 0.01)):
        expected = detectable_effect(Baseline(10.0, 25.0), TestPlan(alpha=alpha), 1_000) / 10
        assert row_of(shown, label)[2] == f"{100 * expected:.1f}%"


def test_looks_cost_a_little_and_one_side_gains(power):
    def change(*arguments):
        (cell,) = row_of(power(tables(), "ranker", "--weeks", "1", *arguments), "ctr")[2:]
        return float(cell.removesuffix("%"))

    assert change("--one-sided") < change() < change("--looks", "5", "--spending", "pocock")
    shown = power(tables(), "ranker", "--looks", "5")
    words = " ".join(shown.stdout.split())
    assert "5 looks spending obrien_fleming" in words
    assert "at the last look" in words


@pytest.mark.parametrize(
    ("design", "words", "inflation"),
    [
        (
            {"method": "group_sequential", "looks": 4, "spending": "kim_demets", "rho": 2.0},
            "4 looks spending kim_demets",
            lambda: sequential_inflation(4, Spending("kim_demets", 2.0), alpha=0.05, power=0.8),
        ),
        (
            {"method": "always_valid", "planned_units": 5_000},
            "always valid",
            lambda: always_valid_inflation(28, alpha=0.05, power=0.8, tuned_alpha=0.05),
        ),
    ],
)
def test_a_sequential_design_is_planned_for_unless_other_looks_are_asked(
    power, design, words, inflation
):
    spec = an_experiment(
        "ranker",
        metrics={"primary": ["ctr"]},
        window={"days": 7},
        analysis={"sequential": design},
    )
    shown = power(tables(spec), "ranker", "--effect", "0.05")
    assert words in " ".join(shown.stdout.split())
    *_, units, _ = row_of(shown, "ctr")
    plan = TestPlan(inflation=inflation())
    assert units == f"{units_needed(Baseline(10.0, 25.0), plan, 0.5):,}"
    *_, units, _ = row_of(power(tables(spec), "ranker", "--effect", "0.05", "--looks", "1"), "ctr")
    assert units == f"{units_needed(Baseline(10.0, 25.0), TestPlan(), 0.5):,}"


def test_a_proportion_is_planned_for_the_score_test(power):
    built = tables(kind="proportion")
    built["fct_experiment_moments"] = [
        row for day, n in SIZES.items() for row in moment("ctr", day, n, mean=0.2, variance=0.16)
    ]
    shown = power(built, "ranker", "--weeks", "1")
    expected = detectable_effect(Baseline.of_proportion(0.2), TestPlan(), 1_000) / 0.2
    assert row_of(shown, "ctr")[2] == f"{100 * expected:.1f}%"


def test_a_quantile_is_planned_with_the_standard_error_of_its_past_effect(power):
    built = tables(kind="quantile")
    built["fct_experiment_moments"] = []
    spec_start = warehouse.experiment()["start_date"]
    built["fct_experiment_results"] = [
        warehouse.result(
            "ctr",
            mean=200.0,
            metric_kind="quantile",
            effect_abs_se=2.0,
            control_n_units=500,
            treatment_n_units=500,
            analysis_date=spec_start + timedelta(days=6),
        )
    ]
    shown = power(built, "ranker", "--weeks", "1")
    expected = detectable_effect(Baseline(200.0, 4.0 * 250), TestPlan(), 1_000) / 200
    assert row_of(shown, "ctr")[2] == f"{100 * expected:.1f}%"


def test_a_metric_without_a_past_says_why_and_the_others_stand(power):
    built = tables(metrics=("ctr", "orders"))
    built["fct_experiment_moments"] = [
        row for row in built["fct_experiment_moments"] if row["metric_name"] == "ctr"
    ]
    shown = power(built, "ranker")
    assert row_of(shown, "ctr")
    assert "orders: On no day had 30 units of control a value." in shown.stdout


def test_only_the_metrics_that_are_named_are_shown(power):
    shown = power(tables(metrics=("ctr", "orders")), "ranker", "--metric", "orders")
    assert "ctr" not in shown.stdout
    assert row_of(shown, "orders")


def test_moments_of_an_earlier_definition_are_not_read(power):
    built = tables()
    built["fct_experiment_moments"] += moment("ctr", 7, 9_000, definition_hash="old", mean=3.0)
    assert row_of(power(built, "ranker"), "ctr")[0] == "10.00"


@pytest.mark.parametrize("columns", ["60", "80", "120"])
def test_lines_fit_the_width_and_ascii_terminals(power, columns):
    built = tables(metrics=("a_metric_with_a_rather_long_name_indeed", "orders"))
    shown = power(built, "ranker", "--effect", "0.02", COLUMNS=columns)
    assert max(map(len, shown.stdout.splitlines())) <= int(columns)
    assert all(len(row_of(shown, label)) >= 5 for label in ("orders",))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("rankr",),
            "experiment == 'rankr', must be one of those that were built: ranker. Did you",
        ),
        (
            ("ranker", "--metric", "crt"),
            "metric == 'crt', must be one of ranker: ctr. Did you mean",
        ),
        (("ranker", "--alpha", "1.5"), "alpha == 1.5, must be > 0 and < 1."),
        (("ranker", "--power", "0"), "power == 0.0, must be > 0 and < 1."),
        (("ranker", "--power", "0.04"), "power == 0.04, must be > alpha == 0.05."),
        (("ranker", "--effect", "-0.1"), "effect == -0.1, must be > 0; 0.02 is two percent."),
        (("ranker", "--looks", "0"), "looks == 0, must be >= 1 and <= 100."),
        (("ranker", "--weeks", "0"), "weeks == 0, must be >= 1 and <= 520."),
        (("ranker", "--split", "0.5,0.6"), "split == '0.5,0.6', must be shares"),
        (("ranker", "--split", "half"), "split == 'half', must be shares"),
        (("ranker", "--correction", "holms"), "correction == 'holms', must be one of none, bonf"),
        (("ranker", "--spending", "pocok"), "Did you mean 'pocock'?"),
        (("ranker", "--spending", "pocock"), "spending == 'pocock', must stand beside looks"),
    ],
)
def test_what_cannot_be_planned_is_told_in_a_sentence(power, arguments, message):
    shown = power(tables(), *arguments)
    assert shown.exit_code == 1
    assert message in shown.output
    assert shown.stdout == ""


def test_a_spec_of_another_version_is_told(power):
    built = tables()
    built["dim_experiments"] = [warehouse.experiment(spec=warehouse.spec())]
    shown = power(built, "ranker")
    assert shown.exit_code == 1
    assert "was built by another version of abstats" in shown.output
