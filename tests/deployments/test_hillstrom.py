"""hillstrom: an e-mail test on 64,000 customers in three arms; nine comparisons."""

import csv

import pytest
from scipy import stats

from .host_project import load_csv

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

# Correction column of the recomputed file -> experiment that declares it.
CORRECTIONS = {
    "bonferroni": "emails_bonferroni",
    "holm": "emails_holm",
    "fdr_bh": "emails_bh",
    "fdr_by": "emails_by",
}
MENS_AGAINST_NONE = {
    "experiment_id": "emails_bh",
    "treatment_variant_id": "Mens E-Mail",
    "control_variant_id": "No E-Mail",
}


@pytest.fixture(scope="session")
def hillstrom(deploy, shared_data):
    return deploy("hillstrom", *load_csv("hillstrom", shared_data("hillstrom/hillstrom_data.csv")))


@pytest.fixture(scope="session")
def recomputed(shared_data):
    """The nine comparisons, recomputed with scipy and statsmodels by the data's keepers."""
    with shared_data("hillstrom/recomputed_pairwise_tests.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9
    return rows


def ours(project, experiment, metric, row):
    return project.result(
        metric,
        experiment_id=experiment,
        treatment_variant_id=row["t"],
        control_variant_id=row["c"],
    )


def test_duplicate_rows_are_customers_of_their_own(hillstrom):
    rows = hillstrom.rows("fct_experiment_results", experiment_id="emails_bh", metric_name="visits")
    units = {row["control_variant_id"]: row["control_n_units"] for row in rows}
    units |= {row["treatment_variant_id"]: row["treatment_n_units"] for row in rows}
    assert units == {"Mens E-Mail": 21_307, "Womens E-Mail": 21_387, "No E-Mail": 21_306}


def test_sample_ratio_passes(hillstrom):
    row = hillstrom.check("sample_ratio_mismatch", experiment_id="emails_bh")
    assert row["statistic"] == pytest.approx(0.20253125, rel=1e-6)
    assert row["p_value"] == pytest.approx(0.903692957, rel=1e-8)
    assert row["status"] == "pass"


@pytest.mark.parametrize(
    ("treatment", "control", "effect", "std_error"),
    [
        ("Mens E-Mail", "No E-Mail", 0.7698271559, 0.14524656),
        ("Womens E-Mail", "No E-Mail", 0.4244122159, 0.13033286),
        ("Mens E-Mail", "Womens E-Mail", 0.3454149400, 0.15961741),
    ],
)
def test_spend_as_published(hillstrom, treatment, control, effect, std_error):
    row = hillstrom.result(
        "spend",
        experiment_id="emails_bh",
        treatment_variant_id=treatment,
        control_variant_id=control,
    )
    assert row["effect_abs"] == pytest.approx(effect, abs=5e-11)
    assert row["effect_abs_se"] == pytest.approx(std_error, abs=5e-9)


@pytest.mark.parametrize(
    ("metric", "published"),
    [("visits", "visit"), ("conversions", "conversion"), ("spend", "spend")],
)
@pytest.mark.parametrize("correction", CORRECTIONS)
def test_nine_comparisons_and_their_corrections(
    hillstrom, recomputed, metric, published, correction
):
    rows = [row for row in recomputed if row["metric"] == published]
    assert len(rows) == 3
    for row in rows:
        found = ours(hillstrom, CORRECTIONS[correction], metric, row)
        assert found["effect_abs"] == pytest.approx(float(row["diff"]), rel=1e-9)
        assert found["effect_rel"] == pytest.approx(float(row["rel"]), rel=1e-9)
        assert found["effect_abs_ci_lower"] == pytest.approx(float(row["lo"]), rel=1e-9)
        assert found["effect_abs_ci_upper"] == pytest.approx(float(row["hi"]), rel=1e-9)
        assert found["statistic"] == pytest.approx(float(row["t_stat"]), rel=1e-9)
        assert found["degrees_of_freedom"] == pytest.approx(float(row["df"]), rel=1e-9)
        assert found["p_value"] == pytest.approx(float(row["p_welch"]), rel=1e-9)
        assert found["p_value_adjusted"] == pytest.approx(float(row[correction]), rel=1e-9)
        assert found["family_size"] == 9


@pytest.mark.parametrize(
    ("metric", "published"), [("visit_rate", "visit"), ("conversion_rate", "conversion")]
)
def test_proportions_by_the_score_test(hillstrom, recomputed, metric, published):
    for row in recomputed:
        if row["metric"] == published:
            found = ours(hillstrom, "emails_bh", metric, row)
            assert found["test"] == "score_z"
            assert found["statistic"] == pytest.approx(float(row["z"]), rel=1e-9)
            assert found["p_value"] == pytest.approx(float(row["p_z"]), rel=1e-9)


@pytest.mark.parametrize(
    ("experiment", "adjusted"),
    [
        ("emails_bonferroni", 0.27421786),
        ("emails_bh", 0.03046865),
        ("emails_by", 0.08619485),
    ],
)
def test_mens_against_womens_spend_as_listed(hillstrom, experiment, adjusted):
    row = hillstrom.result(
        "spend",
        experiment_id=experiment,
        treatment_variant_id="Mens E-Mail",
        control_variant_id="Womens E-Mail",
    )
    assert row["p_value"] == pytest.approx(0.03046865, abs=5e-9)
    assert row["p_value_adjusted"] == pytest.approx(adjusted, abs=5e-9)
    assert row["is_significant"] == (adjusted <= 0.05)


def test_ratio_of_spend_to_visits(hillstrom):
    row = hillstrom.result("spend_per_visit", **MENS_AGAINST_NONE)
    assert row["treatment_mean"] == pytest.approx(7.784203903, abs=5e-10)
    assert row["control_mean"] == pytest.approx(6.148687003, abs=5e-10)
    assert row["effect_abs"] == pytest.approx(1.635516901, abs=5e-10)
    assert row["effect_abs_se"] == pytest.approx(0.987140520, abs=5e-10)
    # The listed p-value is the normal one; ours is Student's t on Welch's degrees of freedom.
    assert 2 * stats.norm.sf(row["statistic"]) == pytest.approx(0.09755531, abs=5e-9)
    assert row["p_value"] == pytest.approx(0.09755531, rel=1e-4)


def test_cuped_of_spend_on_history(hillstrom):
    row = hillstrom.result("spend", estimator="cuped", **MENS_AGAINST_NONE)
    assert row["effect_abs"] == pytest.approx(0.767449619313, abs=5e-13)
    assert row["p_value"] == pytest.approx(1.26478554467e-07, rel=1e-9)


def test_cuped_gains_nothing_here_and_says_so(hillstrom):
    row = hillstrom.result("spend", estimator="cuped", **MENS_AGAINST_NONE)
    # The correlation is .0217, so that the variance falls by its square.
    assert row["variance_reduction"] == pytest.approx(0.0217**2, abs=1e-4)


def test_three_arms_give_two_verdicts(hillstrom):
    verdicts = {
        row["treatment_variant_id"]: row["verdict"]
        for row in hillstrom.rows("fct_experiment_decisions", experiment_id="emails_by")
    }
    assert verdicts == {"Mens E-Mail": "ship", "Womens E-Mail": "ship"}


def test_a_second_build_agrees_to_a_billionth_of_a_standard_error(hillstrom, tmp_path):
    again = hillstrom.copied_to(tmp_path / "again")
    again.build()
    order = (
        "order by experiment_id, metric_name, treatment_variant_id, control_variant_id, estimator,"
        " analysis_date, segment_name, segment_value, is_winsorised"
    )
    pairs = zip(
        *(
            project.query(f"select * from fct_experiment_results {order}")
            for project in (hillstrom, again)
        ),
        strict=True,
    )
    for first, second in pairs:
        for bound in ("effect_abs", "effect_abs_ci_lower", "effect_abs_ci_adjusted_upper"):
            assert abs(first[bound] - second[bound]) <= 1e-9 * first["effect_abs_se"]
        assert first["is_significant"] == second["is_significant"]
    columns = "experiment_id, treatment_variant_id, verdict, rule"
    verdicts = f"select {columns} from fct_experiment_decisions order by all"
    assert hillstrom.query(verdicts) == again.query(verdicts)
