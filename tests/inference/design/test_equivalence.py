"""Planning a test that a metric is the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from abstats.inference import equivalence
from abstats.inference.design import (
    BOTH_DIRECTIONS,
    Baseline,
    Margin,
    TestPlan,
    detectable_margin,
    power_of,
    units_needed,
)

from ..rows import batch_moments


def plan(size, *, relative=False, **more):
    return TestPlan(margin=Margin(size, relative, BOTH_DIRECTIONS), **more)


@pytest.mark.parametrize("effect", [0.0, 0.2, -0.2])
def test_many_units_agree_with_the_normal_formula(effect) -> None:
    """Chow, Shao & Wang (2008), "Sample Size Calculations in Clinical Research", sec. 3.2.3."""
    baseline, units, margin = Baseline(10.0, 25.0), 8_000, 0.5
    error = 5.0 * (4 / units) ** 0.5
    at = norm.isf(0.05)
    expected = norm.cdf((margin - effect) / error - at) + norm.cdf((margin + effect) / error - at)
    found = power_of(baseline, plan(margin), units, effect)
    assert found == pytest.approx(expected - 1, abs=2e-4)


def test_no_change_needs_the_units_of_half_the_error_on_either_side() -> None:
    units = units_needed(Baseline(10.0, 25.0), plan(0.5))
    expected = 4 * 25 * (norm.isf(0.05) + norm.isf(0.1)) ** 2 / 0.25
    assert units == pytest.approx(expected, rel=2e-3)


@given(
    st.floats(0.05, 0.95),
    st.floats(0.02, 0.2),
    st.sampled_from([(0.5, 0.5), (0.8, 0.1)]),
    st.booleans(),
)
def test_the_detectable_margin_has_the_power_and_needs_the_units(
    value, size, weights, relative
) -> None:
    baseline = Baseline.of_proportion(value) if relative else Baseline(value, 2.0)
    asked = plan(size, relative=relative, control_weight=weights[0], treatment_weight=weights[1])
    units = units_needed(baseline, asked)
    assert power_of(baseline, asked, units, 0.0) >= 0.8
    # Whole units: those needed do, one less does not.
    margins = [detectable_margin(baseline, asked, n) for n in (units, units - 1)]
    assert margins[0] <= size * (1 + 1e-9)
    assert margins[1] >= size * (1 - 1e-9)


def test_an_effect_beyond_the_margin_cannot_be_shown_and_few_units_have_no_power() -> None:
    with pytest.raises(ValueError, match="must be better than the margin"):
        units_needed(Baseline(10.0, 25.0), plan(0.5), -0.6)
    assert power_of(Baseline(10.0, 25.0), plan(0.5), 100, 0.0) == 0.0


@pytest.mark.slow
@pytest.mark.parametrize("relative", [False, True])
def test_the_planned_power_is_the_power(relative) -> None:
    rng, tests = np.random.default_rng(8), 4_000
    asked = plan(0.1 if relative else 1.0, relative=relative)
    units = units_needed(Baseline(10.0, 9.0), asked)
    cells = [batch_moments(("y",), rng.normal(10, 3, size=(tests, units // 2, 1))) for _ in "ab"]
    shown = [
        equivalence("mean", c, t, margin=asked.margin.size, relative=relative).is_equivalent
        for c, t in zip(*cells, strict=True)
    ]
    assert np.mean(shown) == pytest.approx(0.8, abs=3 * (0.16 / tests) ** 0.5 + 0.005)
