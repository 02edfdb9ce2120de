"""One look at a mean: Welch's test, its interval and Fieller's."""

from collections.abc import Iterator

import numpy as np

from abstats.inference import estimate_effect
from benchmarks.operating_characteristics.arms import (
    BLOCKS,
    SPLITS,
    UNITS,
    intervals,
    p_values,
    relative_intervals,
    two_arms,
)
from benchmarks.operating_characteristics.figure import (
    HOLDS,
    LIMIT,
    RELATIVE,
    Figure,
    covered,
    rejections,
)
from benchmarks.operating_characteristics.populations import LOG_NORMAL, MEANS, NORMAL, Population
from benchmarks.operating_characteristics.scenario import Scenario, Simulate

LIFT = 0.1


def scenarios() -> Iterator[Scenario]:
    """Each population at each number of units; the splits share their draws."""
    for population in MEANS:
        for units in UNITS:
            full = 1_000 if population is LOG_NORMAL and units == UNITS[-1] else 5_000
            quick = 1_500 if population is NORMAL and units == 10_000 else 0
            yield Scenario(
                f"{population.name}, {units:,} units", _simulate(population, units), full, quick
            )


def _simulate(population: Population, units: int) -> Simulate:
    claim = HOLDS if population is NORMAL else LIMIT

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        blocks = population.blocks(rng, (experiments, BLOCKS), units // BLOCKS)
        figures = []
        for split in SPLITS:
            scenario = f"{population.name}, {split.name}, {units:,} units"
            control, treatment = two_arms(blocks, split)
            cells = control.moments()
            same = [
                estimate_effect("mean", *arms)
                for arms in zip(cells, treatment.moments(), strict=True)
            ]
            lifted = treatment.scaled(1.0 + LIFT).moments()
            better = [estimate_effect("mean", *arms) for arms in zip(cells, lifted, strict=True)]
            truth = LIFT * population.mean
            figures += [
                rejections(scenario, "Welch", p_values(same), claim=claim),
                covered(scenario, "Welch", intervals(better), truth, claim=claim),
                covered(
                    scenario,
                    "Welch",
                    relative_intervals(better),
                    LIFT,
                    promise=RELATIVE,
                    claim=claim,
                ),
            ]
        return figures

    return simulate
