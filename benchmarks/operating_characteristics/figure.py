"""One simulated rate against the rate that was promised."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.bands import Band, binomial_band

LEVEL = 0.999

HOLDS, LIMIT, NONE = "holds", "in the limit", "none"
"""What abstats says of a method in a scenario: it keeps its rate; it does for large n; it does not.

The last are the wrong ways, shown beside ours.
"""

ERROR, FAMILY_ERROR, FALSE_DISCOVERIES = "type I error", "family-wise error", "false discovery rate"
COVERAGE, RELATIVE = "coverage", "coverage, relative"
POWER, WRONG_STOPS = "power", "wrong among stopped"
PROMISES = (
    ERROR,
    FAMILY_ERROR,
    FALSE_DISCOVERIES,
    WRONG_STOPS,
    COVERAGE,
    RELATIVE,
    POWER,
)
"""Of the first four less is better, of the others more."""
ERRORS = PROMISES[:4]


class Figure(NamedTuple):
    """A simulated rate.

    Attributes:
        scenario: Population, split, units, looks: what was drawn.
        method: What was computed from it.
        promise: One of `PROMISES`.
        claim: `HOLDS`, `LIMIT` or `NONE`.
        nominal: The promised rate.
        hits: How often it happened; of a false discovery rate the sum of the shares.
        replications: Simulated experiments with an answer, of which `hits` is a part.
        drawn: Simulated experiments, with and without an answer (a NULL with its status).
    """

    scenario: str
    method: str
    promise: str
    claim: str
    nominal: float
    hits: float
    replications: int
    drawn: int

    @property
    def observed(self) -> float:
        """The share of hits; NaN without an answer."""
        return self.hits / self.replications if self.replications else math.nan

    @property
    def band(self) -> Band:
        """Where the observed share lies with 99.9 % if the nominal rate is the true one.

        Exact for counts; for shares within an experiment, which vary less, on the safe side.
        """
        return binomial_band(max(self.replications, 1), self.nominal, LEVEL)

    @property
    def verdict(self) -> str:
        """ "holds", "conservative" or "fails"; "no answer" where there never is a number."""
        if not self.replications:
            return "no answer"
        low, high = self.band
        share = self.observed
        if low - 1e-12 <= share <= high + 1e-12:
            return "holds"
        is_safe = share < low if self.promise in ERRORS else share > high
        return "conservative" if is_safe else "fails"


def counted(
    scenario: str,
    method: str,
    promise: str,
    hits: npt.ArrayLike,
    *,
    nominal: float,
    claim: str = HOLDS,
    answered: npt.ArrayLike | None = None,
) -> Figure:
    """A figure from one hit or miss (or share) per experiment, of those that have an answer."""
    values = np.asarray(hits, dtype=np.float64)
    known = np.ones(values.shape, bool) if answered is None else np.asarray(answered, bool)
    return Figure(
        scenario,
        method,
        promise,
        claim,
        nominal,
        float(values[known].sum()),
        int(known.sum()),
        values.size,
    )


def rejections(
    scenario: str,
    method: str,
    p_values: Sequence[float] | npt.ArrayLike,
    *,
    alpha: float = 0.05,
    claim: str = HOLDS,
    promise: str = ERROR,
    nominal: float | None = None,
) -> Figure:
    """How many p-values are at most alpha; NaN is no answer."""
    p = np.asarray(p_values, dtype=np.float64)
    rate = alpha if nominal is None else nominal
    return counted(
        scenario,
        method,
        promise,
        p <= alpha,
        nominal=rate,
        claim=claim,
        answered=~np.isnan(p),
    )


def covered(
    scenario: str,
    method: str,
    bounds: npt.ArrayLike,
    truth: npt.ArrayLike,
    *,
    promise: str = COVERAGE,
    nominal: float = 0.95,
    claim: str = HOLDS,
) -> Figure:
    """How many intervals, shape (experiments, 2), hold the truth.

    An interval with one bound is open on the other side; one without bounds is no answer.
    """
    ends = np.asarray(bounds, dtype=np.float64)
    low, high = ends[:, 0], ends[:, 1]
    true = np.asarray(truth, dtype=np.float64)
    return counted(
        scenario,
        method,
        promise,
        ~(low > true) & ~(high < true),
        nominal=nominal,
        claim=claim,
        answered=~(np.isnan(low) & np.isnan(high)),
    )
