"""Compares what is declared with what was built: pure, with the time as an argument."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from abstats.cli.status.built import Built, BuiltExperiment
from abstats.cli.status.declared import Declared
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.horizon import horizon_of
from abstats.spec.metric import MetricSpec

_DAY = timedelta(days=1)


class TableStanding(NamedTuple):
    """A public table.

    Attributes:
        name: Its model.
        state: fresh: as new as what it is made from. behind: older. empty: without rows, so
            nobody knows when it was computed. missing: not in the warehouse.
        computed_at: When it was computed, in UTC.
        newer: What it is made from and older than.
    """

    name: str
    state: Literal["fresh", "behind", "empty", "missing"]
    computed_at: datetime | None = None
    newer: tuple[str, ...] = ()


class ExperimentStanding(NamedTuple):
    """An experiment that is declared, or that the tables have.

    Attributes:
        name: Its name.
        state: current: the next build has nothing to add. due: a build would bring days or an
            edit into the tables. waiting: days are missing that the data did not have.
        detail: Why, in words.
        analysis_date: The last day that the tables use; None before the first build.
    """

    name: str
    state: Literal["current", "due", "waiting"]
    detail: str
    analysis_date: date | None = None


class FactStanding(NamedTuple):
    """A fact that experiments use.

    Attributes:
        name: Its model.
        last_event: Its last event at the last build, in UTC; None without events.
        needed: The last day that an experiment needed of it then; None: none yet.
        days_behind: Days from its last event's to that.
        is_known: It was there at the last build.
    """

    name: str
    last_event: datetime | None
    needed: date | None
    days_behind: int
    is_known: bool


class Status(NamedTuple):
    """Everything that `abstats status` tells.

    Attributes:
        last_build: When a public table was last computed, in UTC; None if no table says so.
        experiments: In the order of their names.
        facts: In the order of their names.
        tables: In the order of their names.
    """

    last_build: datetime | None
    experiments: tuple[ExperimentStanding, ...]
    facts: tuple[FactStanding, ...]
    tables: tuple[TableStanding, ...]

    @property
    def is_build_due(self) -> bool:
        """A build would change or make tables."""
        return any(row.state == "due" for row in self.experiments) or any(
            row.state in ("behind", "missing") for row in self.tables
        )

    @property
    def late_facts(self) -> tuple[FactStanding, ...]:
        """Facts that lacked days at the last build."""
        return tuple(fact for fact in self.facts if fact.days_behind > 0)

    @property
    def is_fresh(self) -> bool:
        """Neither a build nor a load is to be run."""
        return not self.is_build_due and not self.late_facts


def status_of(declared: Declared, built: Built, now: datetime) -> Status:
    """Compare.

    Args:
        declared: The project as it is written.
        built: The tables.
        now: The time, naive in UTC.
    """
    names = sorted({*declared.plan.experiments, *built.experiments})
    return Status(
        last_build=built.last_build,
        experiments=tuple(_experiment(name, declared, built, now) for name in names),
        facts=tuple(_facts(declared, built)),
        tables=tuple(_table(name, declared, built) for name in sorted(declared.stamped)),
    )


def _table(name: str, declared: Declared, built: Built) -> TableStanding:
    if name not in built.computed_at:
        return TableStanding(name, "missing")
    own = built.computed_at[name]
    if own is None:
        return TableStanding(name, "empty")
    stamps = {above: built.computed_at.get(above) for above in declared.stamped[name]}
    newer = tuple(sorted(above for above, at in stamps.items() if at is not None and at > own))
    return TableStanding(name, "behind" if newer else "fresh", own, newer)


def _experiment(name: str, declared: Declared, built: Built, now: datetime) -> ExperimentStanding:
    spec, row = declared.plan.experiments.get(name), built.experiments.get(name)
    if row is None:
        return ExperimentStanding(name, "due", "declared, never built")
    if spec is None:
        detail = "its file is gone, the tables still have it"
        return ExperimentStanding(name, "due", detail, row.analysis_date)
    metrics = [metric.spec for metric in declared.plan.metrics_of(name)]
    edit = _edit(spec, metrics, row, built)
    if edit:
        return ExperimentStanding(name, "due", edit, row.analysis_date)
    return _dated(spec, metrics, row, built, now)


def _edit(
    spec: ExperimentSpec, metrics: list[MetricSpec], row: BuiltExperiment, built: Built
) -> str:
    """What has changed since the tables were built; empty if nothing has."""
    if spec.spec_hash != row.spec_hash:
        return "edited since the last build"
    edited = sorted(
        metric.name
        for metric in metrics
        if built.definitions.get(metric.name) != metric.definition_hash
    )
    if edited:
        return f"metrics edited since the last build: {', '.join(edited)}"
    if not built.results_of.get(spec.name, {spec.spec_hash}) <= {spec.spec_hash}:
        return "its results are of an earlier spec"
    return ""


def _dated(
    spec: ExperimentSpec,
    metrics: list[MetricSpec],
    row: BuiltExperiment,
    built: Built,
    now: datetime,
) -> ExperimentStanding:
    """Of an experiment that is built as it is declared: are its days there?"""
    verdicts = built.verdicts.get(spec.name)
    if row.state == "ended":
        detail = f"ended and decided: {', '.join(verdicts)}" if verdicts else "ended"
        return ExperimentStanding(spec.name, "current", detail, row.analysis_date)
    yesterday = now.date() - _DAY
    if spec.start > yesterday:
        detail = f"planned, starts {spec.start}"
        return ExperimentStanding(spec.name, "current", detail, row.analysis_date)
    decided_on = horizon_of(spec, metrics).decided_on
    detail = f"running until {spec.end}" if row.state == "running" else "planned, no exposures yet"
    if verdicts:
        detail += f", decided: {', '.join(verdicts)}"
    days = (min(yesterday, decided_on) - row.analysis_date).days
    if days <= 0:
        return ExperimentStanding(spec.name, "current", detail, row.analysis_date)
    detail += f", {_days(days)} behind {min(yesterday, decided_on)}"
    is_due = _may_have_more(row.analysis_date, built, now)
    return ExperimentStanding(spec.name, "due" if is_due else "waiting", detail, row.analysis_date)


def _may_have_more(used: date, built: Built, now: datetime) -> bool:
    """The last build was on an earlier day, or left out days that the data had."""
    last_days = [at.date() for at in built.last_events.values() if at is not None]
    if built.last_build is None or built.last_build.date() < now.date():
        return True
    had = min(max(last_days, default=used), built.last_build.date() - _DAY)
    return had > used


def _facts(declared: Declared, built: Built) -> Iterator[FactStanding]:
    needed = _needed(declared, built)
    for name in sorted(needed):
        last_event, day = built.last_events.get(name), needed[name]
        behind = (day - last_event.date()).days if day and last_event else 0
        yield FactStanding(name, last_event, day, max(behind, 0), name in built.last_events)


def _needed(declared: Declared, built: Built) -> dict[str, date | None]:
    """By fact the last day that an experiment needed at the last build."""
    last_build = built.last_build
    needed: dict[str, date | None] = {}
    for name, spec in declared.plan.experiments.items():
        for metric in declared.plan.metrics_of(name):
            for measure in metric.spec.measures:
                day = needed.setdefault(measure.fact, None)
                if last_build is None or spec.start >= last_build.date():
                    continue
                decided_on = horizon_of(spec, [metric.spec]).decided_on
                last = min(decided_on, last_build.date() - _DAY)
                needed[measure.fact] = max(last, day or last)
    return needed


def _days(n: int) -> str:
    return "1 day" if n == 1 else f"{n} days"
