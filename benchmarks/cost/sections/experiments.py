"""Many overlapping experiments on one fact beside one."""

from dataclasses import replace

from benchmarks.cost.bench import OURS, START_UP, Bench, full_build
from benchmarks.cost.project import Metrics
from benchmarks.cost.steps import Ratio, Section, cpu_seconds, measured_in_turn

GOAL = 4.0


def section(bench: Bench) -> Section:
    """One experiment, and many with the same share of the units each."""
    _, many = bench.many
    metrics = Metrics()
    steps = {}
    for count in (1, many):
        world = replace(bench.world, experiments=count)
        project = bench.project(f"experiments_{count}", world, metrics)
        steps[f"{START_UP}, {count}"] = project.start_up
        steps[f"{OURS}, {count}"] = full_build(project)
    costs = measured_in_turn(steps, bench.repeats)
    one, all_ = (
        cpu_seconds(costs, f"{OURS}, {count}") - cpu_seconds(costs, f"{START_UP}, {count}")
        for count in (1, many)
    )
    ratios = [Ratio(f"{many} experiments / one", all_ / one, GOAL)]
    facts = {"world": world.name, "share of the units in each": world.share}
    return Section("experiments", costs, ratios, facts)
