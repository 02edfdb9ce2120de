"""Has every metric data?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, time, timedelta

from abstats.decisions.check import (
    NO_STEP,
    PASS,
    WARN,
    Check,
    Evidence,
    no_exposures,
    not_applicable,
)
from abstats.decisions.wording import instant
from abstats.moments import Moments
from abstats.spec.horizon import window_of
from abstats.spec.metric import MetricSpec

NAME = "metric_without_data"

_NEXT_STEP = (
    "Check that the fact has events of these units after their exposure, that its entity is the "
    "experiment's unit, and that the metric's filter and expression are right."
)


def metric_without_data(evidence: Evidence) -> list[Check]:
    """Metrics without units, with nothing but zeros, or that divide by zeros: a warning each.

    The statistic is the number of units that count.
    """
    return [_check(evidence, metric) for metric in evidence.metrics.values()]


def _check(evidence: Evidence, metric: MetricSpec) -> Check:
    if not evidence.has_units:
        return no_exposures(NAME, metric.name)
    arms = evidence.arms.get(metric.name, {})
    units = sum(moments.n for moments in arms.values())
    if units == 0:
        window = window_of(evidence.experiment, metric) or timedelta()
        first = datetime.combine(evidence.experiment.start, time()) + window
        if window and first > datetime.combine(evidence.analysis_date + timedelta(days=1), time()):
            detail = f"No unit's window can be complete before {instant(first)}."
            return not_applicable(NAME, detail, metric.name)
        return _row(metric, units, "No unit counts for the metric.")
    problem = _problem(evidence, metric, arms)
    if problem:
        return _row(metric, units, problem)
    detail = f"{units:,} units count for the metric."
    return Check(NAME, metric.name, float(units), math.nan, math.nan, PASS, detail, NO_STEP)


def _problem(evidence: Evidence, metric: MetricSpec, arms: Mapping[str, Moments]) -> str:
    """What the metric lacks, in words; empty if nothing."""
    variants = evidence.experiment.variants
    empty = [name for name in variants if name not in arms or arms[name].n == 0]
    if empty:
        return f"No unit of {', '.join(empty)} counts for the metric."
    if all(_is_zero(moments, "y") for moments in arms.values()):
        return "The metric is zero for every unit."
    if metric.quantile is not None and all(_is_zero(moments, "d") for moments in arms.values()):
        return "No unit has an event."
    if metric.denominator is not None and all(_is_zero(moments, "d") for moments in arms.values()):
        return "The denominator is zero for every unit."
    return ""


def _is_zero(moments: Moments, column: str) -> bool:
    """All values are zero (a mean of zero alone may be a balance of gains and losses)."""
    if moments.n == 0:
        return True
    if column not in moments.columns:
        return False
    constant = moments.n == 1 or moments.variance(column) == 0
    return constant and moments.mean_of(column) == 0


def _row(metric: MetricSpec, units: int, detail: str) -> Check:
    return Check(NAME, metric.name, float(units), math.nan, math.nan, WARN, detail, _NEXT_STEP)
