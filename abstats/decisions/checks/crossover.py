"""Did units stay in their variant?"""

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
)
from abstats.decisions.counts import UNITS, UNITS_IN_SEVERAL_VARIANTS
from abstats.decisions.wording import listed, number, p_value, percent
from abstats.inference import stratified_homogeneity_test

NAME = "units_in_several_variants"

WARN_SHARE = 0.001
"""Sticky assignment gives none at all, so one in a thousand is a fault worth finding."""

FAIL_SHARE = 0.1
"""The effect is diluted by up to the share: beyond a tenth it no longer measures the change."""

_NEXT_STEP = {
    FAIL: "Repair the assignment (is the unit's id stable, the hash salted with the experiment, "
    "the weights unchanged?) and restart.",
    WARN: "The units are kept in the variant they met first, which dilutes the effect by at most "
    "their share; dropping them would bias it. Find out why assignment is not sticky.",
}

_RAMP = (
    "The spec has a ramp: see that a change of weights keeps units in the variant they have. Units "
    "that are dealt anew turn a true +10 % into +4.8 %."
)


def units_in_several_variants(evidence: Evidence) -> list[Check]:
    """The share of units that met more than one variant, and whether it differs by variant.

    A share that differs is no bias by itself, since units stay with their first variant, but it
    says that re-assignment depends on the variant: a warning. In a ramp the shares are compared
    within each allocation period: who came earlier has had more time to change.
    """
    if not evidence.has_units:
        return [no_exposures(NAME)]
    counts, variants = evidence.counts, evidence.experiment.variants
    moved, units = counts.total(UNITS_IN_SEVERAL_VARIANTS), counts.total(UNITS)
    share = moved / units
    by_variant = {
        variant: (counts.of(UNITS_IN_SEVERAL_VARIANTS, variant), counts.of(UNITS, variant))
        for variant in variants
        if counts.of(UNITS, variant) > 0
    }
    p = math.nan
    if len(by_variant) > 1 and 0 < moved < units:
        p = stratified_homogeneity_test(
            evidence.by_period(UNITS_IN_SEVERAL_VARIANTS), evidence.by_period(UNITS)
        ).p_value
    status = FAIL if share > FAIL_SHARE else WARN if share > WARN_SHARE or p < FAIL_P else PASS
    detail = f"{moved:,} of {units:,} units ({percent(share)}) met several variants"
    if math.isfinite(p):
        shares = listed(f"{name} {percent(m / n)}" for name, (m, n) in by_variant.items())
        detail += f"; by first variant: {shares}; equal shares: {p_value(p)}"
    next_step = _NEXT_STEP.get(status, NO_STEP)
    if evidence.experiment.allocation and moved:
        next_step = f"{next_step} {_RAMP}"
    bounds = f"Warns above {percent(WARN_SHARE)} or at p < {number(FAIL_P)}, fails above"
    return [
        Check(
            NAME,
            EXPERIMENT,
            share,
            p,
            FAIL_SHARE,
            status,
            f"{detail}. {bounds} {percent(FAIL_SHARE)}.",
            next_step,
        )
    ]
