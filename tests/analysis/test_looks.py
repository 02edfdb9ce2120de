"""What the rows of a sequential experiment say at each look."""

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abstats.analysis.looks import NAMES
from abstats.inference import estimate_effect, non_inferiority, with_alpha
from abstats.inference.anytime import follow_looks
from abstats.inference.sequential import (
    Plan,
    Spending,
    monitor,
    repeated_p_value,
    spending_bounds,
    stage_wise_p_value,
)
from abstats.moments import Moments
from tests.analysis.looks import (
    FOUR,
    WEEKS,
    a_sequential,
    a_windowed,
    look_rows,
    results_of,
)
from tests.analysis.worlds import a_metric, an_experiment, moment_rows

OBRIEN_FLEMING = Spending("obrien_fleming")
CLICKS = a_windowed()
LATENCY = a_windowed("latency", direction="decrease")
GUARDED = {"primary": ["clicks"], "guardrails": [{"metric": "latency", "margin": 0.03}]}


def cohorts(*, seed=1, lift=0.0, n=400, looks=4, mean=10.0, sd=4.0):
    rng = np.random.default_rng(seed)
    return {
        variant: [rng.normal(mean + shift, sd, n) for _ in range(looks)]
        for variant, shift in (("control", 0.0), ("new", lift))
    }


def effects(arms, looks=4, **more):
    """The fixed test of each look on the rows of units."""
    found = []
    for k in range(looks):
        control, new = (
            Moments.from_rows(("y",), np.concatenate(arms[name][: k + 1]))
            for name in ("control", "new")
        )
        found.append(estimate_effect("mean", control, new, **more))
    return found


def at_looks(rows, metric="clicks"):
    return [row for row in rows if row["metric_name"] == metric and row["look"] is not None]


def test_each_look_has_its_number_bound_and_interval():
    arms = cohorts(lift=0.35)
    rows = at_looks(results_of(a_sequential(), [CLICKS], look_rows(CLICKS, arms)))
    t = [0.25, 0.5, 0.75, 1.0]
    bounds = spending_bounds(t, alpha=0.05, spending=OBRIEN_FLEMING)
    assert [row["look"] for row in rows] == [1, 2, 3, 4]
    assert [row["analysis_date"] for row in rows] == list(WEEKS)
    for row, effect, k in zip(rows, effects(arms), range(4), strict=True):
        assert (row["sequential_method"], row["n_looks"]) == ("group_sequential", 4)
        assert (row["sequential_status"], row["sequential_status_reason"]) == ("ok", "")
        assert row["information_fraction"] == pytest.approx(t[k], rel=1e-9)
        assert row["alpha_spent"] == pytest.approx(bounds.alpha_spent[k], rel=1e-9)
        # Sample variances differ a little from look to look, and so do the looks' correlations.
        assert row["critical_value"] == pytest.approx(bounds.upper[k], rel=2e-3)
        assert row["nominal_alpha"] == pytest.approx(bounds.nominal_alpha[k], rel=2e-2)
        interval = with_alpha(effect, row["nominal_alpha"])
        assert row["effect_abs_ci_sequential_lower"] == pytest.approx(interval.ci_lower, rel=1e-9)
        assert row["effect_abs_ci_sequential_upper"] == pytest.approx(interval.ci_upper, rel=1e-9)
        assert row["effect_rel_ci_sequential_lower"] == pytest.approx(
            interval.relative_ci_lower, rel=1e-9
        )
        assert row["is_interim"] == (k < 3)
        assert row["log_e_value"] is None
        assert row["futility_bound"] is None


def test_the_stage_wise_p_value_is_that_of_the_first_look_that_crosses():
    arms = cohorts(seed=8, lift=0.5)
    rows = at_looks(results_of(a_sequential(), [CLICKS], look_rows(CLICKS, arms)))
    t = [0.25, 0.5, 0.75, 1.0]
    bounds = spending_bounds(t, alpha=0.05, spending=OBRIEN_FLEMING)
    z = np.array([effect.estimate / effect.std_error for effect in effects(arms)])
    first = int((np.abs(z) >= bounds.upper).argmax())
    assert 0 < first < 3
    upto = spending_bounds(t[: first + 1], alpha=0.05, spending=OBRIEN_FLEMING)
    expected = stage_wise_p_value(upto, z[first])
    for k, row in enumerate(rows):
        found = row["p_value_stage_wise"]
        assert (found is None) if k < first else found == pytest.approx(expected, rel=0.05)
    assert rows[-1]["p_value_stage_wise"] <= 0.05


def test_the_p_value_is_the_smallest_repeated_one_so_far():
    arms = cohorts(seed=3, lift=0.4)
    rows = at_looks(results_of(a_sequential(), [CLICKS], look_rows(CLICKS, arms)))
    smallest = 1.0
    for k, (row, effect) in enumerate(zip(rows, effects(arms), strict=True)):
        z = effect.estimate / effect.std_error
        t = [0.25, 0.5, 0.75, 1.0][: k + 1]
        smallest = min(smallest, repeated_p_value(t, z, spending=OBRIEN_FLEMING))
        assert row["p_value_sequential"] == pytest.approx(smallest, rel=0.05)
        assert row["p_value_sequential_adjusted"] == row["p_value_sequential"]


@given(st.integers(0, 10_000), st.floats(-1.0, 1.0))
@settings(max_examples=25, deadline=None)
def test_a_bound_is_crossed_exactly_when_the_interval_leaves_zero_out(seed, lift):
    arms = cohorts(seed=seed, lift=lift, n=150)
    rows = at_looks(results_of(a_sequential(), [CLICKS], look_rows(CLICKS, arms)))
    crossed = "none"
    for row in rows:
        lower, upper = (row[f"effect_abs_ci_sequential_{end}"] for end in ("lower", "upper"))
        if crossed == "none":
            crossed = "better" if lower > 0 else "worse" if upper < 0 else "none"
        assert row["bound_crossed"] == crossed


def test_better_and_worse_follow_the_metrics_direction():
    for lift, crossed in ((1.5, "worse"), (-1.5, "better")):
        rows = results_of(
            a_sequential(metrics={"primary": ["latency"]}),
            [LATENCY],
            look_rows(LATENCY, cohorts(lift=lift)),
        )
        assert [row["bound_crossed"] for row in rows][-1] == crossed


def test_monitor_agrees_on_every_decision():
    words = {"reject_upper": "better", "reject_lower": "worse"}
    for seed in range(12):
        arms = cohorts(seed=seed, lift=0.4)
        rows = at_looks(results_of(a_sequential(), [CLICKS], look_rows(CLICKS, arms)))
        z = [effect.statistic for effect in effects(arms)]
        followed = monitor(Plan(0.05, OBRIEN_FLEMING), [0.25, 0.5, 0.75, 1.0], z)
        expected = [words.get(look.decision, "none") for look in followed]
        assert [row["bound_crossed"] for row in rows] == expected


def test_a_date_between_looks_has_no_bounds_and_says_when_the_next_is():
    days = (*WEEKS[:1], date(2026, 1, 20))
    found = results_of(
        a_sequential(),
        [CLICKS],
        look_rows(CLICKS, cohorts(lift=9.0, looks=2), days=days),
        day=days[-1],
    )
    row = found[-1]
    assert row["analysis_date"] == days[-1]
    assert row["sequential_status"] == "not_a_look"
    assert row["sequential_status_reason"] == (
        "The next look is at 2026-01-25; other dates decide nothing."
    )
    numbers = set(NAMES) - {"sequential_method", "n_looks"}
    assert {row[name] for name in numbers if not name.startswith("sequential_")} == {None}
    assert row["p_value"] < 1e-9
    assert row["is_interim"]


def test_a_look_sees_no_later_one():
    arms = cohorts(seed=5, lift=0.3)
    whole = results_of(a_sequential(), [CLICKS], look_rows(CLICKS, arms))
    for day in WEEKS[:3]:
        early = results_of(a_sequential(), [CLICKS], look_rows(CLICKS, arms), day=day)
        assert early == [row for row in whole if row["analysis_date"] <= day]


def test_without_a_design_all_columns_are_null_but_the_interim_one():
    rows = results_of(
        an_experiment(window={"days": 7}), [CLICKS], look_rows(CLICKS, cohorts(lift=1.0))
    )
    assert {row[name] for row in rows for name in NAMES} == {None}
    assert [row["is_interim"] for row in rows] == [True, True, True, False]


def test_only_headlines_of_the_whole_population_are_followed():
    segment = [
        row
        for variant, values in cohorts(looks=1).items()
        for row in moment_rows(
            CLICKS, variant, ["y"], values[0], segment=("platform", "tv"), day=WEEKS[0]
        )
    ]
    rows = results_of(
        a_sequential(segments=["platform"]),
        [CLICKS],
        [*look_rows(CLICKS, cohorts(looks=1), days=WEEKS[:1]), *segment],
        day=WEEKS[0],
    )
    (row,) = [row for row in rows if row["segment_name"] == "platform"]
    assert row["sequential_status"] == "not_followed"
    assert row["look"] is None


# Guardrails


def test_a_guardrail_is_tested_on_either_side_of_its_margin():
    for seed in range(6):
        arms = cohorts(seed=seed, lift=5.0, mean=100.0, sd=20.0)
        rows = at_looks(
            results_of(
                a_sequential(metrics=GUARDED),
                [CLICKS, LATENCY],
                look_rows(CLICKS, cohorts()) + look_rows(LATENCY, arms),
            ),
            "latency",
        )
        crossed = "none"
        for k, row in enumerate(rows):
            moments = [
                Moments.from_rows(("y",), np.concatenate(arms[name][: k + 1]))
                for name in ("control", "new")
            ]
            test = non_inferiority(
                "mean", *moments, margin=0.03, relative=True, direction="decrease"
            )
            critical = row["critical_value"]
            if -test.statistic >= critical and crossed == "none":
                crossed = "inferior"
            if test.statistic >= critical and crossed == "none":
                crossed = "non_inferior"
            assert row["bound_crossed"] == crossed
            assert row["p_value_sequential"] is None
            # One-sided, so the interval that agrees has twice the nominal level.
            lower = row["effect_rel_ci_sequential_lower"]
            assert (lower > 0.03) == (-test.statistic >= critical)


def test_the_bounds_of_a_margin_spend_alpha_on_one_side():
    rows = at_looks(
        results_of(
            a_sequential(metrics=GUARDED),
            [CLICKS, LATENCY],
            look_rows(CLICKS, cohorts()) + look_rows(LATENCY, cohorts(mean=100.0)),
        ),
        "latency",
    )
    bounds = spending_bounds([0.25, 0.5, 0.75, 1.0], alpha=0.05, spending=OBRIEN_FLEMING, sides=1)
    found = [row["critical_value"] for row in rows]
    np.testing.assert_allclose(found, bounds.upper, rtol=5e-3)
    assert rows[-1]["bound_crossed"] == "non_inferior"
    assert rows[-1]["p_value_non_inferiority_sequential"] <= 0.05
    assert rows[-1]["p_value_inferiority_sequential"] > 0.05


def test_a_guardrail_without_margin_is_worse_or_not():
    metrics = {"primary": ["clicks"], "guardrails": ["latency"]}
    rows = at_looks(
        results_of(
            a_sequential(metrics=metrics),
            [CLICKS, LATENCY],
            look_rows(CLICKS, cohorts()) + look_rows(LATENCY, cohorts(lift=3.0)),
        ),
        "latency",
    )
    assert rows[-1]["bound_crossed"] == "worse"
    assert rows[-1]["p_value_non_inferiority_sequential"] is None


# Families


def test_primary_metrics_share_alpha_by_their_sequential_p_values():
    """Holm over p-values that hold at all looks; the intervals are at alpha / 2."""
    orders = a_windowed("orders")
    rows = results_of(
        a_sequential(metrics={"primary": ["clicks", "orders"]}),
        [CLICKS, orders],
        look_rows(CLICKS, cohorts(lift=0.55)) + look_rows(orders, cohorts(seed=2)),
    )
    clicks, other = at_looks(rows), at_looks(rows, "orders")
    half = spending_bounds([0.25, 0.5, 0.75, 1.0], alpha=0.025, spending=OBRIEN_FLEMING)
    for row, sibling, critical in zip(clicks, other, half.upper, strict=True):
        pair = sorted((row["p_value_sequential"], sibling["p_value_sequential"]))
        smaller = min(1.0, 2 * pair[0])
        assert min(
            row["p_value_sequential_adjusted"], sibling["p_value_sequential_adjusted"]
        ) == pytest.approx(smaller)
        assert row["critical_value"] == pytest.approx(critical, rel=2e-3)


def test_a_metric_without_an_estimate_counts_in_its_family():
    """So that nothing which was decided is undone when it comes later."""
    orders = a_windowed("orders")
    rows = results_of(
        a_sequential(metrics={"primary": ["clicks", "orders"]}),
        [CLICKS, orders],
        look_rows(CLICKS, cohorts(lift=0.55)),
    )
    for row in at_looks(rows):
        expected = min(1.0, 2 * row["p_value_sequential"])
        assert row["p_value_sequential_adjusted"] == pytest.approx(expected)
    missing = at_looks(rows, "orders")
    assert {row["sequential_status"] for row in missing} == {"no_data"}
    assert {row["bound_crossed"] for row in missing} == {"none"}
    assert {row["critical_value"] for row in missing} == {None}


# Clocks


def test_planned_units_are_the_maximum_and_reaching_them_ends_the_test():
    """4,000 came where 2,500 were planned: look 3 has 3,000 and spends all."""
    design = {**FOUR, "planned_units": 2_500}
    rows = at_looks(
        results_of(a_sequential(design=design), [CLICKS], look_rows(CLICKS, cohorts(n=500)))
    )
    fractions = [row["information_fraction"] for row in rows[:3]]
    assert fractions == pytest.approx([0.4, 0.8, 1.2], rel=1e-9)
    assert [row["sequential_status"] for row in rows] == ["ok", "ok", "ok", "beyond_plan"]
    assert rows[2]["alpha_spent"] == pytest.approx(0.05)
    assert rows[3]["critical_value"] is None


def test_fewer_units_than_planned_leave_alpha_that_the_last_look_spends():
    design = {**FOUR, "planned_units": 16_000}
    rows = at_looks(
        results_of(a_sequential(design=design), [CLICKS], look_rows(CLICKS, cohorts(n=500)))
    )
    assert rows[2]["information_fraction"] == pytest.approx(3 / 16, rel=1e-9)
    assert rows[2]["alpha_spent"] < 1e-4
    assert rows[3]["alpha_spent"] == pytest.approx(0.05)


def test_an_early_rush_of_units_spends_by_days_all_the_same():
    """Most units come in the first week; the looks' correlation knows, the spending does not."""
    rng = np.random.default_rng(8)
    sizes = (3_000, 300, 200, 100)
    arms = {v: [rng.normal(10.0, 4.0, n) for n in sizes] for v in ("control", "new")}
    rows = at_looks(results_of(a_sequential(), [CLICKS], look_rows(CLICKS, arms)))
    spent = spending_bounds([0.25, 0.5, 0.75, 1.0], alpha=0.05, spending=OBRIEN_FLEMING)
    found = [row["alpha_spent"] for row in rows]
    np.testing.assert_allclose(found, spent.alpha_spent, rtol=1e-9)
    # Looks that hardly differ need a lower bound at the end than independent news would.
    assert rows[-1]["critical_value"] < spent.upper[-1] - 0.02


def test_a_metric_with_a_shorter_window_spends_all_when_it_is_complete():
    short = a_metric("clicks", window={"days": 1})
    long = a_windowed("orders")
    rows = results_of(
        a_sequential(metrics={"primary": ["clicks"], "secondary": ["orders"]}),
        [short, long],
        [
            *look_rows(short, cohorts(looks=3), days=WEEKS[:3]),
            *look_rows(
                short,
                {v: [np.concatenate(c)] for v, c in cohorts(looks=3).items()},
                days=WEEKS[3:],
            ),
            *look_rows(long, cohorts()),
        ],
    )
    found = at_looks(rows)
    assert [row["sequential_status"] for row in found] == ["ok", "ok", "ok", "ok"]
    assert found[2]["information_fraction"] == pytest.approx(27 / 28)
    assert found[3]["alpha_spent"] == pytest.approx(0.05)


def test_a_look_without_new_units_spends_nothing():
    arms = cohorts(looks=4)
    same = {v: [c[0], c[1], c[1][:0], c[2]] for v, c in arms.items()}
    rows = at_looks(results_of(a_sequential(), [CLICKS], look_rows(CLICKS, same)))
    assert [row["sequential_status"] for row in rows] == [
        "ok",
        "ok",
        "no_new_information",
        "ok",
    ]
    assert rows[2]["critical_value"] is None
    assert rows[2]["p_value_sequential"] == rows[1]["p_value_sequential"]


@pytest.mark.parametrize("lost", [2, 3])
def test_a_look_that_lost_units_decides_nothing_also_at_the_end(lost):
    arms = cohorts(looks=4)
    rows = look_rows(CLICKS, arms)
    for row in rows:
        if row["analysis_date"] == WEEKS[lost]:
            row.update(n=row["n"] // 3, mean_a=row["mean_a"] + (row["variant_id"] == "new") * 9.0)
    found = at_looks(results_of(a_sequential(), [CLICKS], rows))
    assert found[lost]["sequential_status"] == "information_backwards"
    assert "units, after" in found[lost]["sequential_status_reason"]
    assert found[lost]["critical_value"] is None
    assert found[lost]["bound_crossed"] == "none"
    assert found[lost]["p_value_sequential"] == found[lost - 1]["p_value_sequential"]


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize(
    ("control", "new"),
    [
        ([3.0, 3.0], [3.0, 3.0]),
        ([math.nan, 1.0], [1.0, 2.0]),
        ([math.inf, 1.0], [1.0, 2.0]),
        ([1.0], [1.0, 2.0]),
        (None, [1.0, 2.0]),
    ],
    ids=["zero variance", "NaN", "infinity", "one unit", "an empty arm"],
)
@pytest.mark.parametrize("method", ["group_sequential", "always_valid"])
def test_a_look_without_an_estimate_says_why(control, new, method):
    found = {"control": control, "new": new}
    arms = {v: [np.array(values)] for v, values in found.items() if values is not None}
    always = {"method": "always_valid", "planned_units": 100}
    design = FOUR if method == "group_sequential" else always
    rows = look_rows(CLICKS, arms, days=WEEKS[:1])
    (row,) = at_looks(results_of(a_sequential(design=design), [CLICKS], rows, day=WEEKS[0]))
    assert row["sequential_status"] not in ("ok", "")
    assert row["sequential_status_reason"]
    assert row["p_value_sequential"] is None
    assert row["bound_crossed"] == "none"


# Futility


def test_futility_bounds_are_those_of_the_design_and_do_not_bind():
    design = {**FOUR, "futility": "pocock"}
    arms = cohorts(n=400)
    rows = at_looks(results_of(a_sequential(design=design), [CLICKS], look_rows(CLICKS, arms)))
    plain = at_looks(results_of(a_sequential(), [CLICKS], look_rows(CLICKS, arms)))
    assert [r["critical_value"] for r in rows] == [r["critical_value"] for r in plain]
    bounds = [row["futility_bound"] for row in rows]
    assert bounds[3] is None
    assert 0 < bounds[0] < bounds[1] < bounds[2] < rows[2]["critical_value"]
    for row, effect in zip(rows[:3], effects(arms), strict=False):
        inside = abs(effect.statistic) <= row["futility_bound"]
        assert (row["bound_crossed"] == "futility") == inside


# Always valid


def test_always_valid_looks_are_those_of_the_confidence_sequence():
    design = {"method": "always_valid", "planned_units": 3_200}
    arms = cohorts(seed=6, lift=0.5)
    rows = at_looks(results_of(a_sequential(design=design), [CLICKS], look_rows(CLICKS, arms)))
    expected = follow_looks(effects(arms), planned=(1_600, 1_600), counts_each_unit_once=True)
    assert [row["look"] for row in rows] == [7, 14, 21, 28]
    assert {row["n_looks"] for row in rows} == {28}
    for row, look in zip(rows, expected, strict=True):
        assert row["p_value_sequential"] == pytest.approx(look.running_p_value, rel=1e-9)
        assert row["log_e_value"] == pytest.approx(look.result.log_e_value, rel=1e-9)
        assert row["information_fraction"] == pytest.approx(look.result.fraction, rel=1e-9)
        assert row["nominal_alpha"] == pytest.approx(look.result.local_alpha, rel=1e-6)
        assert row["effect_abs_ci_sequential_lower"] == pytest.approx(
            look.result.ci_lower, rel=1e-6
        )
        assert row["alpha_spent"] is None


def test_an_always_valid_look_may_be_too_early_or_lose_units():
    design = {"method": "always_valid", "planned_units": 3_200}
    few = {v: [c[0][:50]] for v, c in cohorts().items()}
    rows = look_rows(CLICKS, few, days=WEEKS[:1])
    (row,) = at_looks(results_of(a_sequential(design=design), [CLICKS], rows, day=WEEKS[0]))
    assert row["sequential_status"] == "too_early"
    assert "the first look needs 100" in row["sequential_status_reason"]
    less = [
        *look_rows(CLICKS, cohorts(looks=1), days=WEEKS[:1]),
        *look_rows(CLICKS, {v: [c[0][:300]] for v, c in cohorts().items()}, days=WEEKS[1:2]),
    ]
    rows = at_looks(results_of(a_sequential(design=design), [CLICKS], less, day=WEEKS[1]))
    assert rows[1]["sequential_status"] == "information_backwards"
    assert rows[1]["p_value_sequential"] == rows[0]["p_value_sequential"]
