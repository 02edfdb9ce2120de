"""Steps that are measured side by side."""

from collections.abc import Callable, Mapping

from benchmarks.cost.process import Cost, Costs, median_cost

Steps = Mapping[str, Callable[[], Cost]]


def measured_in_turn(steps: Steps, repeats: int) -> Costs:
    """Every step `repeats` times, in turn, so that a slow minute of the machine meets all.

    What a step costs is printed at once: a later one may fail.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in steps}
    for repetition in range(1, repeats + 1):
        for name, step in steps.items():
            cost = step()
            costs[name].append(cost)
            print(
                f"{name} [{repetition} of {repeats}]: {cost.cpu_seconds:.2f} CPU s, "
                f"{cost.wall_seconds:.2f} wall s, {cost.peak_mb:.0f} MB",
                flush=True,
            )
    return costs


def cheapest(costs: Costs, prefix: str) -> str:
    """The step of least median CPU time among those whose name begins so."""
    return min(
        (step for step in costs if step.startswith(prefix)),
        key=lambda step: median_cost(costs[step]).cpu_seconds,
    )
