"""Every analysis date of the experiment, beside the floor and the floor of each date in turn."""

from benchmarks.cost.bench import EMPTY, FLOOR, OURS, START_UP, Bench, full_build
from benchmarks.cost.comparison import Ratio, Section, compared, cpu
from benchmarks.cost.floor import floor_statements
from benchmarks.cost.process import Cost, Costs
from benchmarks.cost.project import EVERY_DATE, Metrics
from benchmarks.cost.steps import cheapest, measured_in_turn

GOAL = 4.0
EACH_DATE = "floor of each date in turn"


def section(bench: Bench) -> Section:
    """The build with all dates."""
    metrics = Metrics()
    project = bench.project("timeline", bench.world, metrics)
    floors = bench.floor_steps(bench.world, metrics)
    # All ways at every date would take too long.
    way = cheapest(measured_in_turn(floors, 1), FLOOR).removeprefix(f"{FLOOR}, ")
    steps = {
        **bench.fixed_steps("timeline", bench.world, metrics, EVERY_DATE),
        **floors,
        OURS: full_build(project, variables=EVERY_DATE),
        EACH_DATE: lambda: _each_date(bench, metrics, way),
    }
    costs = measured_in_turn(steps, bench.repeats)
    return Section("timeline", costs, ratios_of(costs), {"world": bench.world.name})


def ratios_of(costs: Costs) -> list[Ratio]:
    """All dates beside the floor of one."""
    floor = cpu(costs, cheapest(costs, f"{FLOOR}, "))
    return [
        compared(f"{EACH_DATE} / floor", cpu(costs, EACH_DATE), floor),
        compared("(ours, every date - empty world) / floor", cpu(costs, OURS, EMPTY), floor, GOAL),
        compared("(ours, every date - start-up) / floor", cpu(costs, OURS, START_UP), floor),
    ]


def _each_date(bench: Bench, metrics: Metrics, way: str) -> Cost:
    """What recomputing every date costs."""
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
