"""Many A/A experiments watched at many looks, as arrays; for tests only."""

from typing import NamedTuple

import numpy as np

from abstats.inference.anytime.normal_mixture import critical_z, tuned_growth


class Paths(NamedTuple):
    """What each experiment shows at each look; arrays of shape (experiments, looks).

    Attributes:
        z: Its statistic.
        fraction: Information over that at the last look of a planned split.
        smaller: Units of the smaller arm.
        events: Events that the smaller arm expects.
    """

    z: np.ndarray
    fraction: np.ndarray
    smaller: np.ndarray
    events: np.ndarray


def watched(draw, share, *, experiments, looks, units_per_look, seed, score=False) -> Paths:
    """Welch's statistic (or the score test's) as units arrive, a share of them in the treatment."""
    rng = np.random.default_rng(seed)
    batch = max(1, 2_000_000 // (looks * units_per_look))
    parts = []
    for start in range(0, experiments, batch):
        shape = (min(batch, experiments - start), looks * units_per_look)
        parts.append(_statistics(draw(rng, shape), rng.random(shape) < share, looks, share, score))
    return Paths(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def small_arm(draw, ratio, units, *, experiments, looks, seed) -> Paths:
    """Welch's statistic when one arm is `ratio` times larger.

    The larger arm's mean is drawn from the normal that its own sums tend to; the smaller arm is
    drawn unit by unit.
    """
    rng = np.random.default_rng(seed)
    population = draw(rng, (4_000_000,))
    mean, variance = population.mean(), population.var()
    step = units // looks
    n = np.arange(1, looks + 1) * step
    parts = []
    for _ in range(experiments // 50):
        y = draw(rng, (50, looks, step))
        own = y.sum(axis=2).cumsum(axis=1) / n
        spread = ((y * y).sum(axis=2).cumsum(axis=1) / n - own**2) * (n / (n - 1))
        noise = rng.standard_normal((50, looks)) * np.sqrt(variance * step * ratio)
        other = mean + noise.cumsum(axis=1) / (n * ratio)
        parts.append((own - other) / np.sqrt(spread / n + variance / (n * ratio)))
    z = np.concatenate(parts)
    smaller = np.broadcast_to(n, z.shape)
    return Paths(z, smaller / units, smaller, smaller * mean)


def crossed(paths: Paths, is_watched, *, alpha=0.05, sides=2) -> float:
    """Share of experiments whose statistic ever crosses the boundary at a watched look."""
    # The critical value is smooth in the logarithm of information.
    grid = np.geomspace(1e-6, 100, 2_000)
    growth = grid * tuned_growth(alpha, sides)
    critical = np.array([critical_z(g, alpha, sides) for g in growth])
    limit = np.exp(np.interp(np.log(paths.fraction), np.log(grid), np.log(critical)))
    z = np.abs(paths.z) if sides == 2 else paths.z
    with np.errstate(invalid="ignore"):
        return float((is_watched & (z > limit)).any(axis=1).mean())


def _statistics(y, is_treated, looks, share, score):
    def running(values):
        return values.reshape(len(y), looks, -1).sum(axis=2).cumsum(axis=1)

    n = np.arange(1, looks + 1) * (y.shape[1] // looks)
    n1 = running(is_treated.astype(float))
    n0 = n - n1
    sums1, squares1 = running(y * is_treated), running(y * y * is_treated)
    sums0, squares0 = running(y) - sums1, running(y * y) - squares1
    with np.errstate(divide="ignore", invalid="ignore"):
        m0, m1 = sums0 / n0, sums1 / n1
        v0 = (squares0 - n0 * m0**2) / (n0 - 1)
        v1 = (squares1 - n1 * m1**2) / (n1 - 1)
        rate = (sums0 + sums1) / n
        if score:
            v0 = v1 = rate * (1 - rate)
        error = v0 / n0 + v1 / n1
        z = (m1 - m0) / np.sqrt(error)
        planned = y.shape[1] * np.array([1 - share, share])
        fraction = (v0 / planned[0] + v1 / planned[1]) / error
    fraction = np.where(fraction > 0, fraction, np.nan)
    smaller = np.minimum(n0, n1)
    return z, fraction, smaller, rate * smaller
