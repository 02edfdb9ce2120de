"""Quantiles of latency: events in users, variance over users."""

import math
from collections.abc import Iterator

import numpy as np
from scipy import special

from abstats.inference import Effect, quantile_effect, quantile_non_inferiority
from benchmarks.operating_characteristics.arms import intervals, p_values, relative_intervals
from benchmarks.operating_characteristics.events import Events, curves, latencies
from benchmarks.operating_characteristics.figure import (
    LIMIT,
    NONE,
    RELATIVE,
    Figure,
    covered,
    rejections,
)
from benchmarks.operating_characteristics.scenario import Scenario, Simulate

FACTOR = 1.3
SIZES = ((100, 100), (1_000, 1_000), (900, 100), (3_600, 400), (19_800, 200))


def scenarios() -> Iterator[Scenario]:
    """Median and p95 at several sizes."""
    for p in (0.5, 0.95):
        for sizes in SIZES:
            name = f"p{100 * p:g} of latency, {sizes[0]:,}/{sizes[1]:,} users"
            full = 150 if sizes[0] > 10_000 else 300
            quick = 150 if sizes == (1_000, 1_000) and p > 0.5 else 0
            yield Scenario(name, _latency(name, p, sizes), full, quick)


def _latency(scenario: str, p: float, sizes: tuple[int, int]) -> Simulate:
    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        # Speeds do not depend on the number of events: an event is 150 exp(own + noise).
        at = 150.0 * math.exp(math.sqrt(2.0) * 0.7 * float(special.ndtri(p)))
        same, slower, by_rows, kept = [], [], [], []
        for _ in range(experiments):
            control, treatment = (latencies(rng, n) for n in sizes)
            same.append(_effect(p, control, treatment))
            slow = (treatment[0], treatment[1] * FACTOR, treatment[2])
            slower.append(_effect(p, control, slow))
            by_rows.append(_effect(p, _as_units(control), _as_units(treatment)))
            kept.append(
                quantile_non_inferiority(
                    p,
                    *curves(p, control, slow),
                    margin=FACTOR - 1.0,
                    relative=True,
                    direction="decrease",
                ).p_value
            )
        method = "clustered by user"
        return [
            rejections(scenario, method, p_values(same), claim=LIMIT),
            covered(scenario, method, intervals(slower), (FACTOR - 1.0) * at, claim=LIMIT),
            covered(
                scenario,
                method,
                relative_intervals(slower),
                FACTOR - 1.0,
                promise=RELATIVE,
                claim=LIMIT,
            ),
            rejections(scenario, "non-inferiority, relative, on the margin", kept, claim=LIMIT),
            rejections(scenario, "events independent", p_values(by_rows), claim=NONE),
        ]

    return simulate


def _effect(p: float, control: Events, treatment: Events) -> Effect:
    return quantile_effect(p, *curves(p, control, treatment))


def _as_units(arm: Events) -> Events:
    """Every event taken for a unit of its own."""
    _, values, _ = arm
    return np.arange(len(values)), values, len(values)
