"""One look at a proportion: the score test and mid-p, beside Welch's test of the same column."""

from collections.abc import Iterator

import numpy as np

from abstats.inference import Effect, estimate_effect
from benchmarks.operating_characteristics.arms import (
    HUNDRED_TO_ONE,
    SPLITS,
    UNITS,
    Events,
    Split,
    intervals,
    of_each_pair,
    p_values,
    relative_intervals,
    share_cell,
)
from benchmarks.operating_characteristics.figure import (
    HOLDS,
    NONE,
    RELATIVE,
    Figure,
    covered,
    rejections,
)
from benchmarks.operating_characteristics.populations import SHARES
from benchmarks.operating_characteristics.scenario import Scenario, Simulate

LIFT = 0.2
METHOD = "score or mid-p"
QUICK = ("Bernoulli 0.5 %, 50/50, 10,000 units", "Bernoulli 5 %, 90/10, 1,000 units")


def scenarios() -> Iterator[Scenario]:
    """Both shares at each split and number of units; a test is computed once per pair of counts."""
    for share in SHARES:
        for split in SPLITS:
            for units in UNITS:
                name = _name(share, split, units)
                quick = 1_000 if name in QUICK else 0
                yield Scenario(name, _simulate(share, split, units), 10_000, quick)
    yield Scenario(f"{_name(0.005, HUNDRED_TO_ONE, 20_000)}, the wrong way", _wald, 10_000, 2_000)


def drawn(  # noqa: PLR0917 - a design
    rng: np.random.Generator, experiments: int, share: float, split: Split, units: int, lift: float
) -> Events:
    """Units and events of control and treatment, shape (experiments, 2)."""
    control, treatment = split.units(units)
    events = (
        rng.binomial(control, share, experiments),
        rng.binomial(treatment, share * (1.0 + lift), experiments),
    )
    return np.stack(events, axis=1)


def effects_of(kind: str, events: Events, split: Split, units: int) -> list[Effect]:
    """The effect of every experiment."""
    n0, n1 = split.units(units)
    return of_each_pair(
        events, lambda x0, x1: estimate_effect(kind, share_cell(x0, n0), share_cell(x1, n1))
    )


def _simulate(share: float, split: Split, units: int) -> Simulate:
    scenario = _name(share, split, units)

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        same, better = (
            effects_of(
                "proportion", drawn(rng, experiments, share, split, units, lift), split, units
            )
            for lift in (0.0, LIFT)
        )
        return [
            rejections(scenario, METHOD, p_values(same)),
            covered(scenario, METHOD, intervals(better), LIFT * share),
            covered(scenario, METHOD, relative_intervals(better), LIFT, promise=RELATIVE),
        ]

    return simulate


def _wald(rng: np.random.Generator, experiments: int) -> list[Figure]:
    """Fieller's interval of a 0/1 column covers .633 where the score interval covers .949."""
    split, units, share = HUNDRED_TO_ONE, 20_000, 0.005
    scenario = _name(share, split, units)
    events = drawn(rng, experiments, share, split, units, 0.0)
    figures = []
    for method, kind, claim in ((METHOD, "proportion", HOLDS), ("Welch, Fieller", "mean", NONE)):
        effects = effects_of(kind, events, split, units)
        relative = relative_intervals(effects)
        figures += [
            rejections(scenario, method, p_values(effects), claim=claim),
            covered(scenario, method, relative, 0.0, promise=RELATIVE, claim=claim),
        ]
    return figures


def _name(share: float, split: Split, units: int) -> str:
    return f"Bernoulli {100 * share:g} %, {split.name}, {units:,} units"
