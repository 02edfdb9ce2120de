"""Looks as often as one likes, on normal increments: confidence sequences and the mixture SPRT."""

from collections.abc import Iterator

import numpy as np

from abstats.inference import estimate_effect
from abstats.inference.anytime import always_valid, mixture_sprt
from abstats.inference.tails import critical_value
from abstats.moments import FloatArray, Moments
from benchmarks.operating_characteristics.figure import (
    COVERAGE,
    ERROR,
    HOLDS,
    NONE,
    Figure,
    counted,
)
from benchmarks.operating_characteristics.paths import equal, ever, z_paths
from benchmarks.operating_characteristics.scenario import Scenario, Simulate

ALPHA = 0.05
PLANNED = 108_000  # units of each arm, 50 an hour for 90 days


def scenarios() -> Iterator[Scenario]:
    """Looks by the hour, the day and the fortnight."""
    for looks in (1, 5, 28, 2_160):
        full = 20_000 if looks == 2_160 else 100_000
        yield Scenario(f"{looks:,} looks", _watched(looks), full, 3_000 if looks == 2_160 else 0)


def _watched(looks: int) -> Simulate:
    scenario = f"normal increments, {looks:,} looks"

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        two_sided, one_sided = _critical(looks, "two_sided"), _critical(looks, "greater")
        sprt = np.array(
            [mixture_sprt(0.0, t**-0.5, 2.0, alpha=ALPHA).ci_upper * t**0.5 for t in equal(looks)]
        )
        z = z_paths(rng, experiments, equal(looks))
        naive = ever(np.abs(z) >= 1.959964)
        drifted = 3.0
        apart = np.abs(
            z_paths(rng, experiments, equal(looks), drifted) - drifted * equal(looks) ** 0.5
        )
        return [
            counted(
                scenario, "confidence sequence", ERROR, ever(np.abs(z) >= two_sided), nominal=ALPHA
            ),
            counted(
                scenario,
                "confidence sequence, one-sided",
                ERROR,
                ever(z >= one_sided),
                nominal=ALPHA,
            ),
            counted(scenario, "mixture SPRT", ERROR, ever(np.abs(z) >= sprt), nominal=ALPHA),
            counted(
                scenario,
                "confidence sequence",
                COVERAGE,
                (apart <= two_sided).all(axis=1),
                nominal=1.0 - ALPHA,
            ),
            counted(
                scenario,
                "fixed test at every look",
                ERROR,
                naive,
                nominal=ALPHA,
                claim=NONE if looks > 1 else HOLDS,
            ),
        ]

    return simulate


def _critical(looks: int, alternative: str) -> FloatArray:
    """The z that the confidence sequence asks for at each look; infinite before the first one."""
    found = np.full(looks, np.inf)
    sides = 2.0 if alternative == "two_sided" else 1.0
    for look in range(looks):
        n = PLANNED * (look + 1) // looks
        cell = Moments(("y",), n, np.array([10.0]), np.array([[16.0]]))
        result = always_valid(
            estimate_effect("mean", cell, cell),
            planned=(PLANNED, PLANNED),
            counts_each_unit_once=True,
            alpha=ALPHA,
            alternative=alternative,
        )
        if result.status == "ok":
            found[look] = critical_value(result.local_alpha / sides)
    return found
