"""Looks with any correlation: multivariate normal integration by sequential conditioning."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special
from scipy.stats import qmc

from abstats.inference.sequential.crossing import Interval
from abstats.moments import FloatArray

LOG2_POINTS = 14
MOST_LOOKS = 30
SMALLEST_PIVOT = 1e-6


class Regions(NamedTuple):
    """Where the looks so far went on.

    Attributes:
        theta: The true effect.
        regions: Intervals of the statistic of each look so far.
    """

    theta: float
    regions: tuple[Sequence[Interval], ...]


@dataclass(frozen=True)
class CorrelatedLooks:
    """z-statistics of looks with a known correlation matrix.

    Genz's (1992) transformation, newest look first: it is drawn from its tail, earlier ones in
    turn from where they went on, given the later ones. So a rare crossing is found with the same
    relative error as a common one. The points are Sobol's, so the same input gives the same bytes.

    Attributes:
        information: The mean of look k is theta sqrt information(k), (looks,).
        factors: For each look the lower Cholesky factor of the correlations of it and all
            before it, newest first.
        points: Sobol points in (0, 1), (looks, points).
    """

    information: FloatArray
    factors: tuple[FloatArray, ...]
    points: FloatArray

    def __len__(self) -> int:
        return self.information.size

    def start(self, theta: float) -> Regions:
        """Before the first look."""
        return Regions(theta, ())

    def above(self, state: Regions, z: float) -> float:
        """P(not stopped before, and the next look's statistic is at least z)."""
        return self._tail(state, z, 1.0)

    def below(self, state: Regions, z: float) -> float:
        """P(not stopped before, and the next look's statistic is at most z)."""
        return self._tail(state, z, -1.0)

    def advance(self, state: Regions, regions: Sequence[Interval]) -> Regions:
        """After the next look, going on only in the regions of its statistic."""
        return Regions(state.theta, (*state.regions, tuple(regions)))

    def _tail(self, state: Regions, z: float, sign: float) -> float:
        look = len(state.regions)
        means = state.theta * np.sqrt(self.information)
        factor = self.factors[look]
        tail = float(special.ndtr(-sign * (z - means[look])))
        if tail == 0.0 or look == 0:
            return tail
        scores = np.empty((look, self.points.shape[1]))
        scores[0] = -sign * special.ndtri(self.points[0] * tail)
        weight = np.full(scores.shape[1], tail)
        for step in range(1, look + 1):
            earlier = look - step
            given = means[earlier] + factor[step, :step] @ scores[:step]
            pieces = [
                special.ndtr((np.array(ends)[:, None] - given) / factor[step, step])
                for ends in state.regions[earlier]
            ]
            goes_on = sum(np.maximum(high - low, 0.0) for low, high in pieces)
            weight *= goes_on
            if step < look:
                scores[step] = _drawn(self.points[step] * goes_on, pieces)
        return float(np.mean(weight))


def correlated_looks(correlation: npt.ArrayLike, information: npt.ArrayLike) -> CorrelatedLooks:
    """Check a correlation matrix, shape (looks, looks), and give its looks.

    Raises:
        ValueError: The matrix is not a positive definite correlation matrix of one row per
            look, or has more than 30 looks.
    """
    matrix = np.asarray(correlation, dtype=np.float64)
    means = np.asarray(information, dtype=np.float64)
    looks = means.size
    shown = f"correlation == {matrix.tolist()!r}"
    if matrix.shape != (looks, looks):
        raise ValueError(f"{shown}, must have one row and one column per look ({looks}).")
    if looks > MOST_LOOKS:
        raise ValueError(f"looks == {looks}, must be <= {MOST_LOOKS} with a correlation matrix.")
    is_correlation = np.allclose(matrix, matrix.T, rtol=0.0, atol=1e-12) and np.allclose(
        np.diag(matrix), 1.0, rtol=0.0, atol=1e-12
    )
    if not is_correlation:
        raise ValueError(f"{shown}, must be symmetric with ones on the diagonal.")
    factors = tuple(_factor(matrix[k::-1, k::-1] if k else matrix[:1, :1]) for k in range(looks))
    if any(float(np.min(np.diag(factor))) < SMALLEST_PIVOT for factor in factors):
        raise ValueError(f"{shown}, must be positive definite: every look needs news of its own.")
    sobol = qmc.Sobol(looks, scramble=False).random_base2(LOG2_POINTS)
    # Half a step away from zero, which is no quantile.
    points: FloatArray = np.array(sobol.T, dtype=np.float64) + 0.5 ** (LOG2_POINTS + 1)
    return CorrelatedLooks(means, factors, points)


def _factor(matrix: FloatArray) -> FloatArray:
    try:
        return np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.zeros_like(matrix)


def _drawn(along: FloatArray, pieces: list[FloatArray]) -> FloatArray:
    """Standard normal quantiles at a distance along the pieces of probability laid end to end."""
    quantile = np.zeros_like(along)
    for low, high in pieces:
        size = np.maximum(high - low, 0.0)
        quantile = np.where(along >= 0.0, low + np.minimum(along, size), quantile)
        along = np.where(along > size, along - size, -1.0)
    drawn: FloatArray = special.ndtri(np.clip(quantile, 1e-300, 1.0 - 2.0**-53))
    return drawn
