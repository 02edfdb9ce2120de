"""What every section shares: the sizes, and worlds, projects and steps made from them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.cost.floor import floor_statements, largest_difference
from benchmarks.cost.process import Cost, measured_sql
from benchmarks.cost.project import Metrics, Project
from benchmarks.cost.steps import Steps
from benchmarks.cost.world import World, world_file

START_UP, EMPTY, OURS, FLOOR = "dbt start-up", "ours, empty world", "ours", "floor"
EMPTY_DAY = "ours, empty world, one more day"


@dataclass(frozen=True)
class Bench:
    """Sizes and places of a run.

    Attributes:
        world: The world of the sections that do not vary it.
        many: Metrics and experiments of the sections that have many: (50, 20).
        few: Metrics they are compared with.
        late_day: The day whose incremental build is compared with that of the world's last day.
        scale: Events of the smallest and of the largest world of `scale`.
        repeats: How often every step is measured.
        threads: Threads of DuckDB and of dbt.
        folder: Where worlds and projects are kept.
        peer_python: Python that has tea-tasting.
    """

    world: World
    many: tuple[int, int]
    few: int
    late_day: int
    scale: tuple[int, int]
    repeats: int
    threads: int
    folder: Path
    peer_python: str

    def file(self, world: World) -> Path:
        """The world's DuckDB file."""
        return world_file(world, self.folder)

    def project(
        self,
        name: str,
        world: World,
        metrics: Metrics,
        settings: Mapping[str, str] | None = None,
    ) -> Project:
        """A project on a world, written and with the package installed."""
        return Project(
            self.folder / "projects" / name,
            world,
            self.file(world),
            metrics,
            self.threads,
            settings or {},
        ).write()

    def empty_project(self, name: str, world: World, metrics: Metrics) -> Project:
        """The same project on a world with next to nothing in it.

        Goals compare what comes on top of the build of an empty world: that is dbt's start-up,
        its parsing and its nodes, our compiling, and Python, whatever there is to read.
        """
        almost_empty = replace(world, events=world.days, units=10)
        return self.project(f"{name}_empty", almost_empty, metrics)

    def fixed_steps(
        self,
        name: str,
        world: World,
        metrics: Metrics,
        variables: Mapping[str, Any] | None = None,
    ) -> Steps:
        """What does not depend on the data: dbt's start-up, and our build of an empty world."""
        empty = self.empty_project(name, world, metrics)
        return {START_UP: empty.start_up, EMPTY: full_build(empty, variables=variables)}

    def floor_steps(
        self, world: World, metrics: Metrics, until: date | None = None
    ) -> dict[str, Callable[[], Cost]]:
        """The floor in each of its ways."""
        return {
            f"{FLOOR}, {way}": self.statement(statement, world)
            for way, statement in floor_statements(world, metrics, until=until).items()
        }

    def statement(self, statement: str, world: World) -> Callable[[], Cost]:
        """One statement on a world."""
        settings = {"threads": str(self.threads)}
        return lambda: measured_sql(statement, self.file(world), settings=settings)[0]

    def difference_from_floor(self, project: Project, until: date | None = None) -> float:
        """The largest relative difference of the built moments from the floor's."""
        statements = floor_statements(project.world, project.metrics, until=until)
        _, rows = measured_sql(next(iter(statements.values())), project.world_file)
        return largest_difference(rows, project.moments(), project.metrics)


def full_build(
    project: Project, until: date | None = None, variables: Mapping[str, Any] | None = None
) -> Callable[[], Cost]:
    """A build into an empty warehouse."""

    def build() -> Cost:
        project.empty()
        return project.build(until, variables)

    return build
