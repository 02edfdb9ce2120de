"""Every analysis date of the experiment, beside the floor and the floor of each date in turn."""

from benchmarks.cost.bench import EMPTY, FLOOR, OURS, START_UP, Bench, full_build
from benchmarks.cost.floor import floor_statements
from benchmarks.cost.process import Cost
from benchmarks.cost.project import EVERY_DATE, Metrics
from benchmarks.cost.steps import Ratio, Section, cheapest, cpu_seconds, measured_in_turn

GOAL = 4.0
EACH_DATE = "floor of each date in turn"


def section(bench: Bench) -> Section:
    """The build with all dates."""
    metrics = Metrics()
    project = bench.project("timeline", bench.world, metrics)
    steps = {
        **bench.fixed_steps("timeline", bench.world, metrics, EVERY_DATE),
        **bench.floor_steps(bench.world, metrics),
        OURS: full_build(project, variables=EVERY_DATE),
    }
    costs = dict(measured_in_turn(steps, bench.repeats))
    best = cheapest(costs, FLOOR)
    costs[EACH_DATE] = [_each_date(bench, metrics, best.removeprefix(f"{FLOOR}, "))]

    floor = cpu_seconds(costs, best)
    ours = cpu_seconds(costs, OURS)
    ratios = [
        Ratio(f"{EACH_DATE} / floor", cpu_seconds(costs, EACH_DATE) / floor),
        Ratio(
            "(ours, every date - empty world) / floor",
            (ours - cpu_seconds(costs, EMPTY)) / floor,
            GOAL,
        ),
        Ratio(
            "(ours, every date - start-up) / floor",
            (ours - cpu_seconds(costs, START_UP)) / floor,
        ),
    ]
    return Section("timeline", costs, ratios, {"world": bench.world.name})


def _each_date(bench: Bench, metrics: Metrics, way: str) -> Cost:
    """What recomputing every date costs, once."""
    world = bench.world
    costs = [
        bench.statement(floor_statements(world, metrics, until=world.day(day))[way], world)()
        for day in range(1, world.days + 1)
    ]
    return Cost(
        sum(cost.cpu_seconds for cost in costs),
        sum(cost.wall_seconds for cost in costs),
        max(cost.peak_mb for cost in costs),
    )
