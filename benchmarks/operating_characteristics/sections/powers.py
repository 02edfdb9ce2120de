"""The power that the formulas of `abstats power` promise."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import special

from abstats.inference import adjust_p_values, dunnett_p_values, estimate_effect, non_inferiority
from abstats.inference.design import (
    Baseline,
    Margin,
    TestPlan,
    baseline_of,
    comparison_alpha,
    sequential_inflation,
    units_needed,
)
from abstats.inference.sequential import Spending, spending_bounds
from abstats.moments import FloatArray, Moments
from benchmarks.operating_characteristics.arms import of_each_pair, p_values, share_cell
from benchmarks.operating_characteristics.figure import (
    HOLDS,
    LIMIT,
    NONE,
    POWER,
    Figure,
    counted,
    rejections,
)
from benchmarks.operating_characteristics.paths import equal
from benchmarks.operating_characteristics.populations import MEANS, NORMAL, Population
from benchmarks.operating_characteristics.scenario import Scenario, Simulate
from benchmarks.operating_characteristics.tables import Table, clicks, visits

ASKED = 0.8
WEIGHTS = ((0.5, 0.5), (0.9, 0.1), (0.99, 0.01))


def scenarios() -> Iterator[Scenario]:
    """Units are what the formula asks for; how many experiments then find the effect?"""
    for population in MEANS:
        for weights in WEIGHTS:
            lift = 0.05 if population is NORMAL else 0.3
            name = f"{population.name}, {_split(weights)}, lift {lift:.0%}"
            quick = 1_500 if population is NORMAL and weights[1] == 0.1 else 0
            yield Scenario(name, _means(name, population, weights, lift), 2_000, quick)
    for share in (0.005, 0.05):
        for weights in WEIGHTS:
            name = f"Bernoulli {100 * share:g} %, {_split(weights)}, lift 20%"
            quick = 1_000 if share > 0.01 and weights[1] == 0.1 else 0
            yield Scenario(name, _shares(name, share, weights, 0.2), 5_000, quick)
    yield Scenario("ratio", _ratio, 5_000, 0)
    yield Scenario("CUPED", _adjusted, 5_000, 1_000)
    yield Scenario("a margin", _margin, 10_000, 2_000)
    for correction in ("bonferroni", "holm", "dunnett"):
        yield Scenario(correction, _corrected(correction), 20_000, 1_500)
    for function in ("obrien_fleming", "pocock"):
        yield Scenario(f"4 looks, {function}", _looks(function), 100_000, 10_000)


def _split(weights: tuple[float, float]) -> str:
    return "/".join(f"{100 * weight:g}" for weight in weights)


def _sizes(units: int, weights: tuple[float, ...]) -> list[int]:
    return [round(weight * units) for weight in weights]


def _means(
    scenario: str, population: Population, weights: tuple[float, float], lift: float
) -> Simulate:
    claim = HOLDS if population is NORMAL else LIMIT

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        mean, variance = population.mean, population.sd**2
        units = units_needed(Baseline(mean, variance), TestPlan(*weights), lift * mean)
        sizes = _sizes(units, weights)
        cells = [_cells(population, rng, experiments, n) for n in sizes]
        # The same shift for all units, as the formula takes it: equal variances.
        moved = [
            Moments(cell.columns, cell.n, cell.mean + lift * mean, cell.cov) for cell in cells[1]
        ]
        effects = [estimate_effect("mean", *pair) for pair in zip(cells[0], moved, strict=True)]
        return [
            rejections(
                f"{scenario}, {units:,} units",
                "Welch",
                p_values(effects),
                promise=POWER,
                nominal=ASKED,
                claim=claim,
            )
        ]

    return simulate


def _cells(
    population: Population, rng: np.random.Generator, experiments: int, n: int
) -> list[Moments]:
    """One arm of each experiment, drawn in ten blocks."""
    blocks = population.blocks(rng, (experiments, 1), n)
    return [
        Moments(("y",), n, np.array([m]), np.array([[s / (n - 1)]]))
        for m, s in zip(blocks.mean[:, 0].tolist(), blocks.squares[:, 0].tolist(), strict=True)
    ]


def _shares(scenario: str, share: float, weights: tuple[float, float], lift: float) -> Simulate:
    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        units = units_needed(Baseline.of_proportion(share), TestPlan(*weights), lift * share)
        n0, n1 = _sizes(units, weights)
        events = np.stack(
            [
                rng.binomial(n0, share, experiments),
                rng.binomial(n1, share * (1.0 + lift), experiments),
            ],
            axis=1,
        )
        p = of_each_pair(
            events,
            lambda x0, x1: (
                estimate_effect("proportion", share_cell(x0, n0), share_cell(x1, n1)).p_value
            ),
        )
        return [
            rejections(
                f"{scenario}, {units:,} units",
                "score or mid-p",
                p,
                promise=POWER,
                nominal=ASKED,
                claim=LIMIT,
            )
        ]

    return simulate


def _of_tables(
    rng: np.random.Generator,
    experiments: int,
    *,
    kind: str,
    estimator: str,
    tables: tuple[Table, Table],
    scenario: str,
) -> list[Figure]:
    """Baselines from the moments of 200,000 past units; the plan without covariates is wrong."""
    past = tables[0].arms(rng, 1, 200_000)[0]
    effect = _value(tables[1], kind) - _value(tables[0], kind)
    baseline = baseline_of(kind, past, estimator)
    assert isinstance(baseline, Baseline)
    units = units_needed(baseline, TestPlan(), effect)
    cells = [table.arms(rng, experiments, units // 2) for table in tables]
    effects = [
        estimate_effect(kind, *pair, estimator=estimator) for pair in zip(*cells, strict=True)
    ]
    return [
        rejections(
            f"{scenario}, {units:,} units",
            "delta method" if kind == "ratio" else "CUPED",
            p_values(effects),
            promise=POWER,
            nominal=ASKED,
            claim=LIMIT,
        )
    ]


def _value(table: Table, kind: str) -> float:
    return table.mean_of("y") / (table.mean_of("d") if kind == "ratio" else 1.0)


def _ratio(rng: np.random.Generator, experiments: int) -> list[Figure]:
    tables = clicks(0.2), clicks(0.21)
    scenario = "clicks per impression, 50/50, lift 5%"
    return _of_tables(
        rng,
        experiments,
        kind="ratio",
        estimator="unadjusted",
        tables=tables,
        scenario=scenario,
    )


def _adjusted(rng: np.random.Generator, experiments: int) -> list[Figure]:
    tables = visits(1.0), visits(1.05)
    scenario = "visits, covariate rho .75, 50/50, lift 5%"
    return _of_tables(
        rng, experiments, kind="mean", estimator="cuped", tables=tables, scenario=scenario
    )


def _margin(rng: np.random.Generator, experiments: int) -> list[Figure]:
    plan = TestPlan(margin=Margin(0.05, True, "decrease"))
    units = units_needed(Baseline(NORMAL.mean, NORMAL.sd**2), plan)
    cells = [_cells(NORMAL, rng, experiments, units // 2) for _ in "ab"]
    p = [
        non_inferiority("mean", *pair, margin=0.05, relative=True, direction="decrease").p_value
        for pair in zip(*cells, strict=True)
    ]
    scenario = f"normal, no change, margin 5 %, {units:,} units"
    return [rejections(scenario, "non-inferiority", p, promise=POWER, nominal=ASKED)]


def _corrected(correction: str) -> Simulate:
    weights = (0.4, 0.2, 0.2, 0.2)

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        figures = []
        for planned in (correction, "none"):
            alpha = comparison_alpha(0.05, planned, weights=weights)
            units = units_needed(Baseline(0.0, 1.0), TestPlan(0.4, 0.2, alpha=alpha), 0.1)
            sizes = np.array(_sizes(units, weights))
            means = rng.standard_normal((experiments, 4)) / np.sqrt(sizes) + [0, 0.1, 0, 0]
            variance = 1.0 / sizes[1:] + 1.0 / sizes[0]
            p = 2.0 * special.ndtr(-np.abs(means[:, 1:] - means[:, :1]) / np.sqrt(variance))
            found = np.array([_adjusted_p(row, correction, sizes, variance) for row in p])
            is_ours = planned == correction
            figures.append(
                counted(
                    f"normal, 40/20/20/20, {units:,} units",
                    correction if is_ours else f"{correction}, not in the plan",
                    POWER,
                    found[:, 0] <= 0.05,
                    nominal=ASKED,
                    claim=HOLDS if is_ours else NONE,
                )
            )
        return figures

    return simulate


def _adjusted_p(
    row: FloatArray, correction: str, sizes: FloatArray, variance: FloatArray
) -> FloatArray:
    if correction == "dunnett":
        return dunnett_p_values(row, 1.0 / sizes[0] / variance, [np.inf] * 3)
    return adjust_p_values(row, correction)


def _looks(function: str) -> Simulate:
    spending, looks = Spending(function), 4

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        inflation = sequential_inflation(looks, spending, alpha=0.05, power=ASKED)
        bounds = spending_bounds(equal(looks), alpha=0.05, spending=spending)
        units = units_needed(Baseline(0.0, 1.0), TestPlan(inflation=inflation), 0.05)
        per_look = units / looks
        steps = rng.normal(0.05 * per_look / 4, np.sqrt(per_look / 4), size=(experiments, looks))
        z = steps.cumsum(axis=1) / np.sqrt(per_look / 4 * np.arange(1, looks + 1))
        won = (z >= bounds.upper).any(axis=1)
        scenario = f"normal, 4 looks, {units:,} units"
        return [counted(scenario, f"{function}, with its inflation", POWER, won, nominal=ASKED)]

    return simulate
