"""A company's dbt project, copied to a temporary folder and built by the real dbt."""

import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from tests import forked_dbt
from tests.built_before import DATA_TESTS, RUN_RESULTS, is_built
from tests.parsed_before import PARSED, is_parsed

DEPLOYMENTS = Path(__file__).resolve().parent
PACKAGE = DEPLOYMENTS.parent.parent / "dbt_project"
PACKAGES = "dbt_packages"
_INSTALLED: list[Path] = []
DBT = Path(sys.executable).with_name("dbt")
PUBLIC_TABLES = (
    "dim_experiments",
    "dim_experiment_variants",
    "dim_metrics",
    "fct_experiment_moments",
    "fct_experiment_results",
    "fct_experiment_contributions",
    "fct_experiment_segment_tests",
    "fct_experiment_cross_checks",
    "fct_experiment_posteriors",
    "fct_experiment_health",
    "fct_experiment_decisions",
    "fct_experiment_discoveries",
)
WITH_TIMELINE = (
    "fct_experiment_moments",
    "fct_experiment_results",
    "fct_experiment_contributions",
    "fct_experiment_posteriors",
)
"""Tables with rows of every analysis date."""


@dataclass(frozen=True)
class Run:
    """One dbt command.

    Attributes:
        code: Exit code.
        output: What it printed, standard output and error together.
        seconds: How long it took.
    """

    code: int
    output: str
    seconds: float


@dataclass(frozen=True)
class HostProject:
    """A copy of a project with a warehouse of its own.

    Attributes:
        root: Folder that holds everything that the project and dbt write.
    """

    root: Path

    @property
    def folder(self) -> Path:
        """The dbt project."""
        return self.root / "project"

    @property
    def database(self) -> Path:
        """The DuckDB file."""
        return self.root / "warehouse.duckdb"

    @property
    def target(self) -> Path:
        """What dbt writes of the project."""
        return self.root / "target"

    @classmethod
    def copy_of(cls, name: str, root: Path) -> "HostProject":
        """Copy a deployment, point it at the package and at an empty warehouse."""
        project = cls(root)
        ignored = shutil.ignore_patterns("target", "logs", "dbt_packages", "package-lock.yml")
        shutil.copytree(DEPLOYMENTS / name, project.folder, ignore=ignored)
        project.write("packages.yml", yaml.safe_dump({"packages": [{"local": str(PACKAGE)}]}))
        project.write_profile()
        return project

    def copied_to(self, root: Path) -> "HostProject":
        """A copy of its own of the project, its installed packages and its warehouse."""
        copy = HostProject(root)
        shutil.copytree(self.folder, copy.folder, symlinks=True)
        copy.target.mkdir()
        for name in (PARSED, RUN_RESULTS):
            if (self.target / name).exists():
                shutil.copy2(self.target / name, copy.target / name)
        if self.database.exists():
            shutil.copy(self.database, copy.database)
        copy.write_profile()
        return copy

    def write_profile(self, **target: Any) -> None:
        """The profiles.yml of a DuckDB target; the same file in every copy of a project."""
        duckdb_target = {"type": "duckdb", "path": self.database.name, "threads": 2, **target}
        profile = {"target": "duckdb", "outputs": {"duckdb": duckdb_target}}
        (self.root / "profiles").mkdir(exist_ok=True)
        (self.root / "profiles" / "profiles.yml").write_text(
            yaml.safe_dump({"deployment": profile})
        )

    def write(self, path: str, text: str) -> None:
        """Write a file of the project."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text of a file of the project, which must be there once."""
        text = (self.folder / path).read_text()
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {path}"
        (self.folder / path).write_text(text.replace(old, new))

    def command(self, *arguments: str) -> list[str]:
        """The command line of dbt; nothing is written outside `root`."""
        return [str(DBT), *self._arguments(*arguments)]

    def places(self, *left_out: str) -> list[str]:
        """The options of dbt that say where the project is, and where dbt writes."""
        places = {
            "--project-dir": self.folder,
            "--profiles-dir": self.root / "profiles",
            "--log-path": self.root / "logs",
            "--target-path": self.target,
        }
        kept = [place for place in places.items() if place[0] not in left_out]
        return [str(part) for place in kept for part in place]

    def _arguments(self, *arguments: str) -> list[str]:
        left_out = ["--target-path"] if arguments[0] == "deps" else []
        known = ["--partial-parse"] if is_parsed(self.folder, self.target) else []
        return [*arguments, *known, *self.places(*left_out)]

    def dbt(self, *arguments: str) -> Run:
        """Run dbt in a process of its own, as a company's scheduler does."""
        started = time.monotonic()
        done = forked_dbt.run(self._arguments(*arguments), self.root)
        return Run(done.code, done.output, time.monotonic() - started)

    def build(self, *arguments: str) -> Run:
        """`dbt build`, which must succeed; data tests are left out where it was built before."""
        left_out = ["--exclude-resource-type", *DATA_TESTS] if is_built(self.target) else []
        run = self.dbt("build", *arguments, *left_out)
        assert run.code == 0, run.output
        return run

    def install(self) -> None:
        """`dbt deps`: the package is installed as a company installs it.

        Every deployment has the same packages; what the first one got is copied to the others.
        """
        if _INSTALLED:
            shutil.copytree(_INSTALLED[0] / PACKAGES, self.folder / PACKAGES, symlinks=True)
            return
        run = self.dbt("deps")
        assert run.code == 0, run.output
        _INSTALLED.append(self.folder)

    def execute(self, *statements: str) -> None:
        """Run SQL in the warehouse, to load data."""
        with duckdb.connect(str(self.database)) as connection:
            for statement in statements:
                connection.execute(statement)

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Rows of a query."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            rows: list[dict[str, Any]] = connection.sql(sql).to_arrow_table().to_pylist()
        return rows

    def rows(self, table: str, every_date: bool = False, **where: Any) -> list[dict[str, Any]]:
        """Rows of a table that have these values.

        Of a table with a timeline those of the latest date of their experiment, unless a date or
        every date is asked for.
        """
        select = f"select * from {table} as found"
        schema, _, name = table.rpartition(".")
        if name in WITH_TIMELINE and not every_date and "analysis_date" not in where:
            experiments = f"{schema}.dim_experiments" if schema else "dim_experiments"
            select += (
                f" where exists (select 1 from {experiments} as experiments"
                " where experiments.experiment_id = found.experiment_id"
                " and experiments.analysis_date is not distinct from found.analysis_date)"
            )
        return [row for row in self.query(select) if _has(row, where)]

    def row(self, table: str, **where: Any) -> dict[str, Any]:
        """The one row of a table that has these values."""
        rows = self.rows(table, **where)
        assert len(rows) == 1, f"{len(rows)} rows of {table} have {where}"
        return rows[0]

    def result(self, metric_name: str, **where: Any) -> dict[str, Any]:
        """The one result of a metric; unadjusted and of the whole population unless told."""
        wanted = {"segment_name": "all", "estimator": "unadjusted", **where}
        return self.row("fct_experiment_results", metric_name=metric_name, **wanted)

    def check(self, check_name: str, subject: str = "experiment", **where: Any) -> dict[str, Any]:
        """The one row of a health check."""
        where = {"check_name": check_name, "subject": subject, **where}
        return self.row("fct_experiment_health", **where)

    def verdict(self, **where: Any) -> dict[str, Any]:
        """The one decision."""
        return self.row("fct_experiment_decisions", **where)


def _has(row: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    return all(row[name] == value for name, value in where.items())


def load_csv(table: str, file: Path, options: Sequence[str] = ()) -> tuple[str, str]:
    """Statements that load a CSV file into the schema `raw`."""
    arguments = ", ".join([f"'{file}'", *options])
    return (
        "create schema if not exists raw",
        f"create or replace table raw.{table} as select * from read_csv({arguments})",
    )
