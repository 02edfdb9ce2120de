"""What builds cost on Postgres and on Spark: `make benchmark TARGET=postgres`, `TARGET=spark`.

A full build holds every analysis date but the last, and the daily build that follows adds that one.
DuckDB builds the same beside it. CPU seconds are those of dbt and of the engine's servers; the same
build of an empty world is taken off, which takes two repetitions to be known.

    python -m benchmarks.engines postgres --events 1e6,4e6 --repeats 2
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.cost.__main__ import CACHE, RESULTS
from benchmarks.cost.comparison import Ratio, Section, Term, compared, cpu, wall
from benchmarks.cost.floor import TOLERANCE, floor_statements, largest_difference
from benchmarks.cost.process import Cost, Costs, measured_sql
from benchmarks.cost.project import EVERY_DATE, Metrics, Project
from benchmarks.cost.report import as_table, write_json
from benchmarks.cost.steps import Steps, measured_in_turn
from benchmarks.cost.world import World, world_file
from benchmarks.engines.engine import Engine, EngineProject
from benchmarks.engines.postgres import Postgres
from benchmarks.engines.spark import Spark

EVENTS_OF_A_UNIT = 20
EMPTY, FULL, DAY = "empty world", "full build", "one more day"
DUCKDB = "duckdb"


def main(  # noqa: PLR0917 - typer passes options by name
    engine: Annotated[str, typer.Argument(help="postgres or spark.")],
    events: Annotated[str, typer.Option(help="Rows of the fact, with commas.")] = "1e6,20e6",
    days: Annotated[int, typer.Option(min=3, help="Days of the experiment.")] = 7,
    metrics: Annotated[int, typer.Option(min=1, help="CUPED metrics.")] = 5,
    repeats: Annotated[int, typer.Option(min=1, help="Repetitions of every step.")] = 3,
    threads: Annotated[int, typer.Option(min=1, help="Threads of DuckDB and dbt.")] = 2,
    cache: Annotated[Path, typer.Option(help="Where worlds are kept.")] = CACHE,
    results: Annotated[Path, typer.Option(help="Where the JSON goes.")] = RESULTS,
) -> None:
    """Measure what builds cost on an engine."""
    if engine not in _SECTIONS:
        raise typer.BadParameter(f"engine == {engine!r}, must be one of {', '.join(_SECTIONS)}.")
    folder = cache.resolve() / engine
    sizes = sorted(round(float(size)) for size in events.split(","))
    runs = [
        Run(engine, World(size, max(size // EVENTS_OF_A_UNIT, 10), days, metrics), folder, threads)
        for size in (days, *sizes)
    ]
    section = _SECTIONS[engine](runs, repeats)
    print(as_table(section), flush=True)
    write_json(section, results, {"repeats": repeats, "threads": threads})


class Run:
    """One world, on the engine and on DuckDB."""

    def __init__(self, engine: str, world: World, folder: Path, threads: int) -> None:
        self.world = world
        self.file = world_file(world, folder.parent)
        self.metrics = Metrics(count=world.measures, is_append_only=True)
        name = f"world_{world.events}"
        self.engine: Engine = (
            Postgres(folder / "data", name) if engine == "postgres" else Spark(folder / name)
        )
        self.engine.load(self.file)
        place = folder / "projects" / name
        common = (world, self.file, self.metrics, threads)
        self.project = EngineProject(place, *common, engine=self.engine).write()
        self.on_duckdb = Project(place.with_name(f"{name}_duckdb"), *common).write()

    def full(self, project: Project) -> Cost:
        """Build every date but the last from nothing."""
        project.empty()
        return project.build(self.world.day(self.world.days - 1), EVERY_DATE)

    def full_and_right(self, project: Project) -> Cost:
        """The same, checked."""
        cost = self.full(project)
        self._check(project, self.world.day(self.world.days - 1))
        return cost

    def day(self, project: Project) -> Cost:
        """Add the last date."""
        return project.build(self.world.end, EVERY_DATE)

    def day_and_right(self, project: Project) -> Cost:
        """The same, checked."""
        cost = self.day(project)
        self._check(project, self.world.end)
        return cost

    def _check(self, project: Project, until: date) -> None:
        """The moments are those of one statement on DuckDB.

        Raises:
            RuntimeError: They are not.
        """
        statement = next(iter(floor_statements(self.world, self.metrics, until=until).values()))
        _, rows = measured_sql(statement, self.file)
        difference = largest_difference(rows, project.moments(), self.metrics)
        if not difference <= TOLERANCE:
            raise RuntimeError(f"{project.folder}: moments are {difference:g} from the floor's.")

    def steps(self, label: str, project: Project) -> Steps:
        """Both builds, of which the second stands on the first, checked."""
        size = f"{self.world.events:,} events"
        return {
            f"{label}, {FULL}, {size}": partial(self.full_and_right, project),
            f"{label}, {DAY}, {size}": partial(self.day_and_right, project),
        }

    def steps_if_empty(self, label: str, project: Project) -> Steps:
        """The same of a world with too few units for moments."""
        return {
            f"{label}, {FULL}, {EMPTY}": partial(self.full, project),
            f"{label}, {DAY}, {EMPTY}": partial(self.day, project),
        }


def _section(engine: str, runs: list[Run], repeats: int, more: Steps) -> Section:
    empty, *sized = runs
    steps = {
        **empty.steps_if_empty(engine, empty.project),
        **empty.steps_if_empty(DUCKDB, empty.on_duckdb),
    }
    for run in sized:
        steps |= run.steps(engine, run.project) | run.steps(DUCKDB, run.on_duckdb)
    costs = measured_in_turn({**steps, **more}, repeats)
    ratios = ratios_of(engine, [run.world.events for run in sized], costs)
    return Section(f"engine_{engine}", costs, ratios, {"world": sized[-1].world.name})


def ratios_of(engine: str, sizes: Sequence[int], costs: Costs) -> list[Ratio]:
    """Builds less the same build of an empty world, compared."""

    def own(where: str, step: str, n: int) -> Term:
        return cpu(costs, f"{where}, {step}, {n:,} events", f"{where}, {step}, {EMPTY}")

    ratios = []
    for n in sizes:
        size = f"{n:,} events"
        full, day = own(engine, FULL, n), own(engine, DAY, n)
        ratios += [
            compared(f"{DAY} / {FULL}, {size}", day, full),
            compared(f"{engine} / duckdb, {FULL}, {size}", full, own(DUCKDB, FULL, n)),
            compared(f"{engine} / duckdb, {DAY}, {size}", day, own(DUCKDB, DAY, n)),
        ]
    small, large = sizes[0], sizes[-1]
    if small < large:
        for step in (FULL, DAY):
            name = f"CPU per event, {step}, {large:,} / {small:,} events"
            one, other = (own(engine, step, n) for n in (large, small))
            ratios.append(compared(name, one, other, times=small / large))
    return ratios


def _postgres(runs: list[Run], repeats: int) -> Section:
    return _section("postgres", runs, repeats, {})


def _spark(runs: list[Run], repeats: int) -> Section:
    """Also the largest full build on a cluster of one worker and of two, beside dbt's process."""
    largest = runs[-1]

    def on_cluster(workers: int) -> Cost:
        if not isinstance(largest.engine, Spark):
            raise TypeError("Only Spark has workers.")
        with largest.engine.on_cluster(workers):
            return largest.full_and_right(largest.project)

    names = {n: f"cluster, {n} workers, {FULL}" for n in (1, 2)}
    section = _section("spark", runs, repeats, {names[n]: partial(on_cluster, n) for n in names})
    one, two = (wall(section.costs, names[n]) for n in (1, 2))
    ratio = compared("wall, full build, 2 workers / 1 worker", two, one)
    return replace(section, ratios=[*section.ratios, ratio])


_SECTIONS: dict[str, Callable[[list[Run], int], Section]] = {
    "postgres": _postgres,
    "spark": _spark,
}


if __name__ == "__main__":
    typer.run(main)
