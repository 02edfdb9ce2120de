"""A small DuckDB warehouse that builds the models as dbt does, in milliseconds.

dbt's materialisations, by what they leave behind: a table is replaced, also one that is made from
itself; an incremental model's new rows are computed first, its columns become theirs
(`sync_all_columns`), rows of the same key are deleted, the new ones inserted by column name, and
the post-hook runs, all or nothing.

Binding a statement takes ten times as long as running it on a few rows. So every declaration has
a database of its own whose tables are emptied and filled, never made anew, and its statements are
prepared once. A model's rows stay in the database of the declaration that built it last, and move
when another one builds it.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import duckdb

from tests.warehouse.rendered_models import Declared, Model, rendered

# In an order in which dbt may build them.
MODELS = (
    "int_experiments_declared",
    "int_fact_watermarks",
    "int_experiment_analysis_dates",
    "int_experiment_exposures_first",
    "int_experiment_frozen_scales",
    "int_experiment_quantile_grids",
    "int_experiment_exposure_days",
    "int_fact_days",
    "int_experiment_unit_days",
    "int_experiment_unit_histories",
    "int_experiment_unit_totals",
    "int_experiment_unit_measures",
    "int_experiment_timeline",
    "int_experiment_cell_moments",
)
UNIT_DAYS, UNIT_HISTORIES = "int_experiment_unit_days", "int_experiment_unit_histories"
TIMELINE, MOMENTS = "int_experiment_timeline", "int_experiment_cell_moments"
TOTALS = "int_experiment_unit_totals"
"""A table that is made from itself."""
FROZEN = ("int_experiment_frozen_scales", "int_experiment_quantile_grids")
INCREMENTAL = (UNIT_DAYS, UNIT_HISTORIES, MOMENTS, *FROZEN)
_ANY_DATE = "2000-01-01"
Rows = Sequence[tuple[Any, ...]]


class Engine:
    """One DuckDB for many warehouses, one after the other."""

    def __init__(self) -> None:
        # Prepared plans must hold for other rows, so they may not rest on statistics.
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute(
            "set disabled_optimizers = 'statistics_propagation,compressed_materialization'"
        )
        self._databases: dict[Declared, _Database] = {}

    def database(self, declared: Declared) -> "_Database":
        """The database of a declaration."""
        if declared not in self._databases:
            name = f"declared_{len(self._databases)}"
            self._databases[declared] = _Database(self.connection, name, declared)
        return self._databases[declared]


class Warehouse:
    """The tables that one history of builds leaves behind.

    Attributes:
        sources: Rows of the exposure log and the facts by name, as the next build finds them.
        n_new_rows: Rows that each incremental model computed in the last build; None where it was
            built from nothing.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._homes: dict[str, _Database] = {}
        self.sources: dict[str, Rows] = {}
        self.n_new_rows: dict[str, int | None] = {}

    def build(
        self,
        declared: Declared,
        analysis_date: date,
        *,
        without: Collection[str] = (),
        only: Collection[str] = MODELS,
    ) -> None:
        """`dbt build`, in which the models `without` failed, so that what needs them is skipped.

        Args:
            declared: The project.
            analysis_date: The var of this name.
            without: The models that stay as they are, with everything that depends on them.
            only: The models that are selected; what they refer to stays as it is.
        """
        database = self._engine.database(declared)
        database.load(self.sources)
        self.n_new_rows = {}
        skipped = set(without)
        for name in MODELS:
            model = rendered(declared, name, _ANY_DATE, is_incremental=False)
            if name not in only:
                continue
            if name in skipped or not skipped.isdisjoint(model.refs):
                skipped.add(name)
            elif name == TOTALS and name in self._homes and database.holds(self._homes[name], name):
                database.build_on(self._homes[name], name)
                self._homes[name] = database
            elif name in INCREMENTAL and name in self._homes:
                self.n_new_rows[name] = database.build_on(self._homes[name], name)
                self._homes[name] = database
            else:
                database.build(name, analysis_date)
                self._homes[name] = database
                if name in INCREMENTAL:
                    self.n_new_rows[name] = None

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Rows of a model; none where it was not built."""
        return self._homes[table].rows(table) if table in self._homes else []


class _Database:
    """The models of one declaration."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, name: str, declared: Declared
    ) -> None:
        self._run = connection.execute
        self._name = name
        self._declared = declared
        self._prepared: set[str] = set()
        self._run(f"attach ':memory:' as {name}; use {name}; create schema raw")
        for source, types in {"exposure_log": declared.log, **declared.facts}.items():
            columns = ", ".join(f"{column} {type_}" for column, type_ in types.items())
            self._run(f"create table raw.{source} ({columns})")
        for model in MODELS:
            self._run(f"create table {model} as {self._model(model).sql} limit 0")
        for model in (*INCREMENTAL, TOTALS):
            self._run(f"create table new_rows_of_{model} as from {model}")
        self._columns = {
            model: [row[0] for row in self._run(f"describe {model}").fetchall()]
            for model in (*INCREMENTAL, TOTALS)
        }

    def load(self, sources: dict[str, Rows]) -> None:
        """Replace the sources' rows and use this database."""
        self._run(f"use {self._name}")
        for source, types in {"exposure_log": self._declared.log, **self._declared.facts}.items():
            self._run(f"delete from raw.{source}")
            if rows := sources[source]:
                marks = f"({', '.join('?' * len(types))})"
                values = [value for row in rows for value in row]
                self._run(
                    f"insert into raw.{source} values {', '.join([marks] * len(rows))}", values
                )

    def build(self, name: str, analysis_date: date) -> None:
        """Replace a table by the model's rows."""
        model = self._model(name, analysis_date)
        self._execute(f"delete from {name}")
        self._execute(f"insert into {name} {model.sql}")
        self._run_hook(model)

    def holds(self, home: "_Database", name: str) -> bool:
        """Whether a table has all columns that it has to have here."""
        return set(self._columns[name]) <= set(home._columns[name])

    def build_on(self, home: "_Database", name: str) -> int:
        """Bring an incremental table up to date; how many rows were computed."""
        if home is not self:
            shared = [c for c in self._columns[name] if c in home._columns[name]]
            assert shared == self._columns[name] or name != MOMENTS, "its schema never changes"
            columns = ", ".join(f'"{column}"' for column in shared)
            self._execute(f"delete from {name}")
            self._run(
                f"insert into {name} ({columns}) select {columns} from {home._name}.main.{name}"
            )
        model = self._model(name, is_incremental=True)
        key, new_rows = model.config.get("unique_key"), f"new_rows_of_{name}"
        self._execute(f"delete from {new_rows}")
        self._execute(f"insert into {new_rows} {model.sql}")
        if name == TOTALS:
            self._execute(f"delete from {name}")
        elif key:
            self._execute(f"delete from {name} where ({key}) in (select ({key}) from {new_rows})")
        self._execute(f"insert into {name} from {new_rows}")
        self._run_hook(model)
        counted = self._run(f"select count(*) from {new_rows}").fetchone()
        return int(counted[0]) if counted else 0

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Rows of a table."""
        found = self._run(f"from {self._name}.main.{table}")
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _run_hook(self, model: Model) -> None:
        if "post_hook" in model.config:
            self._execute(model.config["post_hook"])

    def _model(
        self, name: str, analysis_date: date | None = None, *, is_incremental: bool = False
    ) -> Model:
        day = analysis_date.isoformat() if analysis_date else _ANY_DATE
        return rendered(self._declared, name, day, is_incremental=is_incremental)

    def _execute(self, statement: str) -> None:
        """Run a statement, prepared when it comes for the first time."""
        name = f"{self._name}_{abs(hash(statement))}"
        if name not in self._prepared:
            self._run(f"prepare {name} as {statement}")
            self._prepared.add(name)
        self._run(f"execute {name}")
