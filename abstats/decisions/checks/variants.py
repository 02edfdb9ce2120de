"""Do the log and the spec know the same variants?"""

from __future__ import annotations

import math

from abstats.decisions.check import (
    EXPERIMENT,
    FAIL,
    NO_STEP,
    PASS,
    WARN,
    Check,
    Evidence,
    no_exposures,
)
from abstats.decisions.counts import EXPOSURE_ROWS, ROWS_MISSING_UNIT, ROWS_MISSING_VARIANT, UNITS
from abstats.decisions.wording import listed, p_value, percent
from abstats.spec.problems import nearest

MISSING = "missing_variant"
MISSING_UNIT = "missing_unit"
UNKNOWN = "unknown_variants"
UNSEEN = "variants_without_units"

MISSING_FAIL_SHARE = 0.01
"""More than one row in a hundred without it: the loss may well depend on the variant."""


def missing_variant(evidence: Evidence) -> list[Check]:
    """The share of log rows without a variant: any is a warning."""
    if not evidence.has_exposures:
        return [no_exposures(MISSING)]
    step = (
        "Find out where the variant is lost between assignment and the log: these rows are "
        "ignored, and if one variant loses more of them the comparison is biased."
    )
    return [_missing(evidence, MISSING, ROWS_MISSING_VARIANT, "variant", step)]


def missing_unit(evidence: Evidence) -> list[Check]:
    """The share of log rows without a unit's id: any is a warning."""
    if not evidence.has_exposures:
        return [no_exposures(MISSING_UNIT)]
    step = (
        "Find out where the unit's id is lost between exposure and the log: these rows are "
        "ignored, and if one variant loses more of them the comparison is biased."
    )
    return [_missing(evidence, MISSING_UNIT, ROWS_MISSING_UNIT, "unit id", step)]


def _missing(evidence: Evidence, name: str, count_name: str, what: str, step: str) -> Check:
    rows = evidence.counts.total(EXPOSURE_ROWS)
    missing = evidence.counts.total(count_name)
    share = missing / rows if rows else 0.0
    status = FAIL if share > MISSING_FAIL_SHARE else WARN if missing else PASS
    detail = f"{missing:,} of {rows:,} exposure rows ({percent(share)}) have no {what}. "
    detail += f"Warns above 0, fails above {percent(MISSING_FAIL_SHARE)}."
    next_step = step if missing else NO_STEP
    return Check(name, EXPERIMENT, share, math.nan, MISSING_FAIL_SHARE, status, detail, next_step)


def unknown_variants(evidence: Evidence) -> list[Check]:
    """Units whose first variant the spec does not declare."""
    if not evidence.has_units:
        return [no_exposures(UNKNOWN)]
    variants = evidence.experiment.variants
    seen = evidence.counts.variants(UNITS)
    unknown = {name: n for name, n in seen.items() if name not in variants}
    units = sum(unknown.values())
    if not unknown:
        detail = "Every unit's first variant is declared."
        return [Check(UNKNOWN, EXPERIMENT, 0.0, math.nan, 0.0, PASS, detail, NO_STEP)]
    names = listed(f"{name!r} ({n:,} units)" for name, n in unknown.items())
    hints = [hint for name in unknown if (hint := nearest(name, variants))]
    declared = f"the spec declares {listed(map(repr, variants))}."
    detail = " ".join((f"The log has {names};", declared, *hints))
    step = (
        "Add the variant to the spec with its weight, or correct its name in the log or in the "
        "exposures model: units of an unknown variant are in no comparison."
    )
    return [Check(UNKNOWN, EXPERIMENT, float(units), math.nan, 0.0, FAIL, detail, step)]


def variants_without_units(evidence: Evidence) -> list[Check]:
    """Declared variants that no unit met first.

    A warning while chance explains it, as with a small weight on the first day.
    """
    if not evidence.has_units:
        return [no_exposures(UNSEEN)]
    experiment = evidence.experiment
    units = evidence.counts.total(UNITS)
    unseen = [name for name in experiment.variants if evidence.counts.of(UNITS, name) == 0]
    fail = experiment.analysis.srm_alpha
    if not unseen:
        detail = "Every declared variant has units."
        return [Check(UNSEEN, EXPERIMENT, 0.0, math.nan, fail, PASS, detail, NO_STEP)]
    p = min(_chance_of_none(evidence, name) for name in unseen)
    detail = (
        f"No unit out of {units:,} was first exposed to {listed(map(repr, unseen))}; "
        f"chance alone: {p_value(p)}."
    )
    step = (
        "Check that the variant is switched on and that the log writes its id as the spec does: "
        f"it has {listed(map(repr, evidence.counts.variants(UNITS)))}."
    )
    status = FAIL if p < fail else WARN
    return [Check(UNSEEN, EXPERIMENT, float(len(unseen)), p, fail, status, detail, step)]


def _chance_of_none(evidence: Evidence, variant: str) -> float:
    """Chance that no unit meets the variant, at the weights of the units' periods."""
    periods = zip(evidence.weights.values(), evidence.by_period(UNITS), strict=True)
    return math.exp(sum(sum(units) * math.log1p(-weights[variant]) for weights, units in periods))
