"""Users who give events to creators, for tests of Gini; run as a module it prints error rates.

python -m tests.inference.gini_worlds [tests per row]
"""

import sys

import numpy as np

from abstats.inference import GiniArm, gini_effect
from benchmarks.operating_characteristics.creators import (
    GROUPS,
    SKEW,
    creator_totals,
    gini,
    gini_arm,
    sizes_in_blocks,
    zipf,
)


def creator_tests(rng, tests, creators, events, sizes, *, exponents=(1.0, 1.0), skew=SKEW):
    """Estimates, standard errors and effects of A/B tests, and those of the plug-in.

    `events` is the mean number per creator that the smaller arm brings.
    """
    per_block, blocks = sizes_in_blocks(sizes)
    per_user = events * creators / per_block
    markets = [zipf(creators, exponent) for exponent in exponents]
    effects, plug_in = [], []
    for _ in range(tests):
        totals = [
            creator_totals(rng, m * per_block, m, market, per_user, skew=skew)
            for m, market in zip(blocks, markets, strict=True)
        ]
        arms = [gini_arm(t, m * per_block) for t, m in zip(totals, blocks, strict=True)]
        effects.append(gini_effect(*arms))
        plug_in.append([gini(t.sum(axis=(1, 2))) for t in totals])
    return effects, np.array(plug_in)


def unit_tests(rng, tests, draw, sizes):
    """The same over units' own values: `draw(rng, n)` gives n of them."""
    per_block, blocks = sizes_in_blocks(sizes)
    effects = []
    for _ in range(tests):
        arms = [unit_arm(draw(rng, m * per_block), m) for m in blocks]
        effects.append(gini_effect(*arms))
    return effects


def unit_arm(values, blocks=1, groups=GROUPS):
    """Gini over units: a unit leaves with its group."""
    per_block = len(values) // blocks
    parts = values[: blocks * per_block].reshape(blocks, per_block)
    group = np.arange(per_block) % groups
    without = [[gini(part[group != g]) for g in range(groups)] for part in parts]
    return GiniArm(len(values), per_block, gini(parts.T), np.array(without))


UNIT_VALUES = {
    "log-normal, sigma 1": lambda rng, n: rng.lognormal(0.0, 1.0, n),
    "log-normal, sigma 1.5": lambda rng, n: rng.lognormal(0.0, 1.5, n),
    "a tenth buys": lambda rng, n: rng.lognormal(0.0, 1.0, n) * (rng.random(n) < 0.1),
    "Poisson, mean 3": lambda rng, n: rng.poisson(3.0, n).astype(float),
}


def rejected(effects):
    """Share of tests with p < .05."""
    return float(np.mean([effect.p_value < 0.05 for effect in effects]))


def missed(effects):
    """Share of intervals without the true difference, that of all tests' mean.

    The mean is itself an estimate; its error is 1 / sqrt(tests) of an interval's.
    """
    truth = np.mean([effect.estimate for effect in effects])
    return float(np.mean([not e.ci_lower <= truth <= e.ci_upper for e in effects]))


def main() -> None:
    tests = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    rng = np.random.default_rng(0)
    print("| creators | events each | users | A/A rejected | plug-in rejected | missed |")
    for creators, events, sizes in (
        (200, 3, (1_000, 1_000)),
        (200, 3, (9_000, 1_000)),
        (200, 30, (9_000, 1_000)),
        (200, 300, (9_000, 1_000)),
        (2_000, 3, (10_000, 10_000)),
        (2_000, 3, (9_000, 1_000)),
        (5_000, 10, (45_000, 5_000)),
    ):
        runs = min(tests, 400_000 // creators)
        effects, plug_in = creator_tests(rng, runs, creators, events, sizes)
        differs, _ = creator_tests(rng, runs, creators, events, sizes, exponents=(1.0, 1.1))
        std_error = np.array([e.std_error for e in effects])
        wrong = np.mean(np.abs(plug_in[:, 1] - plug_in[:, 0]) > 1.96 * std_error)
        row = (creators, events, f"{sizes[0]}/{sizes[1]}", f"{rejected(effects):.3f}")
        print("|", *(f"{cell} |" for cell in (*row, f"{wrong:.3f}", f"{missed(differs):.3f}")))
    print("| value per unit | units | A/A rejected |")
    for name, draw in UNIT_VALUES.items():
        for sizes in ((200, 200), (1_800, 200), (9_000, 1_000)):
            effects = unit_tests(rng, tests, draw, sizes)
            print(f"| {name} | {sizes[0]}/{sizes[1]} | {rejected(effects):.3f} |")


if __name__ == "__main__":
    main()
