"""From the moments of a quantile metric to the curves that inference compares."""

from __future__ import annotations

import numpy as np

from abstats.analysis.comparisons import Comparison
from abstats.analysis.strata import pooled
from abstats.inference.quantile_curve import QuantileCurve
from abstats.moments import FloatArray, Moments

EVENTS = "d"
COUNT, POINT = "c_", "g_"
"""Prefixes of the columns of counts at or below the points, and of the points."""

NO_POINTS: FloatArray = np.zeros(1)
"""Stands for the grid of a metric that has none: no unit counts, or no event."""


def curves(comparison: Comparison) -> tuple[QuantileCurve, QuantileCurve]:
    """Control and treatment of a comparison of quantiles.

    Events are counted at the points of a frozen grid; units at those of their date's, which come
    with the moments.
    """
    control, treatment = pooled(comparison)
    quantile = comparison.metric.quantile
    if quantile is None or quantile.over == "events":
        points = NO_POINTS if comparison.grid is None else comparison.grid
        return event_curve(control, points), event_curve(treatment, points)
    known = [arm for arm in (control, treatment) if arm.n > 0]
    points = known[0].mean[_at(known[0], POINT)] if known else NO_POINTS
    return unit_curve(control, points), unit_curve(treatment, points)


def event_curve(moments: Moments, points: FloatArray) -> QuantileCurve:
    """One arm's curve of events.

    Args:
        moments: Columns d and c_01, c_02 ...: a unit's events, all and up to each point.
        points: Values of the grid, ascending; of a value that is two points the first has the
            events below it. Shape (points,), at most the columns there are.
    """
    if moments.n == 0:
        return _empty(points)
    at = _at(moments, COUNT)[: len(points)]
    events = moments.columns.index(EVENTS)
    return _curve(
        points,
        n=moments.n,
        mean=moments.mean[at],
        variance=moments.cov[at, at],
        covariance=moments.cov[at, events],
        mean_events=float(moments.mean[events]),
        var_events=float(moments.cov[events, events]),
    )


def unit_curve(moments: Moments, points: FloatArray) -> QuantileCurve:
    """One arm's curve of units: a unit is one event, so shares say their own variance."""
    n = moments.n
    if n == 0:
        return _empty(points)
    share = moments.mean[_at(moments, COUNT)]
    variance = share * (1.0 - share) * (n / (n - 1) if n > 1 else np.nan)
    return _curve(
        points,
        n=n,
        mean=share,
        variance=variance,
        covariance=np.zeros_like(share),
        mean_events=1.0,
        var_events=0.0,
    )


def _at(moments: Moments, prefix: str) -> list[int]:
    """Places of the columns of the points, in their order."""
    return [i for i, column in enumerate(moments.columns) if column.startswith(prefix)]


def _curve(
    points: FloatArray,
    *,
    n: int,
    mean: FloatArray,
    variance: FloatArray,
    covariance: FloatArray,
    mean_events: float,
    var_events: float,
) -> QuantileCurve:
    grid, first, times = np.unique(points, return_index=True, return_counts=True)
    last = first + times - 1
    return QuantileCurve(
        grid=grid,
        n=n,
        # Where a value is one point only nothing is known of events at it: no step.
        mean_at=mean[last] - mean[first],
        mean_at_or_below=mean[last],
        var_at_or_below=variance[last],
        cov_with_events=covariance[last],
        mean_events=mean_events,
        var_events=var_events,
    )


def _empty(points: FloatArray) -> QuantileCurve:
    grid = np.unique(points)
    missing = np.full(len(grid), np.nan)
    return QuantileCurve(grid, 0, missing, missing, missing, missing, np.nan, np.nan)
