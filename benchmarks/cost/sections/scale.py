"""From few to many events under a memory limit; the units grow with the events."""

from dataclasses import replace

from benchmarks.cost.bench import EMPTY, OURS, Bench, full_build
from benchmarks.cost.project import Metrics
from benchmarks.cost.steps import Ratio, Section, cpu_seconds, measured_in_turn

MEMORY_LIMIT = "4GB"
GOAL = 1.3


def section(bench: Bench) -> Section:
    """Full builds of both sizes, with DuckDB held to the limit."""
    metrics = Metrics()
    small, large = bench.scale
    per_unit = bench.world.events / bench.world.units
    steps = dict(bench.fixed_steps("scale", bench.world, metrics))
    for events in (small, large):
        world = replace(bench.world, events=events, units=round(events / per_unit))
        settings = {"memory_limit": MEMORY_LIMIT}
        project = bench.project(f"scale_{events}", world, metrics, settings)
        steps[f"{OURS}, {events}"] = full_build(project)
    costs = measured_in_turn(steps, bench.repeats)
    per_event = {
        events: (cpu_seconds(costs, f"{OURS}, {events}") - cpu_seconds(costs, EMPTY)) / events
        for events in (small, large)
    }
    ratio = per_event[large] / per_event[small]
    ratios = [Ratio(f"CPU per event, {large:,} / {small:,} events", ratio, GOAL)]
    return Section("scale", costs, ratios, {"memory_limit": MEMORY_LIMIT})
