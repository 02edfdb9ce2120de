"""cookie_cats: 90,189 players of a mobile game, gate at level 30 (control) or 40."""

import math

import pytest
from scipy import stats

from .host_project import load_csv

pytestmark = [pytest.mark.dbt, pytest.mark.slow]


@pytest.fixture(scope="session")
def cookie_cats(deploy, shared_data):
    return deploy(
        "cookie_cats", *load_csv("cookie_cats", shared_data("cookie_cats/cookie_cats.csv"))
    )


def test_units_are_counted_as_published(cookie_cats):
    row = cookie_cats.result("retention_1")
    assert (row["control_n_units"], row["treatment_n_units"]) == (44_700, 45_489)


def test_sample_ratio_warns(cookie_cats):
    row = cookie_cats.check("sample_ratio_mismatch")
    assert row["statistic"] == pytest.approx(6.90240495, rel=1e-8)
    assert row["p_value"] == pytest.approx(0.008607988, rel=1e-6)
    assert row["threshold"] == 0.001
    assert row["status"] == "warn"


def test_retention_after_one_day(cookie_cats):
    row = cookie_cats.result("retention_1")
    assert row["test"] == "score_z"
    assert row["control_mean"] == pytest.approx(0.448187919, abs=5e-10)
    assert row["treatment_mean"] == pytest.approx(0.442282750, abs=5e-10)
    assert row["effect_abs"] == pytest.approx(-0.005905170, abs=5e-10)
    assert row["p_value"] == pytest.approx(0.07440966, rel=1e-6)
    assert row["effect_rel"] == pytest.approx(-0.01317566, abs=5e-9)


def test_retention_after_seven_days(cookie_cats):
    row = cookie_cats.result("retention_7")
    assert row["control_mean"] == pytest.approx(0.190201342, abs=5e-10)
    assert row["treatment_mean"] == pytest.approx(0.182000044, abs=5e-10)
    assert row["effect_abs"] == pytest.approx(-0.008201298, abs=5e-10)
    assert row["statistic"] == pytest.approx(-3.164359, abs=5e-7)
    assert row["p_value"] == pytest.approx(0.001554250, rel=1e-6)
    assert row["effect_rel"] == pytest.approx(-0.04311903, abs=5e-9)


def test_relative_interval_of_retention_is_the_score_interval_near_the_delta_interval(cookie_cats):
    """The published interval is the delta method's; ours inverts the score test of the ratio."""
    row = cookie_cats.result("retention_7")
    assert row["effect_rel_ci_lower"] == pytest.approx(-0.06924487, abs=5e-4)
    assert row["effect_rel_ci_upper"] == pytest.approx(-0.01699320, abs=5e-4)
    # The delta interval itself follows from the row: its standard error stands in it.
    half = stats.norm.isf(0.025) * row["effect_rel_se"]
    assert row["effect_rel"] - half == pytest.approx(-0.06924487, rel=1e-4)
    assert row["effect_rel"] + half == pytest.approx(-0.01699320, rel=1e-4)


def test_game_rounds(cookie_cats):
    row = cookie_cats.result("game_rounds")
    assert row["test"] == "welch_t"
    assert row["statistic"] == pytest.approx(-0.885437, abs=5e-7)
    assert row["p_value"] == pytest.approx(0.375924, abs=5e-7)
    assert row["degrees_of_freedom"] == pytest.approx(58_595.48, abs=5e-3)


@pytest.mark.parametrize(
    ("metric", "gate_30", "gate_40"),
    [
        ("p50_game_rounds", 17, 16),
        ("p75_game_rounds", 50, 52),
        ("p90_game_rounds", 135, 134),
        ("p95_game_rounds", 222, 220),
        ("p50_game_rounds_of_players", 17, 16),
    ],
)
def test_quantiles_of_game_rounds(cookie_cats, metric, gate_30, gate_40):
    row = cookie_cats.result(metric)
    assert (row["test"], row["status"]) == ("woodruff", "ok")
    assert row["control_mean"] == pytest.approx(gate_30, abs=0.5)
    assert row["treatment_mean"] == pytest.approx(gate_40, abs=0.5)
    assert row["effect_abs_ci_lower"] <= gate_40 - gate_30 <= row["effect_abs_ci_upper"]


def test_the_gini_of_game_rounds_is_that_of_the_rows(cookie_cats):
    row = cookie_cats.result("gini_of_game_rounds")
    assert (row["test"], row["status"]) == ("jackknife_t", "ok")
    rounds = cookie_cats.query(
        "select sum_gamerounds as x from raw.cookie_cats where version = 'gate_30' order by 1"
    )
    n, total = len(rounds), sum(r["x"] for r in rounds)
    ranked = sum(rank * r["x"] for rank, r in enumerate(rounds, start=1))
    assert row["control_mean"] == pytest.approx(2 * ranked / (n * total) - (n + 1) / n, abs=1e-9)


def test_cuped_without_a_past_says_so_and_is_no_headline(cookie_cats):
    row = cookie_cats.result("game_rounds", estimator="cuped")
    assert row["status"] == "covariate_unusable"
    assert not row["is_headline"]
    assert row["p_value"] is None
    assert cookie_cats.result("game_rounds")["is_headline"]


def test_gate_40_is_rolled_back_and_the_reason_names_the_sample_ratio(cookie_cats):
    row = cookie_cats.verdict()
    assert (row["verdict"], row["rule"], row["is_final"]) == ("rollback", "primary_lost", True)
    assert "sample_ratio_mismatch" in row["reason"]
    assert cookie_cats.row("dim_experiments")["state"] == "ended"


def test_no_number_is_not_a_number(cookie_cats):
    for row in cookie_cats.rows("fct_experiment_results"):
        for name, value in row.items():
            assert not isinstance(value, float) or math.isfinite(value), name
