"""Several treatments and metrics: family-wise errors and false discoveries."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy import special

from abstats.inference import (
    adjust_p_values,
    dunnett_p_values,
    estimate_effect,
    gated_p_values,
    interval_alphas,
)
from abstats.moments import FloatArray
from benchmarks.operating_characteristics.figure import (
    COVERAGE,
    FALSE_DISCOVERIES,
    FAMILY_ERROR,
    NONE,
    Figure,
    counted,
)
from benchmarks.operating_characteristics.scenario import Scenario, Simulate
from benchmarks.operating_characteristics.sections.in_strata import normal_cell

ALPHA = 0.05


def scenarios() -> Iterator[Scenario]:
    """Many to one, step-wise, false discoveries, gates."""
    for sizes in ((100, 100, 100, 100), (100, 1_900, 1_900, 1_900), (900, 50, 30, 20)):
        name = f"3 treatments, one control, units {', '.join(f'{n:,}' for n in sizes)}"
        yield Scenario(name, _many_to_one(name, sizes), 20_000, 0)
    yield Scenario("small arms of unequal variance", _small_arms, 10_000, 1_200)
    for correlation in (0.0, 0.5, 0.9):
        name = f"5 comparisons, 2 with an effect, correlation {correlation:g}"
        yield Scenario(
            name, _stepwise(name, correlation), 40_000, 6_000 if correlation == 0.5 else 0
        )
    yield Scenario("20 comparisons share a control", _discoveries, 20_000, 3_000)
    yield Scenario("the worst dependence", _worst, 40_000, 6_000)
    yield Scenario("a gate", _gate, 40_000, 6_000)


def two_sided(z: FloatArray) -> FloatArray:
    """p-values of normal statistics."""
    p: FloatArray = 2.0 * special.ndtr(-np.abs(z))
    return p


def _statistics(
    rng: np.random.Generator, experiments: int, sizes: Sequence[int], effects: FloatArray | float
) -> FloatArray:
    noise = rng.standard_normal((experiments, len(sizes))) / np.sqrt(sizes)
    error = np.sqrt(1.0 / sizes[0] + 1.0 / np.asarray(sizes[1:], dtype=float))
    shifted: FloatArray = (noise[:, 1:] - noise[:, :1]) / error + effects
    return shifted


def _any(rows: FloatArray) -> FloatArray:
    found: FloatArray = (rows <= ALPHA).any(axis=1)
    return found


def _many_to_one(scenario: str, sizes: tuple[int, ...]) -> Simulate:
    shares = [n / (n + sizes[0]) for n in sizes[1:]]

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        p = two_sided(_statistics(rng, experiments, sizes, 0.0))
        dunnett = np.array([dunnett_p_values(row, shares, [np.inf] * 3) for row in p])
        figures = [counted(scenario, "Dunnett", FAMILY_ERROR, _any(dunnett), nominal=ALPHA)]
        for method in ("bonferroni", "holm", "hochberg"):
            adjusted = np.array([adjust_p_values(row, method) for row in p])
            figures.append(counted(scenario, method, FAMILY_ERROR, _any(adjusted), nominal=ALPHA))
        wrong = counted(scenario, "no correction", FAMILY_ERROR, _any(p), nominal=ALPHA, claim=NONE)
        return [*figures, wrong]

    return simulate


def _small_arms(rng: np.random.Generator, experiments: int) -> list[Figure]:
    """Control of 12 units has three times the standard deviation of the others."""
    scenario = "control 12 units of sd 3, treatments 40, 40, 30 of sd 1"
    sizes, scales = (12, 40, 40, 30), (3.0, 1.0, 1.0, 1.0)
    adjusted = np.ones((experiments, 3))
    for row in adjusted:
        control, *others = (
            normal_cell(rng, n, 0.0, sd) for n, sd in zip(sizes, scales, strict=True)
        )
        effects = [estimate_effect("mean", control, other) for other in others]
        own = [effect.p_value for effect in effects]
        # An adjusted p-value is never below the smallest of its family.
        if min(own) <= ALPHA:
            row[:] = dunnett_p_values(
                own,
                [effect.control_share for effect in effects],
                [effect.degrees_of_freedom for effect in effects],
            )
    method = "Dunnett, Welch's freedom"
    return [counted(scenario, method, FAMILY_ERROR, _any(adjusted), nominal=ALPHA)]


def _stepwise(scenario: str, correlation: float) -> Simulate:
    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        common = rng.standard_normal((experiments, 1)) * correlation**0.5
        z = common + rng.standard_normal((experiments, 5)) * (1.0 - correlation) ** 0.5
        z[:, :2] += 3.0
        p = two_sided(z)
        figures = []
        for method in ("bonferroni", "holm", "hochberg", "none"):
            adjusted = np.array([adjust_p_values(row, method) for row in p])
            figures.append(
                counted(
                    scenario,
                    "no correction" if method == "none" else method,
                    FAMILY_ERROR,
                    _any(adjusted[:, 2:]),
                    nominal=ALPHA,
                    claim=NONE if method == "none" else "holds",
                )
            )
        return figures

    return simulate


def _discoveries(rng: np.random.Generator, experiments: int) -> list[Figure]:
    """Twenty comparisons, four with an effect of three standard errors."""
    scenario, m = "20 comparisons share a control, 4 with an effect", 20
    effects = np.where(np.arange(m) < 4, 3.0, 0.0)
    z = _statistics(rng, experiments, (100,) * (m + 1), effects)
    p = two_sided(z)
    figures = []
    for method in ("benjamini_hochberg", "benjamini_yekutieli", "none"):
        rejected = np.array([adjust_p_values(row, method) <= ALPHA for row in p])
        false = rejected[:, 4:].sum(axis=1) / np.maximum(rejected.sum(axis=1), 1)
        figures.append(
            counted(
                scenario,
                "no correction" if method == "none" else method,
                FALSE_DISCOVERIES,
                false,
                nominal=ALPHA,
                claim=NONE if method == "none" else "holds",
            )
        )
        if method == "benjamini_hochberg":
            levels = np.array([interval_alphas(row, method, ALPHA)[0] for row in p])
            half = special.ndtri(1.0 - levels / 2.0)[:, None]
            missed = (np.abs(z - effects) > half) & rejected
            share = missed.sum(axis=1) / np.maximum(rejected.sum(axis=1), 1)
            figures.append(
                counted(scenario, f"{method}, selected", COVERAGE, 1.0 - share, nominal=1.0 - ALPHA)
            )
    return figures


def _worst(rng: np.random.Generator, experiments: int) -> list[Figure]:
    """Guo & Rao (2008): k of 10 uniform p-values in step; BH rejects .146 there."""
    scenario, m = "10 comparisons, the dependence of Guo & Rao (2008)", 10
    chances = ALPHA / np.arange(1, m + 1)
    draws = rng.uniform(size=experiments)
    steps = np.searchsorted(np.cumsum(chances), draws, side="right") + 1
    p = rng.uniform(ALPHA, 1.0, size=(experiments, m))
    for row, k in zip(p, steps, strict=True):
        if k <= m:
            row[rng.permutation(m)[:k]] = rng.uniform((k - 1) * ALPHA / m, k * ALPHA / m, size=k)
    figures = []
    for method, claim in (("benjamini_yekutieli", "holds"), ("benjamini_hochberg", NONE)):
        adjusted = np.array([adjust_p_values(row, method) for row in p])
        figures.append(
            counted(scenario, method, FALSE_DISCOVERIES, _any(adjusted), nominal=ALPHA, claim=claim)
        )
    return figures


def _gate(rng: np.random.Generator, experiments: int) -> list[Figure]:
    """Two primary metrics and three secondary ones behind them, none with an effect."""
    scenario = "2 primary and 3 secondary metrics"
    p = two_sided(rng.standard_normal((experiments, 5)))
    gated, apart = np.zeros((2, experiments), dtype=bool)
    for i, row in enumerate(p):
        primary, secondary = adjust_p_values(row[:2], "holm"), adjust_p_values(row[2:], "holm")
        wrong = bool((primary <= ALPHA).any())
        gated[i] = wrong or bool((gated_p_values(secondary, primary) <= ALPHA).any())
        apart[i] = wrong or bool((secondary <= ALPHA).any())
    return [
        counted(scenario, "primary first", FAMILY_ERROR, gated, nominal=ALPHA),
        counted(scenario, "two families", FAMILY_ERROR, apart, nominal=ALPHA, claim=NONE),
    ]
