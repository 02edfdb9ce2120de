"""From few to many events under a memory limit; the units grow with the events."""

from dataclasses import replace

from benchmarks.cost.bench import EMPTY, OURS, Bench, full_build
from benchmarks.cost.comparison import Ratio, Section, compared, cpu
from benchmarks.cost.process import Costs
from benchmarks.cost.project import Metrics
from benchmarks.cost.steps import measured_in_turn

MEMORY_LIMIT = "4GB"
GOAL = 1.3


def section(bench: Bench) -> Section:
    """Full builds of both sizes, with DuckDB held to the limit."""
    metrics = Metrics()
    small, large = bench.scale
    per_unit = bench.world.events / bench.world.units
    steps = {EMPTY: full_build(bench.empty_project("scale", bench.world, metrics))}
    for events in (small, large):
        world = replace(bench.world, events=events, units=round(events / per_unit))
        settings = {"memory_limit": MEMORY_LIMIT}
        project = bench.project(f"scale_{events}", world, metrics, settings)
        steps[f"{OURS}, {events}"] = full_build(project)
    costs = measured_in_turn(steps, bench.repeats)
    return Section("scale", costs, [ratio_of(small, large, costs)], {"memory_limit": MEMORY_LIMIT})


def ratio_of(small: int, large: int, costs: Costs) -> Ratio:
    """An event of the large world beside one of the small."""
    few, many = (cpu(costs, f"{OURS}, {events}", EMPTY) for events in (small, large))
    name = f"CPU per event, {large:,} / {small:,} events"
    return compared(name, many, few, GOAL, times=small / large)
