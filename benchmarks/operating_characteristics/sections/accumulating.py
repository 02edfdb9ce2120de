"""Units that enter over four weeks and go on acting: windows against open-ended totals."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from abstats.inference import estimate_effect
from abstats.inference.anytime import always_valid
from abstats.inference.sequential import Spending, running_bounds, running_variance, spending_bounds
from abstats.inference.tails import critical_value, normal_score
from abstats.moments import FloatArray, Moments
from benchmarks.operating_characteristics.figure import (
    ERROR,
    HOLDS,
    LIMIT,
    NONE,
    Figure,
    counted,
)
from benchmarks.operating_characteristics.paths import ever, has_news
from benchmarks.operating_characteristics.scenario import Scenario, Simulate
from benchmarks.operating_characteristics.sections.every_hour import ALPHA

Entries = Callable[[np.random.Generator, tuple[int, ...]], FloatArray]
DAYS = np.array([7.0, 14.0, 21.0, 28.0])
WINDOW = 7.0
ARM = 200  # units of each arm, as in the published figures of .082 and .074
SPENDINGS = {"O'Brien-Fleming": Spending("obrien_fleming"), "Pocock": Spending("pocock")}
HOURS = 2_160
ENTRIES: dict[str, Entries] = {
    "early entry": lambda rng, shape: 28.0 * rng.beta(0.5, 3.0, shape),
    "even entry": lambda rng, shape: 28.0 * rng.random(shape),
    "late entry": lambda rng, shape: 28.0 * rng.beta(2.0, 1.0, shape),
}


def scenarios() -> Iterator[Scenario]:
    """Four weekly looks by entry, and looks by the hour for 90 days."""
    for name in ENTRIES:
        quick = 3_000 if name == "early entry" else 0
        yield Scenario(f"{name}, open-ended", _open_ended(name), 20_000, quick)
        yield Scenario(f"{name}, windows", _windows(name), 3_000, 800 if quick else 0)
    for name, activity in ACTIVITIES.items():
        quick = 15_000 if "first hour" in name else 2_000
        yield Scenario(name, _hourly(name, activity), 20_000, quick)


def totals(
    rng: np.random.Generator, entry: FloatArray, days: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Totals of units at these days, and who has entered; shapes (..., units, days).

    Units act at rates of their own that do not change.
    """
    rate = rng.gamma(20.0, 1.0 / 20.0, entry.shape)
    total, age = np.zeros(entry.shape), np.zeros(entry.shape)
    values, entered = [], []
    for day in days:
        grown = np.clip(day - entry, 0.0, None)
        total = total + rng.poisson(rate * (grown - age))
        age = grown
        values.append(total)
        entered.append(grown > 0.0)
    return np.stack(values, -1), np.stack(entered, -1)


def mean_and_covariance(
    values: FloatArray, entered: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Units, means of those entered, and the covariance of these means between looks."""
    n = entered.sum(-2)
    mean = (values * entered).sum(-2) / n
    residual = (values - mean[..., None, :]) * entered
    products = np.einsum("...ij,...ik->...jk", residual, residual)
    return n, mean, products / (n[..., :, None] * n[..., None, :])


def _open_ended(name: str) -> Simulate:
    """Information is taken from numbers of units, or from the covariance between the looks."""
    scenario = f"{name}, totals that keep growing, 4 looks"

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        many = ENTRIES[name](rng, (400_000,))
        n, _, covariance = mean_and_covariance(*totals(rng, many, DAYS))
        errors = np.sqrt(np.diag(covariance))
        correlation = covariance / np.outer(errors, errors)
        parts = []
        for start in range(0, experiments, 1_000):
            shape = (min(1_000, experiments - start), ARM)
            arms = [
                mean_and_covariance(*totals(rng, ENTRIES[name](rng, shape), DAYS)) for _ in "ab"
            ]
            variance = sum(np.diagonal(arm[2], axis1=-2, axis2=-1) for arm in arms)
            with np.errstate(divide="ignore", invalid="ignore"):
                parts.append((arms[0][1] - arms[1][1]) / np.sqrt(variance))
        z = np.nan_to_num(np.abs(np.concatenate(parts)))
        figures = []
        for method, spending in SPENDINGS.items():
            fractions = n / n[-1] * [1, 1, 1, 1 + 1e-5]
            naive = spending_bounds(fractions, alpha=ALPHA, spending=spending, is_final=True)
            ours = spending_bounds(
                DAYS / DAYS[-1],
                alpha=ALPHA,
                spending=spending,
                is_final=True,
                correlation=correlation,
            )
            figures += [
                counted(
                    scenario,
                    f"{method}, actual covariance",
                    ERROR,
                    ever(z >= ours.upper),
                    nominal=ALPHA,
                    claim=LIMIT,
                ),
                counted(
                    scenario,
                    f"{method}, fractions of units",
                    ERROR,
                    ever(z >= naive.upper),
                    nominal=ALPHA,
                    claim=NONE,
                ),
            ]
        figures.append(
            counted(
                scenario,
                "fixed test at every look",
                ERROR,
                ever(z >= 1.959964),
                nominal=ALPHA,
                claim=NONE,
            )
        )
        return figures

    return simulate


def _windows(name: str) -> Simulate:
    """A unit counts once, seven days after it entered; looks at days 14, 21, 28 and 35."""
    scenario = f"{name}, 7-day windows, 4 looks"
    units = 2 * ARM

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        crossed = {method: np.zeros(experiments, dtype=bool) for method in SPENDINGS}
        looks = DAYS + WINDOW
        times = np.array([1.0, 2.0, 3.0, 4.0]) / 4.0
        for i in range(experiments):
            entry = ENTRIES[name](rng, (2, units))
            values = rng.poisson(WINDOW * rng.gamma(20.0, 1.0 / 20.0, entry.shape)).astype(float)
            z, variances, at = [], [], []
            for look, day in enumerate(looks):
                mature = entry + WINDOW <= day
                arms = [
                    Moments.from_rows(("y",), v[m]) for v, m in zip(values, mature, strict=True)
                ]
                effect = estimate_effect("mean", *arms)
                variance = running_variance(effect)
                last = variances[-1] if variances else 0.0
                if effect.status == "ok" and has_news(variance, last):
                    z.append(abs(normal_score(effect.statistic, effect.degrees_of_freedom)))
                    variances.append(variance)
                    at.append(look)
            if not at:
                continue
            clock = times[at]
            clock[-1] = 1.0
            for method, spending in SPENDINGS.items():
                bounds = running_bounds(spending, clock, variances, alpha=ALPHA, sides=2)
                crossed[method][i] = (np.array(z) >= bounds).any()
        return [
            counted(scenario, f"{method}, mature units", ERROR, hits, nominal=ALPHA, claim=HOLDS)
            for method, hits in crossed.items()
        ]

    return simulate


def _steps(of_hour: Callable[[FloatArray], FloatArray]) -> FloatArray:
    return of_hour(np.arange(1, HOURS + 1))


ACTIVITIES: dict[str, tuple[FloatArray, FloatArray, str]] = {
    "open-ended, all units active from the first hour on": (
        np.ones(HOURS),
        np.ones(HOURS),
        NONE,
    ),
    "open-ended, the site ten times as busy at the end": (
        _steps(lambda hour: 10.0 ** (hour / HOURS)),
        np.ones(HOURS),
        NONE,
    ),
    "7-day windows": (
        np.ones(HOURS - 168),
        np.arange(1, HOURS - 167) / HOURS,
        HOLDS,
    ),
}
"""Spread of each hour's step of the total, units so far over those planned, and the claim."""


def _hourly(name: str, activity: tuple[FloatArray, FloatArray, str]) -> Simulate:
    """Bounds of the confidence sequence, asked as if each unit counted once."""
    spreads, fractions, claim = activity
    scenario = f"{name}, {fractions.size:,} looks by the hour, normal increments"

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        critical = _critical(fractions)
        sd = np.sqrt((spreads**2).cumsum())
        hits = []
        for start in range(0, experiments, 1_000):
            shape = (min(1_000, experiments - start), spreads.size)
            sums = (rng.standard_normal(shape) * spreads).cumsum(axis=1)
            hits.append(ever(np.abs(sums) >= critical * sd))
        method = "confidence sequence" + ("" if claim == HOLDS else ", as if units counted once")
        return [counted(scenario, method, ERROR, np.concatenate(hits), nominal=ALPHA, claim=claim)]

    return simulate


def _critical(fractions: FloatArray) -> FloatArray:
    """What z must exceed where so much of the planned units has come."""
    planned = 10_000_000
    found = {}
    for fraction in np.unique(fractions).tolist():
        cell = Moments(("y",), round(planned * fraction), np.zeros(1), np.eye(1))
        result = always_valid(
            estimate_effect("mean", cell, cell),
            planned=(planned, planned),
            counts_each_unit_once=True,
            alpha=ALPHA,
        )
        is_early = result.status == "too_early"
        found[fraction] = np.inf if is_early else critical_value(result.local_alpha / 2.0)
    return np.array([found[fraction] for fraction in fractions.tolist()])
