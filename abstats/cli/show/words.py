"""The words and colours of verdicts and of single metrics."""

from collections.abc import Mapping
from typing import NamedTuple

from rich.text import Text

from abstats.cli.show import numbers
from abstats.cli.show.report import Report
from abstats.cli.show.rows import DecisionRow, MetricRow, ResultRow

GOOD, BAD, CAREFUL, QUIET, PLAIN = "green", "red", "yellow", "dim", ""

VERDICT_STYLES = {
    "ship": GOOD,
    "rollback": BAD,
    "invalid": BAD,
    "inconclusive": CAREFUL,
    "keep_running": "cyan",
}


class Word(NamedTuple):
    """What a row says in a word.

    Attributes:
        text: The word.
        style: Its colour.
    """

    text: str
    style: str


CROSSED: Mapping[str | None, Word] = {
    "better": Word("better", GOOD),
    "worse": Word("worse", BAD),
    "non_inferior": Word("holds", GOOD),
    "inferior": Word("broken", BAD),
    "equivalent": Word("equivalent", GOOD),
    "not_equivalent": Word("different", BAD),
    "futility": Word("futile", CAREFUL),
    None: Word("between looks", QUIET),
}
"""What the bound that was crossed says, by its name; None at a date that is no look."""


def clean(text: str) -> str:
    """Text from the data without characters that would steer the terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def verdict(decision: DecisionRow) -> Text:
    """The verdict as the eye should find it."""
    style = VERDICT_STYLES.get(decision.verdict, PLAIN)
    return Text(decision.verdict.replace("_", " ").upper(), style=f"bold {style}".strip())


def status(row: ResultRow, report: Report) -> Word:
    """What the row says: withheld while the experiment runs, and where its health failed."""
    if row.p_value is None:
        return Word("withheld" if row.status == "withheld" else "no estimate", QUIET)
    if report.is_invalid:
        return Word("unreliable", QUIET)
    if row.is_sequential and row.bound_crossed != "none":
        return CROSSED[row.bound_crossed]
    if not report.is_final:
        return Word("too early", QUIET)
    if row.is_sequential:
        return _uncrossed(row)
    return _guardrail(row) if row.role == "guardrail" else _effect(row)


def bound(row: ResultRow, metric: MetricRow, *, ascii_only: bool) -> str:
    """How far a metric may change: `<= +3 %` where an increase is bad; empty without margin."""
    if row.margin is None:
        return ""
    if row.margin_type == "relative":
        shown = numbers.margin(row.margin)
    else:
        shown = f"{100 * row.margin:g} pp" if numbers.is_percent(metric) else f"{row.margin:g}"
    if row.asks_equivalence:
        return f"{'+/-' if ascii_only else '±'} {shown}"
    if row.direction == "increase":
        return f"{'>=' if ascii_only else '≥'} -{shown}"
    return f"{'<=' if ascii_only else '≤'} +{shown}"


def _uncrossed(row: ResultRow) -> Word:
    """What a look says that has crossed no bound, once the experiment is decided."""
    if row.role != "guardrail":
        return Word("unproven", CAREFUL) if row.asks_equivalence else Word("unclear", PLAIN)
    return Word("holds", GOOD) if row.margin is None else Word("unproven", CAREFUL)


def _effect(row: ResultRow) -> Word:
    if row.asks_equivalence:
        return _equivalence(row)
    if row.headline.is_better:
        return Word("better", GOOD)
    if row.headline.is_worse:
        return Word("worse", BAD)
    return Word("unclear", PLAIN)


def _equivalence(row: ResultRow) -> Word:
    if row.headline.is_equivalent:
        return CROSSED["equivalent"]
    if row.headline.is_beyond_margin:
        return CROSSED["not_equivalent"]
    if row.is_significant is None:
        return Word("no estimate", QUIET)
    return Word("unproven", CAREFUL)


def _guardrail(row: ResultRow) -> Word:
    if row.headline.exceeds_margin:
        return Word("broken", BAD)
    if row.is_non_inferior is None:
        return Word("no estimate", QUIET)
    return Word("holds", GOOD) if row.is_non_inferior else Word("unproven", CAREFUL)
