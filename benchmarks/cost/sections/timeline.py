"""Every analysis date of the experiment, beside the floor and the floor of each date in turn."""

from benchmarks.cost.bench import EMPTY, FLOOR, OURS, START_UP, Bench, full_build
from benchmarks.cost.floor import floor_statements
from benchmarks.cost.process import Cost
from benchmarks.cost.project import Metrics, has_timeline
from benchmarks.cost.steps import Ratio, Section, cheapest, cpu_seconds, measured_in_turn

GOAL = 4.0
EACH_DATE = "floor of each date in turn"


def section(bench: Bench) -> Section:
    """The build with all dates; without a timeline in the package only the floors."""
    metrics = Metrics()
    steps = {
        **bench.fixed_steps("timeline", bench.world, metrics),
        **bench.floor_steps(bench.world, metrics),
    }
    if has_timeline():
        project = bench.project("timeline", bench.world, metrics)
        steps[OURS] = full_build(project, variables={"timeline": "all"})
    costs = dict(measured_in_turn(steps, bench.repeats))
    best = cheapest(costs, FLOOR)
    costs[EACH_DATE] = [_each_date(bench, metrics, best.removeprefix(f"{FLOOR}, "))]

    floor = cpu_seconds(costs, best)
    ratios = [Ratio(f"{EACH_DATE} / floor", cpu_seconds(costs, EACH_DATE) / floor)]
    if OURS in costs:
        ours = cpu_seconds(costs, OURS)
        ratios += [
            Ratio(
                "(ours, every date - start-up) / floor",
                (ours - cpu_seconds(costs, START_UP)) / floor,
                GOAL,
            ),
            Ratio(
                "(ours, every date - empty world) / floor",
                (ours - cpu_seconds(costs, EMPTY)) / floor,
            ),
        ]
    facts = {"world": bench.world.name, "package has a timeline": has_timeline()}
    return Section("timeline", costs, ratios, facts)


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
