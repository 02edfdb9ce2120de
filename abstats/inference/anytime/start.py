"""When the first look may be: before, the central limit theorem is not to be trusted."""

from abstats.inference.effect import Effect

# Simulated type I error at 5 %, and the docs' table of it: docs/methods/always-valid.md.
FEWEST_UNITS = 100
# Welch's test with arms further apart than this ratio ...
UNEQUAL = 2.0
# ... on skewed metrics rejects .12 to .25 before, at most .043 from here on.
FEWEST_UNITS_UNEQUAL = 2_000
# The score test at .5 % and 99/1 rejects .070 without this rule, .004 with it.
FEWEST_EVENTS = 1.0
# Below it a critical value leaves what the normal tail can hold in doubles.
LEAST_FRACTION = 0.001


def too_early(effect: Effect, fraction: float) -> str:
    """Why a look is too early for asymptotic bounds; empty if it is not.

    Args:
        effect: The effect at this look.
        fraction: Information at this look over the planned one.
    """
    fewest, most = sorted((effect.control_n, effect.treatment_n))
    if fewest < FEWEST_UNITS:
        return f"An arm has {fewest} units; the first look needs {FEWEST_UNITS}."
    if fraction < LEAST_FRACTION:
        share = f"{fraction:.2g} of the planned information"
        return f"There is {share}; the first look needs {LEAST_FRACTION}."
    if effect.test == "score_z":
        expected = _expected_events(effect)
        if expected < FEWEST_EVENTS:
            return f"The smaller arm expects {expected:.2g} events; the first look needs 1."
    elif most > UNEQUAL * fewest and fewest < FEWEST_UNITS_UNEQUAL:
        return (
            f"The smaller of two unequal arms has {fewest} units; the first look needs "
            f"{FEWEST_UNITS_UNEQUAL}."
        )
    return ""


def _expected_events(effect: Effect) -> float:
    """Events, or units without, whichever are rarer, that the smaller arm expects."""
    n0, n1 = effect.control_n, effect.treatment_n
    share = (effect.control_mean * n0 + effect.treatment_mean * n1) / (n0 + n1)
    return min(share, 1.0 - share) * min(n0, n1)
