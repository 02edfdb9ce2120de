"""criteo_uplift: an ad test of 13,979,592 users at 85/15, with exact answers."""

import pytest

from abstats.inference import sample_ratio_test

from .host_project import load_csv

pytestmark = [pytest.mark.dbt, pytest.mark.slow]


@pytest.fixture(scope="session")
def criteo(deploy, shared_data):
    file = shared_data("criteo_uplift/full_joint_counts.csv")
    return deploy("criteo_uplift", *load_csv("joint_counts", file))


def test_every_user_is_analysed(criteo):
    row = criteo.result("visit_rate")
    assert row["control_n_units"] + row["treatment_n_units"] == 13_979_592


def test_visits(criteo):
    row = criteo.result("visit_rate")
    assert row["control_mean"] == pytest.approx(0.038200957, abs=5e-10)
    assert row["treatment_mean"] == pytest.approx(0.048543360, abs=5e-10)
    assert row["effect_abs"] == pytest.approx(0.010342403129198284, rel=1e-9)


def test_interval_of_visits(criteo):
    """The published interval is the normal one of a mean; the score interval lies beside it."""
    published = (0.010055628213713731, 0.010629178044682837)
    mean, rate = criteo.result("visits"), criteo.result("visit_rate")
    assert (mean["effect_abs_ci_lower"], mean["effect_abs_ci_upper"]) == pytest.approx(
        published, rel=1e-6
    )
    assert (rate["effect_abs_ci_lower"], rate["effect_abs_ci_upper"]) == pytest.approx(
        published, rel=1e-4
    )


def test_conversions_keep_their_p_value_in_the_far_tail(criteo):
    row = criteo.result("conversion_rate")
    assert row["effect_abs"] == pytest.approx(0.0011518730521316279, rel=1e-9)
    assert row["statistic"] == pytest.approx(28.516529, abs=5e-7)
    assert row["p_value"] == pytest.approx(7.308263e-179, rel=1e-6)


def test_sample_ratio_is_the_spec_s(criteo):
    row = criteo.check("sample_ratio_mismatch")
    assert row["p_value"] == pytest.approx(0.99892425, abs=5e-9)
    assert row["status"] == "pass"
    stored = criteo.query(
        "select variant_id, n from int_experiment_exposure_counts where count_name = 'units'"
    )
    units = {found["variant_id"]: found["n"] for found in stored}
    even = sample_ratio_test([units["ads"], units["no_ads"]], [0.5, 0.5])
    assert even.p_value < 1e-300


def test_ads_ship(criteo):
    assert criteo.verdict()["verdict"] == "ship"
