"""p-values are adjusted over the family that the spec declares, and intervals agree."""

import csv

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from abstats.analysis import read_cells
from abstats.analysis.comparisons import comparisons
from abstats.analysis.corrections import corrected, correction_of_p_values
from abstats.analysis.estimates import estimate_comparison
from abstats.inference import adjust_p_values, dunnett_alphas, dunnett_p_values
from tests.analysis.test_results import a_world, centred, rows_of
from tests.analysis.worlds import DAY, a_metric, an_experiment, moment_rows, moments_table

STATSMODELS = {
    "bonferroni": "bonferroni",
    "holm": "holm",
    "hochberg": "simes-hochberg",
    "benjamini_hochberg": "fdr_bh",
    "benjamini_yekutieli": "fdr_by",
}


def a_family(correction, *, cuped=(), lifts=(0.0, 0.4, 0.25, 0.1), segments=(), **analysis):
    """Four primary metrics, two secondary and one guardrail, two treatments."""
    names = {"primary": ("p1", "p2", "p3", "p4"), "secondary": ("s1", "s2")}
    metrics = [a_metric(n, cuped=n in cuped) for n in (*names["primary"], *names["secondary"], "g")]
    experiment = an_experiment(
        variants={"control": 0.4, "a": 0.3, "b": 0.3},
        metrics=names | {"guardrails": ["g"]},
        segments=segments,
        analysis={"correction": correction} | analysis,
    )
    blocks = []
    for i, metric in enumerate(metrics):
        lift = lifts[i % len(lifts)]
        world = centred(a_world(seed=i, lift=lift, variants=("control", "a", "b")))
        columns = ["y", "x_y"] if metric.cuped.enabled else ["y"]
        for variant, rows in world.items():
            data = rows[:, : len(columns)]
            blocks.append(moment_rows(metric, variant, columns, data))
            for j, segment in enumerate(segments):
                for value in ("u", "v"):
                    part = data[: 150 + 20 * j + (value == "u")]
                    blocks.append(
                        moment_rows(metric, variant, columns, part, segment=(segment, value))
                    )
    return rows_of(experiment, metrics, moments_table(*blocks))


@pytest.mark.parametrize("correction", STATSMODELS)
@pytest.mark.parametrize("role", ["primary", "secondary"])
def test_each_role_is_a_family_of_metrics_times_comparisons(correction, role):
    family = [row for row in a_family(correction) if row["role"] == role]
    assert {row["family"] for row in family} == {f"{role} metrics"}
    assert {row["family_size"] for row in family} == {8 if role == "primary" else 4}
    assert {row["correction"] for row in family} == {correction}
    p_values = [row["p_value"] for row in family]
    rejected, adjusted, *_ = multipletests(p_values, 0.05, STATSMODELS[correction])
    assert [row["p_value_adjusted"] for row in family] == pytest.approx(list(adjusted), rel=1e-12)
    assert [row["is_significant"] for row in family] == list(rejected)
    assert len(set(rejected)) == 2


@pytest.mark.parametrize("correction", ["none", "dunnett", *STATSMODELS])
def test_adjusted_intervals_leave_out_zero_just_where_the_adjusted_p_value_is_significant(
    correction,
):
    for row in a_family(correction):
        out = row["effect_abs_ci_adjusted_lower"] > 0 or row["effect_abs_ci_adjusted_upper"] < 0
        if correction in ("holm", "hochberg"):  # Bonferroni's intervals, which are wider
            assert row["is_significant"] or not out
        else:
            assert out == row["is_significant"]
        assert row["effect_abs_ci_adjusted_lower"] <= row["effect_abs_ci_lower"]
        assert row["effect_abs_ci_adjusted_upper"] >= row["effect_abs_ci_upper"]
        relative = row["effect_rel_ci_adjusted_lower"], row["effect_rel_ci_adjusted_upper"]
        assert (relative[0] > 0 or relative[1] < 0) == out


@pytest.mark.parametrize("role", ["primary", "secondary"])
def test_dunnett_is_exact_among_the_treatments_of_a_metric_and_bonferroni_over_metrics(role):
    family = [row for row in a_family("dunnett") if row["role"] == role]
    metrics = sorted({row["metric_name"] for row in family})
    for metric in metrics:
        rows = [row for row in family if row["metric_name"] == metric]
        shares = [
            row["control_std"] ** 2 / row["control_n_units"] / row["effect_abs_se"] ** 2
            for row in rows
        ]
        freedom = [row["degrees_of_freedom"] for row in rows]
        own = dunnett_p_values([row["p_value"] for row in rows], shares, freedom)
        levels = dunnett_alphas(shares, freedom, 0.05 / len(metrics))
        for row, p, level, df in zip(rows, own, levels, freedom, strict=True):
            assert row["p_value_adjusted"] == pytest.approx(min(p * len(metrics), 1), rel=1e-9)
            width = stats.t.isf(level / 2, df) * row["effect_abs_se"]
            upper = row["effect_abs_ci_adjusted_upper"]
            assert upper == pytest.approx(row["effect_abs"] + width, rel=1e-9)
            # Less than Bonferroni over all comparisons.
            assert row["p_value_adjusted"] <= min(row["p_value"] * len(family), 1)


def test_p_values_over_looks_are_corrected_with_weights_and_by_holm_for_dunnett():
    metrics = [a_metric("p1"), a_metric("p2")]
    cells = [
        moment_rows(metric, variant, ["y"], rows[:, :1])
        for i, metric in enumerate(metrics)
        for variant, rows in a_world(seed=i).items()
    ]
    moments = read_cells(moments_table(*cells))
    others = [0.03, 0.02]
    for correction, weights in (("dunnett", {}), ("holm", {}), ("holm", {"p1": 4})):
        experiment = an_experiment(
            metrics={"primary": ["p1", "p2"]},
            analysis={"correction": correction, "weights": weights},
        )
        by_name = {metric.name: metric for metric in metrics}
        estimates = [
            estimate
            for comparison in comparisons(experiment, by_name, moments, DAY)
            for estimate in estimate_comparison(comparison)
        ]
        shares = [weights.get("p1", 1), 1]
        adjusted, alphas = corrected(estimates, correction, others)
        assert adjusted.tolist() == adjust_p_values(others, "holm", weights=shares).tolist()
        assert alphas == pytest.approx([0.05 * share / sum(shares) for share in shares])


def test_interactions_take_holms_correction_where_dunnetts_is_declared():
    assert correction_of_p_values("dunnett") == "holm"
    assert correction_of_p_values("hochberg") == "hochberg"


@pytest.mark.parametrize("correction", ["bonferroni", "holm"])
def test_a_metric_with_a_weight_has_its_share_of_alpha(correction):
    rows = a_family(correction, weights={"p2": 5, "s1": 2})
    for role, weights in (("primary", {"p2": 5}), ("secondary", {"s1": 2})):
        family = [row for row in rows if row["role"] == role]
        shares = [weights.get(row["metric_name"], 1) for row in family]
        expected = adjust_p_values([row["p_value"] for row in family], correction, weights=shares)
        assert [row["p_value_adjusted"] for row in family] == pytest.approx(list(expected))
        for row, weight in zip(family, shares, strict=True):
            level = 0.05 * weight / sum(shares)
            width = stats.t.isf(level / 2, row["degrees_of_freedom"]) * row["effect_abs_se"]
            assert row["effect_abs_ci_adjusted_upper"] == pytest.approx(row["effect_abs"] + width)
    guardrails = [row for row in rows if row["role"] == "guardrail"]
    assert all(row["p_value_adjusted"] == row["p_value"] for row in guardrails)


@pytest.mark.parametrize("correction", ["bonferroni", "holm", "hochberg", "dunnett"])
@pytest.mark.parametrize("lifts", [(0.0, 0.4, 0.25, 0.1), (0.9, 0.9, 0.9, 0.9)])
def test_behind_a_gate_secondary_metrics_wait_for_all_primary_ones(correction, lifts):
    def by_role(rows, role):
        return [row for row in rows if row["role"] == role]

    open_, gated = (
        a_family(correction, lifts=lifts, gatekeeping=gate, cuped=("s1",)) for gate in (False, True)
    )
    for role in ("primary", "guardrail"):
        before, after = by_role(open_, role), by_role(gated, role)
        assert [r["p_value_adjusted"] for r in after] == [r["p_value_adjusted"] for r in before]
    lowest = max(row["p_value_adjusted"] for row in by_role(gated, "primary"))
    assert (lowest <= 0.05) == (lifts[0] == 0.9)
    for before, after in zip(by_role(open_, "secondary"), by_role(gated, "secondary"), strict=True):
        assert after["p_value_adjusted"] == max(before["p_value_adjusted"], lowest)
        assert after["is_significant"] == (before["is_significant"] and lowest <= 0.05)
        upper = "effect_abs_ci_adjusted_upper"
        assert after[upper] == before[upper]


def test_segments_do_not_wait_behind_a_gate():
    rows, ungated = (
        a_family("holm", segments=("platform",), gatekeeping=gate) for gate in (True, False)
    )
    for row, other in zip(rows, ungated, strict=True):
        if row["segment_name"] == "platform":
            assert row["p_value_adjusted"] == other["p_value_adjusted"]


def test_a_comparison_without_a_p_value_does_not_count_in_dunnetts_family():
    metrics = [a_metric(name) for name in ("p1", "p2")]
    experiment = an_experiment(
        variants={"control": 0.4, "a": 0.3, "b": 0.3},
        metrics={"primary": ["p1", "p2"]},
        analysis={"correction": "dunnett"},
    )
    blocks = [
        moment_rows(metrics[0], variant, ["y"], rows[:, :1])
        for variant, rows in a_world(seed=1, variants=("control", "a")).items()
    ]
    rows = rows_of(experiment, metrics, moments_table(*blocks))
    tested = [row for row in rows if row["p_value"] is not None]
    assert len(tested) == 1
    assert tested[0]["p_value_adjusted"] == tested[0]["p_value"]
    assert {row["p_value_adjusted"] for row in rows if row["p_value"] is None} == {None}


def test_guardrails_have_no_family():
    guardrails = [row for row in a_family("bonferroni") if row["role"] == "guardrail"]
    assert len(guardrails) == 2
    for row in guardrails:
        assert row["p_value_adjusted"] == row["p_value"]
        assert row["effect_abs_ci_adjusted_lower"] == row["effect_abs_ci_lower"]
        assert (row["family"], row["correction"], row["family_size"]) == (
            "guardrails: none",
            "none",
            1,
        )


def test_the_headline_rows_form_one_family_and_each_estimator_another():
    rows = [row for row in a_family("bonferroni", cuped=("p1", "p2")) if row["role"] == "primary"]
    assert len(rows) == 12
    assert sum(row["is_headline"] for row in rows) == 8
    assert {row["family_size"] for row in rows} == {8}

    def family(estimator):
        """Each comparison's row of that estimator, or its headline row."""
        chosen = {}
        for row in rows:
            key = row["metric_name"], row["treatment_variant_id"]
            if row["estimator"] == estimator or (row["is_headline"] and key not in chosen):
                chosen[key] = row
        return list(chosen.values())

    headline = [row for row in rows if row["is_headline"]]
    for members, own in (
        (headline, headline),
        (family("unadjusted"), [r for r in rows if not r["is_headline"]]),
    ):
        p_values = [row["p_value"] for row in members]
        adjusted = multipletests(p_values, 0.05, "bonferroni")[1]
        by_row = {id(row): p for row, p in zip(members, adjusted, strict=True)}
        assert [row["p_value_adjusted"] for row in own] == pytest.approx(
            [by_row[id(row)] for row in own], rel=1e-12
        )


def test_each_segment_dimension_is_an_exploratory_family_of_its_own():
    rows = a_family("holm", segments=("platform", "is_new_user"))
    whole = [row for row in rows if row["segment_name"] == "all"]
    alone = a_family("holm")
    assert [r["p_value_adjusted"] for r in whole] == [r["p_value_adjusted"] for r in alone]
    for segment in ("platform", "is_new_user"):
        family = [
            row for row in rows if row["segment_name"] == segment and row["role"] == "primary"
        ]
        assert {row["family"] for row in family} == {f"primary metrics by {segment}, exploratory"}
        assert {row["family_size"] for row in family} == {16}
        adjusted = multipletests([row["p_value"] for row in family], 0.05, "holm")[1]
        assert [row["p_value_adjusted"] for row in family] == pytest.approx(list(adjusted))


def test_a_comparison_without_a_p_value_does_not_count_in_its_family():
    metrics = [a_metric(name) for name in ("p1", "p2", "p3")]
    experiment = an_experiment(
        metrics={"primary": ["p1", "p2", "p3"]}, analysis={"correction": "bonferroni"}
    )
    blocks = [
        moment_rows(metric, variant, ["y"], rows[:, :1])
        for i, metric in enumerate(metrics[:2])
        for variant, rows in a_world(seed=i).items()
    ]
    rows = rows_of(experiment, metrics, moments_table(*blocks))
    assert [row["family_size"] for row in rows] == [2, 2, 2]
    assert rows[2]["p_value_adjusted"] is None
    for row in rows[:2]:
        assert row["p_value_adjusted"] == pytest.approx(min(2 * row["p_value"], 1))


@pytest.mark.parametrize(
    ("correction", "column"),
    [
        ("bonferroni", "bonferroni"),
        ("holm", "holm"),
        ("benjamini_hochberg", "fdr_bh"),
        ("benjamini_yekutieli", "fdr_by"),
    ],
)
def test_hillstroms_nine_comparisons_are_one_family_with_the_recomputed_p_values(
    shared_data, correction, column
):
    """references.md, hillstrom: Welch's tests of three outcomes over all pairs of three arms."""
    folder = shared_data("hillstrom")
    outcomes = ("visit", "conversion", "spend")
    world = {}
    with (folder / "hillstrom_data.csv").open() as file:
        for row in csv.DictReader(file):
            world.setdefault(row["segment"], []).append([float(row[name]) for name in outcomes])
    with (folder / "recomputed_pairwise_tests.csv").open() as file:
        expected = {(row["metric"], row["t"], row["c"]): row for row in csv.DictReader(file)}
    metrics = [a_metric(name) for name in outcomes]
    experiment = an_experiment(
        variants={"No E-Mail": 1 / 3, "Mens E-Mail": 1 / 3, "Womens E-Mail": 1 / 3},
        control="No E-Mail",
        metrics={"primary": outcomes},
        analysis={"correction": correction, "comparisons": "all_pairs"},
    )
    moments = moments_table(
        *(
            moment_rows(metric, variant, ["y"], np.array(rows)[:, i])
            for i, metric in enumerate(metrics)
            for variant, rows in world.items()
        )
    )
    found = rows_of(experiment, metrics, moments)
    assert len(found) == len(expected) == 9
    for row in found:
        oracle = expected[
            row["metric_name"], row["treatment_variant_id"], row["control_variant_id"]
        ]
        assert row["effect_abs"] == pytest.approx(float(oracle["diff"]), rel=1e-9)
        assert row["effect_rel"] == pytest.approx(float(oracle["rel"]), rel=1e-9)
        assert row["effect_abs_ci_lower"] == pytest.approx(float(oracle["lo"]), rel=1e-9)
        assert row["p_value"] == pytest.approx(float(oracle["p_welch"]), rel=1e-6)
        assert row["p_value_adjusted"] == pytest.approx(float(oracle[column]), rel=1e-6)
        assert row["family_size"] == 9
