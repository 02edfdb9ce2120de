"""The status on the page: experiments, facts, tables, what to do next."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from abstats.cli.show import words
from abstats.cli.status.standing import ExperimentStanding, FactStanding, Status, TableStanding

BUILD = "dbt build --select +exposure:experiment_results"
"""What builds everything that experiments need and nothing else of the project."""

_STYLES = {
    "current": words.GOOD,
    "fresh": words.GOOD,
    "due": words.CAREFUL,
    "waiting": words.CAREFUL,
    "behind": words.CAREFUL,
    "late": words.CAREFUL,
    "empty": words.QUIET,
    "missing": words.BAD,
}

_Cells = tuple[str, str, str]


def print_status(console: Console, status: Status, now: datetime) -> None:
    """Print everything; `now` is naive in UTC."""
    for part in _parts(status, now):
        console.print(part)


def _parts(status: Status, now: datetime) -> Iterator[RenderableType]:
    yield _last_build(status.last_build, now)
    for title, lines in (
        ("Experiments", [_experiment(row) for row in status.experiments]),
        ("Facts, as the last build saw them", [_fact(row) for row in status.facts]),
        ("Tables", [_table(row) for row in status.tables]),
    ):
        yield Text("")
        yield Text(title, style="bold")
        yield _grid(lines) if lines else Padding(Text("none", style=words.QUIET), (0, 0, 0, 2))
    yield Text("")
    yield Text("Next", style="bold")
    for step in next_steps(status):
        yield Padding(Text(step), (0, 0, 0, 2))


def next_steps(status: Status) -> Sequence[str]:
    """What to do, first things first."""
    steps = [
        f"Load {fact.name}: it ended on {_day(fact.last_event)}, {fact.needed} was needed."
        for fact in status.late_facts
    ]
    if status.is_build_due or steps:
        steps.append(f"{'Then: ' if steps else ''}{BUILD}")
    elif any(row.state == "waiting" for row in status.experiments):
        steps.append("Nothing to build: the data had no more days. Is the exposure log loaded?")
    return steps or ["Nothing: everything is built as it is declared."]


def _last_build(at: datetime | None, now: datetime) -> Text:
    if at is None:
        return Text("No table has results yet.")
    text = Text("Last build ", style="bold").append(f"{at:%Y-%m-%d %H:%M} UTC", style="not bold")
    return text.append(f", {_ago(now - at)}", style="not bold dim")


def _experiment(row: ExperimentStanding) -> _Cells:
    through = f", data through {row.analysis_date}" if row.analysis_date else ""
    return row.state, words.clean(row.name), words.clean(row.detail) + through


def _fact(row: FactStanding) -> _Cells:
    if not row.is_known:
        return "due", row.name, "not built yet"
    if row.last_event is None:
        return "empty", row.name, "no events"
    last = f"last event {row.last_event:%Y-%m-%d %H:%M} UTC"
    if row.days_behind:
        return "late", row.name, f"{last}, needed through {row.needed}"
    return "fresh", row.name, last


def _table(row: TableStanding) -> _Cells:
    detail = {
        "missing": "not in the warehouse",
        "empty": "no rows",
        "behind": f"older than {', '.join(row.newer)}",
        "fresh": f"computed {row.computed_at:%Y-%m-%d %H:%M} UTC" if row.computed_at else "",
    }
    return row.state, row.name, detail[row.state]


def _grid(lines: Iterable[_Cells]) -> Padding:
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for state, name, detail in lines:
        grid.add_row(Text(state, style=_STYLES[state]), Text(name), Text(detail))
    return Padding(grid, (0, 0, 0, 2))


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else "no day"


def _ago(elapsed: timedelta) -> str:
    hours = elapsed // timedelta(hours=1)
    if hours < 1:
        return "less than an hour ago"
    if hours < 48:
        return f"{hours} hour{'' if hours == 1 else 's'} ago"
    return f"{hours // 24} days ago"
