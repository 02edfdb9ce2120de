"""Other ways to the same numbers from the same file: tea-tasting and the SaaS platforms' queries.

All are open-ended metrics with one covariate each. The other ways start from the raw events every
day, so their second day costs what their first did; ours is a daily build.
"""

from collections.abc import Callable
from dataclasses import replace

from benchmarks.cost import tea_peer
from benchmarks.cost.bench import EMPTY, FLOOR, OURS, Bench, full_build
from benchmarks.cost.process import Cost, measured_sql
from benchmarks.cost.project import Fact, Metrics
from benchmarks.cost.saas_shapes import one_query_for_all, one_query_per_metric
from benchmarks.cost.sections.day import one_more_day
from benchmarks.cost.steps import Ratio, Section, cheapest, cpu_seconds, measured_in_turn
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
            fixed = cpu_seconds(measured, EMPTY)
            for step in (OURS, SECOND_DAY):
                ours = cpu_seconds(measured, step) - fixed
                for peer in (TEA, PER_METRIC, FOR_ALL):
                    if peer not in measured:
                        continue
                    is_headline = (fact, count, peer) == ("events", many, FOR_ALL)
                    goal = FOR_ALL_GOAL if is_headline else NEVER_SLOWER
                    ratios.append(
                        Ratio(f"{label}: {step} / {peer}", ours / cpu_seconds(measured, peer), goal)
                    )
            floor = cpu_seconds(measured, cheapest(measured, FLOOR))
            for peer in (TEA, PER_METRIC, FOR_ALL):
                if peer in measured:
                    ratio = cpu_seconds(measured, peer) / floor
                    ratios.append(Ratio(f"{label}: {peer} / floor", ratio))
    has_tea = tea_peer.is_installed(bench.peer_python)
    facts = {
        "worlds": {fact: world.name for fact, world in worlds.items()},
        TEA: tea_peer.version(bench.peer_python) if has_tea else "not installed",
    }
    return Section("peers", costs, ratios, facts)


def _steps(bench: Bench, world: World, metrics: Metrics) -> dict[str, Callable[[], Cost]]:
    name = f"peers_{metrics.fact}_{metrics.count}"
    project = bench.project(name, world, metrics)
    steps: dict[str, Callable[[], Cost]] = {
        **bench.fixed_steps(name, world, metrics),
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
