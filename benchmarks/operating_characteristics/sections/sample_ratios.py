"""Sample ratio checks: once, and at every look."""

from collections.abc import Callable, Iterator

import numpy as np
from scipy import optimize

from abstats.inference import sample_ratio_test, sequential_sample_ratio_test
from abstats.moments import FloatArray
from benchmarks.operating_characteristics.arms import SPLITS, Split
from benchmarks.operating_characteristics.figure import (
    ERROR,
    HOLDS,
    LIMIT,
    NONE,
    Figure,
    counted,
    rejections,
)
from benchmarks.operating_characteristics.scenario import Scenario, Simulate

ALPHA = 0.001
HOURLY_UNITS = 100


def scenarios() -> Iterator[Scenario]:
    """Fixed checks at each split and size; checks at every look."""
    for split in SPLITS:
        for units in (1_000, 10_000, 1_000_000):
            name = f"balanced, {split.name}, {units:,} units, 1 look"
            yield Scenario(
                name, _fixed(name, split, units), 200_000, 40_000 if units == 10_000 else 0
            )
    for looks in (28, 2_160):
        name = f"balanced, 50/50, {HOURLY_UNITS * 2_160:,} units, {looks:,} looks"
        yield Scenario(name, _watched(name, looks), 10_000, 2_000)


def _fixed(scenario: str, split: Split, units: int) -> Simulate:
    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        control = rng.binomial(units, split.weights[0], size=experiments)
        counts, place = np.unique(control, return_inverse=True)
        tests = (
            ("chi-square", sample_ratio_test, LIMIT),
            ("sequential", sequential_sample_ratio_test, HOLDS),
        )
        return [
            rejections(
                scenario,
                method,
                np.array([test([int(x), units - int(x)], split.weights).p_value for x in counts])[
                    place
                ],
                alpha=ALPHA,
                claim=claim,
            )
            for method, test, claim in tests
        ]

    return simulate


def _watched(scenario: str, looks: int) -> Simulate:
    """Both p-values fall as control's share leaves one half, so each look has its bounds."""
    units = HOURLY_UNITS * 2_160 // looks

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        total = np.arange(1, looks + 1) * units
        control = rng.binomial(units, 0.5, size=(experiments, looks)).cumsum(axis=1)
        apart = np.abs(control - total / 2.0)
        tests = (
            ("sequential", sequential_sample_ratio_test, HOLDS),
            ("chi-square at every look", sample_ratio_test, NONE),
        )
        return [
            counted(
                scenario,
                method,
                ERROR,
                (apart >= _bounds(test, total)).any(axis=1),
                nominal=ALPHA,
                claim=claim,
            )
            for method, test, claim in tests
        ]

    return simulate


def _bounds(test: Callable[..., object], total: FloatArray) -> FloatArray:
    """Distance from one half at which the p-value reaches alpha, for each number of units."""

    def excess(apart: float, units: int) -> float:
        counts = [units / 2.0 + apart, units / 2.0 - apart]
        p: float = test(counts, (0.5, 0.5)).p_value  # type: ignore[attr-defined]
        return np.log(max(p, 1e-300)) - np.log(ALPHA)

    bounds = np.full(total.shape, np.inf)
    for look, units in enumerate(total.tolist()):
        most = units / 2.0
        if excess(most, units) < 0.0:
            bounds[look] = optimize.brentq(excess, 0.0, most, args=(units,), xtol=1e-6)
    return bounds
