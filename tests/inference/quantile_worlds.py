"""Events of users in two arms, for tests of quantiles; run as a module it prints error rates.

python -m tests.inference.quantile_worlds [tests per row]
"""

import sys

import numpy as np

from abstats.inference import quantile_effect
from benchmarks.operating_characteristics.events import curve, curves, latencies, pooled_grid

__all__ = ["WORLDS", "curve", "curves", "latencies", "misses", "pooled_grid"]


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
