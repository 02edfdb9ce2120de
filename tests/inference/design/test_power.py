"""Sample size, power and detectable effect against published numbers and statsmodels."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

from abstats.inference import non_inferiority
from abstats.inference.design import (
    Baseline,
    Margin,
    TestPlan,
    detectable_effect,
    detectable_margin,
    power_of,
    units_needed,
)

from ..rows import share

ONE = Baseline(0.0, 1.0)
PLANS = st.builds(
    TestPlan,
    control_weight=st.floats(0.05, 0.5),
    treatment_weight=st.floats(0.05, 0.5),
    alpha=st.floats(0.001, 0.2),
    power=st.floats(0.5, 0.99),
    sides=st.sampled_from([1, 2]),
    inflation=st.floats(1.0, 1.3),
)
BASELINES = st.one_of(
    st.builds(Baseline.of_proportion, st.floats(0.01, 0.9)),
    st.builds(Baseline, st.floats(-50, 50), st.floats(0.1, 100)),
)


def test_five_against_five_and_a_half_percent() -> None:
    """references.md: 31,234 per arm with the pooled variance, which the score test has."""
    units = units_needed(Baseline.of_proportion(0.05), TestPlan(), 0.005)
    assert math.ceil(units / 2) == 31_234
    expected = samplesize_proportions_2indep_onetail(0.005, 0.05, 0.8)
    assert units / 2 == pytest.approx(expected, rel=1e-3)


def test_a_medium_effect_of_cohen_needs_64_in_each_group() -> None:
    """Cohen (1988), Statistical Power Analysis, table 2.4.1: d = .5, two-sided .05, power .8."""
    assert math.ceil(units_needed(ONE, TestPlan(), 0.5) / 2) == 64


def test_lehrs_rule_of_sixteen() -> None:
    """Lehr (1992), Statistics in Medicine 11: 16 variance / effect^2 per arm at power .8."""
    assert units_needed(ONE, TestPlan(), 0.02) / 2 == pytest.approx(15.7 / 0.02**2, rel=1e-3)


@pytest.mark.parametrize("n", [10, 20, 64, 1000])
@pytest.mark.parametrize(("sides", "alternative"), [(2, "two-sided"), (1, "larger")])
@pytest.mark.parametrize("power", [0.5, 0.8, 0.95])
def test_equal_arms_agree_with_the_noncentral_t_of_statsmodels(n, sides, alternative, power):
    exact = TTestIndPower().solve_power(nobs1=n, alpha=0.05, power=power, alternative=alternative)
    plan = TestPlan(sides=sides, power=power)
    assert detectable_effect(ONE, plan, 2 * n) == pytest.approx(exact, rel=3e-4)


def test_an_unequal_split_agrees_with_statsmodels_for_many_units() -> None:
    exact = TTestIndPower().solve_power(0.02, alpha=0.05, power=0.9, ratio=9)
    plan = TestPlan(0.1, 0.9, power=0.9)
    assert units_needed(ONE, plan, 0.02) / 10 == pytest.approx(exact, rel=1e-3)


def test_a_margin_in_the_metrics_unit_is_a_one_sided_test_of_it() -> None:
    exact = TTestIndPower().solve_power(0.1, alpha=0.05, power=0.8, alternative="larger")
    for direction in ("increase", "decrease"):
        plan = TestPlan(margin=Margin(0.1, False, direction))
        assert units_needed(ONE, plan) / 2 == pytest.approx(exact, rel=1e-3)
    toward = TestPlan(margin=Margin(0.1, False, "increase"))
    assert units_needed(ONE, toward, 0.1) < units_needed(ONE, toward)


def test_a_relative_margin_counts_the_variance_of_both_means() -> None:
    """mu_t - (1 - m) mu_c has variance (1 + (1 - m)^2) sigma^2 / n."""
    plan = TestPlan(margin=Margin(0.2, True, "increase"))
    z = stats.norm.isf(0.05) + stats.norm.isf(0.2)
    expected = 2 * z**2 * 9.0 * (1 + 0.8**2) / (0.2 * 5) ** 2
    assert units_needed(Baseline(5.0, 9.0), plan) == pytest.approx(expected, rel=0.02)
    worse = TestPlan(margin=Margin(0.2, True, "decrease"))
    expected = 2 * z**2 * 9.0 * (1 + 1.2**2) / (0.2 * 5) ** 2
    assert units_needed(Baseline(5.0, 9.0), worse) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("relative", [False, True])
def test_the_power_of_a_proportions_margin_is_the_score_tests_by_enumeration(relative) -> None:
    n, p, margin = 150, 0.3, 0.4 if relative else 0.12
    plan = TestPlan(margin=Margin(margin, relative, "increase"))
    events = np.arange(n + 1)
    chances = stats.binom.pmf(events, n, p)
    likely = events[chances > 1e-5]
    exact = sum(
        chances[x0] * chances[x1]
        for x0 in likely
        for x1 in likely
        if non_inferiority(
            "proportion",
            share(int(x0), n),
            share(int(x1), n),
            margin=margin,
            relative=relative,
            direction="increase",
        ).is_non_inferior
    )
    assert power_of(Baseline.of_proportion(p), plan, 2 * n, 0.0) == pytest.approx(exact, abs=0.015)


@settings(deadline=None)
@given(BASELINES, PLANS, st.floats(100, 1e7), st.sampled_from(["increase", "decrease"]))
def test_the_detectable_effect_has_the_power_and_needs_the_units(
    baseline, plan, units, direction
) -> None:
    effect = detectable_effect(baseline, plan, units, direction=direction)
    if math.isnan(effect):
        assert baseline.is_counted
        return
    signed = effect if direction == "increase" else -effect
    assert power_of(baseline, plan, units, signed) == pytest.approx(plan.power, abs=1e-9)
    assert units_needed(baseline, plan, signed) == pytest.approx(units, rel=1e-6, abs=1.01)


@settings(deadline=None)
@given(
    BASELINES, PLANS, st.floats(1e4, 1e7), st.booleans(), st.sampled_from(["increase", "decrease"])
)
def test_the_detectable_margin_has_the_power(baseline, plan, units, relative, direction) -> None:
    assume(abs(baseline.value) > 0.01)
    plan = TestPlan(**vars(plan) | {"margin": Margin(0.5, relative, direction)})
    size = detectable_margin(baseline, plan, units)
    if math.isnan(size):
        return
    shown = TestPlan(**vars(plan) | {"margin": Margin(size, relative, direction)})
    assert power_of(baseline, shown, units, 0.0) == pytest.approx(plan.power, abs=1e-8)


@given(st.floats(-0.99, 0.99), st.floats(0.1, 100))
def test_a_covariate_of_correlation_rho_saves_rho_squared_of_the_units(rho, variance) -> None:
    plain = units_needed(Baseline(10.0, variance), TestPlan(), 0.01 * math.sqrt(variance))
    residual = Baseline(10.0, variance * (1 - rho**2))
    saved = units_needed(residual, TestPlan(), 0.01 * math.sqrt(variance))
    assert saved / plain == pytest.approx(1 - rho**2, rel=1e-3, abs=1e-4)


@given(PLANS, st.floats(0.01, 2.0), st.floats(100, 1e6))
def test_inflation_multiplies_the_units(plan, effect, units) -> None:
    once = TestPlan(**vars(plan) | {"inflation": 1.0})
    assert power_of(ONE, plan, units * plan.inflation, effect) == pytest.approx(
        power_of(ONE, once, units, effect), rel=1e-9
    )


def test_an_even_split_is_best_and_a_rise_of_a_rare_event_is_harder_than_its_fall() -> None:
    rare = Baseline.of_proportion(0.05)
    uneven = TestPlan(0.1, 0.9)
    assert detectable_effect(ONE, uneven, 1e4) > detectable_effect(ONE, TestPlan(), 1e4)
    assert detectable_effect(rare, TestPlan(), 1e4) > detectable_effect(
        rare, TestPlan(), 1e4, direction="decrease"
    )
    assert math.isnan(detectable_effect(rare, TestPlan(), 40, direction="decrease"))


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: units_needed(ONE, TestPlan(), 0.0), r"effect == 0\.0, must not be 0"),
        (
            lambda: units_needed(ONE, TestPlan(margin=Margin(0.1, False, "increase")), -0.1),
            r"effect == -0\.1, must be better than the margin",
        ),
        (lambda: units_needed(ONE, TestPlan(), 1e-9), r"must be detectable by 1e\+15 units"),
        (lambda: power_of(ONE, TestPlan(), 3, 1.0), "units == 3, must give two units"),
        (
            lambda: power_of(Baseline.of_proportion(0.9), TestPlan(), 99, 0.2),
            r"effect == 0\.2, must",
        ),
        (lambda: detectable_margin(ONE, TestPlan(), 99), "margin == None, must be one"),
        (
            lambda: detectable_effect(ONE, TestPlan(margin=Margin(0.1, False, "increase")), 99),
            "margin must be None",
        ),
        (lambda: TestPlan(alpha=1.5), r"alpha == 1\.5, must be > 0 and < 1"),
        (lambda: TestPlan(0.6, 0.6), r"control_weight \+ treatment_weight == 1\.2, must be <= 1"),
        (lambda: TestPlan(sides=3), "sides == 3, must be 1 or 2"),
        (lambda: TestPlan(inflation=0.9), r"inflation == 0\.9, must be >= 1"),
        (lambda: Margin(-0.1, False, "increase"), r"margin == -0\.1, must be > 0"),
        (lambda: Baseline(math.nan, 1.0), "value == nan, must be finite"),
        (lambda: Baseline(1.0, 0.0), r"variance == 0\.0, must be > 0"),
        (lambda: Baseline.of_proportion(1.0), r"value == 1\.0, must be > 0 and < 1"),
    ],
)
def test_misuse_is_told_by_name_value_and_rule(call, text) -> None:
    with pytest.raises(ValueError, match=text):
        call()
