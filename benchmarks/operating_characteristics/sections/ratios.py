"""One look at a ratio of two columns: clicks per impression."""

from collections.abc import Iterator

import numpy as np

from abstats.inference import estimate_effect
from abstats.inference.tails import two_sided_p
from abstats.moments import Moments
from benchmarks.operating_characteristics.arms import (
    EVEN,
    SPLITS,
    UNITS,
    Split,
    intervals,
    p_values,
    relative_intervals,
)
from benchmarks.operating_characteristics.figure import (
    LIMIT,
    NONE,
    RELATIVE,
    Figure,
    covered,
    rejections,
)
from benchmarks.operating_characteristics.scenario import Scenario, Simulate
from benchmarks.operating_characteristics.tables import clicks

RATE, LIFT = 0.2, 0.1


def scenarios() -> Iterator[Scenario]:
    """Each split and number of units."""
    for split in SPLITS:
        for units in UNITS:
            quick = 2_000 if split is EVEN and units == 1_000 else 0
            yield Scenario(_name(split, units), _simulate(split, units), 4_000, quick)


def _simulate(split: Split, units: int) -> Simulate:
    n0, n1 = split.units(units)
    scenario = _name(split, units)

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        control = clicks(RATE).arms(rng, experiments, n0)
        same = clicks(RATE).arms(rng, experiments, n1)
        better = clicks(RATE * (1.0 + LIFT)).arms(rng, experiments, n1)
        alike = [estimate_effect("ratio", *arms) for arms in zip(control, same, strict=True)]
        lifted = [estimate_effect("ratio", *arms) for arms in zip(control, better, strict=True)]
        by_rows = [_row_level_p(*arms) for arms in zip(control, same, strict=True)]
        return [
            rejections(scenario, "delta method", p_values(alike), claim=LIMIT),
            covered(scenario, "delta method", intervals(lifted), LIFT * RATE, claim=LIMIT),
            covered(
                scenario,
                "delta method",
                relative_intervals(lifted),
                LIFT,
                promise=RELATIVE,
                claim=LIMIT,
            ),
            rejections(scenario, "z test of rows", by_rows, claim=NONE),
        ]

    return simulate


def _row_level_p(control: Moments, treatment: Moments) -> float:
    """The wrong way: impressions taken for independent."""
    shown = [arm.n * arm.mean_of("d") for arm in (control, treatment)]
    clicked = [arm.n * arm.mean_of("y") for arm in (control, treatment)]
    pooled = sum(clicked) / sum(shown)
    error = (pooled * (1.0 - pooled) * (1.0 / shown[0] + 1.0 / shown[1])) ** 0.5
    return two_sided_p((clicked[1] / shown[1] - clicked[0] / shown[0]) / error)


def _name(split: Split, units: int) -> str:
    return f"clicks per impression, {split.name}, {units:,} units"
