"""Events of users, and the curves that quantiles are read from, made as the engine makes them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from abstats.inference import QuantileCurve, grid_levels
from abstats.moments import FloatArray

Units = npt.NDArray[np.int64]
Events = tuple[Units, FloatArray, int]
"""The unit of every event, its value, and the number of units."""


def pooled_grid(values: FloatArray, p: float, n_points: int = 64) -> FloatArray:
    """The grid, as the engine makes it: all distinct values, or pooled quantiles."""
    distinct = np.unique(values)
    if len(distinct) <= n_points:
        return distinct
    return np.unique(np.quantile(values, grid_levels(p, n_points), method="inverted_cdf"))


def curve(unit: Units, values: FloatArray, n: int, grid: FloatArray) -> QuantileCurve:
    """The curve of one arm's events; `unit` numbers its n units from 0.

    The engine's way: where a unit's count rises from a to b, the sums of C, C^2 and C d over
    units rise by b - a, b^2 - a^2 and (b - a) d for this grid value and all above.
    """
    k = len(grid) + 1
    place = np.searchsorted(grid, values)
    at, here = np.unique(unit * k + place, return_counts=True)
    user, cell = at // k, at % k
    events = np.bincount(unit, minlength=n).astype(float)
    after = here.cumsum()
    after = (after - np.concatenate([[0.0], events.cumsum()])[user]).astype(float)
    before = after - here

    def total(rise: FloatArray) -> FloatArray:
        return np.bincount(cell, weights=rise, minlength=k)[:-1].cumsum()

    counts, squares = total(after - before), total(after**2 - before**2)
    products = total((after - before) * events[user])
    return QuantileCurve(
        grid=grid,
        n=n,
        mean_at=np.bincount(place[np.isin(values, grid)], minlength=k)[:-1] / n,
        mean_at_or_below=counts / n,
        var_at_or_below=(squares - counts**2 / n) / (n - 1),
        cov_with_events=(products - counts * events.mean()) / (n - 1),
        mean_events=float(events.mean()),
        var_events=float(events.var(ddof=1)),
    )


def curves(p: float, *arms: Events, n_points: int = 64) -> list[QuantileCurve]:
    """Curves of arms given as (unit, values, n), on the grid of all their values."""
    grid = pooled_grid(np.concatenate([values for _, values, _ in arms]), p, n_points)
    return [curve(unit, values, n, grid) for unit, values, n in arms]


def latencies(rng: np.random.Generator, n: int, *, tail: str = "lognormal") -> Events:
    """Users have a geometric number of events with a log-normal mean, and a speed of their own."""
    events = rng.geometric(1.0 / (1.0 + rng.lognormal(1.2, 1.0, n)))
    unit = np.repeat(np.arange(n), events)
    if tail == "lognormal":
        own, noise = rng.normal(0.0, 0.7, n), rng.normal(0.0, 0.7, len(unit))
    else:  # Pareto, tail index 2.9 between users
        own, noise = rng.exponential(0.35, n), rng.exponential(0.3, len(unit))
    return unit, 150.0 * np.exp(own[unit] + noise), n
