"""Does a cap remove outliers, or part of the metric?"""

from __future__ import annotations

import math

from abstats.analysis.cells import IS_CAPPED
from abstats.decisions.check import (
    NO_STEP,
    PASS,
    WARN,
    Check,
    Evidence,
    no_exposures,
    not_applicable,
)

NAME = "units_above_cap"

WARN_SHARE = 0.05
"""A cap is for outliers; of more units than that it changes what the metric means."""

_NEXT_STEP = (
    "Read the raw row beside the winsorised one, and declare a higher cap before the next "
    "experiment: this one's is frozen."
)


def units_above_cap(evidence: Evidence) -> list[Check]:
    """The share of units whose value a winsorised metric's cap cuts: a warning above 5 %."""
    return [
        _check(evidence, metric.name)
        for metric in evidence.metrics.values()
        if metric.winsorize is not None
    ]


def _check(evidence: Evidence, metric: str) -> Check:
    if not evidence.has_units:
        return no_exposures(NAME, metric)
    arms = evidence.capped.get(metric, {}).values()
    n = sum(arm.n for arm in arms)
    if n == 0:
        return not_applicable(NAME, "There is no cap yet, or no unit counts.", metric)
    above = round(sum(arm.n * arm.mean_of(IS_CAPPED) for arm in arms))
    share = above / n
    is_large = share > WARN_SHARE
    detail = f"{above:,} of {n:,} units ({share:.2%}) are above the cap. Warns above 5 %."
    return Check(
        NAME,
        metric,
        share,
        math.nan,
        WARN_SHARE,
        WARN if is_large else PASS,
        detail,
        _NEXT_STEP if is_large else NO_STEP,
    )
