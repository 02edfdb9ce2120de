"""What could be detected, as a table and as a chart over weeks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from abstats.cli.power.history import History
from abstats.cli.power.planning import Answer, Question
from abstats.cli.show import numbers, words
from abstats.cli.show.rows import MetricRow

ROLES = {"primary": "Primary", "secondary": "Secondary", "guardrail": "Guardrails"}
WIDEST_CHART = 50
NARROWEST_LABEL = 14
GAP = 2
CHART_LABELS = 20


class Line(NamedTuple):
    """A metric on the page.

    Attributes:
        row: Its row of dim_metrics.
        role: "primary", "secondary" or "guardrail".
        history: Its past; None where there is none.
        answer: What could be detected; None likewise.
        reason: Why there is none; empty otherwise.
        margin: Its margin in words; empty without one.
        is_equivalence: The margin holds to both sides.
    """

    row: MetricRow
    role: str
    history: History | None
    answer: Answer | None
    reason: str
    margin: str
    is_equivalence: bool


def page(
    console: Console, question: Question, lines: Sequence[Line], weeks: Sequence[int]
) -> Iterator[RenderableType]:
    """All parts of the page, from top to bottom."""
    ascii_only = console.options.ascii_only
    spec = question.spec
    yield Text(f"{words.clean(spec.name)} as the baseline", style="bold")
    yield Rule(characters="-" if ascii_only else "─", style=words.QUIET)
    yield Text(_test(question))
    yield Text("")
    yield _table(question, lines, _doubling(weeks), console)
    for line in lines:
        if line.reason:
            reason = f"{words.clean(line.row.label)}: {words.clean(line.reason)}"
            yield Padding(Text(reason, style=words.QUIET), (0, 0, 0, 2))
    for line in lines:
        if line.role == "primary" and line.answer is not None and line.history is not None:
            yield Text("")
            what = "margin that can be shown" if line.margin else "detectable change"
            yield Text(f"{words.clean(line.row.label)}: {what} by week", style="bold")
            detectable = zip(weeks, line.answer.detectable, strict=True)
            yield from _chart(list(detectable), line.history.last_day, console)
    yield Text("")
    yield Text(_legend(question, lines), style=words.QUIET)


def _doubling(weeks: Sequence[int]) -> list[int]:
    """Weeks 1, 2, 4, ..., and the last."""
    return [week for week in weeks if week & (week - 1) == 0 or week == weeks[-1]]


def _test(question: Question) -> str:
    control, *treatments = (f"{100 * weight:.4g} %" for weight in question.weights)
    arms = f"{', '.join(treatments)} against {control} control"
    sides = "two-sided" if question.sides == 2 else "one-sided"
    return (
        f"{arms}; {sides} alpha {question.alpha:g}, power {100 * question.power:g} %, "
        f"correction {question.correction}{question.looks.in_words}"
    )


def _table(
    question: Question, lines: Sequence[Line], weeks: Sequence[int], console: Console
) -> Table:
    effects = {line.row.metric_name: question.effect_on(line.row.metric_name) for line in lines}
    asks = any(effects.values()) or any(line.margin for line in lines)
    signs = ("<=", "+/-") if console.options.ascii_only else ("≤", "±")
    headers = ["value", "units/wk", *(f"{week} wk" for week in weeks)]
    headers += ["for", "units", "weeks"] if asks else []
    rows = [
        list(_cells(line, weeks, effects[line.row.metric_name], signs if asks else None))
        for line in lines
    ]
    widths = [
        max(len(header), *(len(row[i]) for row in rows if row), 0)
        for i, header in enumerate(headers)
    ]
    labels = [f"  {words.clean(line.row.label)}" for line in lines]
    longest = max(map(cell_len, [*labels, *ROLES.values()]))
    room = console.width - sum(width + GAP for width in widths) - GAP
    if room < NARROWEST_LABEL and len(weeks) > 1:
        return _table(question, lines, weeks[1:], console)
    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="dim")
    # Only the label gives way where the terminal is narrow.
    label_width = min(longest, max(room, NARROWEST_LABEL))
    table.add_column("", no_wrap=True, overflow="ellipsis", width=label_width)
    for header, width in zip(headers, widths, strict=True):
        table.add_column(header, justify="right", no_wrap=True, min_width=width)
    whole = zip(lines, labels, rows, strict=True)
    for role, members in groupby(whole, key=lambda member: member[0].role):
        table.add_row(Text(ROLES[role], style="bold"))
        for _, label, cells in members:
            table.add_row(Text(label), *cells)
    return table


def _cells(
    line: Line, weeks: Sequence[int], effect: float | None, signs: tuple[str, str] | None
) -> Iterator[str]:
    if line.history is None or line.answer is None:
        return
    last = line.history.looks[-1]
    error = math.sqrt(last.baseline.variance / last.units)
    yield numbers.value(last.baseline.value, error, line.row)
    yield f"{7 * line.history.per_day:,.0f}"
    for week in weeks:
        yield _percent(line.answer.detectable[week - 1])
    if signs is not None:
        asked = "" if effect is None else f"{100 * effect:.3g} %"
        yield f"{signs[line.is_equivalence]} {line.margin}" if line.margin else asked
        yield numbers.NOTHING if line.answer.units is None else f"{line.answer.units:,}"
        yield numbers.NOTHING if line.answer.weeks is None else f"{line.answer.weeks:.1f}"


def _chart(
    detectable: Sequence[tuple[int, float]], last_day: int, console: Console
) -> Iterator[RenderableType]:
    """A bar for each week; those beyond the baseline's last day are dim."""
    longest = max((value for _, value in detectable if math.isfinite(value)), default=1.0)
    room = min(console.width - CHART_LABELS, WIDEST_CHART)
    block = "#" if console.options.ascii_only else "█"
    for week, value in detectable:
        length = 0 if math.isnan(value) else max(round(room * value / longest), 1)
        style = words.QUIET if 7 * week > last_day else "cyan"
        yield Text(f"{week:>4}  {_percent(value):>8}  ").append(block * length, style=style)


def _percent(fraction: float) -> str:
    if math.isnan(fraction):
        return numbers.NOTHING
    places = 0 if fraction >= 1.0 else 1 if fraction >= 0.01 else 2
    return f"{100 * fraction:.{places}f} %"


def _legend(question: Question, lines: Sequence[Line]) -> str:
    known = [line.history for line in lines if line.history is not None]
    last = min(
        max((history.last_day for history in known), default=0),
        (question.spec.end - question.spec.start).days,
    )
    guarded = "metric" if any(line.is_equivalence for line in lines) else "guardrail"
    parts = [
        "Changes are relative to control and those that the smallest treatment detects after so "
        f"many weeks; of a {guarded} with a margin, the smallest margin that it can be shown to "
        "keep if nothing changes. So many units of all variants are needed for the change or "
        "margin beside them.",
        f"Values, variances and units are those of the baseline's first {last} days"
        + (" (with CUPED)" if any(history.is_cuped for history in known) else "")
        + "; later weeks go on at the last week's rate.",
    ]
    if not question.looks.is_single:
        parts.append(
            "With several looks these are the largest numbers of units, at the last look; looks "
            "need metrics with a window."
        )
    return " ".join(parts)
