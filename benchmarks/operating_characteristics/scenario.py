"""What is simulated, with a seed of its own."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

import numpy as np

from benchmarks.operating_characteristics.figure import Figure

Simulate = Callable[[np.random.Generator, int], list[Figure]]


class Scenario(NamedTuple):
    """One simulation, which gives one figure or more.

    Attributes:
        name: Unique; seeds it, so that a scenario gives the same figures alone or among others.
        simulate: From a generator and a number of experiments to the figures.
        full: Experiments at full size.
        quick: Experiments with `--quick`; 0 leaves the scenario out.
    """

    name: str
    simulate: Simulate
    full: int
    quick: int = 0


def run(scenario: Scenario, *, seed: int, quick: bool) -> list[Figure]:
    """The figures of one scenario."""
    return scenario.simulate(generator(scenario.name, seed), size(scenario, quick=quick))


def size(scenario: Scenario, *, quick: bool) -> int:
    """Experiments of a scenario."""
    return scenario.quick if quick else scenario.full


def generator(name: str, seed: int) -> np.random.Generator:
    """The generator of the scenario with this name."""
    sequence = np.random.SeedSequence([seed, zlib.crc32(name.encode())])
    return np.random.Generator(np.random.PCG64(sequence))


def run_all(
    sections: Sequence[str],
    scenarios_of: Callable[[str], Iterable[Scenario]],
    *,
    seed: int,
    quick: bool,
    jobs: int,
) -> Iterator[tuple[str, str, list[Figure]]]:
    """Section, scenario and its figures, in their order, computed by `jobs` processes."""
    asked = [
        (section, place, scenario.name)
        for section in sections
        for place, scenario in enumerate(scenarios_of(section))
        if size(scenario, quick=quick)
    ]
    if jobs == 1:
        for section, place, name in asked:
            yield section, name, _one(scenarios_of, section, place, seed, quick)
        return
    with ProcessPoolExecutor(jobs) as pool:
        waiting = [
            pool.submit(_one, scenarios_of, section, place, seed, quick)
            for section, place, _ in asked
        ]
        for (section, _, name), future in zip(asked, waiting, strict=True):
            yield section, name, future.result()


def _one(
    scenarios_of: Callable[[str], Iterable[Scenario]],
    section: str,
    place: int,
    seed: int,
    quick: bool,
) -> list[Figure]:
    return run(list(scenarios_of(section))[place], seed=seed, quick=quick)
