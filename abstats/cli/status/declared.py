"""What the project declares now, and where its tables are."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from dbt.contracts.graph.manifest import Manifest

from abstats.cli.failure import CommandError
from abstats.cli.host_project import HostProject
from abstats.cli.parse import parsed
from abstats.cli.show.relations import TableName
from abstats.cli.validate import NOT_INSTALLED
from abstats.dbt_plugin.project_specs import graph_of, read_project
from abstats.dbt_plugin.settings import PACKAGE, settings_of
from abstats.spec.problems import SpecError
from abstats.warehouse.measurement_plan import MeasurementPlan, plan_measurement

STAMP = "computed_at"
"""Column of the public tables that Python computes."""


class Declared(NamedTuple):
    """A project as it is written now.

    Attributes:
        plan: Its experiments with their metrics.
        names: Where every table of the package is, by the name of its model.
        stamped: The public tables that say when they were computed, each with those of them
            that it is made from.
    """

    plan: MeasurementPlan
    names: Mapping[str, TableName]
    stamped: Mapping[str, frozenset[str]]


def read_declared(project: HostProject) -> Declared:
    """Parse the project.

    Raises:
        CommandError: It cannot be parsed, does not use the package, or its specs have problems.
    """
    manifest = parsed(project, check_specs=False)
    settings = settings_of(manifest)
    if settings is None:
        raise CommandError(NOT_INSTALLED)
    try:
        specs = read_project(graph_of(manifest), project.root, settings)
    except SpecError as error:
        raise CommandError(str(error)) from error
    return Declared(
        plan=plan_measurement(specs.experiments, specs.metrics),
        names={
            node.name: TableName(node.database, node.schema, node.alias)
            for node in manifest.nodes.values()
            if _is_ours(node.unique_id)
        },
        stamped=stamped_tables(manifest),
    )


def stamped_tables(manifest: Manifest) -> dict[str, frozenset[str]]:
    """The package's models that have the stamp under a contract, each with those above it."""
    stamped = {
        unique_id: node.name
        for unique_id, node in sorted(manifest.nodes.items())
        if _is_ours(unique_id) and STAMP in node.columns
    }
    return {
        name: frozenset(stamped[above] for above in _above(manifest, unique_id) if above in stamped)
        for unique_id, name in stamped.items()
    }


def _above(manifest: Manifest, unique_id: str) -> Iterator[str]:
    """The package's models that a model is made from, through any number of others."""
    seen: set[str] = set()
    todo = [unique_id]
    while todo:
        for parent in manifest.nodes[todo.pop()].depends_on_nodes:
            if _is_ours(parent) and parent not in seen:
                seen.add(parent)
                todo.append(parent)
                yield parent


def _is_ours(unique_id: str) -> bool:
    return unique_id.startswith(f"model.{PACKAGE}.")
