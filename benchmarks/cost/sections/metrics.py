"""Many metrics of one fact beside few, for a wide fact and for a long event log."""

from dataclasses import replace

from benchmarks.cost.bench import EMPTY, FLOOR, OURS, Bench, full_build
from benchmarks.cost.comparison import Ratio, Section, compared, cpu
from benchmarks.cost.process import Costs
from benchmarks.cost.project import Metrics
from benchmarks.cost.steps import cheapest, measured_in_turn

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
        empty = bench.empty_project(f"metrics_{fact}", world, Metrics(fact, bench.few))
        steps = {EMPTY: full_build(empty)}
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
        ratios += ratios_of(fact, bench.few, many, measured)
    worlds = {fact: world.name for fact, world in facts.items()}
    return Section("metrics", costs, ratios, {"worlds": worlds})


def ratios_of(fact: str, few: int, many: int, costs: Costs) -> list[Ratio]:
    """Many beside few, of ours and of the floor."""
    counts = few, many
    floor_few, floor_many = (cpu(costs, cheapest(costs, f"{FLOOR}, {count},")) for count in counts)
    ours_few, ours_many = (cpu(costs, f"{OURS}, {count}", EMPTY) for count in counts)
    return [
        compared(f"{fact}: {many} / {few} metrics, ours", ours_many, ours_few, GOAL),
        compared(f"{fact}: {many} / {few} metrics, floor", floor_many, floor_few),
        compared(f"{fact}: {many} metrics, ours / floor", ours_many, floor_many),
    ]
