"""Two effects with one control are correlated by what control's units contribute to each."""

import numpy as np
import pytest

from abstats.inference import estimate_effect
from abstats.moments import Moments

from .rows import share


def test_it_is_controls_part_of_the_squared_standard_error() -> None:
    rng = np.random.default_rng(1)
    cells = [Moments.from_rows(["y"], rng.normal(size=n) * s) for n, s in ((50, 2.0), (80, 1.0))]
    effect = estimate_effect("mean", *cells)
    part = effect.control_std**2 / 50
    assert effect.control_share == pytest.approx(part / effect.std_error**2, rel=1e-12)


def test_of_a_score_test_it_is_that_under_the_null() -> None:
    """Also without events in an arm: variances are equal then, and only sizes differ."""
    for events in ((0, 9), (5, 9)):
        effect = estimate_effect("proportion", share(events[0], 300), share(events[1], 100))
        assert effect.control_share == pytest.approx(100 / 400, rel=1e-12)
    strata = [share(3, 300), share(0, 10)], [share(9, 100), share(2, 30)]
    assert 0.0 < estimate_effect("proportion", *strata).control_share < 1.0
    nothing = estimate_effect("proportion", share(0, 300), share(0, 100))
    assert np.isnan(nothing.control_share)


@pytest.mark.slow
def test_its_geometric_mean_is_the_correlation_of_two_cuped_effects_in_strata() -> None:
    """Two strata, three arms of unequal sizes and variances; 4,000 experiments."""
    rng, tests = np.random.default_rng(2), 4_000
    sizes, scales = ((30, 60, 90), (40, 20, 30)), (2.0, 1.0, 1.5)
    estimates, shares = [], []
    for _ in range(tests):
        arms = []
        for arm in range(3):
            cells = []
            for stratum in range(2):
                x = rng.normal(size=sizes[stratum][arm])
                y = x + scales[arm] * rng.normal(size=x.size)
                cells.append(Moments.from_rows(["y", "x_y"], np.column_stack([y, x])))
            arms.append(cells)
        effects = [estimate_effect("mean", arms[0], arm, estimator="cuped") for arm in arms[1:]]
        estimates.append([effect.estimate for effect in effects])
        shares.append([effect.control_share for effect in effects])
    expected = np.sqrt(np.prod(shares, axis=1)).mean()
    observed = np.corrcoef(np.array(estimates).T)[0, 1]
    assert observed == pytest.approx(expected, abs=0.04)
    assert expected > 0.5
