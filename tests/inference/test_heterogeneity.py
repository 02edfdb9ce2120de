"""Do effects differ? Against meta-analysis, Welch's analysis of variance, and in simulation."""

import csv
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.oneway import anova_oneway

from abstats.inference import estimate_effect, heterogeneity_test
from abstats.moments import Moments

from .rows import batch_moments

EFFECTS = st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3)), min_size=2, max_size=8)


@given(EFFECTS)
def test_agrees_with_the_q_of_a_meta_analysis(pairs) -> None:
    effects, errors = (np.array(values) for values in zip(*pairs, strict=True))
    result = heterogeneity_test(effects, errors)
    with np.errstate(divide="ignore", over="ignore"):
        expected_q = combine_effects(effects, errors**2).q
    size = np.abs(effects / errors).max() ** 2
    assert result.statistic == pytest.approx(expected_q, rel=1e-7, abs=1e-9 * size + 1e-9)
    assert result.degrees_of_freedom == len(pairs) - 1
    expected = stats.chi2.sf(result.statistic, len(pairs) - 1)
    assert result.p_value == pytest.approx(expected, rel=1e-9, abs=1e-300)


@given(st.integers(0, 2**32 - 1), st.integers(2, 6))
def test_with_degrees_of_freedom_it_is_welchs_analysis_of_variance(seed, k) -> None:
    rng = np.random.default_rng(seed)
    groups = [rng.normal(scale=1 + i, size=rng.integers(3, 30)) for i in range(k)]
    oracle = anova_oneway(groups, use_var="unequal")
    result = heterogeneity_test(
        [group.mean() for group in groups],
        [stats.sem(group) for group in groups],
        [len(group) - 1 for group in groups],
    )
    assert result.p_value == pytest.approx(oracle.pvalue, rel=1e-7, abs=1e-300)


@given(EFFECTS, st.floats(-1e3, 1e3), st.floats(1e-3, 1e3))
def test_a_common_effect_and_the_unit_do_not_matter(pairs, shift, factor) -> None:
    effects, errors = (np.array(values) for values in zip(*pairs, strict=True))
    one = heterogeneity_test(effects, errors)
    other = heterogeneity_test(factor * (effects + shift), factor * errors)
    noise = 1e-9 * (1 + ((abs(effects) + abs(shift)) / errors).max() ** 2)
    assert other.statistic == pytest.approx(one.statistic, rel=1e-7, abs=noise)


def test_the_womens_email_works_better_on_buyers_of_womens_merchandise(shared_data) -> None:
    """references.md, hillstrom: interaction on visit .0620360813, HC1 SE .0063912828."""
    with (shared_data("hillstrom") / "hillstrom_data.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["segment"] != "Mens E-Mail"]
    effects = []
    for buyer in ("0", "1"):
        visits = {
            arm: [float(r["visit"]) for r in rows if r["womens"] == buyer and r["segment"] == arm]
            for arm in ("No E-Mail", "Womens E-Mail")
        }
        effects.append(
            estimate_effect("mean", *(Moments.from_rows(("y",), v) for v in visits.values()))
        )
    assert effects[1].estimate - effects[0].estimate == pytest.approx(0.0620360813, rel=1e-8)
    result = heterogeneity_test(
        [e.estimate for e in effects],
        [e.std_error for e in effects],
        [e.degrees_of_freedom for e in effects],
    )
    assert math.sqrt(result.statistic) == pytest.approx(0.0620360813 / 0.0063912828, rel=1e-4)
    assert result.degrees_of_freedom == 1
    assert result.p_value == pytest.approx(2 * stats.norm.sf(9.70636), rel=0.02)


def test_effects_without_a_standard_error_do_not_count() -> None:
    nan = math.nan
    result = heterogeneity_test([1.0, nan, 2.0, 3.0], [0.5, 1.0, 0.0, 0.5], [9, 9, nan, math.inf])
    assert result == heterogeneity_test([1.0, 3.0], [0.5, 0.5], [9, math.inf])
    assert math.isnan(heterogeneity_test([1.0, nan], [0.5, 1.0]).p_value)
    assert heterogeneity_test([], []).degrees_of_freedom == 0


@pytest.mark.slow
def test_equal_effects_in_small_segments_are_rejected_at_the_nominal_rate() -> None:
    """Eight segments of 15 and 15 units: chi-square rejects .075, Welch's F .044."""
    rng = np.random.default_rng(20)
    tests, segments, n = 2_000, 8, 15
    spread = np.linspace(1, 3, segments)
    cells = [
        [batch_moments(("y",), s * rng.normal(size=(tests, n, 1)) + 5 * s) for _ in "ct"]
        for s in spread
    ]
    welch = chi_square = 0
    for i in range(tests):
        effects = [
            estimate_effect("mean", control[i], treatment[i]) for control, treatment in cells
        ]
        columns = [
            [getattr(e, name) for e in effects]
            for name in ("estimate", "std_error", "degrees_of_freedom")
        ]
        welch += heterogeneity_test(*columns).p_value < 0.05
        chi_square += heterogeneity_test(*columns[:2]).p_value < 0.05
    assert welch / tests == pytest.approx(0.05, abs=0.015)
    assert chi_square / tests > 0.06


@pytest.mark.slow
def test_a_difference_is_found_with_the_power_of_its_noncentral_chi_square() -> None:
    rng = np.random.default_rng(21)
    tests, effects, error = 10_000, np.array([0.0, 0.1, 0.4]), 0.15
    power = stats.ncx2.sf(
        stats.chi2.isf(0.05, 2), 2, ((effects - effects.mean()) ** 2).sum() / error**2
    )
    found = sum(
        heterogeneity_test(row, [error] * 3).p_value < 0.05
        for row in effects + error * rng.normal(size=(tests, 3))
    )
    assert found / tests == pytest.approx(power, abs=0.016)


def test_misuse_is_told_by_name_value_and_rule() -> None:
    with pytest.raises(ValueError, match=r"std_errors has shape \(1,\), must be"):
        heterogeneity_test([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match=r"degrees_of_freedom has shape \(1,\), must be"):
        heterogeneity_test([1.0, 2.0], [1.0, 1.0], [3.0])
    with pytest.raises(ValueError, match=r"degrees_of_freedom == \[3.0, 0.0\], must be > 0"):
        heterogeneity_test([1.0, 2.0], [1.0, 1.0], [3.0, 0.0])
