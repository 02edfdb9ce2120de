"""Do the exposures lie within the declared dates?"""

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
from abstats.decisions.counts import EXPOSURE_ROWS, ROWS_OUTSIDE_DATES
from abstats.decisions.wording import percent

NAME = "exposures_outside_dates"

_NEXT_STEP = {
    FAIL: "Correct start and end in the spec, or the time zone of the log (all times are UTC).",
    WARN: "These rows are ignored. Rows before the start mean that units met their variant before "
    "they were counted: correct the start. Rows after the end do no harm.",
}


def exposures_outside_dates(evidence: Evidence) -> list[Check]:
    """The share of log rows outside the dates, or without a time; a failure only if all are.

    Rows outside are ignored. They never fail an experiment that has rows inside, since a log
    that goes on after the end would overturn its verdict.
    """
    if not evidence.has_exposures:
        return [no_exposures(NAME)]
    experiment = evidence.experiment
    rows = evidence.counts.total(EXPOSURE_ROWS)
    outside = evidence.counts.total(ROWS_OUTSIDE_DATES)
    share = outside / rows if rows else 0.0
    status = PASS if outside == 0 else FAIL if outside >= rows else WARN
    detail = (
        f"{outside:,} of {rows:,} exposure rows ({percent(share)}) have no time or lie outside "
        f"{experiment.start} to {experiment.end} (midnight UTC, end excluded). "
        "Warns above 0, fails at 100 %."
    )
    return [
        Check(
            NAME,
            EXPERIMENT,
            share,
            math.nan,
            1.0,
            status,
            detail,
            _NEXT_STEP.get(status, NO_STEP),
        )
    ]
