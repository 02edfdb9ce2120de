"""Does every metric's fact have events up to the day that is looked at?"""

from __future__ import annotations

import math
from datetime import date

from abstats.decisions.check import (
    FAIL,
    NO_STEP,
    PASS,
    WARN,
    Check,
    Evidence,
    no_exposures,
    not_applicable,
)
from abstats.spec.horizon import horizon_of
from abstats.spec.metric import MetricSpec

NAME = "metric_data_behind"

FAIL_DAYS = 3
"""A rare event may be absent for a day or two; a longer silence is a load that stopped."""

_NEXT_STEP = "Run the load of {fact} and build again."


def metric_data_behind(evidence: Evidence) -> list[Check]:
    """Days between the last event of each metric's fact and the last day the metric needs.

    The newest row of all facts and the log sets the analysis date; a fact that stopped before
    would read as days without events. Of a metric on several facts the one that ends first counts.
    """
    return [_check(evidence, metric) for metric in evidence.metrics.values()]


def _check(evidence: Evidence, metric: MetricSpec) -> Check:
    if not evidence.has_exposures:
        return no_exposures(NAME, metric.name)
    last_days: dict[str, date] = {}
    facts = tuple(dict.fromkeys(measure.fact for measure in metric.measures))
    for fact in facts:
        if fact not in evidence.last_events:
            raise ValueError(
                f"int_fact_watermarks has no row of fact {fact!r} (metric {metric.name!r}), must "
                "have one: `dbt build --select package:abstats`."
            )
        last_event = evidence.last_events[fact]
        if last_event is not None:
            last_days[fact] = last_event.date()
    if not last_days:
        detail = f"The fact {' and '.join(facts)} has no event at all."
        return not_applicable(NAME, detail, metric.name)
    fact, last_day = min(last_days.items(), key=lambda item: item[1])
    needed = min(evidence.analysis_date, horizon_of(evidence.experiment, [metric]).decided_on)
    behind = max((needed - last_day).days, 0)
    status = FAIL if behind >= FAIL_DAYS else WARN if behind else PASS
    detail = f"The fact {fact} has events up to {last_day}, {needed} is needed."
    if behind:
        days = "1 day" if behind == 1 else f"{behind} days"
        detail = (
            f"The fact {fact} ends on {last_day}, {days} before {needed}, the last day that is "
            f"needed: its missing days would count as days without events. Warns above 0 days, "
            f"fails at {FAIL_DAYS}."
        )
    return Check(
        NAME,
        metric.name,
        float(behind),
        math.nan,
        float(FAIL_DAYS),
        status,
        detail,
        _NEXT_STEP.format(fact=fact) if behind else NO_STEP,
    )
