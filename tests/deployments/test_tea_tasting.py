"""tea_tasting: 4,000 simulated users with covariates, printed in its user guide."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from .host_project import load_csv

pytestmark = [pytest.mark.dbt, pytest.mark.slow]


@pytest.fixture(scope="session")
def tea(deploy, shared_data):
    file = shared_data("tea_tasting/users_data_seed42_covariates.csv")
    return deploy("tea_tasting", *load_csv("users_data", file))


def test_units_and_sample_ratio(tea):
    row = tea.result("orders")
    assert (row["control_n_units"], row["treatment_n_units"]) == (2_023, 1_977)
    assert tea.check("sample_ratio_mismatch")["p_value"] == pytest.approx(0.467, abs=5e-4)


def test_orders_without_covariates(tea):
    assert tea.result("orders")["p_value"] == pytest.approx(0.11773177998716207, rel=1e-9)


@pytest.mark.parametrize(
    ("metric", "control", "treatment", "p_value"),
    [
        ("sessions", 1.9960454770143352, 1.982802225594335, 0.6740207199621822),
        ("orders_per_session", 0.2657256067360079, 0.28903061224489796, 0.07623759978168303),
    ],
)
def test_means_without_covariates(tea, metric, control, treatment, p_value):
    row = tea.result(metric)
    assert row["control_mean"] == pytest.approx(control, rel=1e-9)
    assert row["treatment_mean"] == pytest.approx(treatment, rel=1e-9)
    assert row["p_value"] == pytest.approx(p_value, rel=1e-9)


def test_revenue_without_covariates_has_fieller_s_interval(tea):
    row = tea.result("revenue")
    assert row["p_value"] == pytest.approx(0.12306988554250592, rel=1e-9)
    assert row["effect_rel_ci_lower"] == pytest.approx(-0.02401, abs=5e-6)
    assert row["effect_rel_ci_upper"] == pytest.approx(0.22481, abs=5e-6)


@pytest.mark.parametrize(
    ("metric", "effect", "p_value"),
    [
        ("orders", 0.058316964664864, 0.00731724920962),
        ("revenue", 0.731400692697812, 0.00671480172458),
        ("orders_per_session", 0.0317430259358, 0.00228650799487),
    ],
)
def test_cuped_with_theta_pooled_within_arms(tea, metric, effect, p_value):
    row = tea.result(metric, estimator="cuped")
    assert row["effect_abs"] == pytest.approx(effect, rel=1e-9)
    assert row["p_value"] == pytest.approx(p_value, rel=1e-9)
    assert row["is_headline"]


@pytest.mark.parametrize(
    ("metric", "effect", "p_value"),
    [
        ("revenue", 0.7310144482693364, 0.006743929281205273),
        ("orders_per_session", 0.03173426303678112, 0.002292943842523004),
        ("orders", 0.058303892608663865, 0.007330409808686792),
    ],
)
def test_published_cuped_with_theta_on_the_total_sample_is_near(tea, metric, effect, p_value):
    row = tea.result(metric, estimator="cuped")
    assert row["effect_abs"] == pytest.approx(effect, rel=1e-3)
    assert row["p_value"] == pytest.approx(p_value, rel=5e-3)


def test_published_cuped_interval_of_revenue_is_near(tea):
    row = tea.result("revenue", estimator="cuped")
    assert row["effect_abs_ci_lower"] == pytest.approx(0.20228702, abs=1e-3)
    assert row["effect_abs_ci_upper"] == pytest.approx(1.25974187, abs=1e-3)


def test_published_cuped_of_sessions_is_near(tea):
    row = tea.result("sessions", estimator="cuped")
    assert row["p_value"] == pytest.approx(0.602581183814, rel=1e-3)


def test_cuped_gains_and_says_how_much(tea):
    row = tea.result("orders", estimator="cuped")
    unadjusted = tea.result("orders")
    gained = 1 - (row["effect_abs_se"] / unadjusted["effect_abs_se"]) ** 2
    assert row["variance_reduction"] == pytest.approx(gained, rel=1e-9)
    assert gained > 0.3
    assert not unadjusted["is_headline"]


def test_the_hierarchy_leads_from_revenue_to_orders_per_session(tea):
    row = tea.row("dim_metrics", metric_name="orders_per_session")
    assert row["path"] == "revenue > orders > orders_per_session"


def test_sessions_must_be_the_same_by_two_tests_on_rows(tea, shared_data):
    file = shared_data("tea_tasting/users_data_seed42_covariates.csv")
    variant, sessions = np.loadtxt(file, delimiter=",", skiprows=1, usecols=(1, 2)).T
    control, treatment = (sessions[variant == arm] for arm in (0, 1))
    p_value = max(
        stats.ttest_ind(
            treatment, factor * control, equal_var=False, alternative=alternative
        ).pvalue
        for factor, alternative in ((0.96, "greater"), (1.04, "less"))
    )
    row = tea.result("sessions")
    assert row["p_value_equivalence"] == pytest.approx(p_value, rel=1e-9)
    assert (row["hypothesis"], row["margin"]) == ("equivalence", 0.04)
    headlines = [tea.result(name, estimator="cuped") for name in ("revenue", "sessions")]
    asked = [headlines[0]["p_value"], headlines[1]["p_value_equivalence"]]
    adjusted = multipletests(asked, method="fdr_bh")[1]
    assert [row["p_value_adjusted"] for row in headlines] == pytest.approx(list(adjusted))
    assert headlines[1]["is_equivalent"]
    assert headlines[1]["effect_rel_ci_adjusted_lower"] > -0.04
    assert headlines[1]["effect_rel_ci_adjusted_upper"] < 0.04


def test_a_metric_that_is_better_beside_one_that_is_the_same_ships(tea):
    row = tea.row("fct_experiment_decisions")
    assert (row["verdict"], row["rule"]) == ("ship", "primary_won")
    assert "Equivalent to control: sessions" in row["reason"]
