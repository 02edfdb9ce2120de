"""Random numbers that follow from a name: the same on every machine and in every version of numpy.

A bit generator's stream is fixed by numpy's policy (NEP 19); the methods of its Generator are not.
"""

import hashlib
import math

import numpy as np
import numpy.typing as npt

from abstats.moments import FloatArray

_HIGHEST = 20
"""P(Poisson(1) > 20) is 1e-20: no 64-bit number falls there."""


class RandomBits:
    """A stream of random 64-bit numbers.

    Args:
        name: The stream's seed, any text.
    """

    def __init__(self, name: str) -> None:
        """Begin the stream of that name."""
        seed = int.from_bytes(hashlib.sha256(name.encode()).digest(), "big")
        self._generator = np.random.PCG64(seed)

    def poisson(self, rows: int, columns: int) -> FloatArray:
        """Draws from Poisson(1), shape (rows, columns), by inversion."""
        drawn = np.searchsorted(_POISSON, self._numbers(rows, columns), side="right")
        return drawn.astype(np.float64)

    def subsets(self, rows: int, columns: int, size: int) -> FloatArray:
        """In each row 1 at `size` places drawn without replacement, 0 elsewhere."""
        numbers = self._numbers(rows, columns)
        if size >= columns:
            return np.ones((rows, columns))
        threshold = np.partition(numbers, size, axis=1)[:, [size]]
        return (numbers < threshold).astype(np.float64)

    def _numbers(self, rows: int, columns: int) -> npt.NDArray[np.uint64]:
        numbers = self._generator.random_raw(rows * columns)
        return np.asarray(numbers, dtype=np.uint64).reshape(rows, columns)


def _poisson_thresholds() -> npt.NDArray[np.uint64]:
    """The numbers from which on a draw is 1, 2, ...; exact sums of 1 / (e k!) of 2^64."""
    total, thresholds = 0.0, []
    for k in range(_HIGHEST):
        total += math.exp(-1.0) / math.factorial(k)
        thresholds.append(min(int(total * 2.0**64), 2**64 - 1))
    return np.array(thresholds, dtype=np.uint64)


_POISSON = _poisson_thresholds()
