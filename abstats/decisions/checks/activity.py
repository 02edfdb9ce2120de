"""Were units equally active between the start and their first exposure?"""

from __future__ import annotations

import math

from abstats.decisions.check import (
    EXPERIMENT,
    FAIL,
    FAIL_P,
    NO_STEP,
    PASS,
    WARN,
    Check,
    Evidence,
    no_exposures,
    not_applicable,
    status_of_p,
)
from abstats.decisions.counts import UNITS, UNITS_ACTIVE_BEFORE_EXPOSURE
from abstats.decisions.wording import listed, p_value, percent
from abstats.inference import stratified_homogeneity_test

NAME = "activity_before_exposure"

_NEXT_STEP = {
    FAIL: "Do not read the effects: the variants log their exposures at different moments, or "
    "different units. Log the exposure where the variants first differ, the same way in all.",
    WARN: "Look again in some days: chance gives such a difference once in a hundred healthy "
    "experiments. If it gets worse, look at where each variant logs its exposure.",
}


def activity_before_exposure(evidence: Evidence) -> list[Check]:
    """Chi-square that the same share of units was active before exposure in every variant.

    Units with an event between the experiment's start and their exposure are normal; a share
    that differs says that exposure is logged at different moments. In a ramp the shares are
    compared within each allocation period: who comes later has had more time.
    """
    counts = evidence.counts
    units = {
        variant: counts.of(UNITS, variant)
        for variant in evidence.experiment.variants
        if counts.of(UNITS, variant) > 0
    }
    if not units:
        return [no_exposures(NAME)]
    if len(units) == 1:
        return [not_applicable(NAME, f"Only {next(iter(units))!r} has units.")]
    active = counts.over(UNITS_ACTIVE_BEFORE_EXPOSURE, units)
    shares = listed(
        f"{name} {percent(a / n)} of {n:,}"
        for (name, n), a in zip(units.items(), active, strict=True)
    )
    detail = f"Active between the start and their exposure: {shares}"
    if sum(active) in (0, sum(units.values())):
        return [Check(NAME, EXPERIMENT, 0.0, math.nan, FAIL_P, PASS, f"{detail}.", NO_STEP)]
    test = stratified_homogeneity_test(
        evidence.by_period(UNITS_ACTIVE_BEFORE_EXPOSURE), evidence.by_period(UNITS)
    )
    status = status_of_p(test.p_value, fail=FAIL_P)
    return [
        Check(
            NAME,
            EXPERIMENT,
            test.statistic,
            test.p_value,
            FAIL_P,
            status,
            f"{detail}; equal shares: {p_value(test.p_value)}.",
            _NEXT_STEP.get(status, NO_STEP),
        )
    ]
