"""One look with CUPED: means, and ratios with both pre-period twins."""

from collections.abc import Iterator

import numpy as np
from scipy import stats

from abstats.inference import Effect, estimate_effect
from abstats.inference.fieller import fieller_interval
from abstats.moments import FloatArray, Moments
from benchmarks.operating_characteristics.arms import (
    EVEN,
    SPLITS,
    UNITS,
    Split,
    batch_moments,
    intervals,
    p_values,
    relative_intervals,
)
from benchmarks.operating_characteristics.figure import (
    HOLDS,
    LIMIT,
    NONE,
    RELATIVE,
    Figure,
    covered,
    rejections,
)
from benchmarks.operating_characteristics.scenario import Scenario, Simulate
from benchmarks.operating_characteristics.tables import visits

METHOD = "CUPED"


def scenarios() -> Iterator[Scenario]:
    """Counts at each split and size, a large lift, unequal variances, and a ratio by rows."""
    for split in SPLITS:
        for units in UNITS:
            quick = 1_500 if split is EVEN and units == 1_000 else 0
            yield Scenario(_name(split, units), _visits(split, units), 4_000, quick)
    yield Scenario("normal, rho .95, lift 50 %, 50/50, 4,000 units", _large_lift, 10_000, 2_500)
    yield Scenario(
        "normal, rho .7, small arm varies most, 90/10, 1,000 units", _uneven, 10_000, 1500
    )
    for units in (400, 4_000):
        name = f"clicks per impression, 50/50, {units:,} units"
        yield Scenario(name, _ratio(name, units), 2_000 if units == 400 else 1_000)


def _effects(control: list[Moments], treatment: list[Moments], kind: str = "mean") -> list[Effect]:
    return [
        estimate_effect(kind, *arms, estimator="cuped")
        for arms in zip(control, treatment, strict=True)
    ]


def _visits(split: Split, units: int) -> Simulate:
    n0, n1 = split.units(units)
    scenario, lift = _name(split, units), 0.1

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        alike, other = visits(1.0), visits(1.0 + lift)
        control = alike.arms(rng, experiments, n0)
        same = _effects(control, alike.arms(rng, experiments, n1))
        better = _effects(control, other.arms(rng, experiments, n1))
        truth = other.mean_of("y") - alike.mean_of("y")
        claim = LIMIT
        return [
            rejections(scenario, METHOD, p_values(same), claim=claim),
            covered(scenario, METHOD, intervals(better), truth, claim=claim),
            covered(
                scenario,
                METHOD,
                relative_intervals(better),
                truth / alike.mean_of("y"),
                promise=RELATIVE,
                claim=claim,
            ),
        ]

    return simulate


def normal_cells(
    rng: np.random.Generator, experiments: int, n: int, mean: FloatArray, cov: FloatArray
) -> list[Moments]:
    """Moments of n normal units, from their own law: a normal mean and a Wishart covariance."""
    means = rng.multivariate_normal(mean, cov / n, size=experiments)
    spreads = stats.wishart(n - 1, cov / (n - 1)).rvs(size=experiments, random_state=rng)
    return [Moments(("y", "x_y"), n, m, s) for m, s in zip(means, spreads, strict=True)]


def _large_lift(rng: np.random.Generator, experiments: int) -> list[Figure]:
    """Taking the covariate's pooled mean for a fixed number is the wrong way."""
    scenario, lift, n = "normal, rho .95, lift 50 %, 50/50, 4,000 units", 0.5, 2_000
    cov = np.array([[1.0, 0.95], [0.95, 1.0]])
    effects = _effects(
        normal_cells(rng, experiments, n, np.array([10.0, 3.0]), cov),
        normal_cells(rng, experiments, n, np.array([10.0 * (1.0 + lift), 3.0]), cov),
    )
    fixed = []
    for effect in effects:
        residual = effect.control_std**2 / n
        fixed.append(
            fieller_interval(
                effect.estimate,
                effect.control_mean,
                variance=effect.std_error**2,
                control_variance=residual,
                covariance=-residual,
                critical=1.959964,
            )
        )
    relative = relative_intervals(effects)
    return [
        covered(scenario, METHOD, intervals(effects), 10.0 * lift),
        covered(scenario, METHOD, relative, lift, promise=RELATIVE),
        covered(scenario, "covariate mean fixed", fixed, lift, promise=RELATIVE, claim=NONE),
    ]


def _uneven(rng: np.random.Generator, experiments: int) -> list[Figure]:
    """A regression's pooled variance is the wrong way."""
    scenario, sizes = "normal, rho .7, small arm varies most, 90/10, 1,000 units", (900, 100)
    cov = np.array([[1.0, 0.7], [0.7, 1.0]])
    scale = np.diag([4.0, 1.0])
    zero = np.zeros(2)
    effects = _effects(
        normal_cells(rng, experiments, sizes[0], zero, cov),
        normal_cells(rng, experiments, sizes[1], zero, scale @ cov @ scale),
    )
    pooled = []
    for effect in effects:
        squares = effect.control_std**2 * (sizes[0] - 1) + effect.treatment_std**2 * (sizes[1] - 1)
        error = (squares / (sum(sizes) - 3) * (1.0 / sizes[0] + 1.0 / sizes[1])) ** 0.5
        pooled.append((effect.estimate - 1.96 * error, effect.estimate + 1.96 * error))
    return [
        rejections(scenario, METHOD, p_values(effects), claim=HOLDS),
        covered(scenario, METHOD, intervals(effects), 0.0, claim=HOLDS),
        covered(scenario, "regression, pooled variance", pooled, 0.0, claim=NONE),
    ]


def _ratio(scenario: str, units: int) -> Simulate:
    columns, lift, n = ("y", "d", "x_y", "x_d"), 0.1, units // 2

    def rows(rng: np.random.Generator, experiments: int, rate: float) -> list[Moments]:
        taste = rng.beta(4.0, 16.0, size=(experiments, n))
        shown, before = 1 + rng.poisson(6.0, size=(2, experiments, n))
        clicked = rng.binomial(shown, np.minimum(taste * rate, 1.0))
        values = np.stack([clicked, shown, rng.binomial(before, taste), before], axis=2)
        return batch_moments(columns, values.astype(np.float64))

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        same, better = [], []
        for start in range(0, experiments, 500):
            here = min(500, experiments - start)
            control = rows(rng, here, 1.0)
            same += _effects(control, rows(rng, here, 1.0), "ratio")
            better += _effects(control, rows(rng, here, 1.0 + lift), "ratio")
        return [
            rejections(scenario, METHOD, p_values(same), claim=LIMIT),
            covered(scenario, METHOD, intervals(better), 0.2 * lift, claim=LIMIT),
            covered(
                scenario, METHOD, relative_intervals(better), lift, promise=RELATIVE, claim=LIMIT
            ),
        ]

    return simulate


def _name(split: Split, units: int) -> str:
    return f"visits, covariate rho .75, {split.name}, {units:,} units"
