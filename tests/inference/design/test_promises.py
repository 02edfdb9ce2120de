"""The planned power is the power; other designs are in benchmarks/operating_characteristics."""

import numpy as np
import pytest

from abstats.inference import estimate_effect, quantile_effect
from abstats.inference.design import (
    Baseline,
    TestPlan,
    baseline_of,
    detectable_effect,
    units_needed,
)
from abstats.inference.rare_events import mid_p_value
from abstats.inference.score import Counts

from ..quantile_worlds import curves, latencies
from ..rows import batch_moments


def arms_of(units, *weights):
    return [round(weight * units) for weight in weights]


def rejected(kind, control, treatment, estimator):
    found = [
        estimate_effect(kind, c, t, estimator=estimator).p_value <= 0.05
        for c, t in zip(control, treatment, strict=True)
    ]
    return np.mean(found)


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
