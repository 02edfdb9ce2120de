"""A/A tests by resampling buckets; run as a module it prints their error rates.

python -m tests.inference.bucket_worlds [tests per row]
"""

import sys
from typing import NamedTuple

import numpy as np

from abstats.inference import BucketSums, estimate_effect, permutation_test, poisson_bootstrap
from abstats.moments import Moments

REPLICATES, AT_ONCE = 1000, 200
SPLITS = {"50/50": (5_000, 5_000), "90/10": (9_000, 1_000), "99/1": (29_700, 300)}
BUCKETS = {"50/50": (1_000, 1_000), "90/10": (4_500, 500), "99/1": (19_800, 200)}
"""Those of `abstats.spec.buckets`."""


def _zero_inflated(rng, shape):
    return np.where(rng.random(shape) < 0.05, rng.lognormal(0.0, 1.5, shape), 0.0)


WORLDS = {
    "normal": lambda rng, shape: rng.normal(3.0, 1.0, shape),
    "normal, treatment 3 x as spread": lambda rng, shape: rng.normal(3.0, 1.0, shape),
    "Bernoulli 5 %": lambda rng, shape: (rng.random(shape) < 0.05).astype(float),
    "log-normal, sigma 1": lambda rng, shape: rng.lognormal(0.0, 1.0, shape),
    "log-normal, sigma 2": lambda rng, shape: rng.lognormal(0.0, 2.0, shape),
    "revenue, 5 % buy": _zero_inflated,
}


class Rates(NamedTuple):
    """Shares of A/A tests, and by what their bounds differ.

    Attributes:
        welch: Rejected by Welch's t on the units.
        bootstrap: Rejected by the bootstrap, whose interval then leaves out the truth.
        permutation: Rejected by the permutation test.
        bounds: Differences of the bootstrap's bounds from Welch's in standard errors, the larger
            one of each test.
    """

    welch: float
    bootstrap: float
    permutation: float
    bounds: np.ndarray


def rates(world: str, split: str, tests: int, seed: int = 1) -> Rates:
    """Rates at 5 % over so many tests, a multiple of `AT_ONCE`."""
    rng = np.random.default_rng(seed)
    rejected = np.zeros(3)
    bounds = []
    for run in range(0, tests, AT_ONCE):
        control, treatment = (WORLDS[world](rng, (AT_ONCE, n)) for n in SPLITS[split])
        if world.endswith("spread"):
            treatment = 3.0 + 3.0 * (treatment - 3.0)
        effects = [
            estimate_effect("mean", *(Moments.from_rows(("y",), arm) for arm in arms))
            for arms in zip(control, treatment, strict=True)
        ]
        arms = [
            [_buckets(rng, f"{run}|{name}", values, n)]
            for name, values, n in zip("ct", (control, treatment), BUCKETS[split], strict=True)
        ]
        bootstrap = poisson_bootstrap(*arms, replicates=REPLICATES)
        permuted = permutation_test(*arms, permutations=REPLICATES)
        found = zip(effects, bootstrap, permuted, strict=True)
        for p_values in found:
            rejected += [test.p_value <= 0.05 for test in p_values]
        bounds += [
            max(abs(b.ci_lower - e.ci_lower), abs(b.ci_upper - e.ci_upper)) / e.std_error
            for e, b in zip(effects, bootstrap, strict=True)
        ]
    return Rates(*rejected / tests, np.array(bounds))


def _buckets(rng, name, values, n_buckets):
    """The units of each row of values, put into buckets at random: the same in every row."""
    place = rng.integers(0, n_buckets, values.shape[1])
    units = np.bincount(place, minlength=n_buckets).astype(float)
    sums = np.stack([np.bincount(place, weights=row, minlength=n_buckets) for row in values])
    both = np.broadcast_to(units, sums.shape)
    return BucketSums(name, np.stack([both, sums, both], axis=-1))


def main(tests: int) -> None:
    """Print the table of docs/methods/cross-checks.md."""
    print("| values | units | Welch | bootstrap | permutation | bounds differ by .3 | by .4 |")
    print("|---|---|---|---|---|---|---|")
    for split, (control, treatment) in SPLITS.items():
        for world in WORLDS:
            found = rates(world, split, tests)
            differ = " | ".join(f"{(found.bounds > limit).mean():.3f}" for limit in (0.3, 0.4))
            print(
                f"| {world} | {control:,}/{treatment:,} | {found.welch:.3f} |"
                f" {found.bootstrap:.3f} | {found.permutation:.3f} | {differ} |",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
