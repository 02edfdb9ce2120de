"""Are the variants as large as the spec says?"""

from __future__ import annotations

from abstats.decisions.check import (
    EXPERIMENT,
    FAIL,
    NO_STEP,
    WARN,
    WARN_P,
    Check,
    Evidence,
    no_exposures,
    status_of_p,
)
from abstats.decisions.counts import UNITS
from abstats.decisions.wording import listed, number, p_value, percent
from abstats.inference import sample_ratio_test

NAME = "sample_ratio_mismatch"

_NEXT_STEP = {
    FAIL: "Do not read the effects: units went missing or were sent elsewhere, and those may be "
    "the ones the change affected. Look at assignment, redirects, crashes and bot filters "
    "between assignment and the exposure log, then restart.",
    WARN: "Look again in some days: chance gives such a ratio once in a hundred healthy "
    "experiments. If it gets worse, search as for a failure.",
}


def sample_ratio_mismatch(evidence: Evidence) -> list[Check]:
    """Pearson's chi-square of the units per declared variant against the declared weights.

    On all units as logged, before any filter. A failure counts whatever its size: .05 points
    of imbalance may go with a large bias.
    """
    experiment = evidence.experiment
    units = evidence.counts.over(UNITS, experiment.variants)
    total = sum(units)
    if total == 0:
        return [no_exposures(NAME)]
    fail = experiment.analysis.srm_alpha
    test = sample_ratio_test(units, list(experiment.variants.values()))
    status = status_of_p(test.p_value, fail=fail, warn=max(WARN_P, fail))
    observed = listed(
        f"{variant} {n:,} ({percent(n / total)}, declared {percent(weight)})"
        for (variant, weight), n in zip(experiment.variants.items(), units, strict=True)
    )
    detail = f"Units: {observed}; chi-square {number(test.statistic)}, {p_value(test.p_value)}."
    return [
        Check(
            NAME,
            EXPERIMENT,
            test.statistic,
            test.p_value,
            fail,
            status,
            detail,
            _NEXT_STEP.get(status, NO_STEP),
        )
    ]
