"""What `abstats power` does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
from pydantic import ValidationError

from abstats.cli.failure import CommandError
from abstats.cli.host_project import HostProject
from abstats.cli.power.history import (
    MOMENT_COLUMNS,
    History,
    histories,
    history_of_effects,
)
from abstats.cli.power.options import Options, question_of
from abstats.cli.power.page import Line, page
from abstats.cli.power.planning import Question, answer
from abstats.cli.show import numbers
from abstats.cli.show.reading import Tables, require_built
from abstats.cli.show.relations import table_names
from abstats.cli.show.rows import WHOLE, ExperimentRow, MetricRow, ResultRow
from abstats.cli.terminal import output, write
from abstats.inference.comparison import Failure
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.problems import nearest
from abstats.warehouse.connections import WarehouseError, connect_read_only

MOMENTS = "fct_experiment_moments"
BY_EFFECTS = frozenset({"quantile", "gini"})
"""Kinds whose spread is no moment of a unit's value: it is taken from their effects."""


def show_power(
    experiment: str,
    options: Options,
    *,
    metrics: Sequence[str],
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
) -> None:
    """Print what a test like a past experiment could detect.

    Args:
        experiment: The past experiment.
        options: What is planned otherwise than it was.
        metrics: Names of the metrics to show; none for all.
        project_dir: Folder of the dbt project.
        profiles_dir: Folder of profiles.yml; None looks where dbt looks.
        target: Target of the profile; None takes the profile's own.

    Raises:
        CommandError: An option is out of range, the tables cannot be read, or have no such
            experiment or metric.
    """
    project = HostProject.at(project_dir, profiles_dir, target)
    names = table_names(project, MOMENTS)
    try:
        connection = connect_read_only(project.profile().credentials)
    except WarehouseError as error:
        raise CommandError(str(error)) from error
    try:
        tables = Tables(connection, names)
        spec = _spec(tables, experiment)
        question = question_of(spec, options)
        lines = _lines(tables, question, _chosen(spec, metrics), range(1, options.weeks + 1))
    finally:
        connection.disconnect()
    console = output()
    with console.capture() as printed:
        for part in page(console, question, lines, range(1, options.weeks + 1)):
            console.print(part)
    text = printed.get()
    write(text if console.is_terminal else re.sub(r" +$", "", text, flags=re.MULTILINE))


def _spec(tables: Tables, experiment: str) -> ExperimentSpec:
    rows = tables.rows("dim_experiments", ExperimentRow)
    require_built(experiment, rows)
    (row,) = (row for row in rows if row.experiment_id == experiment)
    try:
        return ExperimentSpec.model_validate_json(row.spec)
    except ValidationError as error:
        raise CommandError(
            f"experiment == {experiment!r} was built by another version of abstats. "
            "Run `dbt build` again."
        ) from error


def _chosen(spec: ExperimentSpec, metrics: Sequence[str]) -> list[str]:
    known = list(spec.roles())
    for name in metrics:
        if name not in known:
            hint = nearest(name, known)
            raise CommandError(
                f"metric == {name!r}, must be one of {spec.name}: {', '.join(known)}."
                f"{' ' + hint if hint else ''}"
            )
    return [name for name in known if not metrics or name in metrics]


def _lines(
    tables: Tables, question: Question, metrics: Sequence[str], weeks: Sequence[int]
) -> list[Line]:
    columns = ("metric_name", "kind", "direction", "definition_hash")
    declared = {row["metric_name"]: row for row in tables.arrow("dim_metrics", columns).to_pylist()}
    rows = {row.metric_name: row for row in tables.rows("dim_metrics", MetricRow)}
    known = [name for name in metrics if name in declared]
    by_moments = [name for name in known if declared[name]["kind"] not in BY_EFFECTS]
    moments = _moments(tables, question.spec, [declared[name] for name in by_moments])
    found = histories(question.spec, {name: declared[name]["kind"] for name in by_moments}, moments)
    by_effects = [name for name in known if name not in by_moments]
    if by_effects:
        results = _results(tables, question.spec, by_effects)
        found |= {
            name: history_of_effects(
                question.spec, [row for row in results if row.metric_name == name]
            )
            for name in by_effects
        }
    return [
        _line(question, rows[name], declared[name]["direction"], found[name], weeks)
        for name in known
    ]


def _line(
    question: Question,
    row: MetricRow,
    direction: str,
    history: History | Failure,
    weeks: Sequence[int],
) -> Line:
    role, name = question.spec.roles()[row.metric_name], row.metric_name
    margin = question.margin(name, direction) if role == "guardrail" else None
    told = ""
    if margin is not None and margin.is_relative:
        told = numbers.margin(margin.size)
    elif margin is not None:
        told = numbers.value(margin.size, None, row)
    if isinstance(history, Failure):
        return Line(row, role, None, None, history.reason, told)
    return Line(row, role, history, answer(question, name, direction, history, weeks), "", told)


def _moments(tables: Tables, spec: ExperimentSpec, metrics: Sequence[dict[str, str]]) -> pa.Table:
    """Moments of the whole population, of the metrics' present definitions."""
    names = [metric["metric_name"] for metric in metrics]
    hashes = [metric["definition_hash"] for metric in metrics]

    def is_wanted(table: ir.Table) -> ir.BooleanValue:
        return (
            (table.experiment_id == spec.name)
            & (table.segment_name == WHOLE)
            & table.metric_name.isin(names)
            & table.definition_hash.isin(hashes)
        )

    return tables.arrow(MOMENTS, MOMENT_COLUMNS, is_wanted)


def _results(tables: Tables, spec: ExperimentSpec, names: Sequence[str]) -> list[ResultRow]:
    def is_wanted(table: ir.Table) -> ir.BooleanValue:
        return (
            (table.experiment_id == spec.name)
            & (table.segment_name == WHOLE)
            & table.metric_name.isin(names)
            & (table.control_variant_id == spec.control)
            & table.is_headline
            & table.is_current
        )

    return tables.rows("fct_experiment_results", ResultRow, is_wanted)
