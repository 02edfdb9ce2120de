"""Concentration over creators: the Gini coefficient of what users give them."""

from collections.abc import Iterator

import numpy as np

from abstats.inference import gini_effect
from benchmarks.operating_characteristics.arms import p_values
from benchmarks.operating_characteristics.creators import (
    creator_totals,
    gini,
    gini_arm,
    sizes_in_blocks,
    zipf,
)
from benchmarks.operating_characteristics.figure import (
    ERROR,
    LIMIT,
    NONE,
    Figure,
    counted,
    rejections,
)
from benchmarks.operating_characteristics.scenario import Scenario, Simulate

CREATORS = 200


def scenarios() -> Iterator[Scenario]:
    """A/A tests at several splits; per creator the smaller arm brings so many events."""
    for sizes in ((1_000, 1_000), (9_000, 1_000), (99_000, 1_000)):
        for events in (3, 30):
            name = f"{events} events a creator, {sizes[0]:,}/{sizes[1]:,} users"
            quick = 1_000 if sizes == (9_000, 1_000) and events == 3 else 0
            full = 500 if sizes[0] > 10_000 else 4_000
            yield Scenario(name, _creators(name, events, sizes), full, quick)


def _creators(scenario: str, events: int, sizes: tuple[int, int]) -> Simulate:
    per_block, blocks = sizes_in_blocks(sizes)
    per_user = events * CREATORS / per_block
    market = zipf(CREATORS, 1.0)

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        effects, gaps = [], []
        for _ in range(experiments):
            totals = [creator_totals(rng, m * per_block, m, market, per_user) for m in blocks]
            arms = [gini_arm(total, m * per_block) for total, m in zip(totals, blocks, strict=True)]
            effects.append(gini_effect(*arms))
            plain = [float(gini(total.sum(axis=(1, 2)))) for total in totals]
            gaps.append(abs(plain[1] - plain[0]) / effects[-1].std_error)
        figures = [rejections(scenario, "blocks of equal size", p_values(effects), claim=LIMIT)]
        if blocks != [1, 1]:
            wrong = np.array(gaps) > 1.96
            figures.append(counted(scenario, "whole arms", ERROR, wrong, nominal=0.05, claim=NONE))
        return figures

    return simulate
