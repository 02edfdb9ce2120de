"""What `abstats power` does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from abstats.cli.failure import CommandError
from abstats.cli.host_project import HostProject
from abstats.cli.power.baselines import MOMENTS, Wanted, read_histories
from abstats.cli.power.history import History
from abstats.cli.power.options import Options, question_of
from abstats.cli.power.page import Line, page
from abstats.cli.power.planning import Question, answer
from abstats.cli.show import numbers
from abstats.cli.show.reading import Tables, require_built
from abstats.cli.show.relations import table_names
from abstats.cli.show.rows import ExperimentRow, MetricRow
from abstats.cli.terminal import output, write
from abstats.inference.comparison import Failure
from abstats.inference.design import BOTH_DIRECTIONS
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.problems import nearest
from abstats.warehouse.connections import WarehouseError, connect_read_only


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
    write(console, printed.get())


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
    wanted = [
        Wanted(name, declared[name]["kind"], declared[name]["definition_hash"]) for name in known
    ]
    found = read_histories(tables, question.spec, wanted)
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
    margin = question.margin(name, direction)
    told = ""
    if margin is not None and margin.is_relative:
        told = numbers.margin(margin.size)
    elif margin is not None:
        told = numbers.value(margin.size, None, row)
    is_equivalence = margin is not None and margin.direction == BOTH_DIRECTIONS
    if isinstance(history, Failure):
        return Line(row, role, None, None, history.reason, told, is_equivalence)
    found = answer(question, name, direction, history, weeks)
    return Line(row, role, history, found, "", told, is_equivalence)
