"""Were the variants alike before the experiment?"""

from __future__ import annotations

import math
from collections.abc import Sequence

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

NAME = "covariate_balance"

_NEXT_STEP = {
    FAIL: "Do not read the effects: the variants differed before the change could act. Look for "
    "an assignment that depends on past behaviour, a covariate that can see after exposure, or "
    "a salt shared with an earlier experiment.",
    WARN: "Read the CUPED rows, which correct for the difference, and look again in some days: "
    "chance gives such a difference once in a hundred healthy experiments.",
}


def covariate_balance(evidence: Evidence) -> list[Check]:
    """Hotelling's test that all covariates have equal means in all variants; jointly and by metric.

    The joint test allows for the number of covariates. The tests per metric find one metric that
    is off among many: they are held to the bounds divided by their number (Bonferroni), so that
    they raise together no more false alarms than one test.
    """
    names = list(evidence.metrics)
    if not evidence.has_units:
        return [no_exposures(NAME, subject) for subject in (EXPERIMENT, *names)]
    arms = [moments for moments in evidence.covariates.values() if moments.n > 1]
    if len(arms) < 2:
        detail = "No covariates in two variants."
        return [not_applicable(NAME, detail, subject) for subject in (EXPERIMENT, *names)]
    found = {name: _columns(name, arms[0].columns) for name in names}
    n_tests = sum(1 for columns in found.values() if columns)
    per_metric = [
        _check(name, [arm.select(*columns) for arm in arms], n_tests)
        if columns
        else not_applicable(NAME, "The metric has no covariate.", name)
        for name, columns in found.items()
    ]
    return [_check(EXPERIMENT, arms, 1), *per_metric]


def _columns(metric: str, columns: Sequence[str]) -> list[str]:
    return [column for column in columns if column.rpartition(".")[0] == metric]


def _check(subject: str, arms: Sequence[Moments], n_tests: int) -> Check:
    test = balance_test(arms)
    if math.isnan(test.p_value):
        detail = "Too few units, or the covariates do not vary: "
        detail += ", ".join(arms[0].columns) + "."
        return not_applicable(NAME, detail, subject)
    fail, warn = FAIL_P / n_tests, WARN_P / n_tests
    status = status_of_p(test.p_value, fail=fail, warn=warn)
    detail = (
        f"Equal means of {', '.join(arms[0].columns)} in {len(arms)} variants: Hotelling's T2 "
        f"{number(test.statistic)} on {test.degrees_of_freedom:g} degrees of freedom, "
        f"{p_value(test.p_value)}. Warns below {number(warn)}, fails below {number(fail)}"
    )
    detail += f" (for {n_tests} metrics)." if n_tests > 1 else "."
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
