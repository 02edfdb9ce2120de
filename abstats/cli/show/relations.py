"""Where dbt put the public tables."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from abstats.cli.failure import CommandError
from abstats.cli.host_project import HostProject
from abstats.cli.parse import parsed

TABLES = (
    "dim_experiments",
    "dim_metrics",
    "fct_experiment_results",
    "fct_experiment_health",
    "fct_experiment_decisions",
    "fct_experiment_cross_checks",
)


class TableName(NamedTuple):
    """A table in the warehouse.

    Attributes:
        database: Its database (catalog), or None where the engine has none.
        schema: Its schema.
        name: Its name.
    """

    database: str | None
    schema: str
    name: str

    def __str__(self) -> str:
        return ".".join(part for part in self if part)


def table_names(project: HostProject, *more: str) -> dict[str, TableName]:
    """Names of the public tables in the warehouse.

    dbt's manifest of the last run knows them, whatever schema the project gives them. It holds
    the names of one target only, so another target's are asked from dbt itself.

    Args:
        project: The dbt project.
        more: Public tables beside `TABLES`.

    Raises:
        CommandError: The project was not built yet, or does not use the package.
    """
    wanted = (*TABLES, *more)
    nodes = _written_nodes(project) if project.target is None else _parsed_nodes(project)
    found = {
        node["name"]: TableName(node["database"], node["schema"], node["alias"])
        for node in nodes
        if node["name"] in wanted
    }
    missing = [name for name in wanted if name not in found]
    if missing:
        raise CommandError(
            f"{project.root / 'dbt_project.yml'}: this project has no model "
            f"{', '.join(missing)} of the dbt package `abstats`. "
            "`abstats init` adds the package; then run `dbt deps && dbt build`."
        )
    return found


def _written_nodes(project: HostProject) -> Iterable[Mapping[str, Any]]:
    file = project.target_path / "manifest.json"
    if not file.is_file():
        raise CommandError(
            f"{file} is missing: this project was not built yet. "
            "Run `dbt deps && dbt build` (in the demo after `abstats simulate`)."
        )
    try:
        nodes = json.loads(file.read_text(encoding="utf-8"))["nodes"]
    except (ValueError, KeyError) as error:
        raise CommandError(
            f"{file} is no manifest of dbt; run `dbt parse` to write it anew."
        ) from error
    return [
        node
        for node in nodes.values()
        if node["resource_type"] == "model" and node["package_name"] == "abstats"
    ]


def _parsed_nodes(project: HostProject) -> Iterable[Mapping[str, Any]]:
    manifest = parsed(project, check_specs=False)
    return [
        {
            "name": node.name,
            "database": node.database,
            "schema": node.schema,
            "alias": node.alias,
        }
        for node in manifest.nodes.values()
        if str(node.resource_type) == "model" and node.package_name == "abstats"
    ]
