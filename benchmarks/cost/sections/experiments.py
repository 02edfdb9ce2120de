"""Many overlapping experiments on one fact beside one that has all units.

Each of the many has a fifth of the units: a unit is in four of twenty at a time.
"""

from dataclasses import replace

from benchmarks.cost.bench import EMPTY, OURS, Bench, full_build
from benchmarks.cost.comparison import Ratio, Section, compared, cpu
from benchmarks.cost.process import Costs
from benchmarks.cost.project import Metrics
from benchmarks.cost.steps import measured_in_turn

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
    empty = bench.empty_project("experiments", worlds[1], metrics)
    steps = {EMPTY: full_build(empty)}
    for count, world in worlds.items():
        project = bench.project(f"experiments_{count}", world, metrics)
        steps[f"{OURS}, {count}"] = full_build(project)
    costs = measured_in_turn(steps, bench.repeats)
    facts = {"worlds": [world.name for world in worlds.values()]}
    return Section("experiments", costs, [ratio_of(many, costs)], facts)


def ratio_of(many: int, costs: Costs) -> Ratio:
    """Many beside one."""
    one, all_ = (cpu(costs, f"{OURS}, {count}", EMPTY) for count in (1, many))
    return compared(f"{many} experiments / one", all_, one, GOAL)
