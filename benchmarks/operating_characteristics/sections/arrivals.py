"""Looks while units arrive: the functions themselves on moments that are merged look by look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from abstats.inference import Effect, estimate_effect
from abstats.inference.anytime import follow_looks
from abstats.inference.bayes import FLAT_PRIOR, normal_posterior
from abstats.inference.sequential import Spending, running_bounds, running_variance
from abstats.inference.tails import normal_score
from abstats.moments import FloatArray, Moments
from benchmarks.operating_characteristics.arms import (
    EVEN,
    HUNDRED_TO_ONE,
    NINE_TO_ONE,
    Split,
    share_cell,
)
from benchmarks.operating_characteristics.figure import (
    COVERAGE,
    ERROR,
    HOLDS,
    LIMIT,
    NONE,
    Figure,
    counted,
)
from benchmarks.operating_characteristics.paths import has_news
from benchmarks.operating_characteristics.populations import (
    MEANS,
    NORMAL,
    SHARES,
    Population,
)
from benchmarks.operating_characteristics.scenario import Scenario, Simulate

ALPHA = 0.05
SPENDINGS = {"O'Brien-Fleming": Spending("obrien_fleming"), "Pocock": Spending("pocock")}
TOTALS = {EVEN: 20_000, NINE_TO_ONE: 60_000, HUNDRED_TO_ONE: 600_000}
TOTALS_OF_SHARES = {EVEN: 100_000, NINE_TO_ONE: 500_000, HUNDRED_TO_ONE: 1_000_000}


class Watched(NamedTuple):
    """What one experiment showed over its looks.

    Attributes:
        fixed: A fixed test was significant at some look.
        spent: For each spending function, whether its bound was crossed.
        always: A confidence sequence left out no effect; None without any answer.
        held: Its bounds held the effect at all looks.
        flat: A flat prior's chance to win was beyond 95 % either way at some look.
    """

    fixed: bool
    spent: tuple[bool, ...]
    always: bool | None
    held: bool
    flat: bool


def scenarios() -> Iterator[Scenario]:
    """5 looks at each split, 28 at two of them."""
    for looks, splits in ((5, TOTALS), (28, (EVEN, NINE_TO_ONE))):
        for split in splits:
            for population in MEANS:
                name = _name(population.name, split, TOTALS[split], looks)
                full = 800 if looks == 5 else 400
                quick = 300 if population is NORMAL and split is EVEN and looks == 28 else 0
                yield Scenario(name, _means(name, population, split, looks), full, quick)
            for share in SHARES:
                name = _name(f"Bernoulli {100 * share:g} %", split, TOTALS_OF_SHARES[split], looks)
                full = 500 if looks == 5 else 300
                yield Scenario(name, _shares(name, share, split, looks), full)


def _name(population: str, split: Split, units: int, looks: int) -> str:
    return f"{population}, {split.name}, {units:,} units, {looks} looks"


def _means(scenario: str, population: Population, split: Split, looks: int) -> Simulate:
    per_look = [n // looks for n in split.units(TOTALS[split])]
    claim = HOLDS if population is NORMAL else LIMIT

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        seen = []
        for start in range(0, experiments, 200):
            shape = (min(200, experiments - start), looks)
            arms = [population.blocks(rng, shape, n) for n in per_look]
            for row in range(shape[0]):
                cells = [_running(arm.units, arm.mean[row], arm.squares[row]) for arm in arms]
                effects = [estimate_effect("mean", *pair) for pair in zip(*cells, strict=True)]
                seen.append(watched(effects, looks, per_look))
        return figures_of(scenario, seen, claim)

    return simulate


def _running(units: int, means: FloatArray, squares: FloatArray) -> list[Moments]:
    cells = [
        Moments(("y",), units, np.array([m]), np.array([[s / (units - 1)]]))
        for m, s in zip(means.tolist(), squares.tolist(), strict=True)
    ]
    for look in range(1, len(cells)):
        cells[look] = cells[look - 1].merge(cells[look])
    return cells


def _shares(scenario: str, share: float, split: Split, looks: int) -> Simulate:
    per_look = [n // looks for n in split.units(TOTALS_OF_SHARES[split])]

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        seen = []
        for _ in range(experiments):
            events = [rng.binomial(n, share, size=looks).cumsum() for n in per_look]
            effects = [
                estimate_effect(
                    "proportion",
                    *(
                        share_cell(int(x[look]), n * (look + 1))
                        for x, n in zip(events, per_look, strict=True)
                    ),
                )
                for look in range(looks)
            ]
            seen.append(watched(effects, looks, per_look))
        return figures_of(scenario, seen, HOLDS)

    return simulate


def watched(effects: Sequence[Effect], looks: int, per_look: Sequence[int]) -> Watched:
    """What each method says of the looks of one experiment without an effect."""
    z = np.abs([normal_score(effect.statistic, effect.degrees_of_freedom) for effect in effects])
    times = np.arange(1, looks + 1) / looks
    variances = [running_variance(effect) for effect in effects]
    planned = (per_look[0] * looks, per_look[1] * looks)
    sequence = follow_looks(effects, planned=planned, counts_each_unit_once=True)
    answers = [look.result for look in sequence if not np.isnan(look.result.p_value)]
    chances = [
        normal_posterior(effect.estimate, effect.std_error, FLAT_PRIOR).chance_to_win
        for effect in effects
    ]
    return Watched(
        fixed=any(effect.p_value <= ALPHA for effect in effects),
        spent=tuple(_crossed(z, times, variances, spending) for spending in SPENDINGS.values()),
        always=any(look.p_value <= ALPHA for look in answers) if answers else None,
        held=all(look.ci_lower <= 0.0 <= look.ci_upper for look in answers),
        flat=any(not 0.05 <= chance <= 0.95 for chance in chances),
    )


def _crossed(
    z: FloatArray, times: FloatArray, variances: Sequence[float], spending: Spending
) -> bool:
    """Looks without a statistic, or without news, are left out, as the pipeline leaves them out."""
    kept: list[int] = []
    for look, variance in enumerate(variances):
        last = variances[kept[-1]] if kept else 0.0
        if np.isfinite(z[look]) and has_news(variance, last):
            kept.append(look)
    if not kept:
        return False
    bounds = running_bounds(
        spending, times[kept], [variances[look] for look in kept], alpha=ALPHA, sides=2
    )
    return bool((z[kept] >= bounds).any())


def figures_of(scenario: str, seen: Sequence[Watched], claim: str) -> list[Figure]:
    """The rates over experiments."""
    figures = [
        counted(scenario, name, ERROR, [one.spent[i] for one in seen], nominal=ALPHA, claim=claim)
        for i, name in enumerate(SPENDINGS)
    ]
    answered = [one.always is not None for one in seen]
    return [
        *figures,
        counted(
            scenario,
            "confidence sequence",
            ERROR,
            [bool(one.always) for one in seen],
            nominal=ALPHA,
            claim=claim,
            answered=answered,
        ),
        counted(
            scenario,
            "confidence sequence",
            COVERAGE,
            [one.held for one in seen],
            nominal=1.0 - ALPHA,
            claim=claim,
            answered=answered,
        ),
        counted(
            scenario,
            "fixed test at every look",
            ERROR,
            [one.fixed for one in seen],
            nominal=ALPHA,
            claim=NONE,
        ),
        counted(
            scenario,
            "flat prior, 95 % chance to win",
            ERROR,
            [one.flat for one in seen],
            nominal=ALPHA,
            claim=NONE,
        ),
    ]
