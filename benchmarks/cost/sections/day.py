"""The daily build: one more day of events in the raw tables, on a warehouse built the day before.

The world of the late day has as many events a day, and its units enrol in the same 28 days, so
that both days find the same traffic and differ only in how much lies behind them. The fact promises
that its rows are only added, which a world's are.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace

from benchmarks.cost.bench import EMPTY_DAY, FLOOR, Bench
from benchmarks.cost.comparison import Ratio, Section, compared, cpu
from benchmarks.cost.process import Cost, Costs
from benchmarks.cost.project import EVERY_DATE, WINDOW_DAYS, Metrics, Project
from benchmarks.cost.steps import cheapest, measured_in_turn

GOAL, FLATNESS_GOAL = 0.25, 1.3


def section(bench: Bench) -> Section:
    """The build of the last day and of the late day, open-ended and with a window."""
    world = bench.world
    events = world.events // world.days * bench.late_day
    late = replace(world, days=bench.late_day, events=events)
    costs, ratios = {}, []
    for label, window in (("open-ended", None), (f"{WINDOW_DAYS} days", WINDOW_DAYS)):
        metrics = Metrics(window_days=window, is_append_only=True)
        empty_project = bench.empty_project("day", world, metrics)
        early_project = bench.project("day", late, metrics)
        late_project = bench.project("day_late", late, metrics)
        steps = {
            EMPTY_DAY: one_more_day(empty_project, world.days),
            **bench.floor_steps(late, metrics, until=world.end),
            ours_of_day(world.days): one_more_day(early_project, world.days),
            ours_of_day(late.days): one_more_day(late_project, late.days),
        }
        measured = measured_in_turn(steps, bench.repeats)
        costs |= {f"{label}: {step}": values for step, values in measured.items()}
        ratios += ratios_of(label, world.days, late.days, measured)
    return Section("day", costs, ratios, {"world": late.name})


def ours_of_day(day: int) -> str:
    """The step that adds a day."""
    return f"ours, day {day}"


def ratios_of(label: str, early: int, late: int, costs: Costs) -> list[Ratio]:
    """The early day beside the floor, and the late one beside the early."""
    one, other = (cpu(costs, ours_of_day(day), EMPTY_DAY) for day in (early, late))
    floor = cpu(costs, cheapest(costs, FLOOR))
    return [
        compared(f"{label}: (day {early} - empty world) / floor", one, floor, GOAL),
        compared(f"{label}: day {late} / day {early}", other, one, FLATNESS_GOAL),
    ]


def one_more_day(project: Project, day: int) -> Callable[[], Cost]:
    """Build until the day before, once; every step then starts from a copy of that warehouse."""
    project.empty()
    project.build(project.world.day(day - 1), EVERY_DATE)
    before = project.warehouse.with_suffix(".before")
    shutil.copy(project.warehouse, before)

    def build() -> Cost:
        project.empty()
        shutil.copy(before, project.warehouse)
        return project.build(project.world.day(day), EVERY_DATE)

    return build
