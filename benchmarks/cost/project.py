"""A company's dbt project on a benchmark world, built by the real dbt into its own warehouse."""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import duckdb
import yaml

from benchmarks.cost.process import REPOSITORY, Cost, measured
from benchmarks.cost.world import START, World

Fact = Literal["activity", "events"]
WINDOW_DAYS, LOOKBACK_DAYS = 7, 14
EVERY_DATE = {"timeline": "all"}
"""dbt variables of a build with every analysis date, from the states by day."""


@dataclass(frozen=True)
class Metrics:
    """What the experiments measure.

    Attributes:
        fact: `activity` (one measure column each) or `events` (one event type each).
        count: How many CUPED metrics.
        window_days: Days that each unit is followed; None is open-ended.
        is_append_only: The fact promises that its rows are only added.
    """

    fact: Fact = "activity"
    count: int = 10
    window_days: int | None = None
    is_append_only: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The metrics' names."""
        return tuple(f"metric_{index:02d}" for index in range(1, self.count + 1))

    def expressions(self, world: World) -> tuple[str, ...]:
        """The SQL of each metric's value in one event.

        Raises:
            ValueError: The world has fewer measures or event types than there are metrics.
        """
        wide = self.fact == "activity"
        values = world.measure_names if wide else world.event_type_names
        if len(values) < self.count:
            raise ValueError(f"count == {self.count}, must be <= {len(values)} of {self.fact}.")
        if wide:
            return values[: self.count]
        return tuple(f"case when event_type = '{v}' then value end" for v in values[: self.count])


@dataclass(frozen=True)
class Project:
    """A dbt project and its warehouse.

    Attributes:
        folder: Holds everything that the project and dbt write.
        world: The world it reads, attached read-only.
        world_file: That world's DuckDB file.
        metrics: What it measures.
        threads: Threads of DuckDB and of dbt.
        settings: Further DuckDB settings (`memory_limit`).
    """

    folder: Path
    world: World
    world_file: Path
    metrics: Metrics = Metrics()
    threads: int = 2
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def warehouse(self) -> Path:
        """The DuckDB file that dbt builds."""
        return self.folder / "warehouse.duckdb"

    def write(self) -> "Project":
        """Write the project's files and install the package; any earlier one is removed."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for path, content in self._files().items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            text = content if isinstance(content, str) else yaml.safe_dump(content)
            file.write_text(text, encoding="utf-8")
        self._dbt("deps")
        return self

    def empty(self) -> None:
        """Remove what was built."""
        self.warehouse.unlink(missing_ok=True)
        self.warehouse.with_suffix(".duckdb.wal").unlink(missing_ok=True)

    def build(self, until: date | None = None, variables: Mapping[str, Any] | None = None) -> Cost:
        """`dbt build` of everything, tests included.

        Args:
            until: The raw tables hold what happened before this day; None is the whole world.
            variables: Further dbt variables.
        """
        chosen = {
            "loaded_until": str(until or self.world.end),
            # Of the last analysis date alone, unless a section asks for all.
            "timeline": "latest",
            **(variables or {}),
        }
        return self._dbt("build", "--vars", json.dumps(chosen))

    def start_up(self) -> Cost:
        """What dbt needs before it runs anything: `dbt list` of this project."""
        return self._dbt("list", "--vars", json.dumps({"loaded_until": str(self.world.end)}))

    def node_seconds(self) -> dict[str, float]:
        """Wall seconds of every node of the last build."""
        content = (self.folder / "target" / "run_results.json").read_text(encoding="utf-8")
        return {
            result["unique_id"]: result["execution_time"]
            for result in json.loads(content)["results"]
        }

    def moments(self) -> list[dict[str, Any]]:
        """The moments of the first experiment at its last analysis date."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            rows = connection.execute(
                """
                select *
                from fct_experiment_moments
                where experiment_id = $experiment
                qualify analysis_date = max(analysis_date) over ()
                """,
                {"experiment": self.world.experiment_names[0]},
            ).to_arrow_table()
        return list(rows.to_pylist())

    def target(self) -> dict[str, Any]:
        """The target of dbt's profile."""
        return {
            "type": "duckdb",
            "path": str(self.warehouse),
            "threads": self.threads,
            "attach": [{"path": str(self.world_file), "alias": "world", "read_only": True}],
            "settings": {"threads": self.threads, **self.settings},
        }

    def raw(self) -> dict[str, str]:
        """Where dbt finds the world's tables."""
        return {"database": "world", "schema": "raw"}

    def on_run_start(self) -> list[str]:
        """Statements before the first model."""
        return []

    def run(self, command: Sequence[str], environment: Mapping[str, str]) -> Cost:
        """Run a command in the project's folder."""
        cost, _ = measured(command, self.folder, environment)
        return cost

    def _dbt(self, *arguments: str) -> Cost:
        dbt = str(Path(sys.executable).with_name("dbt"))
        # The abstats beside this file is measured, whatever is installed.
        environment = {"PYTHONPATH": str(REPOSITORY)}
        return self.run([dbt, "--quiet", *arguments, "--profiles-dir", "."], environment)

    def _files(self) -> dict[str, Any]:
        return {
            "dbt_project.yml": self._dbt_project(),
            "packages.yml": {"packages": [{"local": str(REPOSITORY / "dbt_project")}]},
            "profiles.yml": {"cost": {"target": "it", "outputs": {"it": self.target()}}},
            "models/sources.yml": _sources(self.raw()),
            "models/stg_app__experiment_exposures.sql": _loaded(
                "select experiment_id, user_id as unit_id, variant_id, exposed_at",
                "exposures",
                "exposed_at",
            ),
            f"metrics/fct_{self.metrics.fact}.sql": _loaded(
                "select *", self.metrics.fact, "event_at"
            ),
            f"metrics/fct_{self.metrics.fact}.yml": self._fact(),
            **{
                f"experiments/{name}.yml": self._experiment(name)
                for name in self.world.experiment_names
            },
        }

    def _dbt_project(self) -> dict[str, Any]:
        return {
            "name": "cost",
            "version": "1.0.0",
            "profile": "cost",
            "flags": {
                "partial_parse": False,
                "send_anonymous_usage_stats": False,
                "require_ref_searches_node_package_before_root": True,
            },
            "model-paths": ["models", "metrics"],
            "on-run-start": self.on_run_start(),
            "vars": {
                "abstats": {
                    "experiment_exposures": "stg_app__experiment_exposures",
                    "facts": [f"fct_{self.metrics.fact}"],
                    "time_zone": "UTC",
                }
            },
        }

    def _fact(self) -> dict[str, Any]:
        entity = {"type": "foreign", "name": "user"}
        experiment: dict[str, Any] = {
            "direction": "increase",
            "cuped": {"lookback_days": LOOKBACK_DAYS},
        }
        rows = "append_only" if self.metrics.is_append_only else "edited"
        model = {
            "name": f"fct_{self.metrics.fact}",
            "description": "One row per event.",
            "config": {"meta": {"abstats": {"rows": rows}}},
            "semantic_model": {"enabled": True},
            "primary_entity": "event",
            "agg_time_dimension": "event_at",
            "columns": [
                {"name": "user_id", "entity": entity},
                {"name": "event_at", "granularity": "second", "dimension": {"type": "time"}},
            ],
            "metrics": [
                {
                    "name": name,
                    "label": name,
                    "agg": "sum",
                    "expr": expression,
                    "config": {"meta": {"experiment": experiment}},
                }
                for name, expression in zip(
                    self.metrics.names, self.metrics.expressions(self.world), strict=True
                )
            ],
        }
        return {"models": [model]}

    def _experiment(self, name: str) -> dict[str, Any]:
        first, *others = self.metrics.names
        experiment = {
            "name": name,
            "owner": "benchmarks",
            "hypothesis": "The treatment changes nothing.",
            "unit": "user",
            "start": START,
            "end": self.world.end,
            "variants": {"control": 0.5, "treatment": 0.5},
            "control": "control",
            "metrics": {"primary": [first], "secondary": others},
        }
        if self.metrics.window_days is not None:
            experiment["window"] = {"days": self.metrics.window_days}
        return experiment


def _sources(place: Mapping[str, str]) -> dict[str, Any]:
    tables: Sequence[str] = ("exposures", "activity", "events")
    source = {"name": "raw", **place, "tables": [{"name": table} for table in tables]}
    return {"sources": [source]}


def _loaded(select: str, table: str, time_column: str) -> str:
    """A staging view; the world's later rows are not loaded yet, and DuckDB does not read them."""
    return (
        f"{select}\nfrom {{{{ source('raw', '{table}') }}}}\n"
        f"where {time_column} < timestamp '{{{{ var(\"loaded_until\") }}}}'\n"
    )
