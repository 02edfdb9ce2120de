"""Rows of metrics that must be the same: two one-sided tests in the place of the difference's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import ttost_ind

from abstats.inference import equivalence
from abstats.inference.anytime.normal_mixture import critical_z, tuned_growth
from abstats.inference.sequential import Spending, repeated_p_value, spending_bounds
from abstats.moments import Moments
from tests.analysis.looks import a_sequential, a_windowed, look_rows, results_of
from tests.analysis.test_results import rows_of
from tests.analysis.worlds import a_metric, an_experiment, moment_rows, moments_table

CLICKS = a_metric("clicks")
RELATIVE = {"metric": "clicks", "equivalence_margin": 0.1}
ABSOLUTE = {"metric": "clicks", "absolute_equivalence_margin": 0.5}


def a_world(seed=1, n=400, shifts=(0.0, 0.1), mean=10.0):
    rng = np.random.default_rng(seed)
    names = ("control", "new", "other")
    return {
        name: rng.normal(mean + shift, 3.0, n + 70 * i)
        for i, (name, shift) in enumerate(zip(names, shifts, strict=False))
    }


def cells(metric, world):
    return [moment_rows(metric, name, ["y"], values) for name, values in world.items()]


def a_row(aim, world, **analysis):
    experiment = an_experiment(metrics={"primary": [aim]}, analysis=analysis)
    (row,) = rows_of(experiment, [CLICKS], moments_table(*cells(CLICKS, world)))
    return row


def test_an_absolute_margin_is_statsmodels_tost_with_the_interval_at_1_minus_2_alpha():
    world = a_world()
    row = a_row(ABSOLUTE, world)
    new, control = world["new"], world["control"]
    p, *_ = ttost_ind(new, control, -0.5, 0.5, usevar="unequal")
    welch = stats.ttest_ind(new, control, equal_var=False)
    interval = welch.confidence_interval(0.9)
    assert row["p_value_equivalence"] == pytest.approx(p, rel=1e-9)
    assert row["p_value_adjusted"] == row["p_value_equivalence"]
    assert row["p_value"] == pytest.approx(welch.pvalue, rel=1e-9)
    assert row["effect_abs_ci_adjusted_lower"] == pytest.approx(interval.low, rel=1e-9)
    assert row["effect_abs_ci_adjusted_upper"] == pytest.approx(interval.high, rel=1e-9)
    assert row["effect_abs_ci_lower"] == pytest.approx(welch.confidence_interval(0.95).low)
    assert (row["hypothesis"], row["margin"], row["margin_type"]) == (
        "equivalence",
        0.5,
        "absolute",
    )
    assert row["is_equivalent"] is row["is_significant"] is bool(p <= 0.05)
    assert row["p_value_non_inferiority"] is row["is_non_inferior"] is None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 0.2), st.sampled_from([0.05, 0.2]))
def test_a_relative_margin_is_two_contrasts_of_the_unknown_means_and_agrees_with_its_interval(
    seed, margin, alpha
):
    world = a_world(seed, n=60, shifts=(0.0, 0.3))
    row = a_row({"metric": "clicks", "equivalence_margin": margin}, world, alpha=alpha)
    p = [
        stats.ttest_ind(
            world["new"], (1 + m) * world["control"], equal_var=False, alternative=side
        ).pvalue
        for m, side in ((-margin, "greater"), (margin, "less"))
    ]
    assert row["p_value_equivalence"] == pytest.approx(max(p), rel=1e-8)
    inside = (
        -margin < row["effect_rel_ci_adjusted_lower"]
        and row["effect_rel_ci_adjusted_upper"] < margin
    )
    if abs(max(p) - alpha) > 1e-9:
        assert row["is_equivalent"] == inside


@pytest.mark.parametrize(
    ("correction", "method"), [("holm", "holm"), ("benjamini_hochberg", "fdr_bh")]
)
def test_it_takes_the_place_of_the_differences_p_value_in_the_family(correction, method):
    orders = a_metric("orders")
    experiment = an_experiment(
        variants={"control": 0.4, "new": 0.3, "other": 0.3},
        metrics={"primary": [ABSOLUTE, "orders"]},
        analysis={"correction": correction},
    )
    worlds = a_world(3, shifts=(0.0, 0.0, 0.3)), a_world(4, shifts=(0.0, 0.5, 0.1))
    moments = moments_table(*cells(CLICKS, worlds[0]), *cells(orders, worlds[1]))
    rows = rows_of(experiment, [CLICKS, orders], moments)
    asked = [
        row["p_value_equivalence"] if row["metric_name"] == "clicks" else row["p_value"]
        for row in rows
    ]
    expected = multipletests(asked, 0.05, method)[1]
    assert [row["p_value_adjusted"] for row in rows] == pytest.approx(list(expected), rel=1e-12)
    assert {row["family_size"] for row in rows} == {4}
    assert [row["hypothesis"] for row in rows] == [*["equivalence"] * 2, *["difference"] * 2]
    for row in rows[:2]:
        # Holm's interval is Bonferroni's, Benjamini-Hochberg's has R alpha / m on either side.
        rejected = sum(expected <= 0.05)
        level = 0.05 / 4 if correction == "holm" else max(rejected, 1) * 0.05 / 4
        width = stats.t.isf(level, row["degrees_of_freedom"]) * row["effect_abs_se"]
        upper = row["effect_abs_ci_adjusted_upper"]
        assert upper == pytest.approx(row["effect_abs"] + width, rel=1e-9)


def test_where_dunnetts_correction_is_declared_its_treatments_take_holms():
    experiment = an_experiment(
        variants={"control": 0.4, "new": 0.3, "other": 0.3},
        metrics={"primary": [ABSOLUTE, "orders"]},
        analysis={"correction": "dunnett"},
    )
    orders = a_metric("orders")
    worlds = a_world(3, shifts=(0.0, 0.0, 0.1)), a_world(4, shifts=(0.0, 0.5, 0.1))
    moments = moments_table(*cells(CLICKS, worlds[0]), *cells(orders, worlds[1]))
    rows = rows_of(experiment, [CLICKS, orders], moments)
    holm = multipletests([row["p_value_equivalence"] for row in rows[:2]], 0.05, "holm")[1]
    adjusted = [row["p_value_adjusted"] for row in rows]
    assert adjusted[:2] == pytest.approx(list(np.minimum(2 * holm, 1.0)), rel=1e-12)
    # The other metric's treatments keep Dunnett's: less than Holm's.
    assert adjusted[2] < 4 * rows[2]["p_value"]


@pytest.mark.parametrize("events", [(30, 3), (12, 2), (40, 1)])
def test_with_few_events_the_interval_is_that_of_the_mid_p_tests_at_the_margins(events):
    bought = a_metric("clicks", "proportion")
    world = {"control": np.arange(9_000) < events[0], "new": np.arange(1_000) < events[1]}
    aim = {"metric": "clicks", "absolute_equivalence_margin": 0.004}
    experiment = an_experiment(metrics={"primary": [aim]})
    (row,) = rows_of(experiment, [bought], moments_table(*cells(bought, world)))
    arms = [Moments.from_rows(("y",), 1.0 * values) for values in world.values()]
    test = equivalence("proportion", *arms, margin=0.004, relative=False)
    assert row["test"] == "mid_p"
    assert row["p_value_equivalence"] == pytest.approx(test.p_value, rel=1e-12)
    bounds = row["effect_abs_ci_adjusted_lower"], row["effect_abs_ci_adjusted_upper"]
    assert bounds == pytest.approx((test.ci_lower, test.ci_upper), rel=1e-9)
    inside = bounds[0] > -0.004 and bounds[1] < 0.004
    assert row["is_equivalent"] == inside


def test_a_margin_that_cannot_be_tested_is_null_and_counts_in_no_family():
    orders = a_metric("orders")
    experiment = an_experiment(metrics={"primary": [RELATIVE, "orders"]})
    none = {"control": np.zeros(100), "new": np.repeat([0.0, 1.0], 50)}
    moments = moments_table(*cells(CLICKS, none), *cells(orders, a_world()))
    clicks, other = rows_of(experiment, [CLICKS, orders], moments)
    assert clicks["p_value"] is not None
    assert clicks["p_value_equivalence"] is clicks["p_value_adjusted"] is None
    assert clicks["is_significant"] is clicks["is_equivalent"] is None
    assert clicks["status"] == "relative_undefined"
    assert other["family_size"] == 1


def test_metrics_without_a_margin_ask_for_a_difference_and_guardrails_for_theirs():
    metrics = [a_metric(name) for name in ("clicks", "s", "g", "h")]
    experiment = an_experiment(
        metrics={
            "primary": ["clicks"],
            "secondary": [{"metric": "s", "equivalence_margin": 0.05}],
            "guardrails": ["g", {"metric": "h", "margin": 0.05}],
        }
    )
    moments = moments_table(*(cell for metric in metrics for cell in cells(metric, a_world())))
    found = {row["metric_name"]: row["hypothesis"] for row in rows_of(experiment, metrics, moments)}
    assert found == {
        "clicks": "difference",
        "s": "equivalence",
        "g": "difference",
        "h": "non_inferiority",
    }


# Looks


@pytest.mark.parametrize("lift", [0.0, 0.27, 0.6])
def test_at_looks_either_test_has_a_one_sided_bound_and_both_must_have_been_passed(lift):
    clicks = a_windowed()
    experiment = a_sequential(
        metrics={"primary": [{"metric": "clicks", "equivalence_margin": 0.03}]}
    )
    rng = np.random.default_rng(5)
    arms = {
        name: [rng.normal(10.0 + shift, 3.0, 900) for _ in range(4)]
        for name, shift in (("control", 0.0), ("new", lift))
    }
    rows = results_of(experiment, [clicks], look_rows(clicks, arms))
    fractions, spending = [], Spending("obrien_fleming")
    least, crossed = np.ones(2), "none"
    for k, row in enumerate(rows):
        control, new = (
            Moments.from_rows(("y",), np.concatenate(arms[name][: k + 1]))
            for name in ("control", "new")
        )
        test = equivalence("mean", control, new, margin=0.03, relative=True)
        fractions.append((k + 1) / 4)
        z = [stats.norm.isf(one.p_value) for one in (test.not_lower, test.not_higher)]
        bound = spending_bounds(fractions, alpha=0.05, spending=spending, sides=1).upper[-1]
        p = [repeated_p_value(fractions, one, spending=spending, sides=1) for one in z]
        least = np.minimum(least, p)
        assert row["p_value_sequential"] == pytest.approx(max(least), rel=0.02)
        assert row["critical_value"] == pytest.approx(bound, rel=5e-3)
        if crossed == "none" and max(least) <= 0.05:
            crossed = "equivalent"
        if crossed == "none" and -min(z) >= bound:
            crossed = "not_equivalent"
        assert row["bound_crossed"] == crossed
        lower, upper = (row[f"effect_rel_ci_sequential_{side}"] for side in ("lower", "upper"))
        assert (lower > -0.03 and upper < 0.03) == (min(z) >= row["critical_value"])
    assert crossed == {0.0: "equivalent", 0.27: "none", 0.6: "not_equivalent"}[lift]


@pytest.mark.parametrize("method", ["group_sequential", "always_valid"])
def test_bounds_for_either_test_hold_alpha_at_the_margin_over_all_looks(method):
    """40,000 experiments at the upper margin, eight standard errors wide at the end."""
    rng, looks, n = np.random.default_rng(441), 5, 40_000
    t = np.arange(1, looks + 1) / looks
    noise = rng.normal(size=(n, looks)).cumsum(axis=1) / np.sqrt(np.arange(1, looks + 1))
    above, below = -noise, 8.0 * np.sqrt(t) + noise
    if method == "group_sequential":
        bounds = spending_bounds(t, alpha=0.05, spending=Spending("obrien_fleming"), sides=1).upper
    else:
        growth = tuned_growth(0.05, 1)
        bounds = np.array([critical_z(share * growth, 0.05, 1) for share in t])
    passed = [(statistic >= bounds).any(axis=1) for statistic in (above, below)]
    shipped, returned = (passed[0] & passed[1]).mean(), (-above >= bounds).any(axis=1).mean()
    error = np.sqrt(0.05 * 0.95 / n)
    for rate in (shipped, returned):
        if method == "group_sequential":
            assert rate == pytest.approx(0.05, abs=3 * error)
        else:
            assert rate < 0.05
    peeked = np.minimum(above, below).max(axis=1) >= stats.norm.isf(0.05)
    assert peeked.mean() > 0.1
