"""The planned power is the power; other designs are in benchmarks/operating_characteristics."""

import numpy as np
import pytest

from abstats.inference import estimate_effect
from abstats.inference.design import TestPlan, baseline_of, units_needed

from ..rows import batch_moments


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
