"""Every declared comparison has its rows, and their numbers are those of a row-level analysis."""

import io
import itertools
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.proportion import proportions_ztest

from abstats.analysis import RESULTS_GRAIN, RESULTS_SCHEMA, CellError, estimate_results
from tests.analysis.worlds import (
    DAY,
    MOMENTS_SCHEMA,
    NOW,
    STAMP,
    a_metric,
    an_experiment,
    moment_rows,
    moments_table,
)

NOTHING = pa.Table.from_pylist([], schema=MOMENTS_SCHEMA)


def results(experiments, metrics, moments, *, day=DAY):
    if not isinstance(experiments, list):
        experiments = [experiments]
    return estimate_results(
        experiments,
        {metric.name: metric for metric in metrics},
        moments,
        analysis_dates={experiment.name: day for experiment in experiments},
        **STAMP,
    )


def rows_of(*args, **kwargs):
    return results(*args, **kwargs).to_pylist()


def a_world(seed=1, n=400, lift=0.0, variants=("control", "new")):
    """Rows (y, x) of each variant: correlated, skewed, with many zeros."""
    rng = np.random.default_rng(seed)
    world = {}
    for i, variant in enumerate(variants):
        x = rng.gamma(1.0, 2.0, n + 13 * i) * (rng.random(n + 13 * i) < 0.7)
        y = 0.8 * x + rng.gamma(1.0, 1.0, len(x)) + lift * i
        world[variant] = np.column_stack([y, x])
    return world


def centred(world):
    pooled = np.concatenate(list(world.values()))[:, 1].mean()
    return {variant: rows - [0.0, pooled] for variant, rows in world.items()}


def regression_effects(world):
    """Coefficients of the treatments in the row-level regression `y ~ variant + x`."""
    arm = np.repeat(list(world), [len(rows) for rows in world.values()])
    y, x = np.concatenate(list(world.values())).T
    treatments = [variant for variant in world if variant != "control"]
    design = np.column_stack([np.ones(len(y)), *((arm == name) * 1.0 for name in treatments), x])
    return dict(zip(treatments, OLS(y, design).fit().params[1:-1], strict=True))


def test_numbers_are_those_of_a_welch_test_on_rows():
    world = a_world(lift=0.3)
    clicks = a_metric("clicks")
    (row,) = rows_of(
        an_experiment(),
        [clicks],
        moments_table(*(moment_rows(clicks, v, ["y"], rows[:, :1]) for v, rows in world.items())),
    )
    new, control = world["new"][:, 0], world["control"][:, 0]
    welch = stats.ttest_ind(new, control, equal_var=False)
    interval = welch.confidence_interval(0.95)
    assert row["effect_abs"] == pytest.approx(new.mean() - control.mean(), rel=1e-12)
    assert row["p_value"] == pytest.approx(welch.pvalue, rel=1e-9)
    assert row["statistic"] == pytest.approx(welch.statistic, rel=1e-10)
    assert row["degrees_of_freedom"] == pytest.approx(welch.df, rel=1e-10)
    assert row["effect_abs_ci_lower"] == pytest.approx(interval.low, rel=1e-9)
    assert row["effect_abs_ci_upper"] == pytest.approx(interval.high, rel=1e-9)
    assert row["control_n_units"] == len(control)
    assert row["treatment_std"] == pytest.approx(new.std(ddof=1), rel=1e-12)
    assert row["effect_rel"] == pytest.approx(new.mean() / control.mean() - 1, rel=1e-10)
    assert (row["test"], row["estimator"], row["is_headline"]) == ("welch_t", "unadjusted", True)
    assert (row["status"], row["status_reason"]) == ("ok", "")


def test_the_cuped_row_is_the_regression_on_rows_and_the_headline():
    world = centred(a_world(lift=0.3))
    clicks = a_metric("clicks", cuped=True)
    found = {
        row["estimator"]: row
        for row in rows_of(
            an_experiment(),
            [clicks],
            moments_table(*(moment_rows(clicks, v, ["y", "x_y"], r) for v, r in world.items())),
        )
    }
    effects = regression_effects(world)
    cuped, unadjusted = found["cuped"], found["unadjusted"]
    assert cuped["effect_abs"] == pytest.approx(effects["new"], rel=1e-10)
    assert cuped["is_headline"]
    assert not unadjusted["is_headline"]
    assert cuped["variance_reduction"] == pytest.approx(
        1 - (cuped["effect_abs_se"] / unadjusted["effect_abs_se"]) ** 2, rel=1e-9
    )
    assert unadjusted["variance_reduction"] is None


@pytest.mark.parametrize("switched_off", ["metric", "experiment"])
def test_cuped_rows_are_there_only_where_metric_and_experiment_ask_for_them(switched_off):
    world = centred(a_world())
    clicks = a_metric("clicks", cuped=switched_off != "metric")
    experiment = an_experiment(analysis={"cuped": switched_off != "experiment"})
    moments = moments_table(*(moment_rows(clicks, v, ["y", "x_y"], r) for v, r in world.items()))
    (row,) = rows_of(experiment, [clicks], moments)
    assert (row["estimator"], row["is_headline"]) == ("unadjusted", True)


def test_an_unusable_covariate_has_its_row_and_leaves_the_headline_to_the_unadjusted_one():
    clicks = a_metric("clicks", cuped=True)
    world = {v: rows * [1.0, 0.0] for v, rows in a_world().items()}
    moments = moments_table(*(moment_rows(clicks, v, ["y", "x_y"], r) for v, r in world.items()))
    found = {row["estimator"]: row for row in rows_of(an_experiment(), [clicks], moments)}
    assert found["cuped"]["status"] == "covariate_unusable"
    assert found["cuped"]["status_reason"]
    assert found["cuped"]["p_value"] is None
    assert found["cuped"]["is_significant"] is None
    assert not found["cuped"]["is_headline"]
    assert found["unadjusted"]["is_headline"]
    assert found["unadjusted"]["status"] == "ok"


def test_theta_is_pooled_over_the_two_arms_that_are_compared():
    world = centred(a_world(variants=("control", "a", "b")))
    clicks = a_metric("clicks", cuped=True)
    experiment = an_experiment(variants={"control": 0.4, "a": 0.3, "b": 0.3})
    moments = moments_table(*(moment_rows(clicks, v, ["y", "x_y"], r) for v, r in world.items()))
    found = {
        row["treatment_variant_id"]: row["effect_abs"]
        for row in rows_of(experiment, [clicks], moments)
        if row["estimator"] == "cuped"
    }
    pairs = [{"control": world["control"], arm: world[arm]} for arm in ("a", "b")]
    expected = {arm: effect for pair in pairs for arm, effect in regression_effects(pair).items()}
    assert found == pytest.approx(expected, rel=1e-10)


def test_a_proportion_is_tested_by_its_score():
    rows = {"control": [[1.0]] * 30 + [[0.0]] * 70, "new": [[1.0]] * 48 + [[0.0]] * 62}
    bought = a_metric("bought", "proportion")
    (row,) = rows_of(
        an_experiment(metrics={"primary": ["bought"]}),
        [bought],
        moments_table(*(moment_rows(bought, v, ["y"], r) for v, r in rows.items())),
    )
    _, p = proportions_ztest([48, 30], [110, 100])
    assert row["p_value"] == pytest.approx(p, rel=1e-9)
    assert row["test"] == "score_z"
    assert row["degrees_of_freedom"] is None


def test_a_ratio_divides_the_means():
    rng = np.random.default_rng(3)
    world = {}
    for variant in ("control", "new"):
        d = rng.poisson(5, 300)
        world[variant] = np.column_stack([rng.binomial(d, 0.3), d]).astype(float)
    ctr = a_metric("ctr", "ratio")
    (row,) = rows_of(
        an_experiment(metrics={"primary": ["ctr"]}),
        [ctr],
        moments_table(*(moment_rows(ctr, v, ["y", "d"], r) for v, r in world.items())),
    )
    for column, variant in (("control_mean", "control"), ("treatment_mean", "new")):
        y, d = world[variant].T
        assert row[column] == pytest.approx(y.sum() / d.sum(), rel=1e-12)


def test_an_experiment_without_exposures_has_rows_that_say_so():
    metrics = [a_metric("clicks", cuped=True), a_metric("ctr", "ratio")]
    experiment = an_experiment(metrics={"primary": ["clicks"], "secondary": ["ctr"]})
    found = rows_of(experiment, metrics, NOTHING)
    assert [(r["metric_name"], r["estimator"], r["status"]) for r in found] == [
        ("clicks", "cuped", "no_data"),
        ("clicks", "unadjusted", "no_data"),
        ("ctr", "unadjusted", "no_data"),
    ]
    for row in found:
        assert row["control_n_units"] == row["treatment_n_units"] == row["family_size"] == 0
        assert row["effect_abs"] is row["p_value"] is row["p_value_adjusted"] is None
        assert row["is_significant"] is None
        assert row["status_reason"]
    assert [row["metric_name"] for row in found if row["is_headline"]] == ["clicks", "ctr"]


def test_a_variant_without_a_cell_leaves_the_other_comparisons_alone():
    world = a_world(variants=("control", "a"))
    clicks = a_metric("clicks")
    experiment = an_experiment(variants={"control": 0.4, "a": 0.3, "b": 0.3})
    found = rows_of(
        experiment,
        [clicks],
        moments_table(*(moment_rows(clicks, v, ["y"], r[:, :1]) for v, r in world.items())),
    )
    assert {row["treatment_variant_id"]: row["status"] for row in found} == {
        "a": "ok",
        "b": "no_data",
    }
    assert {row["treatment_variant_id"]: row["control_n_units"] for row in found} == {
        "a": 400,
        "b": 400,
    }


def test_every_segment_value_present_has_every_metric_even_where_one_has_no_cell():
    world = a_world()
    clicks, views = a_metric("clicks"), a_metric("views")
    blocks = [moment_rows(clicks, v, ["y"], r[:, :1]) for v, r in world.items()]
    blocks += [
        moment_rows(clicks, v, ["y"], r[:50, :1], segment=("platform", "i'os "))
        for v, r in world.items()
    ]
    blocks += [moment_rows(views, "new", ["y"], world["new"][:9, :1], segment=("platform", "tv"))]
    blocks += [moment_rows(clicks, "new", ["y"], world["new"][:9, :1], segment=("colour", "red"))]
    experiment = an_experiment(
        metrics={"primary": ["clicks"], "secondary": ["views"]}, segments=["platform"]
    )
    found = rows_of(experiment, [clicks, views], moments_table(*blocks))
    assert {(r["metric_name"], r["segment_name"], r["segment_value"]) for r in found} == set(
        itertools.chain.from_iterable(
            ((m, "all", "all"), (m, "platform", "i'os "), (m, "platform", "tv"))
            for m in ("clicks", "views")
        )
    )


def test_all_pairs_are_compared_on_request():
    clicks = a_metric("clicks")
    variants = {"control": 0.4, "a": 0.3, "b": 0.3}
    for comparisons, pairs in (
        ("control", {("a", "control"), ("b", "control")}),
        ("all_pairs", {("a", "control"), ("b", "control"), ("a", "b")}),
    ):
        experiment = an_experiment(variants=variants, analysis={"comparisons": comparisons})
        found = rows_of(experiment, [clicks], NOTHING)
        assert {(r["treatment_variant_id"], r["control_variant_id"]) for r in found} == pairs


def test_cells_of_an_older_definition_are_not_read():
    world = a_world()
    old, new = a_metric("clicks"), a_metric("clicks", missing="exclude")
    moments = moments_table(*(moment_rows(old, v, ["y"], r[:, :1]) for v, r in world.items()))
    (row,) = rows_of(an_experiment(), [new], moments)
    assert row["status"] == "no_data"
    assert row["definition_hash"] == new.definition_hash != old.definition_hash


def test_a_guardrail_with_a_margin_is_tested_against_it():
    world = a_world(n=3000)
    names = ("clicks", "latency", "errors", "plain")
    metrics = [a_metric(name, direction="decrease") for name in names]
    experiment = an_experiment(
        metrics={
            "primary": ["clicks"],
            "guardrails": [
                {"metric": "latency", "margin": 0.2},
                {"metric": "errors", "absolute_margin": 0.001},
                "plain",
            ],
        }
    )
    moments = moments_table(
        *(moment_rows(m, v, ["y"], r[:, :1]) for m in metrics for v, r in world.items())
    )
    found = {row["metric_name"]: row for row in rows_of(experiment, metrics, moments)}
    new, control = world["new"][:, 0], world["control"][:, 0]

    latency = found["latency"]
    assert (latency["margin"], latency["margin_type"]) == (0.2, "relative")
    # The change is bad upwards: mu_t - 1.2 mu_c < 0, one-sided.
    oracle = stats.ttest_ind(new, 1.2 * control, equal_var=False, alternative="less")
    assert latency["p_value_non_inferiority"] == pytest.approx(oracle.pvalue, rel=1e-8)
    assert latency["is_non_inferior"] == (oracle.pvalue <= 0.05)

    errors = found["errors"]
    assert (errors["margin"], errors["margin_type"]) == (0.001, "absolute")
    oracle = stats.ttest_ind(new - 0.001, control, equal_var=False, alternative="less")
    assert errors["p_value_non_inferiority"] == pytest.approx(oracle.pvalue, rel=1e-8)

    plain = found["plain"]
    assert plain["margin"] is plain["margin_type"] is plain["p_value_non_inferiority"] is None
    assert plain["is_non_inferior"] is True
    assert found["clicks"]["is_non_inferior"] is None


@pytest.mark.parametrize(("direction", "holds"), [("increase", True), ("decrease", False)])
def test_a_guardrail_without_a_margin_holds_unless_it_is_significantly_worse(direction, holds):
    world = a_world(lift=2.0)
    metrics = [a_metric("clicks"), a_metric("guard", direction=direction)]
    experiment = an_experiment(metrics={"primary": ["clicks"], "guardrails": ["guard"]})
    moments = moments_table(
        *(moment_rows(m, v, ["y"], r[:, :1]) for m in metrics for v, r in world.items())
    )
    found = {row["metric_name"]: row for row in rows_of(experiment, metrics, moments)}
    assert found["guard"]["p_value"] < 1e-6
    assert found["guard"]["is_non_inferior"] is holds


def test_a_control_mean_of_zero_leaves_the_absolute_effect_standing():
    rows = {"control": [[-1.0], [1.0], [0.0], [0.0]], "new": [[3.0], [4.0], [5.0], [6.0]]}
    clicks = a_metric("clicks")
    (row,) = rows_of(
        an_experiment(),
        [clicks],
        moments_table(*(moment_rows(clicks, v, ["y"], r) for v, r in rows.items())),
    )
    assert row["status"] == "relative_undefined"
    assert row["effect_abs"] == 4.5
    assert row["effect_rel"] is row["effect_rel_ci_lower"] is row["effect_rel_ci_upper"] is None
    assert row["is_significant"] is True


def test_an_unbounded_relative_interval_is_null_with_a_status():
    rng = np.random.default_rng(8)
    clicks = a_metric("clicks")
    rows = {"control": rng.normal(0.05, 1, (50, 1)), "new": rng.normal(0.3, 1, (50, 1))}
    (row,) = rows_of(
        an_experiment(),
        [clicks],
        moments_table(*(moment_rows(clicks, v, ["y"], r) for v, r in rows.items())),
    )
    assert row["status"] == "relative_unbounded"
    assert row["effect_rel_ci_lower"] is row["effect_rel_ci_upper"] is None
    assert row["effect_rel"] is not None
    assert row["effect_abs_ci_lower"] is not None


def test_one_row_per_grain_in_the_public_schema_and_sorted():
    world = a_world(variants=("control", "a", "b"))
    clicks = a_metric("clicks", cuped=True)
    experiments = [
        an_experiment(name, variants={"control": 0.4, "b": 0.3, "a": 0.3}) for name in ("z", "exp")
    ]
    moments = moments_table(
        *(moment_rows(clicks, v, ["y", "x_y"], r) for v, r in centred(world).items())
    )
    table = results(experiments, [clicks], moments)
    assert table.schema == RESULTS_SCHEMA
    grain = list(zip(*(table.column(name).to_pylist() for name in RESULTS_GRAIN), strict=True))
    assert len(grain) == len(set(grain)) == 8
    assert grain == sorted(grain)
    assert set(table.column("computed_at").to_pylist()) == {NOW.replace(tzinfo=None)}
    assert set(table.column("code_version").to_pylist()) == {"0.1.0"}
    assert set(table.column("spec_hash").to_pylist()) == {e.spec_hash for e in experiments}


def test_the_same_moments_in_any_order_give_the_same_bytes():
    world = centred(a_world(variants=("control", "a", "b")))
    clicks = a_metric("clicks", cuped=True)
    blocks = [row for v, r in world.items() for row in moment_rows(clicks, v, ["y", "x_y"], r)]

    def as_bytes(weights, order):
        experiment = an_experiment(variants=weights)
        table = results([experiment], [clicks], moments_table(blocks[::order]))
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table.combine_chunks())
        return sink.getvalue()

    once = as_bytes({"control": 0.4, "a": 0.3, "b": 0.3}, 1)
    assert once == as_bytes({"control": 0.4, "a": 0.3, "b": 0.3}, -1)
    assert once == as_bytes({"b": 0.3, "a": 0.3, "control": 0.4}, 1)


def test_an_experiment_without_an_analysis_date_is_an_error():
    with pytest.raises(ValueError, match="no date for experiment 'exp'"):
        estimate_results([an_experiment()], {}, NOTHING, analysis_dates={}, **STAMP)


def test_a_metric_that_nobody_declared_is_an_error_with_the_names_there_are():
    with pytest.raises(ValueError, match=r"metric == 'clicks', must be one of \['views'\]"):
        rows_of(an_experiment(), [a_metric("views")], NOTHING)


def test_a_time_of_computation_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="must have a time zone"):
        estimate_results(
            [], {}, NOTHING, analysis_dates={}, code_version="1", computed_at=datetime(2026, 1, 1)
        )
    elsewhere = NOW.astimezone(UTC)
    assert elsewhere == NOW


def test_moments_that_no_proportion_can_have_are_refused_by_name():
    bought = a_metric("bought", "proportion")
    rows = {"control": [[1.0], [2.0]], "new": [[1.0], [3.0]]}
    moments = moments_table(*(moment_rows(bought, v, ["y"], r) for v, r in rows.items()))
    with pytest.raises(ValueError, match="experiment 'exp', metric 'bought', 'new' against"):
        rows_of(an_experiment(metrics={"primary": ["bought"]}), [bought], moments)


def test_incomplete_moments_are_refused():
    clicks = a_metric("clicks", cuped=True)
    rows = moment_rows(clicks, "control", ["y", "x_y"], a_world()["control"])
    with pytest.raises(CellError):
        rows_of(an_experiment(), [clicks], moments_table(rows[:2]))


def test_rows_of_another_date_are_not_read():
    world = a_world()
    clicks = a_metric("clicks")
    moments = moments_table(*(moment_rows(clicks, v, ["y"], r[:, :1]) for v, r in world.items()))
    (row,) = rows_of(an_experiment(), [clicks], moments, day=date(2026, 1, 20))
    assert row["status"] == "no_data"


def test_no_events_in_control_still_give_an_estimate_and_an_interval():
    """references.md, trap 10 and its anchors: 0/1000 against 30/1000."""
    bought = a_metric("bought", "proportion")
    rows = {"control": [[0.0]] * 1000, "new": [[1.0]] * 30 + [[0.0]] * 970}
    moments = moments_table(*(moment_rows(bought, v, ["y"], r) for v, r in rows.items()))
    (row,) = rows_of(an_experiment(metrics={"primary": ["bought"]}), [bought], moments)
    assert row["effect_abs"] == pytest.approx(0.03)
    assert row["effect_abs_ci_lower"] == pytest.approx(0.0210937, rel=1e-5)
    assert row["effect_abs_ci_upper"] == pytest.approx(0.0425034, rel=1e-5)
    assert row["p_value"] == pytest.approx(3.41375e-08, rel=1e-5)
    assert row["status"] == "relative_undefined"
    assert row["effect_rel"] is None
    assert row["is_significant"] is True


@pytest.mark.parametrize(
    ("status", "kind", "control"),
    [
        ("too_few_units", "mean", [[1.0]]),
        ("zero_variance", "mean", [[2.0], [2.0], [2.0]]),
        ("denominator_zero", "ratio", [[1.0, 0.0], [2.0, 0.0]]),
    ],
)
def test_a_comparison_without_a_test_says_why_in_words(status, kind, control):
    metric = a_metric("m", kind)
    columns = ["y", "d"][: len(control[0])]
    new = [[3.0, 1.0][: len(columns)]] * 3
    moments = moments_table(
        moment_rows(metric, "control", columns, control), moment_rows(metric, "new", columns, new)
    )
    (row,) = rows_of(an_experiment(metrics={"primary": ["m"]}), [metric], moments)
    assert row["status"] == status
    assert row["status_reason"]
    assert row["p_value"] is row["p_value_adjusted"] is row["is_significant"] is None
    assert (row["control_n_units"], row["treatment_n_units"]) == (len(control), 3)


def test_a_conversion_is_a_ratio_over_all_exposed_units() -> None:
    """The estimate by hand: converted units over units with a base event, delta method over all."""
    rng = np.random.default_rng(4)
    world = {}
    for variant, rate in (("control", 0.3), ("new", 0.4)):
        base = rng.random(500) < 0.5
        converted = base & (rng.random(500) < rate)
        world[variant] = np.column_stack([converted, base]).astype(float)
    metric = a_metric("bought", "conversion", denominator=a_metric("visits").numerator)
    experiment = an_experiment(metrics={"primary": ["bought"]})
    moments = moments_table(
        *(moment_rows(metric, variant, ["y", "d"], rows) for variant, rows in world.items())
    )
    (row,) = rows_of(experiment, [metric], moments)
    shares, variances = [], []
    for rows in world.values():
        share = rows[:, 0].sum() / rows[:, 1].sum()
        shares.append(share)
        residual = rows[:, 0] - share * rows[:, 1]
        variances.append(residual.var(ddof=1) / len(rows) / rows[:, 1].mean() ** 2)
    assert row["metric_kind"] == "conversion"
    assert (row["control_n_units"], row["treatment_n_units"]) == (500, 500)
    assert row["effect_abs"] == pytest.approx(shares[1] - shares[0])
    assert row["effect_abs_se"] == pytest.approx(np.sqrt(sum(variances)))
    nobody = rows_of(experiment, [metric], NOTHING)
    assert [row["status"] for row in nobody] == ["no_data"]
