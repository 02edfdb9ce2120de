"""Are the variants as large as the spec says?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

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
from abstats.inference import sequential_sample_ratio_test, stratified_sample_ratio_test

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
    A sequential experiment is read at many looks: there the evidence of `_evidence` stands for
    the chi-square, and false alarms over all looks together are as rare as the bound says.
    """
    experiment = evidence.experiment
    units = evidence.by_period(UNITS)
    if not any(map(sum, units)):
        return [no_exposures(NAME)]
    fail = experiment.analysis.srm_alpha
    declared = [list(weights.values()) for weights in evidence.weights.values()]
    tests = _chi_squares if experiment.analysis.sequential is None else _evidence
    whole, periods = tests(units, declared)
    if not experiment.allocation:
        ((weights, counts),) = zip(evidence.weights.values(), units, strict=True)
        return [_check(EXPERIMENT, periods[0], _units(counts, weights), fail, 1)]
    rows = [_check(EXPERIMENT, whole, _periods(evidence.weights, units), fail, 1)]
    n_tests = sum(any(counts) for counts in units)
    for (period, weights), counts, found in zip(
        evidence.weights.items(), units, periods, strict=True
    ):
        subject = f"period {period}"
        if any(counts):
            rows.append(_check(subject, found, _units(counts, weights), fail, n_tests))
        else:
            rows.append(not_applicable(NAME, "No unit was exposed in this period.", subject))
    return rows


class _Found(NamedTuple):
    """A test of the sample ratio, whichever it is.

    Attributes:
        statistic: Its statistic.
        p_value: Its p-value.
        name: The statistic in words.
    """

    statistic: float
    p_value: float
    name: str


_Tests = tuple[_Found, list[_Found]]
"""The test over all periods, and that of each."""


def _chi_squares(units: Sequence[Sequence[int]], weights: Sequence[Sequence[float]]) -> _Tests:
    test = stratified_sample_ratio_test(units, weights)
    periods = [_Found(found.statistic, found.p_value, "chi-square") for found in test.periods]
    return _Found(test.statistic, test.p_value, "chi-square"), periods


def _evidence(units: Sequence[Sequence[int]], weights: Sequence[Sequence[float]]) -> _Tests:
    """Bayes factors; periods are independent, so theirs multiply."""
    logs = [
        sequential_sample_ratio_test(counts, declared).log_e_value if any(counts) else 0.0
        for counts, declared in zip(units, weights, strict=True)
    ]
    whole, *periods = (
        _Found(log_e, math.exp(-max(log_e, 0.0)), "logarithm of the evidence")
        for log_e in (math.fsum(logs), *logs)
    )
    return whole, periods


def _check(
    subject: str,
    test: _Found,
    units: str,
    alpha: float,
    n_tests: int,
) -> Check:
    fail = alpha / n_tests
    status = status_of_p(test.p_value, fail=fail, warn=max(WARN_P / n_tests, fail))
    detail = f"Units: {units}; {test.name} {number(test.statistic)}, {p_value(test.p_value)}."
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
