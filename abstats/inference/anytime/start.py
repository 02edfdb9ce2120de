"""When the first look may be: before, the central limit theorem is not to be trusted."""

import math

from abstats.inference.effect import SCORE_TESTS, Effect

# Fewest units of the smaller arm, by how many times larger the other one is. Zero-inflated revenue
# rejects over a whole experiment, for 5 %: .048 from 100 units on at 2/1, but .13 at 20/1 and .12
# at 99/1; .040 from 2,000 on at 20/1; .022 from 5,000 on at 99/1 (docs/methods/always-valid.md).
FEWEST_UNITS = ((2.0, 100), (20.0, 2_000), (math.inf, 5_000))
# The score test at .5 % and 99/1 rejects .058 without this rule, .004 with it.
FEWEST_EVENTS = 1.0
# Below it a critical value leaves what the normal tail can hold in doubles.
LEAST_FRACTION = 0.001


def too_early(effect: Effect, fraction: float) -> str:
    """Why a look is too early for asymptotic bounds; empty if it is not.

    Args:
        effect: The effect at this look.
        fraction: Information at this look over the planned one.
    """
    smaller, larger = sorted((effect.control_n, effect.treatment_n))
    is_score = effect.test in SCORE_TESTS
    needed = fewest_units(1.0 if is_score else larger / max(smaller, 1))
    if smaller < needed:
        return f"The smaller arm has {smaller} units; at this split the first look needs {needed}."
    if fraction < LEAST_FRACTION:
        share = f"{fraction:.2g} of the planned information"
        return f"There is {share}; the first look needs {LEAST_FRACTION}."
    expected = _expected_events(effect) if is_score else math.inf
    if expected < FEWEST_EVENTS:
        return f"The smaller arm expects {expected:.2g} events; the first look needs 1."
    return ""


def fewest_units(ratio: float) -> int:
    """Units that the smaller arm needs when the other one is `ratio` >= 1 times larger."""
    return next(units for most, units in FEWEST_UNITS if ratio <= most)


def _expected_events(effect: Effect) -> float:
    """Events, or units without, whichever are rarer, that the smaller arm expects."""
    n0, n1 = effect.control_n, effect.treatment_n
    share = (effect.control_mean * n0 + effect.treatment_mean * n1) / (n0 + n1)
    return min(share, 1.0 - share) * min(n0, n1)
