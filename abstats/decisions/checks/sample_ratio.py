"""Are the variants as large as the spec says?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from abstats.decisions.check import (
    EXPERIMENT,
    FAIL,
    NO_STEP,
    WARN,
    WARN_P,
    Check,
    Evidence,
    no_exposures,
    not_applicable,
    status_of_p,
)
from abstats.decisions.counts import UNITS
from abstats.decisions.wording import listed, number, p_value, percent
from abstats.inference import (
    SampleRatio,
    StratifiedSampleRatio,
    stratified_sample_ratio_test,
)

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
    of imbalance may go with a large bias. In a ramp the chi-squares of the allocation periods are
    summed; each period has a row too, held to the bounds divided by their number (Bonferroni).
    """
    experiment = evidence.experiment
    units = evidence.by_period(UNITS)
    if not any(map(sum, units)):
        return [no_exposures(NAME)]
    fail = experiment.analysis.srm_alpha
    test = stratified_sample_ratio_test(
        units, [list(weights.values()) for weights in evidence.weights.values()]
    )
    if not experiment.allocation:
        ((weights, counts),) = zip(evidence.weights.values(), units, strict=True)
        return [_check(EXPERIMENT, test.periods[0], _units(counts, weights), fail, 1)]
    rows = [_check(EXPERIMENT, test, _periods(evidence.weights, units), fail, 1)]
    n_tests = sum(any(counts) for counts in units)
    for (period, weights), counts, found in zip(
        evidence.weights.items(), units, test.periods, strict=True
    ):
        subject = f"period {period}"
        if any(counts):
            rows.append(_check(subject, found, _units(counts, weights), fail, n_tests))
        else:
            rows.append(not_applicable(NAME, "No unit was exposed in this period.", subject))
    return rows


def _check(
    subject: str,
    test: SampleRatio | StratifiedSampleRatio,
    units: str,
    alpha: float,
    n_tests: int,
) -> Check:
    fail = alpha / n_tests
    status = status_of_p(test.p_value, fail=fail, warn=max(WARN_P / n_tests, fail))
    detail = f"Units: {units}; chi-square {number(test.statistic)}, {p_value(test.p_value)}."
    return Check(
        NAME,
        subject,
        test.statistic,
        test.p_value,
        fail,
        status,
        detail,
        _NEXT_STEP.get(status, NO_STEP),
    )


def _units(counts: Sequence[int], weights: Mapping[str, float]) -> str:
    total = sum(counts)
    return listed(
        f"{variant} {n:,} ({percent(n / total)}, declared {percent(weight)})"
        for (variant, weight), n in zip(weights.items(), counts, strict=True)
    )


def _periods(weights: Mapping[str, Mapping[str, float]], units: Sequence[Sequence[int]]) -> str:
    return "; ".join(
        f"from {period} {_units(counts, declared)}"
        for (period, declared), counts in zip(weights.items(), units, strict=True)
        if any(counts)
    )
