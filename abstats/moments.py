"""The waist: what inference knows about a cell, and the algebra it is written in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Moments:
    """Count, means and covariances of the unit-level columns of one cell.

    A cell without units has NaN means; one with fewer than two units has NaN covariances.

    Attributes:
        columns: Names of the columns, unique, in the order of `mean` and `cov`. Length k.
        n: Number of units.
        mean: Means over units, shape (k,).
        cov: Sample covariance over units (divisor n - 1), shape (k, k), symmetric.
    """

    columns: tuple[str, ...]
    n: int
    mean: FloatArray
    cov: FloatArray

    def __post_init__(self) -> None:
        k = len(self.columns)
        if len(set(self.columns)) != k:
            raise ValueError(f"columns == {self.columns!r}, must be unique.")
        if self.n < 0:
            raise ValueError(f"n == {self.n}, must be >= 0.")
        if np.shape(self.mean) != (k,):
            raise ValueError(f"mean has shape {np.shape(self.mean)}, must be {(k,)}.")
        if np.shape(self.cov) != (k, k):
            raise ValueError(f"cov has shape {np.shape(self.cov)}, must be {(k, k)}.")

    @classmethod
    def from_rows(cls, columns: Sequence[str], rows: npt.ArrayLike) -> Self:
        """Moments of a small array, shape (n, k) or (n,) for one column."""
        names = tuple(columns)
        data = np.asarray(rows, dtype=np.float64)
        if data.ndim == 1 and len(names) == 1:
            data = data[:, None]
        if data.ndim != 2 or data.shape[1] != len(names):
            raise ValueError(f"rows has shape {data.shape}, must be (n, {len(names)}).")
        n, k = data.shape
        mean = data.mean(axis=0) if n > 0 else np.full(k, np.nan)
        if n > 0:  # a second pass takes back what summing large numbers lost
            mean = mean + (data - mean).mean(axis=0)
        centred = data - mean
        cov = centred.T @ centred / (n - 1) if n > 1 else np.full((k, k), np.nan)
        return cls(names, n, mean, cov)

    def index(self, column: str) -> int:
        """Position of a column.

        Raises:
            KeyError: There is no such column.
        """
        try:
            return self.columns.index(column)
        except ValueError:
            raise KeyError(f"column == {column!r}, must be one of {self.columns!r}.") from None

    def mean_of(self, column: str) -> float:
        """Mean of one column."""
        return float(self.mean[self.index(column)])

    def variance(self, column: str) -> float:
        """Sample variance of one column over units."""
        i = self.index(column)
        return float(self.cov[i, i])

    def std_error(self, column: str) -> float:
        """Standard error of the mean of one column."""
        return float(np.sqrt(self.variance(column) / self.n)) if self.n > 1 else float("nan")

    def select(self, *columns: str) -> Moments:
        """The same cell with fewer or reordered columns."""
        at = [self.index(column) for column in columns]
        return Moments(tuple(columns), self.n, self.mean[at], self.cov[np.ix_(at, at)])

    def merge(self, other: Moments) -> Moments:
        """Moments of the union of two disjoint cells, exactly.

        Pairwise update of means and centred products: Chan, Golub & LeVeque (1983), eq. 2.1.

        Raises:
            ValueError: The columns differ.
        """
        if other.columns != self.columns:
            raise ValueError(f"columns == {other.columns!r}, must be {self.columns!r}.")
        if self.n == 0 or other.n == 0:
            return other if self.n == 0 else self
        n = self.n + other.n
        delta = other.mean - self.mean
        products = self._centred_products() + other._centred_products()
        products = products + np.outer(delta, delta) * (self.n * (other.n / n))
        return Moments(self.columns, n, self.mean + delta * (other.n / n), products / (n - 1))

    def project(self, matrix: npt.ArrayLike, columns: Sequence[str]) -> Moments:
        """Moments of the linear combinations `matrix @ row`; `matrix` has shape (m, k)."""
        names = tuple(columns)
        linear = np.asarray(matrix, dtype=np.float64)
        if linear.shape != (len(names), len(self.columns)):
            raise ValueError(
                f"matrix has shape {linear.shape}, must be {(len(names), len(self.columns))}."
            )
        return Moments(names, self.n, linear @ self.mean, linear @ self.cov @ linear.T)

    def _centred_products(self) -> FloatArray:
        """Sums of centred products; zeros for a single unit, whose covariance is unknown."""
        return self.cov * (self.n - 1) if self.n > 1 else np.zeros_like(self.cov)
