"""At which levels of the pooled data the grid of a quantile metric is taken."""

import math

import numpy as np
from scipy import special

from abstats.inference.checks import require_fraction
from abstats.moments import FloatArray

# In log-odds from p: a bound a thousandth away is resolved, and the farthest leaves 1.2e-4 of the
# events beyond p out.
NEAREST, FARTHEST = 1e-3, 9.0
FEWEST = 16


def grid_levels(p: float, n_points: int) -> FloatArray:
    """Probabilities at which pooled quantiles are taken as grid values, shape (n_points,).

    0, p, 1 and, on either side of p, log-odds at distances that grow geometrically: every bound
    of an interval, at whatever number of units, falls into a cell a fixed fraction as wide as its
    distance from p (a third for 64 points, a sixth for 128). Ascending, from 0 (the smallest
    value) to 1 (the largest).

    Args:
        p: The quantile's probability, in (0, 1).
        n_points: Number of levels, at least 16; 64 hold the simulated coverage.

    Raises:
        ValueError: An argument is outside its range.
    """
    require_fraction("p", p)
    if n_points < FEWEST:
        raise ValueError(f"n_points == {n_points!r}, must be >= {FEWEST}.")
    n_below = (n_points - 3) // 2
    below = np.geomspace(FARTHEST, NEAREST, n_below)
    above = np.geomspace(NEAREST, FARTHEST, n_points - 3 - n_below)
    centre = math.log(p) - math.log1p(-p)
    inner = np.concatenate([special.expit(centre - below), [p], special.expit(centre + above)])
    return np.asarray(np.concatenate([[0.0], inner, [1.0]]), dtype=np.float64)
