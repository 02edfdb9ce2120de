"""What a health check sees and what it says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from abstats.decisions.counts import EXPOSURE_ROWS, UNITS, Counts
from abstats.moments import Moments
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.metric import MetricSpec
from abstats.spec.strata import weights_by_period

EXPERIMENT = "experiment"
"""Subject of a check that looks at the experiment as a whole."""

PASS, WARN, FAIL, NOT_APPLICABLE = "pass", "warn", "fail", "not_applicable"

WARN_P = 0.01
"""A p-value below it is worth a look; an experiment fails at a stricter bound only."""

FAIL_P = 0.001
"""Checks of p-values fail below it, except the sample ratio's, whose bound the spec declares."""

NO_STEP = "Nothing to do."


@dataclass(frozen=True)
class Evidence:
    """All that the checks of one experiment may look at.

    Attributes:
        experiment: The spec.
        metrics: Its metrics by name, in the order of their roles.
        counts: Its exposure counts.
        arms: Moments of each metric's declared variants in the whole population, by metric and
            variant, over all strata; variants without a cell are not in it.
        covariates: Joint moments of the covariates of primary metrics and guardrails by allocation
            period and declared variant; may be empty.
        own_covariates: By metric that is neither, the same of its covariates alone.
        last_events: The last event of each fact, None for a fact without events.
        analysis_date: Last day whose data is used.
        capped: Moments of the indicator of values above the cap, by winsorised metric and variant.
    """

    experiment: ExperimentSpec
    metrics: Mapping[str, MetricSpec]
    counts: Counts
    arms: Mapping[str, Mapping[str, Moments]]
    covariates: Mapping[str, Mapping[str, Moments]]
    own_covariates: Mapping[str, Mapping[str, Mapping[str, Moments]]]
    last_events: Mapping[str, datetime | None]
    analysis_date: date
    capped: Mapping[str, Mapping[str, Moments]] = field(default_factory=dict)

    @property
    def has_exposures(self) -> bool:
        """The log has rows of this experiment, whatever they are worth."""
        return self.counts.total(EXPOSURE_ROWS) > 0 or self.has_units

    @property
    def has_units(self) -> bool:
        """At least one unit was exposed within the dates."""
        return self.counts.total(UNITS) > 0

    @property
    def weights(self) -> Mapping[str, Mapping[str, float]]:
        """Declared weights of the variants by allocation period; one period without a ramp."""
        return weights_by_period(self.experiment)

    def by_period(self, count_name: str) -> list[list[int]]:
        """A count by allocation period and declared variant."""
        return self.counts.in_periods(count_name, self.experiment.variants, self.weights)


class Check(NamedTuple):
    """One row of health, without what is the same for all rows of an experiment.

    Attributes:
        check_name: Name of the check.
        subject: "experiment" or the metric it is about.
        statistic: The number that is looked at: a test statistic, a share or a count.
        p_value: p-value of the test, NaN where there is none.
        threshold: The bound at which the check fails, or warns where it never fails; for
            `p_value` where the check is a test, for `statistic` otherwise.
        status: "pass", "warn", "fail" or "not_applicable".
        detail: What was found, in words with numbers.
        next_step: What to do next, in words.
    """

    check_name: str
    subject: str
    statistic: float
    p_value: float
    threshold: float
    status: str
    detail: str
    next_step: str


def status_of_p(p: float, *, fail: float, warn: float = WARN_P) -> str:
    """Fail below `fail`, warn below `warn`."""
    if p < fail:
        return FAIL
    return WARN if p < warn else PASS


def not_applicable(check_name: str, detail: str, subject: str = EXPERIMENT) -> Check:
    """A check that has nothing to look at; its row is there all the same."""
    return Check(check_name, subject, math.nan, math.nan, math.nan, NOT_APPLICABLE, detail, NO_STEP)


def no_exposures(check_name: str, subject: str = EXPERIMENT) -> Check:
    """A check of an experiment that nobody was exposed to yet."""
    return not_applicable(check_name, "No unit was exposed within the dates so far.", subject)
