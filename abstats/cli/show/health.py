"""Health checks: what is wrong first, then what was looked at and is well."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from abstats.cli.show import words
from abstats.cli.show.rows import HealthRow
from abstats.decisions.check import EXPERIMENT

_ORDER = {"fail": 0, "warn": 1, "pass": 2, "not_applicable": 3}
_STYLES = {
    "fail": words.BAD,
    "warn": words.CAREFUL,
    "pass": words.GOOD,
    "not_applicable": words.QUIET,
}
_COUNTED = {
    "fail": ("failure", "failures"),
    "warn": ("warning", "warnings"),
    "pass": ("passed", "passed"),
    "not_applicable": ("not applicable", "not applicable"),
}


def health_summary(health: Sequence[HealthRow]) -> Text:
    """`Health  1 warning, 9 passed, 1 not applicable`."""
    parts = []
    for status in _ORDER:
        n = sum(row.status == status for row in health)
        if n:
            one, many = _COUNTED[status]
            parts.append(Text(f"{n} {one if n == 1 else many}", style=_STYLES[status]))
    if not parts:
        parts = [Text("not checked yet", style=words.QUIET)]
    return Text().append("Health  ", style="bold").append_text(Text(", ").join(parts))


def problems(health: Sequence[HealthRow], *, in_full: bool) -> Iterator[Padding]:
    """What does not pass: what was found and what to do; in short, a warning takes one line."""
    for row in _sorted(health):
        if row.status not in ("fail", "warn"):
            continue
        text = Text(row.status, style=_STYLES[row.status])
        text.append(f"  {_name(row)}: ", style="bold default")
        text.append(words.clean(row.detail), style="default")
        if in_full or row.status == "fail":
            text.append(f" {words.clean(row.next_step or '')}", style="italic default")
        else:
            text.no_wrap, text.overflow = True, "ellipsis"
        yield Padding(text, (0, 0, 0, 2))


def passes(health: Sequence[HealthRow]) -> Table:
    """The checks that found nothing, one line each, metrics counted."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(style=words.QUIET)
    quiet = [row for row in _sorted(health) if row.status in ("pass", "not_applicable")]
    for (status, name), found in groupby(quiet, key=lambda row: (row.status, row.check_name)):
        rows = list(found)
        if len(rows) > 1:
            detail = f"{len(rows)} checked: {', '.join(row.subject for row in rows)}"
        elif rows[0].subject == EXPERIMENT:
            detail = rows[0].detail
        else:
            detail = f"{rows[0].subject}: {rows[0].detail}"
        check = name.replace("_", " ")
        word = "n/a" if status == "not_applicable" else status
        table.add_row(
            Text(f"  {word:<4}", style=_STYLES[status]).append(f"  {check}", style="default"),
            Text(words.clean(detail)),
        )
    return table


def _sorted(health: Sequence[HealthRow]) -> list[HealthRow]:
    return sorted(health, key=lambda row: (_ORDER.get(row.status, 0), row.check_name, row.subject))


def _name(row: HealthRow) -> str:
    name = row.check_name.replace("_", " ")
    return name if row.subject == EXPERIMENT else f"{name} ({words.clean(row.subject)})"
