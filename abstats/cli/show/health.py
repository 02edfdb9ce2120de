"""Health checks: what is wrong first, then what was looked at and is well."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from abstats.cli.show import words
from abstats.cli.show.rows import HealthRow

_ORDER = {"fail": 0, "warn": 1, "pass": 2, "not_applicable": 3}
_STYLES = {
    "fail": words.BAD,
    "warn": words.CAREFUL,
    "pass": words.GOOD,
    "not_applicable": words.QUIET,
}
_COUNTED = {
    "fail": ("fails", "fail"),
    "warn": ("warns", "warn"),
    "pass": ("passes", "pass"),
    "not_applicable": ("not applicable", "not applicable"),
}


def health_summary(health: Sequence[HealthRow]) -> Text:
    """`Health  1 warns, 9 pass, 1 not applicable`."""
    parts = []
    for status in _ORDER:
        n = sum(row.status == status for row in health)
        if n:
            one, many = _COUNTED[status]
            parts.append(Text(f"{n} {one if n == 1 else many}", style=_STYLES[status]))
    if not parts:
        parts = [Text("not checked yet", style=words.QUIET)]
    return Text("Health  ", style="bold").append_text(Text(", ").join(parts))


def problems(health: Sequence[HealthRow]) -> Iterator[Padding]:
    """What does not pass: what was found and what to do."""
    for row in _sorted(health):
        if row.status in ("fail", "warn"):
            text = Text(row.status, style=_STYLES[row.status])
            text.append(f"  {_name(row)}: ", style="bold")
            text.append(words.clean(row.detail))
            if row.next_step:
                text.append(f" {words.clean(row.next_step)}", style="italic")
            yield Padding(text, (0, 0, 0, 2))


def passes(health: Sequence[HealthRow]) -> Table:
    """The checks that found nothing, one line each, metrics counted."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(style=words.QUIET)
    quiet = [row for row in _sorted(health) if row.status in ("pass", "not_applicable")]
    for (status, name), found in groupby(quiet, key=lambda row: (row.status, row.check_name)):
        rows = list(found)
        single = len(rows) == 1
        detail = (
            words.clean(rows[0].detail) if single else f"{len(rows)} checked, {_subjects(rows)}"
        )
        check = _name(rows[0]) if single else name.replace("_", " ")
        word = "n/a" if status == "not_applicable" else status
        table.add_row(Text(f"  {word:<4}  {check}", style=_STYLES[status]), Text(detail))
    return table


def _sorted(health: Sequence[HealthRow]) -> list[HealthRow]:
    return sorted(health, key=lambda row: (_ORDER.get(row.status, 0), row.check_name, row.subject))


def _name(row: HealthRow) -> str:
    name = row.check_name.replace("_", " ")
    return name if row.subject == "experiment" else f"{name} ({words.clean(row.subject)})"


def _subjects(rows: Sequence[HealthRow]) -> str:
    return ", ".join(words.clean(row.subject) for row in rows)
