"""Other ways to the same numbers from the same file: tea-tasting and the SaaS platforms' queries.

All are open-ended metrics with one covariate each. The other ways start from the raw events every
day, so their second day costs what their first did; ours is a daily build.
"""

from collections.abc import Callable
from dataclasses import replace

from benchmarks.cost import tea_peer
from benchmarks.cost.bench import EMPTY, EMPTY_DAY, FLOOR, OURS, Bench, full_build
from benchmarks.cost.comparison import Ratio, Section, compared, cpu
from benchmarks.cost.process import Cost, Costs, measured_sql
from benchmarks.cost.project import Fact, Metrics
from benchmarks.cost.saas_shapes import one_query_for_all, one_query_per_metric
from benchmarks.cost.sections.day import one_more_day
from benchmarks.cost.steps import cheapest, measured_in_turn
from benchmarks.cost.world import World

TEA, PER_METRIC, FOR_ALL = "tea-tasting", "one query per metric", "one query for all"
SECOND_DAY = "ours, second day"
FOR_ALL_GOAL = 1 / 5  # at many metrics on a long log
NEVER_SLOWER = 1.0


def section(bench: Bench) -> Section:
    """Few and many metrics on both facts."""
    many, _ = bench.many
    costs, ratios = {}, []
    worlds: dict[Fact, World] = {
        "activity": replace(bench.world, measures=many),
        "events": replace(bench.world, measures=0, event_types=many),
    }
    for fact, world in worlds.items():
        for count in (bench.few, many):
            metrics = Metrics(fact, count)
            measured = measured_in_turn(_steps(bench, world, metrics), bench.repeats)
            label = f"{fact}, {count} metrics"
            costs |= {f"{label}: {step}": values for step, values in measured.items()}
            goal = FOR_ALL_GOAL if (fact, count) == ("events", many) else NEVER_SLOWER
            ratios += ratios_of(label, measured, goal)
    has_tea = tea_peer.is_installed(bench.peer_python)
    facts = {
        "worlds": {fact: world.name for fact, world in worlds.items()},
        TEA: tea_peer.version(bench.peer_python) if has_tea else "not installed",
    }
    return Section("peers", costs, ratios, facts)


def ratios_of(label: str, costs: Costs, for_all_goal: float) -> list[Ratio]:
    """Ours beside each of the others, and the others beside the floor."""
    peers = [peer for peer in (TEA, PER_METRIC, FOR_ALL) if peer in costs]
    ratios = []
    for step, empty in ((OURS, EMPTY), (SECOND_DAY, EMPTY_DAY)):
        for peer in peers:
            goal = for_all_goal if peer == FOR_ALL else NEVER_SLOWER
            name = f"{label}: {step} / {peer}"
            ratios.append(compared(name, cpu(costs, step, empty), cpu(costs, peer), goal))
    floor = cpu(costs, cheapest(costs, FLOOR))
    return [
        *ratios,
        *(compared(f"{label}: {peer} / floor", cpu(costs, peer), floor) for peer in peers),
    ]


def _steps(bench: Bench, world: World, metrics: Metrics) -> dict[str, Callable[[], Cost]]:
    name = f"peers_{metrics.fact}_{metrics.count}"
    project = bench.project(name, world, metrics)
    empty = bench.empty_project(name, world, metrics)
    steps: dict[str, Callable[[], Cost]] = {
        EMPTY: full_build(empty),
        EMPTY_DAY: one_more_day(empty, world.days),
        **bench.floor_steps(world, metrics),
        OURS: full_build(project),
        SECOND_DAY: one_more_day(bench.project(f"{name}_day", world, metrics), world.days),
        PER_METRIC: lambda: _in_sequence(bench, world, one_query_per_metric(world, metrics)),
        FOR_ALL: bench.statement(one_query_for_all(world, metrics), world),
    }
    if tea_peer.is_installed(bench.peer_python):
        steps[TEA] = lambda: tea_peer.analysed(
            bench.peer_python, world, bench.file(world), metrics, bench.threads
        )[0]
    return steps


def _in_sequence(bench: Bench, world: World, statements: tuple[str, ...]) -> Cost:
    settings = {"threads": str(bench.threads)}
    costs = [measured_sql(s, bench.file(world), settings=settings)[0] for s in statements]
    return Cost(
        sum(cost.cpu_seconds for cost in costs),
        sum(cost.wall_seconds for cost in costs),
        max(cost.peak_mb for cost in costs),
    )
