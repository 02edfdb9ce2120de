"""Arms of simulated experiments, as moments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from abstats.inference import Effect
from abstats.moments import FloatArray, Moments
from benchmarks.operating_characteristics.populations import Blocks

BLOCKS = 100
Events = npt.NDArray[np.int64]
T = TypeVar("T")


class Split(NamedTuple):
    """How units are divided between two arms.

    Attributes:
        name: For tables.
        control: Of every 100 units those of control; the others are the treatment's.
    """

    name: str
    control: int

    @property
    def weights(self) -> tuple[float, float]:
        """Control's and the treatment's share."""
        return self.control / BLOCKS, 1.0 - self.control / BLOCKS

    def units(self, total: int) -> tuple[int, int]:
        """Units of control and treatment among a total of hundreds."""
        control = total // BLOCKS * self.control
        return control, total - control


EVEN, NINE_TO_ONE, HUNDRED_TO_ONE = Split("50/50", 50), Split("90/10", 90), Split("99/1", 99)
SPLITS = (EVEN, NINE_TO_ONE, HUNDRED_TO_ONE)
UNITS = (100, 1_000, 10_000, 100_000, 1_000_000)


class Sums(NamedTuple):
    """One arm of many experiments.

    Attributes:
        n: Units.
        mean: Their mean, shape (experiments,).
        variance: Their sample variance, shape (experiments,); NaN for one unit.
    """

    n: int
    mean: FloatArray
    variance: FloatArray

    def scaled(self, factor: float) -> Sums:
        """The arm if all values were `factor` times as large."""
        return Sums(self.n, self.mean * factor, self.variance * factor**2)

    def moments(self) -> list[Moments]:
        """Moments of column y, one per experiment."""
        return [
            Moments(("y",), self.n, np.array([mean]), np.array([[variance]]))
            for mean, variance in zip(self.mean.tolist(), self.variance.tolist(), strict=True)
        ]


def merged(blocks: Blocks, first: int, last: int) -> Sums:
    """The arm of blocks first .. last - 1 (Chan, Golub & LeVeque 1983)."""
    means = blocks.mean[:, first:last]
    mean = means.mean(axis=1)
    n = blocks.units * (last - first)
    squares = blocks.squares[:, first:last].sum(axis=1)
    squares = squares + blocks.units * ((means - mean[:, None]) ** 2).sum(axis=1)
    return Sums(n, mean, squares / (n - 1) if n > 1 else np.full(mean.shape, np.nan))


def two_arms(blocks: Blocks, split: Split) -> tuple[Sums, Sums]:
    """Control and treatment of 100 blocks."""
    return merged(blocks, 0, split.control), merged(blocks, split.control, BLOCKS)


def share_cell(events: int, n: int) -> Moments:
    """Moments of a 0/1 column."""
    p = events / n
    variance = p * (1.0 - p) * (n / (n - 1)) if n > 1 else np.nan
    return Moments(("y",), n, np.array([p]), np.array([[variance]]))


def of_each_pair(events: Events, compute: Callable[[int, int], T]) -> list[T]:
    """`compute` of the events of control and treatment in each experiment, once for equal pairs.

    Args:
        events: Events of the two arms, shape (experiments, 2).
        compute: What is computed from a pair.
    """
    pairs, place = np.unique(events, axis=0, return_inverse=True)
    found = [compute(int(control), int(treatment)) for control, treatment in pairs]
    return [found[i] for i in np.ravel(place).tolist()]


def batch_moments(columns: tuple[str, ...], rows: FloatArray) -> list[Moments]:
    """Moments of many samples at once; rows has shape (experiments, n, columns)."""
    n = rows.shape[1]
    mean = rows.mean(axis=1)
    apart = rows - mean[:, None, :]
    cov = np.einsum("sni,snj->sij", apart, apart) / (n - 1)
    return [Moments(columns, n, m, c) for m, c in zip(mean, cov, strict=True)]


def p_values(effects: Iterable[Effect]) -> FloatArray:
    """Two-sided p-values."""
    return np.array([effect.p_value for effect in effects])


def intervals(effects: Sequence[Effect]) -> FloatArray:
    """Bounds of the absolute effects, shape (experiments, 2)."""
    return np.array([(effect.ci_lower, effect.ci_upper) for effect in effects])


def relative_intervals(effects: Sequence[Effect]) -> FloatArray:
    """Bounds of the relative effects, shape (experiments, 2)."""
    return np.array([(effect.relative_ci_lower, effect.relative_ci_upper) for effect in effects])
