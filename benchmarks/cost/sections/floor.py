"""Our build from raw events, for one analysis date, beside the hand-written floor."""

from benchmarks.cost.bench import EMPTY, FLOOR, OURS, START_UP, Bench, full_build
from benchmarks.cost.comparison import Ratio, Section, compared, cpu
from benchmarks.cost.floor import TOLERANCE
from benchmarks.cost.process import Costs
from benchmarks.cost.project import WINDOW_DAYS, Metrics
from benchmarks.cost.steps import cheapest, measured_in_turn

GOAL = 1.25


def section(bench: Bench) -> Section:
    """Open-ended metrics, then the same with a window.

    Raises:
        RuntimeError: Our moments are not the floor's.
    """
    costs, ratios, facts = {}, [], {}
    for label, window in (("open-ended", None), (f"{WINDOW_DAYS} days", WINDOW_DAYS)):
        metrics = Metrics(window_days=window)
        project = bench.project("floor", bench.world, metrics)
        steps = {
            **bench.fixed_steps("floor", bench.world, metrics),
            **bench.floor_steps(bench.world, metrics),
            OURS: full_build(project),
        }
        measured = measured_in_turn(steps, bench.repeats)
        difference = bench.difference_from_floor(project)
        if not difference <= TOLERANCE:
            raise RuntimeError(
                f"our moments ({label}) differ from the floor's by {difference}, "
                f"must be <= {TOLERANCE}."
            )
        costs |= {f"{label}: {step}": values for step, values in measured.items()}
        ratios += ratios_of(label, measured)
        facts |= {
            f"{label}: difference of the moments": difference,
            f"{label}: seconds of our nodes": _slowest(project.node_seconds()),
        }
    return Section("floor", costs, ratios, {**facts, "world": bench.world.name})


def ratios_of(label: str, costs: Costs) -> list[Ratio]:
    """Ours without each of the fixed costs, beside the floor in its cheapest way."""
    floor = cpu(costs, cheapest(costs, FLOOR))
    return [
        compared(f"{label}: (ours - empty world) / floor", cpu(costs, OURS, EMPTY), floor, GOAL),
        compared(f"{label}: (ours - start-up) / floor", cpu(costs, OURS, START_UP), floor),
    ]


def _slowest(seconds: dict[str, float]) -> dict[str, float]:
    ordered = sorted(seconds.items(), key=lambda item: -item[1])
    return {name: round(value, 3) for name, value in ordered[:12]}
