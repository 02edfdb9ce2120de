"""The daily build: one more day of events in the raw tables, on a warehouse built the day before.

The world of the late day has as many events a day, and its units enrol in the same 28 days, so
that both days find the same traffic and differ only in how much lies behind them. The fact promises
that its rows are only added, which a world's are.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace

from benchmarks.cost.bench import EMPTY, FLOOR, Bench
from benchmarks.cost.process import Cost
from benchmarks.cost.project import EVERY_DATE, WINDOW_DAYS, Metrics, Project
from benchmarks.cost.steps import Ratio, Section, cheapest, cpu_seconds, measured_in_turn

GOAL, FLATNESS_GOAL = 0.25, 1.3


def section(bench: Bench) -> Section:
    """The build of the last day and of the late day, open-ended and with a window."""
    world = bench.world
    events = world.events // world.days * bench.late_day
    late = replace(world, days=bench.late_day, events=events)
    costs, ratios = {}, []
    for label, window in (("open-ended", None), (f"{WINDOW_DAYS} days", WINDOW_DAYS)):
        metrics = Metrics(window_days=window, is_append_only=True)
        early_step, late_step = f"ours, day {world.days}", f"ours, day {late.days}"
        early_project = bench.project("day", late, metrics)
        late_project = bench.project("day_late", late, metrics)
        steps = {
            **bench.fixed_steps("day", world, metrics, EVERY_DATE),
            **bench.floor_steps(late, metrics, until=world.end),
            early_step: one_more_day(early_project, world.days),
            late_step: one_more_day(late_project, late.days),
        }
        measured = measured_in_turn(steps, bench.repeats)
        costs |= {f"{label}: {step}": values for step, values in measured.items()}
        fixed = cpu_seconds(measured, EMPTY)
        one, other = (cpu_seconds(measured, step) - fixed for step in (early_step, late_step))
        floor = cpu_seconds(measured, cheapest(measured, FLOOR))
        ratios += [
            Ratio(f"{label}: (day {world.days} - empty world) / floor", one / floor, GOAL),
            Ratio(f"{label}: day {late.days} / day {world.days}", other / one, FLATNESS_GOAL),
        ]
    return Section("day", costs, ratios, {"world": late.name})


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
