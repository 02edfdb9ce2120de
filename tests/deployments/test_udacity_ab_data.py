"""udacity_ab_data: a landing page test whose log is dirty."""

import zipfile

import pytest

from .host_project import load_csv

pytestmark = [pytest.mark.dbt, pytest.mark.slow]


@pytest.fixture(scope="session")
def udacity(deploy, shared_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unzipped")
    with zipfile.ZipFile(shared_data("udacity_ab_data/ab_data.csv.zip")) as archive:
        archive.extract("ab_data.csv", folder)
    return deploy("udacity_ab_data", *load_csv("ab_data", folder / "ab_data.csv"))


def test_users_in_both_groups_are_counted_and_warned_about(udacity):
    row = udacity.check("units_in_several_variants", experiment_id="landing_page")
    assert row["status"] == "warn"
    assert "1,895 of 290,584 units" in row["detail"]
    assert row["statistic"] == pytest.approx(1_895 / 290_584, rel=1e-12)


def test_sample_ratio_passes_all_the_same(udacity):
    assert udacity.check("sample_ratio_mismatch", experiment_id="landing_page")["status"] == "pass"


def test_users_belong_to_the_group_of_their_first_row(udacity):
    row = udacity.result("conversion", experiment_id="landing_page")
    assert (row["control_n_units"], row["treatment_n_units"]) == (145_294, 145_290)
    assert round(row["control_mean"] * row["control_n_units"], 6) == 17_496
    assert round(row["treatment_mean"] * row["treatment_n_units"], 6) == 17_265
    assert row["statistic"] == pytest.approx(-1.317745, abs=5e-7)
    assert row["p_value"] == pytest.approx(0.187589, abs=5e-7)


def test_the_verdict_names_the_crossover(udacity):
    row = udacity.verdict(experiment_id="landing_page")
    assert row["verdict"] == "inconclusive"
    assert "units_in_several_variants" in row["reason"]


def test_the_cleaned_variant_as_published(udacity):
    row = udacity.result("conversion_on_own_page", experiment_id="landing_page_cleaned")
    assert (row["control_n_units"], row["treatment_n_units"]) == (145_274, 145_310)
    assert row["effect_abs"] == pytest.approx(-0.0015782389853555567, rel=1e-9)
    assert row["statistic"] == pytest.approx(-1.3109241984234394, rel=1e-9)
    crossover = udacity.check("units_in_several_variants", experiment_id="landing_page_cleaned")
    assert crossover["status"] == "pass"
