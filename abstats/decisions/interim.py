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
    lost = [row for row in primary if row.bound_crossed == "worse"]
    if lost:
        return Verdict(ROLLBACK, "primary_lost", f"primary metric worse: {_words(lost)}.")
    breached = [row for row in guardrails if row.is_breached]
    if breached:
        reason = f"guardrail worse than it may be: {_words(breached)}."
        return Verdict(ROLLBACK, "guardrail_inferior", reason)
    won = [row for row in primary if row.bound_crossed == "better"]
    if won and all(row.is_estimated for row in primary) and all(row.holds for row in guardrails):
        reason = f"primary metric better: {_words(won)}."
        if guardrails:
            reason += f" Guardrails hold: {_words(guardrails)}."
        return Verdict(SHIP, "primary_won", reason)
    if all(row.bound_crossed == "futility" for row in primary):
        reason = f"a difference is no longer likely to show: {_words(primary)}."
        return Verdict(INCONCLUSIVE, "futility", reason)
    return None


def _ended(rows: Sequence[LookRow]) -> Verdict:
    """The verdict of the last look without a bound crossed, or with a guardrail unproven."""
    primary = [row for row in rows if row.role == "primary"]
    unknown = [row for row in primary if not row.is_estimated]
    if unknown:
        return Verdict(INCONCLUSIVE, "primary_not_estimated", f"{_words(unknown)}.")
    won = [row for row in primary if row.bound_crossed == "better"]
    if not won:
        reason = f"no primary metric differs from control: {_words(primary)}."
        return Verdict(INCONCLUSIVE, "no_significant_primary", reason)
    unproven = [row for row in rows if row.role == "guardrail" and not row.holds]
    reason = (
        f"{_words(won)}: better, but no proof that a guardrail is not worse: {_words(unproven)}."
    )
    return Verdict(INCONCLUSIVE, "guardrail_unproven", reason)


def _words(rows: Iterable[LookRow]) -> str:
    return "; ".join(row.in_words() for row in rows)
