"""Numbers printed by others, or recomputed with scipy and statsmodels, from real data.

Sources: the data sets' own papers and guides, as listed in the project's references.
"""

import math

import numpy as np
import pytest
from scipy import special

from abstats.inference import adjust_p_values, estimate_effect, sample_ratio_test

from .rows import arms, share

MENS, WOMENS, NONE = "Mens E-Mail", "Womens E-Mail", "No E-Mail"


def approx(value: float, rel: float = 1e-6):
    return pytest.approx(value, rel=rel)


def wald_relative_interval(effect):
    """The delta-method interval that some sources print."""
    half = 1.959963984540054 * effect.relative_std_error
    return effect.relative - half, effect.relative + half


class TestCookieCats:
    GATES = ("gate_30", "gate_40")

    def test_sample_ratio(self, cookie_cats) -> None:
        counts = [int((cookie_cats["version"] == gate).sum()) for gate in self.GATES]
        assert counts == [44_700, 45_489]
        result = sample_ratio_test(counts, [0.5, 0.5])
        assert result.statistic == approx(6.90240495)
        assert result.p_value == approx(0.008607988)

    def test_retention_after_one_day(self, cookie_cats) -> None:
        control, treatment = arms(cookie_cats["version"], self.GATES, y=cookie_cats["retention_1"])
        effect = estimate_effect("proportion", control, treatment)
        assert effect.control_mean == approx(0.448187919)
        assert effect.treatment_mean == approx(0.442282750)
        assert effect.estimate == approx(-0.005905170)
        assert effect.p_value == approx(0.07440966)
        assert effect.relative == approx(-0.01317566)

    def test_retention_after_seven_days(self, cookie_cats) -> None:
        control, treatment = arms(cookie_cats["version"], self.GATES, y=cookie_cats["retention_7"])
        effect = estimate_effect("proportion", control, treatment)
        assert effect.control_mean == approx(0.190201342)
        assert effect.treatment_mean == approx(0.182000044)
        assert effect.estimate == approx(-0.008201298)
        assert effect.statistic == approx(-3.164359)
        assert effect.p_value == approx(0.001554250)
        assert effect.relative == approx(-0.04311903)
        lower, upper = wald_relative_interval(effect)
        assert (lower, upper) == (approx(-0.06924487), approx(-0.01699320))
        # Ours is by inversion of the score test: near it, and in agreement with the test.
        assert effect.relative_ci_lower == pytest.approx(lower, abs=1e-3)
        assert effect.relative_ci_upper == pytest.approx(upper, abs=1e-3)

    def test_rounds_by_welch(self, cookie_cats) -> None:
        version, rounds = cookie_cats["version"], cookie_cats["rounds"]
        effect = estimate_effect("mean", *arms(version, self.GATES, y=rounds))
        assert effect.statistic == approx(-0.885437)
        assert effect.p_value == approx(0.375924, rel=2e-6)
        assert effect.degrees_of_freedom == approx(58_595.48)
        kept = rounds < 49_854
        effect = estimate_effect("mean", *arms(version[kept], self.GATES, y=rounds[kept]))
        assert effect.p_value == approx(0.949469)
        capped = np.minimum(rounds, np.quantile(rounds, 0.999))
        effect = estimate_effect("mean", *arms(version, self.GATES, y=capped))
        assert effect.statistic == approx(-0.146697, rel=5e-6)
        assert effect.p_value == approx(0.883371)


class TestHillstrom:
    def test_sample_ratio(self, hillstrom) -> None:
        counts = [int((hillstrom["segment"] == arm).sum()) for arm in (MENS, WOMENS, NONE)]
        assert counts == [21_307, 21_387, 21_306]
        result = sample_ratio_test(counts, [1 / 3, 1 / 3, 1 / 3])
        assert result.statistic == approx(0.20253125)
        assert result.p_value == approx(0.903692957)

    @pytest.mark.parametrize(
        ("treatment", "control", "difference", "std_error"),
        [
            (MENS, NONE, 0.7698271559, 0.14524656),
            (WOMENS, NONE, 0.4244122159, 0.13033286),
            (MENS, WOMENS, 0.3454149400, 0.15961741),
        ],
    )
    def test_spend(self, hillstrom, treatment, control, difference, std_error) -> None:
        pair = arms(hillstrom["segment"], (control, treatment), y=hillstrom["spend"])
        effect = estimate_effect("mean", *pair)
        assert effect.estimate == approx(difference, rel=1e-9)
        assert effect.std_error == approx(std_error, rel=1e-7)

    def test_nine_comparisons_with_four_corrections(self, hillstrom, hillstrom_tests) -> None:
        assert len(hillstrom_tests) == 9
        p_values = []
        for row in hillstrom_tests:
            y = hillstrom[row["metric"]]
            control, treatment = arms(hillstrom["segment"], (row["c"], row["t"]), y=y)
            effect = estimate_effect("mean", control, treatment)
            assert effect.estimate == approx(float(row["diff"]), rel=1e-9)
            assert effect.ci_lower == approx(float(row["lo"]), rel=1e-9)
            assert effect.ci_upper == approx(float(row["hi"]), rel=1e-9)
            assert effect.statistic == approx(float(row["t_stat"]), rel=1e-9)
            assert effect.degrees_of_freedom == approx(float(row["df"]), rel=1e-9)
            assert effect.p_value == approx(float(row["p_welch"]), rel=1e-9)
            if row["z"]:
                effect_z = estimate_effect("proportion", control, treatment)
                assert effect_z.statistic == approx(float(row["z"]), rel=1e-9)
                assert effect_z.p_value == approx(float(row["p_z"]), rel=1e-9)
            p_values.append(effect.p_value)
        for method, column in [
            ("bonferroni", "bonferroni"),
            ("holm", "holm"),
            ("benjamini_hochberg", "fdr_bh"),
            ("benjamini_yekutieli", "fdr_by"),
        ]:
            printed = [float(row[column]) for row in hillstrom_tests]
            np.testing.assert_allclose(adjust_p_values(p_values, method), printed, rtol=1e-9)

    def test_spend_per_visit_is_a_ratio(self, hillstrom) -> None:
        columns = {"y": hillstrom["spend"], "d": hillstrom["visit"]}
        effect = estimate_effect("ratio", *arms(hillstrom["segment"], (NONE, MENS), **columns))
        assert effect.treatment_mean == approx(7.784203903, rel=1e-9)
        assert effect.control_mean == approx(6.148687003, rel=1e-9)
        assert effect.estimate == approx(1.635516901, rel=1e-9)
        assert effect.std_error == approx(0.987140520, rel=1e-8)
        # The reference took the normal; ours is Welch's t, as in tea_tasting's ratios.
        assert 2 * special.ndtr(-effect.statistic) == approx(0.09755531)
        assert effect.p_value == approx(0.09755531, rel=1e-4)

    def test_cuped_on_history_gains_nothing_and_says_so(self, hillstrom) -> None:
        columns = {"y": hillstrom["spend"], "x_y": hillstrom["history"]}
        pair = arms(hillstrom["segment"], (NONE, MENS), **columns)
        effect = estimate_effect("mean", *pair, estimator="cuped")
        assert effect.estimate == approx(0.767449619313, rel=1e-12)
        assert effect.p_value == approx(1.26478554467e-07, rel=1e-10)
        assert 0.0 < effect.variance_reduction < 0.001


class TestUdacity:
    def test_first_exposure_per_user(self, udacity) -> None:
        # Rows of one moment are ordered by group: first by time, then control before treatment.
        order = np.lexsort((udacity["is_treated"], udacity["timestamp"]))
        _, first = np.unique(udacity["user"][order], return_index=True)
        rows = order[first]
        treated, converted = udacity["is_treated"][rows], udacity["converted"][rows]
        assert len(rows) == 290_584
        assert np.bincount(treated).tolist() == [145_294, 145_290]
        # The outcome is the first row's.
        events = [int(converted[treated == arm].sum()) for arm in (False, True)]
        assert events == [17_496, 17_265]
        effect = estimate_effect("proportion", share(events[0], 145_294), share(events[1], 145_290))
        assert effect.statistic == approx(-1.317745)
        assert effect.p_value == approx(0.187589, rel=3e-6)

    def test_cleaned_rows(self, udacity) -> None:
        kept = np.flatnonzero(udacity["is_consistent"])
        _, first = np.unique(udacity["user"][kept], return_index=True)
        rows = kept[first]
        treated, converted = udacity["is_treated"][rows], udacity["converted"][rows]
        control, treatment = arms(treated, (False, True), y=converted)
        assert (control.n, treatment.n) == (145_274, 145_310)
        effect = estimate_effect("proportion", control, treatment)
        assert effect.estimate == approx(-0.0015782389853555567, rel=1e-11)
        assert effect.statistic == approx(-1.3109241984234394, rel=1e-11)

    def test_raw_rows_pass_the_sample_ratio_test_all_the_same(self, udacity) -> None:
        treated = int(udacity["is_treated"].sum())
        counts = [len(udacity["user"]) - treated, treated]
        assert sample_ratio_test(counts, [1, 1]).p_value == approx(0.891532)


class TestCriteo:
    def test_sample_ratio_comes_from_the_spec(self, criteo) -> None:
        counts = [criteo["visit", 0][1], criteo["visit", 1][1]]
        assert sum(counts) == 13_979_592
        assert sample_ratio_test(counts, [0.15, 0.85]).p_value == approx(0.99892425)
        assert sample_ratio_test(counts, [0.5, 0.5]).p_value == 0.0

    def test_visits(self, criteo) -> None:
        control, treatment = share(*criteo["visit", 0]), share(*criteo["visit", 1])
        effect = estimate_effect("proportion", control, treatment)
        assert effect.control_mean == approx(0.038200957)
        assert effect.treatment_mean == approx(0.048543360)
        assert effect.estimate == approx(0.010342403129198284, rel=1e-12)
        # The printed interval is Wald's; ours inverts the score test, 7e-7 from it.
        printed = (0.010055628213713731, 0.010629178044682837)
        half = 1.959963984540054 * effect.std_error
        assert (effect.estimate - half, effect.estimate + half) == approx(printed, rel=1e-7)
        assert (effect.ci_lower, effect.ci_upper) == pytest.approx(printed, abs=7e-7)
        as_mean = estimate_effect("mean", control, treatment)
        assert (as_mean.ci_lower, as_mean.ci_upper) == approx(printed, rel=1e-6)

    def test_the_p_value_keeps_its_precision_far_in_the_tail(self, criteo) -> None:
        """Law 14: 1 - cdf would be zero."""
        control, treatment = share(*criteo["conversion", 0]), share(*criteo["conversion", 1])
        effect = estimate_effect("proportion", control, treatment)
        assert effect.estimate == approx(0.0011518730521316279, rel=1e-12)
        assert effect.statistic == approx(28.516529)
        assert effect.p_value == approx(7.308263e-179)
        assert effect.p_value > 0.0 == 1.0 - math.erf(effect.statistic / math.sqrt(2.0))


class TestTeaTasting:
    @pytest.fixture
    def pair(self, tea_tasting):
        def build(metric: str, covariate: bool = False):
            columns = {"y": tea_tasting[metric]}
            if covariate:
                columns["x_y"] = tea_tasting[f"{metric}_covariate"]
            return arms(tea_tasting["variant"], (0, 1), **columns)

        return build

    @pytest.fixture
    def ratio_pair(self, tea_tasting):
        return arms(
            tea_tasting["variant"],
            (0, 1),
            y=tea_tasting["orders"],
            d=tea_tasting["sessions"],
            x_y=tea_tasting["orders_covariate"],
            x_d=tea_tasting["sessions_covariate"],
        )

    def test_means_without_covariates(self, pair) -> None:
        effect = estimate_effect("mean", *pair("orders"))
        assert effect.p_value == approx(0.11773177998716207, rel=1e-10)
        effect = estimate_effect("mean", *pair("sessions"))
        assert effect.control_mean == approx(1.9960454770143352, rel=1e-14)
        assert effect.treatment_mean == approx(1.982802225594335, rel=1e-14)
        assert effect.p_value == approx(0.6740207199621822, rel=1e-10)
        effect = estimate_effect("mean", *pair("revenue"))
        assert effect.p_value == approx(0.12306988554250592, rel=1e-10)

    def test_the_relative_interval_is_fiellers(self, pair) -> None:
        effect = estimate_effect("mean", *pair("revenue"))
        interval = effect.relative_ci_lower, effect.relative_ci_upper
        assert interval == (pytest.approx(-0.02401, abs=5e-6), pytest.approx(0.22481, abs=5e-6))
        plain = 1.9607 * effect.relative_std_error
        assert effect.relative - plain == pytest.approx(-0.03049, abs=1e-5)
        assert effect.relative + plain == pytest.approx(0.21713, abs=1e-5)

    def test_ratio_without_covariates(self, ratio_pair) -> None:
        effect = estimate_effect("ratio", *ratio_pair)
        assert effect.control_mean == approx(0.2657256067360079, rel=1e-14)
        assert effect.treatment_mean == approx(0.28903061224489796, rel=1e-14)
        assert effect.p_value == approx(0.07623759978168303, rel=1e-10)

    @pytest.mark.parametrize(
        ("metric", "estimate", "p_value"),
        [
            ("orders", 0.058316964664864, 0.00731724920962),
            ("revenue", 0.731400692697812, 0.00671480172458),
        ],
    )
    def test_means_with_cuped(self, pair, metric, estimate, p_value) -> None:
        effect = estimate_effect("mean", *pair(metric, covariate=True), estimator="cuped")
        assert effect.estimate == approx(estimate, rel=1e-12)
        assert effect.p_value == approx(p_value, rel=1e-11)

    def test_sessions_with_cuped_are_near_the_guides_total_theta(self, pair) -> None:
        effect = estimate_effect("mean", *pair("sessions", covariate=True), estimator="cuped")
        assert effect.p_value == approx(0.602581183814, rel=1e-6)

    def test_ratio_with_cuped(self, ratio_pair) -> None:
        effect = estimate_effect("ratio", *ratio_pair, estimator="cuped")
        assert effect.estimate == approx(0.0317430259358, rel=1e-11)
        assert effect.p_value == approx(0.00228650799487, rel=1e-11)

    def test_sample_ratio(self, pair) -> None:
        counts = [arm.n for arm in pair("orders")]
        assert counts == [2_023, 1_977]
        assert sample_ratio_test(counts, [1, 1]).p_value == pytest.approx(0.467, abs=5e-4)


class TestProportionAnchors:
    def test_no_event_against_thirty(self) -> None:
        effect = estimate_effect("proportion", share(0, 1000), share(30, 1000))
        assert effect.estimate == approx(0.03, rel=1e-12)
        assert effect.ci_lower == approx(0.0210937, rel=2e-6)
        assert effect.ci_upper == approx(0.0425034)
        assert effect.p_value == approx(3.41375e-08)
        assert effect.relative_ci_lower == approx(7.83621 - 1)
        assert math.isnan(effect.relative_ci_upper)
        assert effect.status == "relative_undefined"

    def test_uncorrected_z_of_barnards_table(self) -> None:
        effect = estimate_effect("proportion", share(19, 53), share(13, 47))
        assert effect.p_value == approx(0.3809096823118986, rel=1e-12)
