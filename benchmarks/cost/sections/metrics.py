"""Many metrics of one fact beside few, for a wide fact and for a long event log."""

from dataclasses import replace

from benchmarks.cost.bench import EMPTY, FLOOR, OURS, Bench, full_build
from benchmarks.cost.project import Metrics
from benchmarks.cost.steps import Ratio, Section, cheapest, cpu_seconds, measured_in_turn

GOAL = 3.0


def section(bench: Bench) -> Section:
    """Both counts of metrics on both facts."""
    many, _ = bench.many
    facts = {
        "activity": replace(bench.world, measures=many),
        "events": replace(bench.world, measures=0, event_types=many),
    }
    costs, ratios = {}, []
    for fact, world in facts.items():
        # The many compile more, which counts.
        steps = dict(bench.fixed_steps(f"metrics_{fact}", world, Metrics(fact, bench.few)))
        for count in (bench.few, many):
            metrics = Metrics(fact, count)
            project = bench.project(f"metrics_{fact}_{count}", world, metrics)
            steps[f"{OURS}, {count}"] = full_build(project)
            steps |= {
                f"{FLOOR}, {count}{step.removeprefix(FLOOR)}": run
                for step, run in bench.floor_steps(world, metrics).items()
            }
        measured = measured_in_turn(steps, bench.repeats)
        costs |= {f"{fact}: {step}": values for step, values in measured.items()}
        floor_few, floor_many = (
            cpu_seconds(measured, cheapest(measured, f"{FLOOR}, {count},"))
            for count in (bench.few, many)
        )
        ours_few, ours_many = (
            cpu_seconds(measured, f"{OURS}, {count}") - cpu_seconds(measured, EMPTY)
            for count in (bench.few, many)
        )
        ratios += [
            Ratio(f"{fact}: {many} / {bench.few} metrics, ours", ours_many / ours_few, GOAL),
            Ratio(f"{fact}: {many} / {bench.few} metrics, floor", floor_many / floor_few),
            Ratio(f"{fact}: {many} metrics, ours / floor", ours_many / floor_many),
        ]
    worlds = {fact: world.name for fact, world in facts.items()}
    return Section("metrics", costs, ratios, {"worlds": worlds})
