"""Many overlapping experiments on one fact beside one that has all units.

Each of the many has a fifth of the units: a unit is in four of twenty at a time.
"""

from dataclasses import replace

from benchmarks.cost.bench import EMPTY, OURS, Bench, full_build
from benchmarks.cost.project import Metrics
from benchmarks.cost.steps import Ratio, Section, cpu_seconds, measured_in_turn

GOAL = 4.0
SHARE = 0.2


def section(bench: Bench) -> Section:
    """One experiment of all units, and many of a share of them."""
    _, many = bench.many
    metrics = Metrics()
    worlds = {
        1: replace(bench.world, experiments=1),
        many: replace(bench.world, experiments=many, share=SHARE),
    }
    steps = dict(bench.fixed_steps("experiments", worlds[1], metrics))
    for count, world in worlds.items():
        project = bench.project(f"experiments_{count}", world, metrics)
        steps[f"{OURS}, {count}"] = full_build(project)
    costs = measured_in_turn(steps, bench.repeats)
    fixed = cpu_seconds(costs, EMPTY)
    one, all_ = (cpu_seconds(costs, f"{OURS}, {count}") - fixed for count in (1, many))
    ratios = [Ratio(f"{many} experiments / one", all_ / one, GOAL)]
    facts = {"worlds": [world.name for world in worlds.values()]}
    return Section("experiments", costs, ratios, facts)
