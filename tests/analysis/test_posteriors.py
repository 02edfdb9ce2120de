"""Posteriors in the table: by hand from result rows, priors from the past, and their labels."""

import re
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from abstats.analysis import POSTERIORS_SCHEMA, RESULTS_SCHEMA, posteriors
from abstats.decisions import DECISIONS_SCHEMA
from abstats.inference.bayes import calibrated_prior
from tests.analysis.worlds import DAY, STAMP, an_experiment
from tests.conftest import REPOSITORY

Z = stats.norm.ppf(0.975)


def result(experiment="exp", metric="clicks", **more):
    """A headline row: control 10, +4 % with a standard error of 1.5 %."""
    row = {
        "experiment_id": experiment,
        "metric_name": metric,
        "definition_hash": "d",
        "treatment_variant_id": "new",
        "control_variant_id": "control",
        "segment_name": "all",
        "segment_value": "all",
        "analysis_date": DAY,
        "estimator": "unadjusted",
        "is_winsorised": False,
        "is_headline": True,
        "metric_kind": "mean",
        "role": "primary",
        "direction": "increase",
        "control_n_units": 1000,
        "treatment_n_units": 1000,
        "control_mean": 10.0,
        "treatment_mean": 10.4,
        "effect_abs": 0.4,
        "effect_abs_se": 0.15,
        "effect_rel": 0.04,
        "effect_rel_se": 0.016,
        "alpha": 0.05,
        "is_interim": False,
        "status": "ok",
        "status_reason": "",
    }
    return row | more


def decided(experiment="exp", day=DAY, verdict="ship", treatment="new", **more):
    row = {
        "experiment_id": experiment,
        "analysis_date": DAY,
        "treatment_variant_id": treatment,
        "control_variant_id": "control",
        "verdict": verdict,
        "is_final": day is not None,
        "decision_date": day,
    }
    return row | more


def an_experiment_with(prior, name="exp", **more):
    return an_experiment(name, analysis={"bayesian": prior}, **more)


def rows_of(experiments, results, decisions=()):
    table = posteriors(
        experiments,
        pa.Table.from_pylist(list(results), schema=RESULTS_SCHEMA),
        pa.Table.from_pylist(list(decisions), schema=DECISIONS_SCHEMA),
        **STAMP,
    )
    assert table.schema == POSTERIORS_SCHEMA
    return table.to_pylist()


FLAT = {"prior": "flat"}
DECLARED = {"prior": "declared", "relative_std": 0.02}
CALIBRATED = {"prior": "calibrated"}


def test_without_a_declared_prior_there_are_no_posteriors():
    assert rows_of([an_experiment()], [result()]) == []


def test_a_flat_prior_gives_the_estimate_back_and_is_labelled_unsafe():
    (row,) = rows_of([an_experiment_with(FLAT)], [result()])
    assert (row["model"], row["prior"], row["status"]) == ("normal", "flat", "ok")
    assert (row["prior_mean"], row["prior_std"], row["n_past_experiments"]) == (None, None, None)
    assert row["effect_abs_mean"] == 0.4
    assert row["effect_abs_ci_lower"] == pytest.approx(0.4 - Z * 0.15)
    assert row["effect_rel_ci_upper"] == pytest.approx(0.04 + Z * 0.016)
    assert row["chance_to_win"] == pytest.approx(stats.norm.cdf(0.4 / 0.15))
    assert row["peeking"] == "unsafe"
    assert "26 % of tests without effect after 5 looks, 46 % after 28" in row["peeking_note"]


def test_a_declared_prior_is_relative_and_shrinks_both_effects():
    (row,) = rows_of([an_experiment_with(DECLARED | {"relative_mean": 0.01})], [result()])
    assert (row["prior_mean"], row["prior_std"]) == (0.01, 0.02)
    # In the metric's unit the prior is N(.1, .2^2): precisions by hand.
    weights = np.array([1 / 0.2**2, 1 / 0.15**2])
    mean = weights @ [0.1, 0.4] / weights.sum()
    assert row["effect_abs_mean"] == pytest.approx(mean)
    assert row["effect_abs_std"] == pytest.approx(weights.sum() ** -0.5)
    assert row["chance_to_win"] == pytest.approx(stats.norm.cdf(mean * weights.sum() ** 0.5))
    weights = np.array([1 / 0.02**2, 1 / 0.016**2])
    assert row["effect_rel_mean"] == pytest.approx(weights @ [0.01, 0.04] / weights.sum())
    assert row["peeking"] == "unchecked_prior"


def test_losses_are_means_over_the_posterior():
    (row,) = rows_of([an_experiment_with(DECLARED)], [result(effect_abs=0.1)])
    draws = np.random.default_rng(1).normal(row["effect_abs_mean"], row["effect_abs_std"], 400_000)
    error = 4 * row["effect_abs_std"] / np.sqrt(len(draws))
    expected = np.maximum(-draws, 0).mean(), np.maximum(draws, 0).mean()
    assert row["loss_of_shipping_abs"] == pytest.approx(expected[0], abs=error)
    assert row["loss_of_control_abs"] == pytest.approx(expected[1], abs=error)


def test_a_decrease_that_is_good_wins():
    rise, fall = (
        rows_of([an_experiment_with(FLAT)], [result(direction=way)])[0]
        for way in ("increase", "decrease")
    )
    assert fall["chance_to_win"] == pytest.approx(1 - rise["chance_to_win"])
    assert fall["loss_of_shipping_abs"] == pytest.approx(rise["loss_of_control_abs"])


def test_rates_take_the_beta_prior_and_the_counts_of_the_unadjusted_row():
    prior = {"prior": "declared", "relative_std": 0.1, "proportions": {"events": 2, "others": 38}}
    counted = result(
        metric_kind="proportion",
        control_mean=0.05,
        treatment_mean=0.07,
        is_headline=False,
    )
    adjusted = counted | {"estimator": "cuped", "is_headline": True, "control_mean": 0.0501}
    rows = rows_of([an_experiment_with(prior)], [counted, adjusted, result(metric="minutes")])
    rate, mean = rows
    assert (mean["metric_name"], mean["model"]) == ("minutes", "normal")
    assert (rate["model"], rate["prior"], rate["peeking"]) == (
        "beta_binomial",
        "declared",
        "unsafe",
    )
    assert (rate["prior_events"], rate["prior_others"], rate["prior_std"]) == (2, 38, None)
    rng = np.random.default_rng(2)
    control, treatment = (rng.beta(2 + events, 38 + 1000 - events, 400_000) for events in (50, 70))
    assert rate["effect_abs_mean"] == pytest.approx(72 / 1040 - 52 / 1040)
    assert rate["chance_to_win"] == pytest.approx((treatment > control).mean(), abs=0.002)
    bounds = np.quantile(treatment - control, [0.025, 0.975])
    assert [rate["effect_abs_ci_lower"], rate["effect_abs_ci_upper"]] == pytest.approx(
        bounds, abs=2e-4
    )
    assert rate["effect_rel_mean"] is None


def test_every_date_of_everybody_has_a_row_and_segments_and_other_estimators_have_none():
    before = DAY - timedelta(days=1)
    results = [
        result(),
        result(analysis_date=before, is_interim=True),
        result(is_headline=False, estimator="cuped"),
        result(segment_name="platform", segment_value="ios"),
        result("other"),
    ]
    rows = rows_of([an_experiment_with(FLAT), an_experiment("other")], results)
    found = [(row["analysis_date"], row["is_latest"], row["is_interim"]) for row in rows]
    assert found == [(before, False, True), (DAY, True, False)]


@pytest.mark.parametrize(
    ("prior", "changes", "status"),
    [
        (FLAT, {"effect_abs": None, "effect_abs_se": None, "control_mean": None}, "no_data"),
        (DECLARED, {"effect_abs": None, "effect_abs_se": None, "control_mean": None}, "no_data"),
        (FLAT, {"effect_abs_se": 0.0}, "zero_variance"),
        (DECLARED, {"control_mean": 0.0, "effect_rel": None}, "relative_undefined"),
    ],
)
def test_a_posterior_that_cannot_be_had_is_null_with_a_reason(prior, changes, status):
    (row,) = rows_of([an_experiment_with(prior)], [result(**changes)])
    assert row["status"] == status
    assert row["status_reason"]
    assert row["chance_to_win"] is None
    assert row["peeking"]


def test_an_effect_on_nothing_has_an_absolute_posterior_under_a_flat_prior():
    nothing = result(control_mean=0.0, effect_rel=None, effect_rel_se=None)
    (row,) = rows_of([an_experiment_with(FLAT)], [nothing])
    assert row["status"] == "relative_undefined"
    assert row["chance_to_win"] > 0.9
    assert row["effect_rel_mean"] is None


# Past experiments. The one that is judged starts on January 5.


def a_past(n, metric="clicks", *, seed=3, mean=0.01, spread=0.03, se=0.01, day=None, name="past"):
    rng = np.random.default_rng(seed)
    effects = rng.normal(mean, spread, n) + rng.normal(0, se, n)
    day = day or date(2025, 12, 1)
    names = [f"{name}_{i:02}" for i in range(n)]
    specs = [an_experiment(item, metrics={"primary": [metric]}) for item in names]
    results = [
        result(item, metric, analysis_date=day, effect_rel=effect, effect_rel_se=se)
        for item, effect in zip(names, effects.tolist(), strict=True)
    ]
    return specs, results, [decided(item, day) for item in names], effects


def calibrated_row(specs, results, decisions, metric="clicks", **more):
    now = an_experiment_with(CALIBRATED, metrics={"primary": [metric]})
    rows = rows_of([*specs, now], [*results, result(metric=metric, **more)], decisions)
    (row,) = (row for row in rows if row["metric_name"] == metric)
    return row


def test_a_calibrated_prior_is_that_of_the_past_effects_on_the_metric():
    specs, results, decisions, effects = a_past(25)
    row = calibrated_row(specs, results, decisions)
    expected = calibrated_prior(effects, [0.01] * 25).prior
    assert (row["prior_mean"], row["prior_std"]) == (expected.mean, expected.sd)
    assert (row["prior_rule"], row["n_past_experiments"]) == ("same_metric", 25)
    assert row["peeking"] == "safe_on_average"
    assert row["effect_rel_mean"] < 0.04


def test_with_too_few_there_is_no_posterior_and_no_flat_prior_in_its_place():
    specs, results, decisions, _ = a_past(19)
    row = calibrated_row(specs, results, decisions)
    assert row["status"] == "too_few_experiments"
    assert row["status_reason"] == "There are 19 past experiments; a prior needs 20."
    assert row["n_past_experiments"] == 19
    assert (row["chance_to_win"], row["effect_abs_mean"], row["prior_std"]) == (None, None, None)


def test_past_effects_that_may_all_be_the_same_give_no_prior():
    specs, results, decisions, _ = a_past(25, spread=0.0)
    row = calibrated_row(specs, results, decisions)
    assert (row["status"], row["chance_to_win"]) == ("no_spread", None)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda result, decision: (result, decision | {"decision_date": date(2026, 1, 5)}),
        lambda result, decision: (result, decision | {"decision_date": None}),
        lambda result, decision: (result, decision | {"verdict": "invalid"}),
        lambda result, decision: (result | {"analysis_date": date(2025, 11, 30)}, decision),
        lambda result, decision: (result | {"effect_rel": None, "effect_rel_se": None}, decision),
        lambda result, decision: (result | {"segment_name": "platform"}, decision),
        lambda result, decision: (result | {"treatment_variant_id": "other"}, decision),
    ],
    ids=["not over", "undecided", "invalid", "interim", "no estimate", "segment", "other arm"],
)
def test_what_is_no_decided_effect_of_before_the_start_does_not_count(spoil):
    specs, results, decisions, _ = a_past(20)
    results[0], decisions[0] = spoil(results[0], decisions[0])
    row = calibrated_row(specs, results, decisions)
    assert (row["n_past_experiments"], row["status"]) == (19, "too_few_experiments")


def test_an_experiment_that_was_decided_on_the_eve_counts():
    specs, results, decisions, _ = a_past(20, day=date(2026, 1, 4))
    assert calibrated_row(specs, results, decisions)["n_past_experiments"] == 20


def test_a_primary_metric_without_a_past_takes_the_gains_on_those_of_others():
    fall, rise = a_past(12, "latency"), a_past(13, "minutes", seed=4, name="older")
    results = [item | {"direction": "decrease"} for item in fall[1]] + rise[1]
    specs, decisions = fall[0] + rise[0], fall[2] + rise[2]
    gains = np.concatenate([-fall[3], rise[3]])
    expected = calibrated_prior(gains, [0.01] * 25).prior
    up = calibrated_row(specs, results, decisions)
    assert (up["prior_rule"], up["n_past_experiments"]) == ("primary_metrics", 25)
    assert (up["prior_mean"], up["prior_std"]) == pytest.approx(expected[:2])
    down = calibrated_row(specs, results, decisions, direction="decrease")
    assert down["prior_mean"] == pytest.approx(-expected.mean)


def test_other_metrics_than_primary_ones_wait_for_a_past_of_their_own():
    specs, results, decisions, _ = a_past(25, "minutes")
    row = calibrated_row(specs, results, decisions, role="secondary")
    assert (row["prior_rule"], row["n_past_experiments"]) == ("same_metric", 0)
    assert row["status"] == "too_few_experiments"


def test_of_several_treatments_the_first_in_the_alphabet_stands_for_the_experiment():
    specs, results, decisions, effects = a_past(20)
    specs = [
        an_experiment(item.name, variants={"control": 0.4, "zebra": 0.3, "new": 0.3})
        for item in specs
    ]
    others = [item | {"treatment_variant_id": "zebra", "effect_rel": 0.9} for item in results]
    also = [item | {"treatment_variant_id": "zebra"} for item in decisions]
    row = calibrated_row(specs, results + others, decisions + also)
    assert row["n_past_experiments"] == 20
    assert row["prior_mean"] == calibrated_prior(effects, [0.01] * 20).prior.mean


@given(st.floats(-0.2, 0.2), st.floats(0.001, 0.1), st.floats(0.001, 0.2), st.floats(0.01, 100))
@settings(deadline=None, max_examples=50)
def test_the_unit_of_the_metric_changes_no_chance(effect, se, spread, unit):
    def row(scale):
        found = result(
            control_mean=scale,
            effect_abs=scale * effect,
            effect_abs_se=scale * se,
            effect_rel=effect,
            effect_rel_se=se,
        )
        prior = {"prior": "declared", "relative_std": spread}
        return rows_of([an_experiment_with(prior)], [found])[0]

    one, other = row(1.0), row(unit)
    assert other["chance_to_win"] == pytest.approx(one["chance_to_win"], abs=1e-9)
    assert other["effect_abs_mean"] == pytest.approx(unit * one["effect_abs_mean"], abs=1e-9 * unit)
    assert other["loss_of_shipping_abs"] / unit == pytest.approx(one["loss_of_shipping_rel"])


def test_experiments_that_stopped_early_do_not_distort_the_prior():
    # Four looks, stopped where |z| >= 2.3: the estimates at the stop are too large by themselves.
    rng = np.random.default_rng(12)
    true = rng.normal(0.01, 0.02, 2000)
    steps = rng.normal(true[:, None], 0.04, (true.size, 4))
    running = np.cumsum(steps, axis=1) / np.arange(1, 5)
    se = 0.04 / np.sqrt(np.arange(1, 5))
    crossed = np.abs(running / se) >= 2.3
    stop = np.where(crossed.any(axis=1), crossed.argmax(axis=1), 3)
    estimates, errors = running[np.arange(true.size), stop], se[stop]
    assert (estimates - true)[true > 0.02].mean() > 0.003
    found = calibrated_prior(estimates, errors)
    assert found.prior.mean == pytest.approx(0.01, abs=3 * found.mean_std_error)
    assert found.spread_lower < 0.02 < found.spread_upper


def test_a_calibrated_prior_is_right_on_average_where_a_flat_one_is_not():
    # Chances to win of .9 and more in 3,000 experiments like 40 past ones: how often they are won.
    specs, results, decisions, _ = a_past(40, mean=0.0, spread=0.01, se=0.01)
    rng = np.random.default_rng(8)
    true = rng.normal(0.0, 0.01, 3000)
    seen = true + rng.normal(0, 0.01, true.size)
    row = calibrated_row(specs, results, decisions)
    share = 1 / (1 + (0.01 / row["prior_std"]) ** 2)
    mean = row["prior_mean"] + share * (seen - row["prior_mean"])
    calibrated = stats.norm.cdf(mean / (np.sqrt(share) * 0.01))
    flat = stats.norm.cdf(seen / 0.01)
    for chances, is_right in ((calibrated, True), (flat, False)):
        claimed = chances[chances >= 0.9]
        kept = (true[chances >= 0.9] > 0).mean()
        error = np.sqrt(kept * (1 - kept) / claimed.size)
        assert (claimed.mean() - kept < 3 * error + 0.01) == is_right


def test_the_query_of_the_page_has_every_chance_with_its_label():
    page = (REPOSITORY / "docs" / "methods" / "bayes.md").read_text(encoding="utf-8")
    (query,) = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    rows = rows_of([an_experiment_with(FLAT)], [result(), result(metric="b", role="secondary")])
    with duckdb.connect() as connection:
        table = pa.Table.from_pylist(rows, schema=POSTERIORS_SCHEMA)
        connection.register("fct_experiment_posteriors", table)
        (row,) = connection.sql(query).fetchall()
    assert row[:3] == ("exp", "new", "clicks")
    assert row[4] == "unsafe"
