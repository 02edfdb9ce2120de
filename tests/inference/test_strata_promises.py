"""Error rates and coverage in strata, simulated with seeds; the wrong ways fail."""

import math

import numpy as np
import pytest
from scipy import stats

from abstats.inference import estimate_effect

from .rows import batch_moments


def batches(draw, sizes):
    """Moments of many worlds: per world the arms' lists of strata."""
    strata = [[draw(k, a, n) for a, n in enumerate(pair)] for k, pair in enumerate(sizes)]
    return [
        [[strata[k][a][i] for k in range(len(sizes))] for a in (0, 1)]
        for i in range(len(strata[0][0]))
    ]


@pytest.mark.slow
def test_trap_12_in_strata_welch_covers_95_percent_where_a_regression_covers_65() -> None:
    """Arms of 10/90 percent, a threefold standard deviation in the small one, four strata."""
    rng = np.random.default_rng(12)
    tests, sizes, effect_size = 4_000, [(180, 20), (270, 30), (225, 25), (225, 25)], 0.4
    levels = np.array([0.0, 3.0, 6.0, 9.0])

    def draw(k, a, n):
        values = levels[k] + effect_size * a + (3.0 if a else 1.0) * rng.normal(size=(tests, n, 1))
        return batch_moments(("y",), values)

    covered = wrong = 0
    units = np.array(sizes)
    for control, treatment in batches(draw, sizes):
        effect = estimate_effect("mean", control, treatment)
        covered += effect.ci_lower <= effect_size <= effect.ci_upper
        # Ordinary least squares of y on arm and strata prints this.
        products = [(c.n - 1) * c.variance("y") for c in (*control, *treatment)]
        pooled = sum(products) / (units.sum() - 5)
        precision = (1 / (1 / units).sum(axis=1)).sum()
        wrong += abs(effect.estimate - effect_size) <= 1.96 * math.sqrt(pooled / precision)
    assert covered / tests == pytest.approx(0.95, abs=0.011)
    assert wrong / tests == pytest.approx(0.65, abs=0.03)


@pytest.mark.slow
def test_a_slope_for_each_stratum_covers_less_where_strata_are_small() -> None:
    """Ten strata of 10 and 10 units, three covariates: .90 with slopes apart, .95 with one."""
    rng = np.random.default_rng(14)
    tests, columns = 900, ("y", "x_0", "x_1", "x_2")

    def draw(_k, _a, n):
        x = rng.normal(size=(tests, n, 3))
        y = x[:, :, :1] + rng.normal(size=(tests, n, 1))
        return batch_moments(columns, np.concatenate([y, x], axis=2))

    covered = apart = 0
    for control, treatment in batches(draw, [(10, 10)] * 10):
        effect = estimate_effect("mean", control, treatment, estimator="cuped")
        covered += effect.ci_lower <= 0 <= effect.ci_upper
        single = [
            estimate_effect("mean", c, t, estimator="cuped")
            for c, t in zip(control, treatment, strict=True)
        ]
        variance = np.mean([e.std_error**2 for e in single]) / 10
        freedom = 10 * np.mean([e.degrees_of_freedom for e in single])
        half = stats.t.isf(0.025, freedom) * math.sqrt(variance)
        apart += abs(np.mean([e.estimate for e in single])) <= half
    assert covered / tests == pytest.approx(0.95, abs=0.022)
    assert apart / tests < 0.93


@pytest.mark.slow
def test_a_a_tests_of_a_ratio_in_a_ramp_reject_at_the_nominal_rate() -> None:
    """Impressions and click rates both change with the period; pooled, the ramp looks like one."""
    rng = np.random.default_rng(16)
    tests, sizes = 4_000, [(1_900, 100), (500, 500)]

    def draw(k, _a, n):
        d = 1.0 + rng.poisson(4.0 + 4.0 * k, size=(tests, n))
        y = rng.binomial(d.astype(int), rng.beta(2.0 + k, 8.0, size=(tests, n)))
        return batch_moments(("y", "d"), np.stack([y, d], axis=2))

    rejected = pooled = 0
    for control, treatment in batches(draw, sizes):
        rejected += estimate_effect("ratio", control, treatment).p_value < 0.05
        whole = [arm[0].merge(arm[1]) for arm in (control, treatment)]
        pooled += estimate_effect("ratio", *whole).p_value < 0.05
    assert rejected / tests == pytest.approx(0.05, abs=0.012)
    assert pooled / tests > 0.5
