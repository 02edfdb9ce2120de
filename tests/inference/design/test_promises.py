"""The planned power is the power: designs carried out many times on simulated moments."""

import numpy as np
import pytest
from scipy import stats

from abstats.inference import (
    adjust_p_values,
    dunnett_p_values,
    estimate_effect,
    non_inferiority,
    quantile_effect,
)
from abstats.inference.design import (
    Baseline,
    Margin,
    TestPlan,
    baseline_of,
    comparison_alpha,
    detectable_effect,
    sequential_inflation,
    units_needed,
)
from abstats.inference.rare_events import mid_p_value
from abstats.inference.score import Counts
from abstats.inference.sequential import Spending, spending_bounds

from ..quantile_worlds import curves, latencies
from ..rows import batch_moments, share

TESTS = 4_000
WITHIN = 3 * (0.8 * 0.2 / TESTS) ** 0.5


def arms_of(units, *weights):
    return [round(weight * units) for weight in weights]


def rejected(kind, control, treatment, alpha=0.05, estimator="unadjusted"):
    found = [
        estimate_effect(kind, c, t, estimator=estimator).p_value <= alpha
        for c, t in zip(control, treatment, strict=True)
    ]
    return np.mean(found)


@pytest.mark.slow
@pytest.mark.parametrize("weights", [(0.5, 0.5), (0.9, 0.1)])
def test_a_skewed_mean_is_detected_as_planned(weights) -> None:
    rng = np.random.default_rng(1)
    units = units_needed(Baseline(2.0, 1.0), TestPlan(*weights), 0.2)
    sizes = arms_of(units, *weights)
    control = batch_moments(("y",), rng.gamma(4, 0.5, size=(TESTS, sizes[0], 1)))
    treatment = batch_moments(("y",), 0.2 + rng.gamma(4, 0.5, size=(TESTS, sizes[1], 1)))
    assert rejected("mean", control, treatment) == pytest.approx(0.8, abs=WITHIN + 0.005)


@pytest.mark.slow
@pytest.mark.parametrize("weights", [(0.5, 0.5), (0.9, 0.1)])
def test_a_proportion_is_detected_as_planned(weights) -> None:
    rng = np.random.default_rng(2)
    units = units_needed(Baseline.of_proportion(0.1), TestPlan(*weights), 0.03)
    n0, n1 = arms_of(units, *weights)
    control = [share(int(x), n0) for x in rng.binomial(n0, 0.1, size=TESTS)]
    treatment = [share(int(x), n1) for x in rng.binomial(n1, 0.13, size=TESTS)]
    assert rejected("proportion", control, treatment) == pytest.approx(0.8, abs=WITHIN + 0.01)


@pytest.mark.slow
def test_a_ratio_with_cuped_is_detected_as_planned_from_the_moments_of_past_units() -> None:
    """Clicks over impressions with the units' earlier clicks and impressions."""
    rng = np.random.default_rng(3)

    def draw(tests, n, lift):
        rate = rng.beta(4, 16, size=(tests, n))
        d, x_d = 1.0 + rng.poisson(6, size=(2, tests, n))
        y = rng.binomial(d.astype(int), np.minimum(rate * (1 + lift), 1.0))
        x_y = rng.binomial(x_d.astype(int), rate)
        return batch_moments(("y", "d", "x_y", "x_d"), np.stack([y, d, x_y, x_d], axis=2))

    (past,) = draw(1, 200_000, 0.0)
    plain, adjusted = baseline_of("ratio", past), baseline_of("ratio", past, "cuped")
    plan = TestPlan(0.5, 0.5)
    units = units_needed(adjusted, plan, 0.1 * adjusted.value)
    assert units < 0.95 * units_needed(plain, plan, 0.1 * plain.value)
    tests = 1_500
    cells = [draw(tests, units // 2, lift) for lift in (0.0, 0.1)]
    power = rejected("ratio", *cells, estimator="cuped")
    assert power == pytest.approx(0.8, abs=3 * (0.16 / tests) ** 0.5 + 0.01)


@pytest.mark.slow
def test_a_relative_margin_is_kept_as_planned() -> None:
    rng = np.random.default_rng(4)
    units = units_needed(Baseline(10.0, 9.0), TestPlan(margin=Margin(0.05, True, "decrease")))
    cells = [batch_moments(("y",), rng.normal(10, 3, size=(TESTS, units // 2, 1))) for _ in "ab"]
    kept = [
        non_inferiority("mean", c, t, margin=0.05, relative=True, direction="decrease")
        for c, t in zip(*cells, strict=True)
    ]
    power = np.mean([test.is_non_inferior for test in kept])
    assert power == pytest.approx(0.8, abs=WITHIN)


@pytest.mark.parametrize("correction", ["bonferroni", "holm", "dunnett"])
def test_one_treatment_of_three_is_detected_as_planned_at_its_corrected_level(correction) -> None:
    """Control of 40 %; without the correction in the plan the power is .65."""
    rng = np.random.default_rng(5)
    weights = (0.4, 0.2, 0.2, 0.2)
    power = {}
    for plans in (correction, "none"):
        alpha = comparison_alpha(0.05, plans, weights=weights)
        units = units_needed(Baseline(0.0, 1.0), TestPlan(0.4, 0.2, alpha=alpha), 0.1)
        sizes = np.array(arms_of(units, *weights))
        means = rng.normal(size=(TESTS, 4)) / np.sqrt(sizes) + [0, 0.1, 0, 0]
        variance = 1 / sizes[1:] + 1 / sizes[0]
        z = (means[:, 1:] - means[:, :1]) / np.sqrt(variance)
        p = 2 * stats.norm.sf(np.abs(z))
        shares, freedom = (1 / sizes[0]) / variance, [np.inf] * 3
        adjusted = np.array(
            [
                dunnett_p_values(row, shares, freedom)
                if correction == "dunnett"
                else adjust_p_values(row, correction)
                for row in p
            ]
        )
        power[plans] = (adjusted[:, 0] <= 0.05).mean()
    # Holm gains a little where another treatment is falsely significant.
    assert power[correction] == pytest.approx(0.8, abs=WITHIN + 0.005)
    assert power["none"] < 0.72


@pytest.mark.parametrize("function", ["obrien_fleming", "pocock"])
def test_a_design_with_four_looks_is_powered_by_its_inflation(function) -> None:
    rng, tests, looks = np.random.default_rng(6), 40_000, 4
    spending, plan = Spending(function), TestPlan()
    inflation = sequential_inflation(looks, spending, alpha=0.05, power=0.8)
    bounds = spending_bounds(np.arange(1, looks + 1) / looks, alpha=0.05, spending=spending)
    power = {}
    for factor in (1.0, inflation):
        units = units_needed(Baseline(0.0, 1.0), TestPlan(inflation=factor), 0.05)
        per_look = units / looks
        steps = rng.normal(0.05 * per_look / 4, np.sqrt(per_look / 4), size=(tests, looks))
        z = steps.cumsum(axis=1) / np.sqrt(per_look / 4 * np.arange(1, looks + 1))
        power[factor] = (z >= bounds.upper).any(axis=1).mean()
    within = 3 * (0.16 / tests) ** 0.5
    assert power[inflation] == pytest.approx(plan.power, abs=within + 0.002)
    assert power[1.0] < power[inflation] - (within if function == "pocock" else 0.0)


@pytest.mark.parametrize(
    ("share", "weights", "lift"), [(0.005, (0.99, 0.01), 1.0), (0.001, (0.9, 0.1), 0.6)]
)
def test_few_events_in_a_small_arm_are_detected_as_planned(share, weights, lift) -> None:
    """Ten and 29 events expected there: the test is the enumerated mid-p, the plan the score's."""
    rng, tests = np.random.default_rng(7), 2_000
    units = units_needed(Baseline.of_proportion(share), TestPlan(*weights), share * lift)
    n0, n1 = arms_of(units, *weights)
    x0 = rng.binomial(n0, share, size=tests)
    x1 = rng.binomial(n1, share * (1 + lift), size=tests)
    found = [
        mid_p_value(Counts(int(a), n0, int(b), n1)) <= 0.05 and b / n1 > a / n0
        for a, b in zip(x0, x1, strict=True)
    ]
    assert np.mean(found) == pytest.approx(0.8, abs=3 * (0.16 / tests) ** 0.5 + 0.01)


@pytest.mark.slow
def test_a_quantile_is_detected_as_planned_from_the_standard_error_of_a_past_effect() -> None:
    """The p90 of events, users of their own speed; the past effect had a quarter of the units."""
    rng, tests, p = np.random.default_rng(8), 300, 0.9
    past = quantile_effect(p, *curves(p, *(latencies(rng, 4_000) for _ in "ab")))
    value = past.control_mean
    baseline = Baseline.of_standard_error(value, past.std_error, 4_000, 4_000)
    lift = detectable_effect(baseline, TestPlan(), 2_000) / value
    found = []
    for _ in range(tests):
        control, (unit, slower, n) = latencies(rng, 1_000), latencies(rng, 1_000)
        effect = quantile_effect(p, *curves(p, control, (unit, slower * (1 + lift), n)))
        found.append(effect.p_value <= 0.05 and effect.estimate > 0)
    assert np.mean(found) == pytest.approx(0.8, abs=3 * (0.16 / tests) ** 0.5 + 0.03)
