"""The rules of a sequential design: each look is asked in turn, the first that decides stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from abstats.decisions.look_rows import LookRow
from abstats.decisions.verdict import INCONCLUSIVE, KEEP_RUNNING, ROLLBACK, SHIP, Verdict


def verdict_of_looks(
    looks: Mapping[date, Sequence[LookRow]], dates: Sequence[date], analysis_date: date
) -> tuple[Verdict, date | None]:
    """The verdict on a treatment, and the date of the look that gave it; None while none has.

    Args:
        looks: Rows of the looks so far, in the order of the experiment's metrics.
        dates: All looks of the design, earliest first.
        analysis_date: Last day whose data is used.
    """
    for day, rows in looks.items():
        has_ended = day == dates[-1] or all(row.is_spent for row in rows if row.decides)
        found = _stopped(rows) or (_ended(rows) if has_ended else None)
        if found is not None:
            look = f"Look {rows[0].look} of {len(dates)}, data through {day}: "
            return found._replace(reason=f"{look}{found.reason}"), day
    coming = [day for day in dates if day > analysis_date]
    if not coming:
        reason = f"There are no results of the last look, {dates[-1]}."
        return Verdict(INCONCLUSIVE, "primary_not_estimated", reason), dates[-1]
    then = f"The next of {len(dates)} looks is at the data of {coming[0]}; no other date decides."
    if not looks:
        return Verdict(KEEP_RUNNING, "before_first_look", then), None
    day, rows = list(looks.items())[-1]
    primary = _words(row for row in rows if row.role == "primary")
    reason = f"No bound is crossed at look {rows[0].look} ({day}): {primary}. {then}"
    return Verdict(KEEP_RUNNING, "no_bound_crossed", reason), None


def _stopped(rows: Sequence[LookRow]) -> Verdict | None:
    """The verdict of a look whose bounds are crossed."""
    primary = [row for row in rows if row.role == "primary"]
    guardrails = [row for row in rows if row.role == "guardrail"]
    found = _rolled_back(primary, guardrails) or _shipped(primary, guardrails)
    if found is None and all(row.bound_crossed == "futility" for row in primary):
        reason = f"a difference is no longer likely to show: {_words(primary)}."
        return Verdict(INCONCLUSIVE, "futility", reason)
    return found


def _rolled_back(primary: Sequence[LookRow], guardrails: Sequence[LookRow]) -> Verdict | None:
    lost = [row for row in primary if row.is_worse]
    if lost:
        return Verdict(ROLLBACK, "primary_lost", f"primary metric worse: {_words(lost)}.")
    changed = [row for row in primary if row.is_beyond_margin]
    if changed:
        reason = f"primary metric changed by more than it may: {_words(changed)}."
        return Verdict(ROLLBACK, "not_equivalent", reason)
    breached = [row for row in guardrails if row.is_breached]
    if breached:
        reason = f"guardrail worse than it may be: {_words(breached)}."
        return Verdict(ROLLBACK, "guardrail_inferior", reason)
    return None


def _shipped(primary: Sequence[LookRow], guardrails: Sequence[LookRow]) -> Verdict | None:
    is_known = all(row.is_estimated for row in primary)
    if not is_known or _not_shown(primary) or not all(row.holds for row in guardrails):
        return None
    won = [row for row in primary if row.is_better]
    same = [row for row in primary if row.is_equivalent]
    told = [f"primary metric better: {_words(won)}."] if won else []
    if same:
        told.append(f"{'E' if won else 'e'}quivalent to control: {_words(same)}.")
    if guardrails:
        told.append(f"Guardrails hold: {_words(guardrails)}.")
    if not won:
        return Verdict(SHIP, "equivalent", " ".join(told))
    return Verdict(SHIP, "primary_won", " ".join(told))


def _ended(rows: Sequence[LookRow]) -> Verdict:
    """The verdict of the last look without a bound crossed, or with a guardrail unproven."""
    primary = [row for row in rows if row.role == "primary"]
    unknown = [row for row in primary if not row.is_estimated]
    if unknown:
        return Verdict(INCONCLUSIVE, "primary_not_estimated", f"{_words(unknown)}.")
    not_shown = _not_shown(primary)
    if not_shown is not None:
        return not_shown
    unproven = [row for row in rows if row.role == "guardrail" and not row.holds]
    won = [row for row in primary if row.is_better]
    shown = f"{_words(won)}: better" if won else f"{_words(primary)}: equivalent"
    reason = f"{shown}, but no proof that a guardrail is not worse: {_words(unproven)}."
    return Verdict(INCONCLUSIVE, "guardrail_unproven", reason)


def _not_shown(primary: Sequence[LookRow]) -> Verdict | None:
    """One of those that may get better must be, and all of those that must be the same."""
    compared = [row for row in primary if not row.asks_equivalence]
    if compared and not any(row.is_better for row in compared):
        reason = f"no primary metric differs from control: {_words(compared)}."
        return Verdict(INCONCLUSIVE, "no_significant_primary", reason)
    unlike = [row for row in primary if row.asks_equivalence and not row.is_equivalent]
    if unlike:
        reason = f"no proof that a primary metric stays within its margin: {_words(unlike)}."
        return Verdict(INCONCLUSIVE, "equivalence_unproven", reason)
    return None


def _words(rows: Iterable[LookRow]) -> str:
    return "; ".join(row.in_words() for row in rows)
