"""The parts of the benchmark, by the name that `--only` takes."""

from collections.abc import Callable, Mapping

from benchmarks.cost.bench import Bench
from benchmarks.cost.comparison import Section
from benchmarks.cost.sections import day, experiments, floor, metrics, peers, scale, timeline

SECTIONS: Mapping[str, Callable[[Bench], Section]] = {
    "floor": floor.section,
    "timeline": timeline.section,
    "day": day.section,
    "metrics": metrics.section,
    "experiments": experiments.section,
    "peers": peers.section,
    "scale": scale.section,
}
