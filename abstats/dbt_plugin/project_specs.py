"""The validated specs of the project that dbt runs."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt.artifacts.resources.types import NodeType

from abstats import __version__
from abstats.dbt_plugin.settings import PACKAGE, Settings
from abstats.spec.problems import Problem, SpecError
from abstats.spec.project import Project, load_project
from abstats.spec.translate import found

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


def read_project(graph: Mapping[str, Any], project_root: Path, settings: Settings) -> Project:
    """Load and validate everything that is declared.

    Args:
        graph: dbt's flat graph: `metrics`, `semantic_models`, `nodes` as plain dictionaries.
        project_root: Folder that relative paths start from.
        settings: The project's var block.

    Raises:
        SpecError: all problems at once.
    """
    problems = [*_other_version(settings), *_wrong_settings(settings)]
    try:
        project = load_project(graph, project_root / settings.experiments_path, settings.facts)
    except SpecError as error:
        raise SpecError([*problems, *error.problems]) from error
    problems += _looks_without_a_timeline(project, settings)
    if problems:
        raise SpecError(problems)
    return project


def check_manifest(
    manifest: "Manifest",
    project_root: Path,
    settings: Settings,
    command_line_vars: Mapping[str, Any],
) -> Project:
    """Validate the specs of a parsed project.

    Raises:
        SpecError: all problems at once.
    """
    nested = _nested_vars(command_line_vars)
    try:
        project = read_project(graph_of(manifest), project_root, settings)
    except SpecError as error:
        raise SpecError([*nested, *error.problems]) from error
    if nested:
        raise SpecError(nested)
    return project


def graph_of(manifest: "Manifest") -> dict[str, Any]:
    """Dbt's flat graph of a manifest, as far as specs are made of it."""
    return {
        "metrics": {key: metric.to_dict() for key, metric in manifest.metrics.items()},
        "semantic_models": {
            key: model.to_dict() for key, model in manifest.semantic_models.items()
        },
        "nodes": {
            key: node.to_dict()
            for key, node in manifest.nodes.items()
            if node.resource_type == NodeType.Model
        },
    }


def _nested_vars(command_line_vars: Mapping[str, Any]) -> list[Problem]:
    """Dbt ignores, without a word, vars that stand below a package's name in `--vars`."""
    if PACKAGE not in command_line_vars:
        return []
    return [
        Problem(
            "--vars",
            PACKAGE,
            "holds vars that dbt ignores",
            "vars on the command line are not nested: --vars '{analysis_date: 2026-01-20}'",
        )
    ]


def _other_version(settings: Settings) -> list[Problem]:
    if settings.package_version == __version__:
        return []
    return [
        Problem(
            "packages.yml",
            "the dbt package abstats",
            f"has version {settings.package_version}, the Python package has {__version__}",
            "both must come from one release: install it, then run `dbt deps`",
        )
    ]


def _looks_without_a_timeline(project: Project, settings: Settings) -> list[Problem]:
    """A sequential design judges each look by all looks before it."""
    if settings.timeline == "all":
        return []
    key = ("analysis", "sequential")
    rule = "must have the earlier looks too: set the var timeline to all"
    return [
        Problem(spec.source.place(key), ".".join(key), "stands beside timeline: latest", rule)
        for spec in project.experiments
        if spec.analysis.sequential is not None
    ]


def _wrong_settings(settings: Settings) -> list[Problem]:
    file = "dbt_project.yml"
    problems = []
    if not settings.experiment_exposures:
        problems.append(
            Problem(
                file,
                "vars.abstats.experiment_exposures",
                "is not set",
                "must name the staging model of the exposure log",
            )
        )
    if not settings.facts:
        problems.append(
            Problem(
                file,
                "vars.abstats.facts",
                "is empty",
                "must list the dbt models that the metrics are measured on",
            )
        )
    size = settings.minimum_cell_size
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        rule = "must be a whole number >= 0, the fewest units that public tables show (0: all)"
        problems.append(Problem(file, "vars.abstats.minimum_cell_size", found(size), rule))
    return problems
