"""Were the variants alike before the experiment?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from abstats.decisions.check import (
    EXPERIMENT,
    FAIL,
    FAIL_P,
    NO_STEP,
    WARN,
    WARN_P,
    Check,
    Evidence,
    no_exposures,
    not_applicable,
    status_of_p,
)
from abstats.decisions.wording import number, p_value
from abstats.inference import balance_test
from abstats.moments import Moments
from abstats.spec.strata import UNSTRATIFIED

NAME = "covariate_balance"

_NEXT_STEP = {
    FAIL: "Do not read the effects: the variants differed before the change could act. Look for "
    "an assignment that depends on past behaviour, a covariate that can see after exposure, or "
    "a salt shared with an earlier experiment.",
    WARN: "Read the CUPED rows, which correct for the difference, and look again in some days: "
    "chance gives such a difference once in a hundred healthy experiments.",
}


def covariate_balance(evidence: Evidence) -> list[Check]:
    """Hotelling's test that covariates have equal means in all variants; jointly and by metric.

    The joint test is of the metrics that decide and allows for the number of covariates. The tests
    per metric find one metric that is off among many: they are held to the bounds divided by their
    number (Bonferroni), so that they raise together no more false alarms than one test. In a ramp
    units of different periods may differ, so each allocation period is tested by itself, and the
    smallest p-value is held to the bounds divided by the number of periods too.
    """
    names = list(evidence.metrics)
    if not evidence.has_units:
        return [no_exposures(NAME, subject) for subject in (EXPERIMENT, *names)]
    joint = _comparable(evidence.covariates)
    found = {
        name: _comparable(evidence.own_covariates[name])
        if name in evidence.own_covariates
        else _of_metric(name, joint)
        for name in names
    }
    n_metrics = sum(1 for periods in found.values() if periods)
    detail = "No covariates of primary metrics or guardrails in two variants."
    of_experiment = _check(EXPERIMENT, joint, 1) if joint else not_applicable(NAME, detail)
    per_metric = [
        _check(name, periods, n_metrics)
        if periods
        else not_applicable(NAME, "No covariate in two variants.", name)
        for name, periods in found.items()
    ]
    return [of_experiment, *per_metric]


def _comparable(periods: Mapping[str, Mapping[str, Moments]]) -> dict[str, list[Moments]]:
    """The arms of at least two units, in the periods that have two of them."""
    return {
        period: used
        for period, arms in sorted(periods.items())
        if len(used := [moments for moments in arms.values() if moments.n > 1]) > 1
    }


def _of_metric(name: str, joint: Mapping[str, Sequence[Moments]]) -> dict[str, list[Moments]]:
    """What the joint block has of one metric; nothing where it has no covariate."""
    columns = [c for c in _columns_of(joint) if c.rpartition(".")[0] == name] if joint else []
    if not columns:
        return {}
    return {period: [arm.select(*columns) for arm in arms] for period, arms in joint.items()}


def _columns_of(periods: Mapping[str, Sequence[Moments]]) -> tuple[str, ...]:
    return next(iter(periods.values()))[0].columns


def _check(subject: str, periods: Mapping[str, Sequence[Moments]], n_metrics: int) -> Check:
    columns = ", ".join(_columns_of(periods))
    tests = {
        period: test
        for period, arms in periods.items()
        if not math.isnan((test := balance_test(arms)).p_value)
    }
    if not tests:
        detail = f"Too few units, or the covariates do not vary: {columns}."
        return not_applicable(NAME, detail, subject)
    period, test = min(tests.items(), key=lambda item: item[1].p_value)
    n_tests = n_metrics * len(tests)
    fail, warn = FAIL_P / n_tests, WARN_P / n_tests
    status = status_of_p(test.p_value, fail=fail, warn=warn)
    where = "" if period == UNSTRATIFIED else f" in the allocation period from {period}"
    detail = (
        f"Equal means of {columns} in {len(periods[period])} variants{where}: Hotelling's T2 "
        f"{number(test.statistic)} on {test.degrees_of_freedom:g} degrees of freedom, "
        f"{p_value(test.p_value)}. Warns below {number(warn)}, fails below {number(fail)}"
    )
    counted = {"metrics": n_metrics, "periods": len(tests)}
    several = " in ".join(f"{n} {what}" for what, n in counted.items() if n > 1)
    detail += f" (for {several})." if several else "."
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
