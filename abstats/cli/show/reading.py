"""Reads the public tables into reports."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends import BaseBackend
from ibis.common.exceptions import IbisError, TableNotFound

from abstats.cli.failure import CommandError
from abstats.cli.show.relations import TableName
from abstats.cli.show.report import Report
from abstats.cli.show.rows import (
    WHOLE,
    CrossCheckRow,
    DecisionRow,
    ExperimentRow,
    HealthRow,
    MetricRow,
    PosteriorRow,
    ResultRow,
    TruthRow,
)
from abstats.spec.problems import nearest
from abstats.warehouse.connections import errors_of

POSTERIORS = "fct_experiment_posteriors"

_Condition = Callable[[ir.Table], ir.BooleanValue]


R = TypeVar(
    "R",
    ExperimentRow,
    MetricRow,
    HealthRow,
    CrossCheckRow,
    DecisionRow,
    ResultRow,
    PosteriorRow,
    TruthRow,
)
L = TypeVar("L", HealthRow, CrossCheckRow, DecisionRow, ResultRow, PosteriorRow)


class MissingTableError(CommandError):
    """A table is not in the database."""


class Tables:
    """The public tables, read through one connection."""

    def __init__(self, connection: BaseBackend, names: Mapping[str, TableName]) -> None:
        """Read from `connection`; `names` says where each table is."""
        self._connection = connection
        self._names = names

    def rows(self, table: str, row: type[R], *conditions: _Condition) -> list[R]:
        """The rows of a table that meet all conditions.

        Raises:
            CommandError: The table is not there, or lacks columns of this version.
        """
        found = self.arrow(table, row._fields, *conditions)
        return [row(**values) for values in found.to_pylist()]

    def arrow(self, table: str, columns: Sequence[str], *conditions: _Condition) -> pa.Table:
        """Columns of the rows of a table that meet all conditions.

        Raises:
            CommandError: The table is not there, or lacks columns of this version.
        """

        def rows(whole: ir.Table) -> ir.Table:
            for condition in conditions:
                whole = whole.filter(condition(whole))
            return whole.select(*columns)

        return self.read(table, columns, rows)

    def read(
        self, table: str, columns: Sequence[str], query: Callable[[ir.Table], ir.Table]
    ) -> pa.Table:
        """What a query of a table's columns finds.

        Raises:
            MissingTableError: The table is not there.
            CommandError: It lacks columns of this version, or cannot be read.
        """
        name = self._names[table]
        try:
            place: Any = (name.database, name.schema) if name.database else name.schema
            expression = self._connection.table(name.name, database=place)
            missing = [column for column in columns if column not in expression.columns]
            if missing:
                raise CommandError(
                    f"table {name} has no column {', '.join(missing)}: another version of abstats "
                    "built it. Run `dbt build` again."
                )
            return query(expression).to_pyarrow()
        except (IbisError, TableNotFound, *errors_of(self._connection)) as error:
            if isinstance(error, TableNotFound) or "does not exist" in str(error):
                raise MissingTableError(_missing(name)) from error
            raise CommandError(f"table {name} cannot be read: {error}") from error


def require_built(experiment: str, built: Iterable[ExperimentRow]) -> None:
    """Raise CommandError, with the nearest name, unless the experiment was built."""
    names = sorted(row.experiment_id for row in built)
    if experiment not in names:
        known = ", ".join(names) or "none"
        hint = nearest(experiment, names)
        raise CommandError(
            f"experiment == {experiment!r}, must be one of those that were built: {known}."
            f"{' ' + hint if hint else ''}"
        )


def read_reports(
    tables: Tables, experiment: str | None, *, segment: str = WHOLE, with_truth: bool = False
) -> list[Report]:
    """One report per experiment, or that of the named one.

    Raises:
        CommandError: A table is missing, there is no such experiment or segment.
    """
    experiments = tables.rows("dim_experiments", ExperimentRow)
    if experiment is not None:
        require_built(experiment, experiments)
    if segment != WHOLE:
        experiments = _with_segment(experiments, experiment, segment)
    wanted = [row.experiment_id for row in experiments if experiment in (None, row.experiment_id)]

    def of_wanted(table: ir.Table) -> ir.BooleanValue:
        return table.experiment_id.isin(wanted)

    results = tables.rows(
        "fct_experiment_results",
        ResultRow,
        of_wanted,
        lambda table: table.is_headline,
        lambda table: table.is_current,
        lambda table: table.segment_name.isin([WHOLE, segment]),
    )
    health = tables.rows("fct_experiment_health", HealthRow, of_wanted)
    decisions = tables.rows("fct_experiment_decisions", DecisionRow, of_wanted)
    checks: list[CrossCheckRow] = []
    if any(_asks_for_cross_checks(row) for row in experiments if row.experiment_id in wanted):
        checks = tables.rows("fct_experiment_cross_checks", CrossCheckRow, of_wanted)
    metrics = {row.metric_name: row for row in tables.rows("dim_metrics", MetricRow)}
    truths = None
    if with_truth:
        truths = {row[:4]: row for row in tables.rows("true_effects", TruthRow, of_wanted)}
    posteriors: list[PosteriorRow] = []
    if any(_has_prior(row) for row in experiments):
        posteriors = tables.rows(POSTERIORS, PosteriorRow, of_wanted, lambda table: table.is_latest)
    looks = _latest_dates(results)
    return [
        Report(
            experiment=row,
            metrics=metrics,
            health=tuple(_of_look(health, row.experiment_id, looks)),
            cross_checks=tuple(_of_look(checks, row.experiment_id, looks)),
            decisions={
                decision.treatment_variant_id: decision
                for decision in _of_look(decisions, row.experiment_id, looks)
            },
            results=tuple(_of_look(results, row.experiment_id, looks)),
            truths=truths,
            segment=segment,
            posteriors=tuple(_of_look(posteriors, row.experiment_id, looks)),
        )
        for row in sorted(experiments, key=lambda row: (row.start_date, row.experiment_id))
        if row.experiment_id in wanted
    ]


def _asks_for_cross_checks(row: ExperimentRow) -> bool:
    return json.loads(row.spec).get("analysis", {}).get("cross_checks") is not None


def _has_prior(experiment: ExperimentRow) -> bool:
    return json.loads(experiment.spec).get("analysis", {}).get("bayesian") is not None


def _with_segment(
    experiments: list[ExperimentRow], experiment: str | None, segment: str
) -> list[ExperimentRow]:
    """The experiments that declare the segment."""
    declared = {
        row.experiment_id: [declared["name"] for declared in json.loads(row.spec)["segments"]]
        for row in experiments
    }
    found = [row for row in experiments if segment in declared[row.experiment_id]]
    if experiment is not None:
        found = [row for row in found if row.experiment_id == experiment]
        declared = {experiment: declared[experiment]}
    if not found:
        known = sorted({name for names in declared.values() for name in names})
        whose = "any experiment declares" if experiment is None else f"{experiment} declares"
        hint = nearest(segment, known)
        raise CommandError(
            f"segment == {segment!r}, must be one that {whose}: {', '.join(known) or 'none'}."
            f"{' ' + hint if hint else ''}"
        )
    return found


def _latest_dates(results: Iterable[ResultRow]) -> dict[str, date]:
    """The last look of each experiment."""
    latest: dict[str, date] = {}
    for row in results:
        latest[row.experiment_id] = max(
            row.analysis_date, latest.get(row.experiment_id, row.analysis_date)
        )
    return latest


def _of_look(rows: Iterable[L], experiment_id: str, looks: Mapping[str, date]) -> Iterator[L]:
    """An experiment's rows of its last look; rows of other looks say nothing about it."""
    for row in rows:
        if row.experiment_id == experiment_id and row.analysis_date == looks.get(experiment_id):
            yield row


def _missing(name: TableName) -> str:
    return (
        f"table {name} is not in the database. Run `dbt build` to make it; if it was built for "
        "another target of the profile, name that with --target."
    )
