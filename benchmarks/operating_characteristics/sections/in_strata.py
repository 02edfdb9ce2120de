"""Estimates within strata: ramps, and attributes whose shares are random."""

from collections.abc import Iterator, Sequence

import numpy as np

from abstats.inference import estimate_effect
from abstats.moments import FloatArray, Moments
from benchmarks.operating_characteristics.arms import (
    intervals,
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
from benchmarks.operating_characteristics.scenario import Scenario

Arms = tuple[list[Moments], list[Moments]]


def scenarios() -> Iterator[Scenario]:
    """Two ramps and an attribute."""
    yield Scenario("ramp of a mean", _ramp, 10_000, 1_500)
    yield Scenario("ramp of a proportion", _ramp_of_shares, 2_000, 0)
    yield Scenario("an attribute", _attribute, 10_000, 1_500)


def normal_cell(rng: np.random.Generator, n: int, mean: float, sd: float) -> Moments:
    """Moments of n normal units."""
    variance = sd**2 * rng.chisquare(n - 1) / (n - 1) if n > 1 else np.nan
    at = rng.normal(mean, sd / n**0.5) if n > 0 else np.nan
    return Moments(("y",), n, np.array([at]), np.array([[variance]]))


def _pooled(arm: Sequence[Moments]) -> Moments:
    whole = arm[0]
    for cell in arm[1:]:
        whole = whole.merge(cell)
    return whole


def _ramp(rng: np.random.Generator, experiments: int) -> list[Figure]:
    """Periods at 99/1, 90/10 and 50/50; later users are worth more."""
    scenario, lift = "normal, ramp 99/1, 90/10, 50/50, levels 10, 11, 12", 0.05
    periods = (((4_950, 50), 10.0), ((2_700, 300), 11.0), ((1_000, 1_000), 12.0))
    weights = np.array([sum(units) for units, _ in periods], dtype=np.float64)
    truth = lift * float(weights @ [level for _, level in periods]) / weights.sum()
    same, better, pooled = [], [], []
    for _ in range(experiments):
        control = [normal_cell(rng, units[0], level, 4.0) for units, level in periods]
        treatment = [normal_cell(rng, units[1], level, 4.0) for units, level in periods]
        same.append(estimate_effect("mean", control, treatment))
        pooled.append(estimate_effect("mean", _pooled(control), _pooled(treatment)))
        lifted = [cell.project([[1.0 + lift]], ("y",)) for cell in treatment]
        better.append(estimate_effect("mean", control, lifted))
    return [
        rejections(scenario, "within periods", p_values(same)),
        covered(scenario, "within periods", intervals(better), truth),
        covered(scenario, "within periods", relative_intervals(better), lift, promise=RELATIVE),
        rejections(scenario, "all periods pooled", p_values(pooled), claim=NONE),
    ]


def _ramp_of_shares(rng: np.random.Generator, experiments: int) -> list[Figure]:
    scenario = "Bernoulli 5 and 8 %, ramp 90/10, 50/50, 4,000 units"
    periods = (((1_800, 200), 0.05), ((1_000, 1_000), 0.08))
    same, pooled = [], []
    for _ in range(experiments):
        arms: Arms = ([], [])
        for units, share in periods:
            for arm, n in zip(arms, units, strict=True):
                arm.append(share_cell(int(rng.binomial(n, share)), n))
        same.append(estimate_effect("proportion", *arms))
        pooled.append(estimate_effect("proportion", *(_pooled(arm) for arm in arms)))
    return [
        rejections(scenario, "within periods, score", p_values(same)),
        covered(scenario, "within periods, score", intervals(same), 0.0),
        covered(scenario, "within periods, score", relative_intervals(same), 0.0, promise=RELATIVE),
        rejections(scenario, "all periods pooled", p_values(pooled), claim=NONE),
    ]


def _attribute(rng: np.random.Generator, experiments: int) -> list[Figure]:
    """Effects of 3 and 6 in halves at 10 and 20; which half a unit is in is random."""
    scenario, n, truth, relative = "normal, two strata with random shares, 400 units", 400, 4.5, 0.3
    effects, fixed = [], []
    for units in rng.multinomial(n, [0.25] * 4, size=experiments).reshape(-1, 2, 2):
        # units[stratum, arm]
        control = [normal_cell(rng, int(units[k, 0]), 10.0 * (1 + k), 1.0) for k in (0, 1)]
        treatment = [normal_cell(rng, int(units[k, 1]), 13.0 * (1 + k), 1.0) for k in (0, 1)]
        effect = estimate_effect("mean", control, treatment)
        effects.append(effect)
        fixed.append(_with_shares_fixed(effect.estimate, units.sum(axis=1) / n, control, treatment))
    return [
        covered(scenario, "post-stratified", intervals(effects), truth, claim=HOLDS),
        covered(
            scenario, "post-stratified", relative_intervals(effects), relative, promise=RELATIVE
        ),
        covered(scenario, "shares taken as fixed", fixed, truth, claim=NONE),
    ]


def _with_shares_fixed(
    estimate: float, weights: FloatArray, control: Sequence[Moments], treatment: Sequence[Moments]
) -> tuple[float, float]:
    variance = sum(
        weight**2 * cell.std_error("y") ** 2
        for arm in (control, treatment)
        for weight, cell in zip(weights, arm, strict=True)
    )
    half = 1.96 * variance**0.5
    return estimate - half, estimate + half
