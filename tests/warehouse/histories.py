"""Histories of a small warehouse: what happens to its rows, its declarations and its builds.

Instants lie on a coarse grid, so that events fall on exposures, on the ends of windows and on both
sides of midnight. Rows are chosen by a number that wraps around.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.warehouse.declarations import DECLARATIONS, FACTS, PROMISED, START
from tests.warehouse.incremental import MODELS, UNIT_DAYS, UNIT_HISTORIES
from tests.warehouse.oracle import LogRow
from tests.warehouse.oracle_values import Event

FIRST_DAY, LAST_DAY = START - timedelta(days=2), START + timedelta(days=5)


@dataclass
class World:
    """The rows at one moment of a history, what is declared, and the var `analysis_date`."""

    log: list[LogRow] = field(default_factory=list)
    facts: dict[str, list[Event]] = field(default_factory=lambda: {fact: [] for fact in FACTS})
    declaration: str = "both"
    analysis_date: date = START + timedelta(days=3)


class Step(NamedTuple):
    """Something that happens to a world.

    Attributes:
        apply: The function that does it, named for it.
        arguments: What it is done with.
    """

    apply: Callable[..., None]
    arguments: tuple[Any, ...]

    def __repr__(self) -> str:
        return f"{self.apply.__name__}{self.arguments}"


class Build(NamedTuple):
    """A build after some steps.

    Attributes:
        steps: What happened since the last build.
        without: Models that it did not come to, or that failed.
    """

    steps: list[Step]
    without: tuple[str, ...]


def log_row(world: World, row: LogRow) -> None:
    """An exposure is logged, whenever it was."""
    world.log.append(row)


def event(world: World, fact: str, row: Event) -> None:
    """An event is loaded: in time, late or out of order."""
    world.facts[fact].append(row)


def duplicate(world: World, fact: str, index: int) -> None:
    """An event is loaded twice."""
    if rows := world.facts[fact]:
        rows.append(rows[index % len(rows)])


def delete(world: World, fact: str, index: int) -> None:
    """An event is deleted."""
    if rows := world.facts[fact]:
        del rows[index % len(rows)]


def delete_largest(world: World, fact: str) -> None:
    """The outlier is deleted."""
    if rows := world.facts[fact]:
        rows.remove(max(rows, key=lambda row: abs(row.value or 0.0)))


def edit(world: World, fact: str, index: int, row: Event) -> None:
    """An event is corrected: unit, time and values."""
    if rows := world.facts[fact]:
        rows[index % len(rows)] = row


def edit_value(world: World, fact: str, index: int, value: float | None) -> None:
    """An event's value is corrected."""
    if rows := world.facts[fact]:
        rows[index % len(rows)] = rows[index % len(rows)]._replace(value=value)


def swap(world: World, fact: str, index: int, other: int) -> None:
    """Two events swap their values: sums over all units stay."""
    if rows := world.facts[fact]:
        i, j = index % len(rows), other % len(rows)
        a, b = rows[i], rows[j]
        rows[i], rows[j] = a._replace(value=b.value), b._replace(value=a.value)


def transpose(world: World, fact: str, index: int) -> None:
    """An event's values change places, as when columns were loaded in the wrong order."""
    if rows := world.facts[fact]:
        row = rows[index % len(rows)]
        rows[index % len(rows)] = row._replace(value=row.weight, weight=row.value)


def add_offset(world: World, fact: str) -> None:
    """A fact's column is edited: every value is 1e8 larger."""
    world.facts[fact] = [
        row._replace(value=None if row.value is None else row.value + 1e8)
        for row in world.facts[fact]
    ]


def shift(world: World, fact: str, index: int, hours: int) -> None:
    """An event's time is corrected; a day's number of events may stay."""
    if rows := world.facts[fact]:
        row = rows[index % len(rows)]
        moved = None if row.at is None else row.at + timedelta(hours=hours)
        rows[index % len(rows)] = row._replace(at=moved)


def reassign(world: World, fact: str, index: int, unit: int) -> None:
    """An event turns out to be another user's and another device's."""
    if rows := world.facts[fact]:
        rows[index % len(rows)] = rows[index % len(rows)]._replace(unit=unit, device=unit)


def outlier(world: World, fact: str, index: int) -> None:
    """An event gets a value of 1e12."""
    edit_value(world, fact, index, 1e12)


def truncate(world: World, fact: str) -> None:
    """A fact loses all its events."""
    world.facts[fact].clear()


def unlog(world: World, index: int) -> None:
    """A row of the log is deleted."""
    if world.log:
        del world.log[index % len(world.log)]


def relog(world: World, index: int, row: LogRow) -> None:
    """A row of the log is corrected: another variant, segment, instant or unit."""
    if world.log:
        world.log[index % len(world.log)] = row


def shift_exposure(world: World, index: int, hours: int) -> None:
    """An exposure turns out to be earlier or later."""
    if world.log:
        row = world.log[index % len(world.log)]
        moved = None if row.at is None else row.at + timedelta(hours=hours)
        world.log[index % len(world.log)] = row._replace(at=moved)


def edit_exposure(world: World, index: int, changes: Mapping[str, Any]) -> None:
    """A column of a row of the log is corrected."""
    if world.log:
        world.log[index % len(world.log)] = world.log[index % len(world.log)]._replace(**changes)


def change_platform(world: World, index: int, platform: str | None) -> None:
    """A unit's segment changes in all its rows."""
    if world.log:
        unit = world.log[index % len(world.log)].unit
        world.log = [
            row._replace(platform=platform) if row.unit == unit else row for row in world.log
        ]


def unlog_experiment(world: World, name: str) -> None:
    """All exposures of an experiment vanish."""
    world.log = [row for row in world.log if row.experiment != name]


def move_analysis_date(world: World, day: date) -> None:
    """The var moves on, or back."""
    world.analysis_date = day


def declare(world: World, name: str) -> None:
    """Files are edited."""
    world.declaration = name


def _days(first: date, last: date) -> st.SearchStrategy[date]:
    return st.integers(0, (last - first).days).map(lambda n: first + timedelta(days=n))


_TIMES = (timedelta(), timedelta(hours=12), timedelta(days=1, microseconds=-1))
_MIDNIGHT = datetime.min.time()


def _instants(first: date, last: date) -> st.SearchStrategy[datetime]:
    return st.builds(
        lambda day, at: datetime.combine(day, _MIDNIGHT) + at,
        _days(first, last),
        st.sampled_from(_TIMES),
    )


_units = st.integers(0, 3)
_rows = st.integers(0, 24)
_facts = st.sampled_from(FACTS)
_hours = st.sampled_from([-24, -12, 12, 24])
_values = st.sampled_from([1.0, 0.0, None, -3.0, 2.5, 0.1, 7.0])
_platforms = st.sampled_from(["ios", None, "", "web"])
_scores = st.sampled_from([None, 0.5, 2.0])
_first_seen = st.sampled_from(
    [None, *(datetime.combine(START, _MIDNIGHT) + timedelta(hours=h) for h in (-12, 12, 48))]
)
_events = st.builds(
    Event,
    st.one_of(_units, st.sampled_from([None, 9])),
    _instants(FIRST_DAY, LAST_DAY),
    _values,
    st.sampled_from([1.0, None, 0.0, 2.0]),
    st.one_of(_units, _units, st.none()),
)
_log_rows = st.builds(
    LogRow,
    st.sampled_from(["one", "two"]),
    _units,
    st.sampled_from("ab"),
    _instants(START, START + timedelta(days=3)),
    _first_seen,
    _platforms,
    _scores,
)
_changes = st.one_of(
    st.builds(dict, unit=_units),
    st.builds(dict, variant=st.sampled_from(["a", "b", None])),
    st.builds(dict, first_seen_at=_first_seen),
    st.builds(dict, score=_scores),
)


def _step(
    apply: Callable[..., None], *arguments: st.SearchStrategy[Any]
) -> st.SearchStrategy[Step]:
    return st.builds(lambda *values: Step(apply, values), *arguments)


_load = _step(event, _facts, _events)
_expose = _step(log_row, _log_rows)
_declare = _step(declare, st.sampled_from(list(DECLARATIONS)))
_small = st.one_of(
    _load,
    _expose,
    _step(duplicate, _facts, _rows),
    _step(delete, _facts, _rows),
    _step(edit, _facts, _rows, _events),
    _step(edit_value, _facts, _rows, _values),
    _step(swap, _facts, _rows, _rows),
    _step(transpose, _facts, _rows),
    _step(shift, _facts, _rows, _hours),
    _step(reassign, _facts, _rows, _units),
    _step(unlog, _rows),
    _step(relog, _rows, _log_rows),
    _step(shift_exposure, _rows, _hours),
    _step(edit_exposure, _rows, _changes),
    _step(edit_exposure, _rows, _changes),
    _step(change_platform, _rows, _platforms),
)
_large = st.one_of(
    _step(move_analysis_date, _days(START, LAST_DAY)),
    _step(move_analysis_date, _days(START, LAST_DAY)),
    _step(outlier, _facts, _rows),
    _step(delete_largest, _facts),
    _step(add_offset, _facts),
    _step(truncate, _facts),
    _step(unlog_experiment, st.sampled_from(["one", "two"])),
)
# Most builds follow on one small change, so that nothing else makes up for one that is not seen.
_steps = st.lists(st.one_of(_small, _small, _small, _declare, _large), min_size=1, max_size=2)
# A build is killed after any model, or one model fails and those that need it are skipped.
_stops = [*(MODELS[n:] for n in range(len(MODELS))), (UNIT_DAYS,), (UNIT_HISTORIES,), MODELS[-2:]]
_without: st.SearchStrategy[tuple[str, ...]] = st.one_of(
    st.just(()), st.just(()), st.sampled_from(_stops)
)
# The data goes on for a while: a row of nobody that no metric counts.
_UNTIL = Step(event, ("clicks", Event(None, datetime.combine(LAST_DAY, _MIDNIGHT), None)))


def _histories(
    declare_one: st.SearchStrategy[Step], steps: st.SearchStrategy[list[Step]]
) -> st.SearchStrategy[list[Build]]:
    return st.tuples(
        declare_one,
        st.lists(_expose, min_size=7, max_size=12),
        st.lists(_load, min_size=14, max_size=24),
        st.lists(st.builds(Build, steps, _without), min_size=1, max_size=2),
    ).map(lambda drawn: [Build([_UNTIL, drawn[0], *drawn[1], *drawn[2]], ()), *drawn[3]])


histories = _histories(_declare, _steps)
# The promise is made, or taken back; what is logged of units may still change in any way.
_promise = _step(declare, st.sampled_from([*PROMISED, *PROMISED, "both"]))
_added = st.one_of(
    _load,
    _load,
    _step(duplicate, _facts, _rows),
    _expose,
    _step(relog, _rows, _log_rows),
    _step(shift_exposure, _rows, _hours),
    _step(move_analysis_date, _days(START, LAST_DAY)),
    _promise,
)
histories_of_added_rows = _histories(_promise, st.lists(_added, min_size=1, max_size=2))
