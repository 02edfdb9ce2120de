"""Crossing probabilities by independent routes: Jennison & Turnbull's grid, and brute force."""

import numpy as np
from scipy import stats


def equal(looks):
    """Equally spaced information fractions."""
    return np.arange(1, looks + 1) / looks


def canonical_correlation(information):
    """Correlations of z-statistics with independent increments."""
    information = np.asarray(information, dtype=float)
    ratio = np.minimum.outer(information, information) / np.maximum.outer(information, information)
    return np.sqrt(ratio)


def simpson_exits(information, lower, upper, theta=0.0, r=64):
    """Upper and lower exit probabilities, Jennison & Turnbull (2000), sec. 19.2 and 19.3.

    12 r - 3 Simpson points on the z scale, dense within 3 standard deviations of the mean and
    logarithmically spaced outside, cut at the bounds.
    """
    i = np.arange(1, 6 * r)
    grid = np.where(
        i < r,
        -3.0 - 4.0 * np.log(r / np.minimum(i, r)),
        np.where(
            i <= 5 * r,
            -3.0 + 3.0 * (i - r) / (2.0 * r),
            3.0 + 4.0 * np.log(r / np.clip(6 * r - i, 1, r)),
        ),
    )
    above, below = [], []
    nodes, masses, before = np.zeros(1), np.ones(1), 0.0
    for info, low, high in zip(information, lower, upper, strict=True):
        step = np.sqrt(info - before)
        drift = theta * (info - before)

        mean = nodes * np.sqrt(before) + drift

        above.append(masses @ stats.norm.sf((high * np.sqrt(info) - mean) / step))
        below.append(masses @ stats.norm.cdf((low * np.sqrt(info) - mean) / step))
        if len(above) == len(upper):
            break
        points = theta * np.sqrt(info) + grid
        points = np.unique(np.concatenate([[max(low, points[0])], points, [min(high, points[-1])]]))
        points = points[(points >= low) & (points <= high)]
        odd = np.empty(2 * points.size - 1)
        odd[::2] = points
        odd[1::2] = (points[1:] + points[:-1]) / 2.0
        weights = np.zeros(odd.size)
        gaps = np.diff(points)
        weights[:-2:2] += gaps / 6.0
        weights[2::2] += gaps / 6.0
        weights[1::2] += 4.0 * gaps / 6.0
        kernel = stats.norm.pdf(odd[:, None] * np.sqrt(info), mean, step) * np.sqrt(info)
        nodes, masses, before = odd, weights * (kernel @ masses), info
    return np.array(above), np.array(below)


def first_crossing(correlation, lower, upper, means=None):
    """P(the last statistic is the first to be above its bound), by scipy's Genz routine."""
    looks = len(upper)
    means = np.zeros(looks) if means is None else np.asarray(means)
    # P(in, ..., in, above) = P(in, ..., in, anything) - P(in, ..., in, below the bound).
    low = np.array([*lower[:-1], -np.inf])
    inside = [
        stats.multivariate_normal(means, correlation, seed=1, maxpts=1_000_000, abseps=1e-9).cdf(
            np.array([*upper[:-1], last]), lower_limit=low
        )
        for last in (np.inf, upper[-1])
    ]
    return inside[0] - inside[1]


def score_paths(rng, paths, fractions, drift=0.0):
    """z-statistics of simulated experiments, shape (paths, looks)."""
    fractions = np.asarray(fractions)
    steps = np.diff(fractions, prepend=0.0)
    scores = np.cumsum(rng.normal(drift * steps, np.sqrt(steps), (paths, steps.size)), axis=1)
    return scores / np.sqrt(fractions)
