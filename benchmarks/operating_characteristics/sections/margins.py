"""Non-inferiority and equivalence where the truth lies on the margin."""

from collections.abc import Iterator

import numpy as np

from abstats.inference import equivalence, non_inferiority
from abstats.moments import Moments
from benchmarks.operating_characteristics.arms import (
    BLOCKS,
    EVEN,
    NINE_TO_ONE,
    SPLITS,
    Split,
    of_each_pair,
    share_cell,
    two_arms,
)
from benchmarks.operating_characteristics.figure import (
    HOLDS,
    LIMIT,
    NONE,
    Figure,
    counted,
    rejections,
)
from benchmarks.operating_characteristics.populations import (
    LOG_NORMAL,
    MEANS,
    NORMAL,
    SHARES,
    Population,
)
from benchmarks.operating_characteristics.scenario import Scenario, Simulate

MARGIN = 0.2
UNITS = (1_000, 10_000, 100_000)


def scenarios() -> Iterator[Scenario]:
    """Means and proportions; what is worse by exactly the margin is called fine in alpha."""
    for population in MEANS:
        for units in UNITS:
            full = 1_000 if population is LOG_NORMAL and units == UNITS[-1] else 3_000
            yield Scenario(f"{population.name}, {units:,} units", _means(population, units), full)
    for share in SHARES:
        for split in SPLITS:
            for units in UNITS:
                name = f"Bernoulli {100 * share:g} %, 20 % less, {split.name}, {units:,} units"
                yield Scenario(name, _shares(name, share, split, units), 5_000)
    yield Scenario("a margin taken as fixed", _taken_as_fixed, 10_000, 2_500)
    yield Scenario("equivalence", _changed, 10_000, 2_500)


def _test(
    control: Moments, treatment: Moments, margin: float, *, relative: bool, direction: str
) -> float:
    return non_inferiority(
        "mean", control, treatment, margin=margin, relative=relative, direction=direction
    ).p_value


def _means(population: Population, units: int) -> Simulate:
    claim = HOLDS if population is NORMAL else LIMIT

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        blocks = population.blocks(rng, (experiments, BLOCKS), units // BLOCKS)
        figures = []
        for split in (EVEN, NINE_TO_ONE):
            control, treatment = two_arms(blocks, split)
            for direction, factor in (("increase", 1.0 - MARGIN), ("decrease", 1.0 + MARGIN)):
                change = "less" if direction == "increase" else "more"
                scenario = f"{population.name}, 20 % {change}, {split.name}, {units:,} units"
                cells = list(
                    zip(control.moments(), treatment.scaled(factor).moments(), strict=True)
                )
                for relative, margin in ((True, MARGIN), (False, MARGIN * population.mean)):
                    p = [
                        _test(*pair, margin, relative=relative, direction=direction)
                        for pair in cells
                    ]
                    method = f"non-inferiority, {_kind(relative)}"
                    figures.append(rejections(scenario, method, p, claim=claim))
        return figures

    return simulate


def _kind(relative: bool) -> str:
    return "relative" if relative else "absolute"


def _taken_as_fixed(rng: np.random.Generator, experiments: int) -> list[Figure]:
    """The margin as the number that the control's mean makes of it; control is the small arm."""
    blocks = NORMAL.blocks(rng, (experiments, BLOCKS), 10)
    treatment, control = two_arms(blocks, NINE_TO_ONE)
    cells = list(zip(control.moments(), treatment.scaled(1.0 + MARGIN).moments(), strict=True))
    ours = [_test(*pair, MARGIN, relative=True, direction="decrease") for pair in cells]
    fixed = [
        _test(c, t, MARGIN * c.mean_of("y"), relative=False, direction="decrease") for c, t in cells
    ]
    scenario = "normal, 20 % more, 10/90, 1,000 units"
    return [
        rejections(scenario, "non-inferiority, relative", ours),
        rejections(scenario, "margin taken as fixed", fixed, claim=NONE),
    ]


def _shares(scenario: str, share: float, split: Split, units: int) -> Simulate:
    n0, n1 = split.units(units)

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        events = np.stack(
            [
                rng.binomial(n0, share, experiments),
                rng.binomial(n1, share * (1.0 - MARGIN), experiments),
            ],
            axis=1,
        )
        figures = []
        for relative, margin in ((True, MARGIN), (False, MARGIN * share)):

            def test(x0: int, x1: int, relative: bool = relative, margin: float = margin) -> float:
                return non_inferiority(
                    "proportion",
                    share_cell(x0, n0),
                    share_cell(x1, n1),
                    margin=margin,
                    relative=relative,
                    direction="increase",
                ).p_value

            method = f"non-inferiority, {_kind(relative)}, score or mid-p"
            p = of_each_pair(events, test)
            figures.append(rejections(scenario, method, p, claim=LIMIT))
        return figures

    return simulate


def _changed(rng: np.random.Generator, experiments: int) -> list[Figure]:
    """Means of 10 and 12, standard deviation 6, 150 and 120 units, margin 2 or 20 %."""
    n0, n1 = 150, 120
    arms = [
        (
            rng.normal(mean, 6.0 / n**0.5, experiments),
            36.0 * rng.chisquare(n - 1, experiments) / (n - 1),
        )
        for mean, n in ((10.0, n0), (12.0, n1))
    ]
    cells = [
        [Moments(("y",), n, np.array([m]), np.array([[v]])) for m, v in zip(*arm, strict=True)]
        for arm, n in zip(arms, (n0, n1), strict=True)
    ]
    scenario = "normal, changed by the margin, 150 and 120 units"
    figures = []
    for relative, margin in ((False, 2.0), (True, 0.2)):
        p = [
            equivalence("mean", *pair, margin=margin, relative=relative).p_value
            for pair in zip(*cells, strict=True)
        ]
        figures.append(rejections(scenario, f"equivalence, {_kind(relative)}", p))
    error = np.sqrt(arms[0][1] / n0 + arms[1][1] / n1)
    unclear = np.abs(arms[1][0] - arms[0][0]) < 1.96 * error
    return [
        *figures,
        counted(
            scenario, '"not significant"', figures[0].promise, unclear, nominal=0.05, claim=NONE
        ),
    ]
