"""The rules of a verdict, in the order in which they are asked; the first that holds decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from abstats.decisions.check import FAIL, NOT_APPLICABLE, WARN
from abstats.decisions.checks import CHECKS, sample_ratio
from abstats.decisions.headline import Headline
from abstats.decisions.verdict import (
    INCONCLUSIVE,
    INVALID,
    KEEP_RUNNING,
    ROLLBACK,
    SHIP,
    Verdict,
)
from abstats.decisions.wording import instant, listed
from abstats.spec.horizon import Horizon


class Health(NamedTuple):
    """What a verdict needs of an experiment's health.

    Attributes:
        has_units: At least one unit was exposed within the dates.
        failures: (check, subject, detail, next step) of the checks that fail, in their order.
        warnings: Checks that warn, as `check` or `check (subject)`.
    """

    has_units: bool
    failures: tuple[tuple[str, str, str, str], ...]
    warnings: tuple[str, ...]

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> Health:
        """Read the health rows of one experiment and analysis date."""
        order = {check.__name__: i for i, check in enumerate(CHECKS)}
        ordered = sorted(
            rows, key=lambda row: (order.get(row["check_name"], len(order)), row["subject"])
        )
        ratio = [row["status"] for row in rows if row["check_name"] == sample_ratio.NAME]
        return cls(
            # The sample ratio of an experiment has nothing to look at only without units.
            has_units=any(status != NOT_APPLICABLE for status in ratio),
            failures=tuple(
                (row["check_name"], row["subject"], row["detail"], row["next_step"])
                for row in ordered
                if row["status"] == FAIL
            ),
            warnings=tuple(
                f"{row['check_name']} ({row['subject']})"
                for row in ordered
                if row["status"] == WARN
            ),
        )


def verdict_on(
    evidence: Sequence[Headline], health: Health, horizon: Horizon, analysis_date: date
) -> Verdict:
    """The verdict on one treatment against control, of an experiment that is judged once.

    Args:
        evidence: The comparison's headline rows, one per declared metric.
        health: The experiment's health.
        horizon: When the experiment is over.
        analysis_date: Last day whose data is used.
    """
    return with_warnings(
        unhealthy(health)
        or without_exposures(health, horizon, analysis_date)
        or _not_over(horizon, analysis_date)
        or _decided(evidence),
        health,
    )


def with_warnings(verdict: Verdict, health: Health) -> Verdict:
    """A verdict that decides tells what health warns of."""
    if health.warnings and verdict.verdict not in (INVALID, KEEP_RUNNING):
        warnings = f" Health warns: {listed(dict.fromkeys(health.warnings))}."
        return verdict._replace(reason=verdict.reason + warnings)
    return verdict


def unhealthy(health: Health) -> Verdict | None:
    """The verdict of an experiment whose effects must not be read."""
    if not health.failures:
        return None
    check, subject, detail, next_step = health.failures[0]
    rule = "srm_failed" if check == sample_ratio.NAME else f"{check}_failed"
    others = [f"{name} ({about})" for name, about, *_ in health.failures[1:]]
    more = f" Also failed: {listed(others)}." if others else ""
    return Verdict(INVALID, rule, f"{check} ({subject}) failed. {detail} {next_step}{more}")


def without_exposures(health: Health, horizon: Horizon, analysis_date: date) -> Verdict | None:
    """The verdict of an experiment that nobody was exposed to."""
    if health.has_units:
        return None
    if _is_over(horizon, analysis_date):
        end = instant(horizon.exposures_end)
        reason = f"The experiment ended on {end} without a single exposure in its dates."
        return Verdict(INCONCLUSIVE, "no_exposures", reason)
    reason = f"No exposures up to {analysis_date}. {_until(horizon)}"
    return Verdict(KEEP_RUNNING, "no_exposures", reason)


def _not_over(horizon: Horizon, analysis_date: date) -> Verdict | None:
    """The rules that hold before any effect is looked at."""
    if not _is_over(horizon, analysis_date):
        reason = f"Exposures run until {instant(horizon.exposures_end)}. {_until(horizon)}"
        return Verdict(KEEP_RUNNING, "before_end", reason)
    if analysis_date < horizon.decided_on:
        reason = f"Exposures have ended, windows are still open. {_until(horizon)}"
        return Verdict(KEEP_RUNNING, "windows_open", reason)
    return None


def _is_over(horizon: Horizon, analysis_date: date) -> bool:
    return analysis_date >= horizon.exposures_end.date() - timedelta(days=1)


def _until(horizon: Horizon) -> str:
    complete = instant(horizon.complete_at)
    because = (
        f"{horizon.slowest_metric} follows each unit until {complete} at the latest"
        if horizon.slowest_metric
        else f"The data is complete at {complete}"
    )
    return (
        f"{because}: the verdict comes with the data of {horizon.decided_on}, and a fixed "
        "horizon is not read before."
    )


def _decided(evidence: Sequence[Headline]) -> Verdict:
    """The rules of an experiment that is over and healthy."""
    primary = [row for row in evidence if row.role == "primary"]
    guardrails = [row for row in evidence if row.role == "guardrail"]
    return (
        _rolled_back(primary, guardrails)
        or _not_shown(primary)
        or _guardrail_unproven(primary, guardrails)
        or _shipped(primary, guardrails)
    )


def _rolled_back(primary: Sequence[Headline], guardrails: Sequence[Headline]) -> Verdict | None:
    lost = [row for row in primary if row.is_worse]
    if lost:
        reason = f"Primary metric significantly worse: {_words(lost)}."
        return Verdict(ROLLBACK, "primary_lost", reason)
    changed = [row for row in primary if row.is_beyond_margin]
    if changed:
        reason = f"Primary metric significantly changed by more than it may: {_words(changed)}."
        return Verdict(ROLLBACK, "not_equivalent", reason)
    inferior = [row for row in guardrails if row.exceeds_margin]
    if inferior:
        reason = f"Guardrail significantly worse than it may be: {_tests(inferior)}."
        return Verdict(ROLLBACK, "guardrail_inferior", reason)
    return None


def _not_shown(primary: Sequence[Headline]) -> Verdict | None:
    """One of those that may get better must be, and all of those that must be the same."""
    unknown = [row for row in primary if row.is_significant is None]
    if unknown:
        return Verdict(INCONCLUSIVE, "primary_not_estimated", f"{_words(unknown)}.")
    compared = [row for row in primary if not row.asks_equivalence]
    if compared and not any(row.is_better for row in compared):
        reason = f"No primary metric differs significantly from control: {_words(compared)}."
        return Verdict(INCONCLUSIVE, "no_significant_primary", reason)
    unlike = [row for row in primary if row.asks_equivalence and not row.is_equivalent]
    if unlike:
        reason = f"No proof that a primary metric stays within its margin: {_words(unlike)}."
        return Verdict(INCONCLUSIVE, "equivalence_unproven", reason)
    return None


def _guardrail_unproven(
    primary: Sequence[Headline], guardrails: Sequence[Headline]
) -> Verdict | None:
    unproven = [row for row in guardrails if not row.is_non_inferior]
    if not unproven:
        return None
    won = [row for row in primary if row.is_better]
    shown = f"{_words(won)}: better" if won else f"{_words(primary)}: equivalent"
    reason = f"{shown}, but no proof that a guardrail is not worse: {_tests(unproven)}."
    return Verdict(INCONCLUSIVE, "guardrail_unproven", reason)


def _shipped(primary: Sequence[Headline], guardrails: Sequence[Headline]) -> Verdict:
    won = [row for row in primary if row.is_better]
    told = [f"Primary metric significantly better: {_words(won)}."] if won else []
    undecided = [row for row in primary if not (row.asks_equivalence or row.is_better)]
    if undecided:
        told.append(f"Not significant: {_words(undecided)}.")
    same = [row for row in primary if row.is_equivalent]
    if same:
        told.append(f"Equivalent to control: {_words(same)}.")
    if guardrails:
        told.append(f"Guardrails hold: {_tests(guardrails)}.")
    if not won:
        return Verdict(SHIP, "equivalent", " ".join(told))
    return Verdict(SHIP, "primary_won", " ".join(told))


def _words(rows: Sequence[Headline]) -> str:
    return "; ".join(row.in_words() for row in rows)


def _tests(rows: Sequence[Headline]) -> str:
    return "; ".join(row.margin_in_words() for row in rows)
