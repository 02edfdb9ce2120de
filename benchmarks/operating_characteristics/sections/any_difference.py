"""Several arms at once: the omnibus test."""

from collections.abc import Iterator

import numpy as np
from scipy import stats

from abstats.inference import omnibus_test
from abstats.moments import Moments
from benchmarks.operating_characteristics.arms import BLOCKS, merged, share_cell
from benchmarks.operating_characteristics.figure import (
    ERROR,
    HOLDS,
    LIMIT,
    NONE,
    Figure,
    counted,
    rejections,
)
from benchmarks.operating_characteristics.populations import MEANS, NORMAL, Population
from benchmarks.operating_characteristics.scenario import Scenario, Simulate
from benchmarks.operating_characteristics.sections.in_strata import normal_cell

METHOD = "omnibus"


def scenarios() -> Iterator[Scenario]:
    """Four arms of each population; arms of unequal variance."""
    for population in MEANS:
        for units in (1_000, 10_000, 100_000):
            name = f"{population.name}, 4 arms, {units:,} units"
            yield Scenario(name, _means(name, population, units), 10_000)
    for share in (0.005, 0.05):
        for units in (1_000, 10_000, 100_000):
            name = f"Bernoulli {100 * share:g} %, 4 arms, {units:,} units"
            yield Scenario(name, _shares(name, share, units), 10_000)
    yield Scenario("small arms of unequal variance", _unequal, 20_000, 3_000)


def _means(scenario: str, population: Population, units: int) -> Simulate:
    claim = HOLDS if population is NORMAL else LIMIT

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        blocks = population.blocks(rng, (experiments, BLOCKS), units // BLOCKS)
        arms = [merged(blocks, first, first + 25).moments() for first in (0, 25, 50, 75)]
        p = [omnibus_test("mean", cells).p_value for cells in zip(*arms, strict=True)]
        return [rejections(scenario, METHOD, p, claim=claim)]

    return simulate


def _shares(scenario: str, share: float, units: int) -> Simulate:
    n = units // 4

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        events = rng.binomial(n, share, size=(experiments, 4))
        p = [
            omnibus_test("proportion", [share_cell(int(x), n) for x in row]).p_value
            for row in events
        ]
        return [rejections(scenario, METHOD, p, claim=LIMIT)]

    return simulate


def _unequal(rng: np.random.Generator, experiments: int) -> list[Figure]:
    """The classic F, with one variance for all arms, is the wrong way."""
    scenario = "normal, 10, 30, 30, 30 units of sd 3, 1, 1, 1"
    sizes, scales = (10, 30, 30, 30), (3.0, 1.0, 1.0, 1.0)
    ours, classic = [], []
    for _ in range(experiments):
        cells = [normal_cell(rng, n, 0.0, sd) for n, sd in zip(sizes, scales, strict=True)]
        ours.append(omnibus_test("mean", cells).p_value)
        classic.append(_classic_p(cells))
    return [
        rejections(scenario, METHOD, ours),
        counted(
            scenario, "F, one variance", ERROR, np.array(classic) <= 0.05, nominal=0.05, claim=NONE
        ),
    ]


def _classic_p(cells: list[Moments]) -> float:
    n = np.array([cell.n for cell in cells])
    means = np.array([cell.mean_of("y") for cell in cells])
    variances = np.array([cell.variance("y") for cell in cells])
    within = float((n - 1) @ variances) / float(n.sum() - len(n))
    between = float(n @ (means - n @ means / n.sum()) ** 2) / (len(n) - 1)
    return float(stats.f.sf(between / within, len(n) - 1, n.sum() - len(n)))
