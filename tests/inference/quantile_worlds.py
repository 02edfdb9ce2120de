"""Events of users in two arms, for tests of quantiles; run as a module it prints error rates.

python -m tests.inference.quantile_worlds [tests per row]
"""

import sys

import numpy as np

from abstats.inference import quantile_effect
from abstats.inference.quantile_curve import QuantileCurve
from abstats.inference.quantile_grid import grid_levels


def pooled_grid(values, p, n_points=64):
    """The grid, as the engine makes it: all distinct values, or pooled quantiles."""
    distinct = np.unique(values)
    if len(distinct) <= n_points:
        return distinct
    return np.unique(np.quantile(values, grid_levels(p, n_points), method="inverted_cdf"))


def curve(unit, values, n, grid):
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

    def total(rise):
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


def curves(p, *arms, n_points=64):
    """Curves of arms given as (unit, values, n), on the grid of all their values."""
    grid = pooled_grid(np.concatenate([values for _, values, _ in arms]), p, n_points)
    return [curve(unit, values, n, grid) for unit, values, n in arms]


def latencies(rng, n, *, tail="lognormal"):
    """Users have a geometric number of events with a log-normal mean, and a speed of their own."""
    events = rng.geometric(1.0 / (1.0 + rng.lognormal(1.2, 1.0, n)))
    unit = np.repeat(np.arange(n), events)
    if tail == "lognormal":
        own, noise = rng.normal(0.0, 0.7, n), rng.normal(0.0, 0.7, len(unit))
    else:  # Pareto, tail index 2.9 between users
        own, noise = rng.exponential(0.35, n), rng.exponential(0.3, len(unit))
    return unit, 150.0 * np.exp(own[unit] + noise), n


def per_user(rng, n, *, draw):
    """One value per user."""
    return np.arange(n), draw(rng, n), n


WORLDS = {
    "latency": latencies,
    "latency in steps of 100": lambda rng, n: _in_steps(*latencies(rng, n)),
    "Pareto latency": lambda rng, n: latencies(rng, n, tail="pareto"),
    "log-normal per user": lambda rng, n: per_user(
        rng, n, draw=lambda rng, n: rng.lognormal(0.0, 1.2, n)
    ),
    "rounds per user": lambda rng, n: per_user(
        rng, n, draw=lambda rng, n: np.floor(rng.lognormal(2.8, 1.6, n))
    ),
}


def _in_steps(unit, values, n):
    return unit, np.ceil(values / 100.0) * 100.0, n


def misses(world, p, sizes, tests, *, factor=1.0, seed=0):
    """Share of A/B tests with an interval, and of intervals that miss the true difference.

    The treatment's values are `factor` times as large; the truth is that of a large sample.
    """
    rng = np.random.default_rng([seed, int(p * 1000), *sizes])
    truth = 0.0
    if factor != 1.0:
        _, values, _ = WORLDS[world](np.random.default_rng(1), 400_000)
        truth = (factor - 1.0) * float(np.quantile(values, p, method="inverted_cdf"))
    given = missed = 0
    for _ in range(tests):
        control, (unit, values, n) = (WORLDS[world](rng, size) for size in sizes)
        arms = curves(p, control, (unit, values * factor, n))
        effect = quantile_effect(p, *arms)
        given += effect.status == "ok"
        rounding = 1e-9 * abs(truth)
        missed += effect.ci_lower > truth + rounding or effect.ci_upper < truth - rounding
    return given / tests, missed / given if given else float("nan")


def main() -> None:
    tests = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    print("| world | p | units | with interval | A/A rejected | x 1.3 missed |")
    for world in WORLDS:
        for p in (0.5, 0.95, 0.99):
            for sizes in ((100, 100), (1_000, 1_000), (1_800, 200), (3_600, 400)):
                given, size = misses(world, p, sizes, tests)
                _, missed = misses(world, p, sizes, tests, factor=1.3)
                row = (world, p, f"{sizes[0]}/{sizes[1]}", f"{given:.2f}")
                print("|", *(f"{cell} |" for cell in (*row, f"{size:.3f}", f"{missed:.3f}")))


if __name__ == "__main__":
    main()
