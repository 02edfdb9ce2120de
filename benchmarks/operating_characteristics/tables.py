"""Populations with finitely many kinds of units: an arm of any size is a multinomial draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from abstats.moments import FloatArray, Moments


@dataclass(frozen=True, eq=False)
class Table:
    """Kinds of units, each with the values of its columns.

    Attributes:
        columns: Names of the columns.
        values: Values of each kind, shape (kinds, columns).
        chances: Probability of each kind, shape (kinds,).
    """

    columns: tuple[str, ...]
    values: FloatArray
    chances: FloatArray

    def mean_of(self, column: str) -> float:
        """Mean of a column."""
        return float(self.chances @ self.values[:, self.columns.index(column)])

    def counts(self, rng: np.random.Generator, experiments: int, n: int) -> FloatArray:
        """How many of n units are of each kind, shape (experiments, kinds)."""
        return rng.multinomial(n, self.chances, size=experiments).astype(np.float64)

    def moments(self, counts: FloatArray) -> list[Moments]:
        """Moments of arms with these counts."""
        centre = self.chances @ self.values
        apart = self.values - centre
        products = (apart[:, :, None] * apart[:, None, :]).reshape(len(apart), -1)
        n = counts.sum(axis=1)
        k = len(self.columns)
        mean = counts @ apart / n[:, None]
        square = (counts @ products / n[:, None]).reshape(-1, k, k)
        unbiased = np.divide(n, n - 1.0, out=np.full(n.shape, np.nan), where=n > 1)
        cov = (square - mean[:, :, None] * mean[:, None, :]) * unbiased[:, None, None]
        return [
            Moments(self.columns, int(units), m + centre, c)
            for units, m, c in zip(n, mean, cov, strict=True)
        ]

    def arms(self, rng: np.random.Generator, experiments: int, n: int) -> list[Moments]:
        """Moments of `experiments` arms of n units."""
        return self.moments(self.counts(rng, experiments, n))


def table_of(columns: Sequence[str], chances: FloatArray) -> Table:
    """The table of an array of probabilities by value of each column: 0, 1, 2, ..."""
    values = np.stack(np.unravel_index(np.arange(chances.size), chances.shape), axis=1)
    kept = chances.ravel() > 1e-9
    left = chances.ravel()[kept]
    return Table(tuple(columns), values[kept].astype(np.float64), left / left.sum())


def clicks(rate: float) -> Table:
    """Clicks y among impressions d = 1 + Poisson(5); units differ in their rate of clicks.

    Beta rates of mean `rate`, worth 10 impressions.
    """
    most = 24
    chances = np.zeros((most + 1, most + 1))
    for shown in range(1, most + 1):
        of_shown = stats.poisson.pmf(shown - 1, 5.0)
        clicked = np.arange(shown + 1)
        chances[clicked, shown] = of_shown * stats.betabinom.pmf(
            clicked, shown, 10.0 * rate, 10.0 * (1.0 - rate)
        )
    return table_of(("y", "d"), chances)


def visits(factor: float) -> Table:
    """Visits after (y) and before (x_y) exposure of units of three kinds; rho is about .75."""
    most = 30
    counts = np.arange(most + 1)
    chances = np.zeros((most + 1, most + 1))
    for taste, share in ((0.5, 0.5), (2.0, 0.35), (7.0, 0.15)):
        after, before = (stats.poisson.pmf(counts, mean) for mean in (taste * factor, taste))
        chances += share * np.outer(after, before)
    return table_of(("y", "x_y"), chances)
