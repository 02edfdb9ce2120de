"""A world and its builds on an engine that is not DuckDB."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.cost.process import REPOSITORY, Cost
from benchmarks.cost.project import Project
from benchmarks.engines.usage import measured_with_servers


class Engine(ABC):
    """Where one world is loaded and dbt builds.

    Attributes:
        servers: Process ids of servers that work for dbt.
        environment: Variables that the repository's profile reads.
        on_run_start: Statements before the first model.
    """

    servers: Sequence[int] = ()
    environment: Mapping[str, str]
    on_run_start: Sequence[str] = ()

    @property
    @abstractmethod
    def target(self) -> dict[str, Any]:
        """The target of dbt's profile."""

    @abstractmethod
    def load(self, world_file: Path) -> None:
        """Replace the raw tables by those of a world's DuckDB file."""

    @abstractmethod
    def empty(self) -> None:
        """Remove what dbt built."""

    @abstractmethod
    def moments(self, experiment: str) -> list[dict[str, Any]]:
        """The moments of an experiment at all its dates."""


@dataclass(frozen=True, kw_only=True)
class EngineProject(Project):
    """The same project as on DuckDB, in another place.

    Attributes:
        engine: The place.
    """

    engine: Engine

    def empty(self) -> None:
        """Remove what was built."""
        self.engine.empty()

    def moments(self) -> list[dict[str, Any]]:
        """The moments of the first experiment at its last analysis date."""
        rows = self.engine.moments(self.world.experiment_names[0])
        last = max(row["analysis_date"] for row in rows)
        return [row for row in rows if row["analysis_date"] == last]

    def target(self) -> dict[str, Any]:
        """The target of dbt's profile."""
        return {**self.engine.target, "threads": self.threads}

    def raw(self) -> dict[str, str]:
        """Where dbt finds the world's tables."""
        return {"schema": "raw"}

    def on_run_start(self) -> list[str]:
        """Statements before the first model."""
        return list(self.engine.on_run_start)

    def run(self, command: Sequence[str], environment: Mapping[str, str]) -> Cost:
        """Run a command in the project's folder."""
        variables = {**environment, **self.engine.environment}
        return measured_with_servers(command, self.folder, variables, self.engine.servers)


def target_of_repository(name: str) -> dict[str, Any]:
    """A target of the demo's profile; its `env_var` are for dbt to read."""
    text = (REPOSITORY / "profiles.yml").read_text(encoding="utf-8")
    target: dict[str, Any] = yaml.safe_load(text)["abstats"]["outputs"][name]
    return target
