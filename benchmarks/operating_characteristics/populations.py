"""Values of units, and the moments of many blocks of them without keeping the values."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from abstats.moments import FloatArray

CHUNK = 4_000_000


class Blocks(NamedTuple):
    """Blocks of equally many units, of which arms are put together.

    Attributes:
        units: Units of each block.
        mean: Mean of each block, shape (experiments, blocks).
        squares: Sum of squares about that mean, same shape.
    """

    units: int
    mean: FloatArray
    squares: FloatArray


class Population(NamedTuple):
    """A distribution of one value per unit.

    Attributes:
        name: For tables.
        mean: Its mean.
        sd: Its standard deviation.
        blocks: (generator, (experiments, blocks), units) to `Blocks`.
    """

    name: str
    mean: float
    sd: float
    blocks: Callable[[np.random.Generator, tuple[int, int], int], Blocks]


def _normal(rng: np.random.Generator, shape: tuple[int, int], units: int) -> Blocks:
    """Mean and sum of squares of normal values are independent, normal and chi-square."""
    mean = 10.0 + rng.standard_normal(shape) * (4.0 / math.sqrt(units))
    squares = 16.0 * rng.chisquare(units - 1, shape) if units > 1 else np.zeros(shape)
    return Blocks(units, mean, squares)


def _log_normal(rng: np.random.Generator, shape: tuple[int, int], units: int) -> Blocks:
    """Every value is drawn, some experiments at a time."""
    mean, squares = np.empty((2, *shape))
    step = max(1, CHUNK // (shape[1] * units))
    for start in range(0, shape[0], step):
        rows = min(step, shape[0] - start)
        values = rng.standard_normal((rows, shape[1], units), dtype=np.float32)
        np.multiply(values, 2.0, out=values)
        np.exp(values, out=values)
        here = slice(start, start + rows)
        mean[here] = values.mean(axis=2, dtype=np.float64)
        apart = values - mean[here, :, None]
        squares[here] = np.einsum("ebu,ebu->eb", apart, apart)
    return Blocks(units, mean, squares)


def _revenue(rng: np.random.Generator, shape: tuple[int, int], units: int) -> Blocks:
    """Who buys is a binomial number; only their amounts are drawn."""
    mean, squares = np.empty((2, *shape))
    step = max(1, int(CHUNK / (shape[1] * units * BUYERS)))
    for start in range(0, shape[0], step):
        rows = min(step, shape[0] - start)
        buyers = rng.binomial(units, BUYERS, (rows, shape[1]))
        block = np.repeat(np.arange(buyers.size), buyers.ravel())
        amounts = np.exp(rng.standard_normal(block.size))
        total, of_squares = (
            np.bincount(block, weights=weights, minlength=buyers.size).reshape(buyers.shape)
            for weights in (amounts, amounts**2)
        )
        here = slice(start, start + rows)
        mean[here] = total / units
        squares[here] = np.maximum(of_squares - total**2 / units, 0.0)
    return Blocks(units, mean, squares)


BUYERS = 0.05
_OF_BUYERS = math.exp(0.5), math.exp(2.0)  # first two moments of their amounts
NORMAL = Population("normal", 10.0, 4.0, _normal)
LOG_NORMAL = Population(
    "log-normal, sigma 2", math.exp(2.0), math.sqrt(math.exp(8.0) - math.exp(4.0)), _log_normal
)
REVENUE = Population(
    "revenue, 95 % zeros",
    BUYERS * _OF_BUYERS[0],
    math.sqrt(BUYERS * _OF_BUYERS[1] - (BUYERS * _OF_BUYERS[0]) ** 2),
    _revenue,
)
MEANS = (NORMAL, LOG_NORMAL, REVENUE)
SHARES = (0.005, 0.05)
"""Probabilities of the Bernoulli populations; their sufficient statistics are counts."""
