"""Steps that are measured side by side, and what comes of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from benchmarks.cost.process import Cost, median_cost

Steps = Mapping[str, Callable[[], Cost]]
Costs = Mapping[str, Sequence[Cost]]


class Ratio(NamedTuple):
    """Two CPU times compared.

    Attributes:
        name: What is compared.
        value: Their ratio.
        goal: What it should at most be; None where no goal is set.
    """

    name: str
    value: float
    goal: float | None = None


@dataclass(frozen=True)
class Section:
    """One part of the benchmark.

    Attributes:
        name: What `--only` calls it.
        costs: Step -> what each repetition of it cost.
        ratios: The comparisons.
        facts: Sizes, settings and checks, for the reader of the JSON.
    """

    name: str
    costs: Costs
    ratios: Sequence[Ratio]
    facts: Mapping[str, object]


def measured_in_turn(steps: Steps, repeats: int) -> Costs:
    """Every step `repeats` times, in turn, so that a slow minute of the machine meets all."""
    costs: dict[str, list[Cost]] = {name: [] for name in steps}
    for _ in range(repeats):
        for name, step in steps.items():
            costs[name].append(step())
    return costs


def cpu_seconds(costs: Costs, step: str) -> float:
    """The median CPU time of a step."""
    return median_cost(costs[step]).cpu_seconds


def cheapest(costs: Costs, prefix: str) -> str:
    """The step of least CPU time among those whose name begins so."""
    return min(
        (step for step in costs if step.startswith(prefix)),
        key=lambda step: cpu_seconds(costs, step),
    )
