"""Looks with independent increments: exact recursive integration over the score scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from abstats.inference.sequential.crossing import Interval
from abstats.moments import FloatArray

# Standard deviations on either side of the mean that are integrated over; P(beyond) is 2e-33.
REACH = 12.0
# Gauss-Legendre panels of 8 standard deviations of an increment, 20 nodes each.
PANEL_WIDTH = 8.0
NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)
SMALLEST_STEP = 1e-6
CHUNK = 4_000_000


class SubDensity(NamedTuple):
    """The law of the score on paths that have not stopped, between two looks.

    Attributes:
        look: Index of the next look.
        theta: The effect that it is the law under.
        nodes: Values of the score, increasing, shape (nodes,).
        masses: Quadrature weight times sub-density at each node; they add up to the probability
            of not having stopped.
    """

    look: int
    theta: float
    nodes: FloatArray
    masses: FloatArray


@dataclass(frozen=True)
class IndependentIncrements:
    """z-statistics z(k) ~ N(theta sqrt I(k), 1) whose scores z sqrt I have independent increments.

    The canonical joint distribution (Jennison & Turnbull 2000, sec. 3.1): it holds for any
    efficient estimate from independent units that count once each, when they are complete.
    The recursion is Armitage, McPherson & Rowe's (1969). Jennison & Turnbull's grid (sec. 19.2)
    has about 200 points whatever the number of looks and is too coarse once increments are small;
    here panels are as narrow as the increments.

    Attributes:
        information: I(k) = 1 / std_error(k)^2, increasing, in any unit, shape (looks,).
    """

    information: FloatArray

    def __len__(self) -> int:
        return self.information.size

    def start(self, theta: float) -> SubDensity:
        """Before the first look the score is 0."""
        return SubDensity(0, theta, np.zeros(1), np.ones(1))

    def above(self, state: SubDensity, z: float) -> float:
        """P(not stopped before, and the next look's statistic is at least z)."""
        return float(state.masses @ special.ndtr(-self._standardised(state, z)))

    def below(self, state: SubDensity, z: float) -> float:
        """P(not stopped before, and the next look's statistic is at most z)."""
        return float(state.masses @ special.ndtr(self._standardised(state, z)))

    def advance(self, state: SubDensity, regions: Sequence[Interval]) -> SubDensity:
        """The sub-density after the next look, going on only in the regions of its statistic."""
        look = state.look
        info, step = self.information[look], self._step(look)
        following = self._step(look + 1) if look + 1 < len(self) else step
        nodes, weights = _panels(
            regions, np.sqrt(info), state.theta * info, np.sqrt(min(step, following))
        )
        density = _convolved(nodes - state.theta * step, state, np.sqrt(step), np.sqrt(step / info))
        return SubDensity(look + 1, state.theta, nodes, weights * density)

    def tilted(self, state: SubDensity, theta: float) -> SubDensity:
        """The same state under another effect, by its likelihood ratio.

        Jennison & Turnbull (2000), eq. 8.2. Good while the two means lie within a few standard
        deviations, since both are integrated over the first one's nodes.
        """
        info = self.information[state.look - 1] if state.look else 0.0
        shift = theta - state.theta
        exponent = shift * state.nodes - 0.5 * shift * (theta + state.theta) * info
        return state._replace(theta=theta, masses=state.masses * np.exp(exponent))

    def _step(self, look: int) -> float:
        before = self.information[look - 1] if look else 0.0
        return float(self.information[look] - before)

    def _standardised(self, state: SubDensity, z: float) -> FloatArray:
        step = self._step(state.look)
        score = z * np.sqrt(self.information[state.look])
        value: FloatArray = (score - state.nodes - state.theta * step) / np.sqrt(step)
        return value


def independent_increments(information: npt.ArrayLike) -> IndependentIncrements:
    """Check an information sequence, shape (looks,), and give its looks.

    Raises:
        ValueError: No look, a value that is not finite and positive, or information that does
            not grow by at least a millionth from look to look.
    """
    values = np.atleast_1d(np.asarray(information, dtype=np.float64))
    require_increasing("information", values)
    return IndependentIncrements(values)


def require_increasing(name: str, values: FloatArray) -> None:
    """Raise ValueError unless values are finite, positive and grow by a millionth or more."""
    shown = f"{name} == {values.tolist()!r}"
    if values.ndim != 1 or values.size == 0:
        raise ValueError(f"{shown}, must have one value per look, at least one.")
    if not np.all(np.isfinite(values) & (values > 0.0)):
        raise ValueError(f"{shown}, must be finite and > 0: a look needs data.")
    if np.any(np.diff(values) < SMALLEST_STEP * values[1:]):
        raise ValueError(
            f"{shown}, must increase by at least {SMALLEST_STEP:g} of itself at each look: a "
            "look without new information is left out, and information that goes backwards "
            "has no independent increments."
        )


def _panels(
    regions: Sequence[Interval], scale: float, mean: float, smallest: float
) -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre nodes and weights on the regions, given as statistics, of the score."""
    nodes, weights = [np.empty(0)], [np.empty(0)]
    for start, end in regions:
        low = max(start * scale, mean - REACH * scale)
        high = min(end * scale, mean + REACH * scale)
        if high <= low:
            continue
        count = int(np.ceil((high - low) / (PANEL_WIDTH * smallest)))
        half = (high - low) / (2.0 * count)
        centres = low + half * (2.0 * np.arange(count) + 1.0)
        nodes.append((centres[:, None] + half * NODES).ravel())
        weights.append(np.tile(half * WEIGHTS, count))
    return np.concatenate(nodes), np.concatenate(weights)


def _convolved(x: FloatArray, state: SubDensity, sigma: float, share: float) -> FloatArray:
    """Sum over nodes u of mass(u) times the normal density of x - u, shape of x.

    Only nodes near x are summed: a density's slope at REACH moves the mode of the product by at
    most REACH x share standard deviations of the increment.
    """
    u, masses = state.nodes, state.masses
    if u.size == 0 or x.size == 0:
        return np.zeros(x.size)
    window = (8.5 + REACH * share) * sigma
    first = np.searchsorted(u, x - window)
    width = int(np.max(np.searchsorted(u, x + window) - first, initial=1))
    first = np.minimum(first, u.size - width)
    density = np.empty(x.size)
    rows = max(CHUNK // width, 1)
    for begin in range(0, x.size, rows):
        part = slice(begin, begin + rows)
        near = first[part, None] + np.arange(width)
        distance = (x[part, None] - u[near]) / sigma
        density[part] = np.einsum("ij,ij->i", masses[near], np.exp(-0.5 * distance**2))
    density /= sigma * np.sqrt(2.0 * np.pi)
    return density
