"""`abstats validate`: the checks that a build makes after parsing, from the shell."""

from pathlib import Path

from abstats.cli.failure import CommandError
from abstats.cli.host_project import HostProject
from abstats.cli.parse import parsed
from abstats.cli.terminal import errors, output
from abstats.dbt_plugin.settings import settings_of
from abstats.spec.graph import declared_metrics
from abstats.spec.load import load_experiments

NOT_INSTALLED = """\
This dbt project does not use the dbt package `abstats`, so there is nothing to check.
`abstats init` adds it: packages.yml, the var block and an example; then run `dbt deps`."""


def validate_project(project_dir: Path, profiles_dir: Path | None) -> None:
    """Print how many specs are valid.

    Raises:
        CommandError: With the report of what is not.
    """
    project = HostProject.at(project_dir, profiles_dir)
    with errors().status("Parsing the dbt project"):
        manifest = parsed(project, check_specs=True)
    settings = settings_of(manifest)
    if settings is None:
        raise CommandError(NOT_INSTALLED)
    experiments, _ = load_experiments(project.root / settings.experiments_path)
    graph = {"metrics": {key: node.to_dict() for key, node in manifest.metrics.items()}}
    metrics = declared_metrics(graph)
    output().print(
        f"{_counted(len(experiments), 'experiment')} and {_counted(len(metrics), 'metric')} "
        f"{'is' if len(experiments) + len(metrics) == 1 else 'are'} valid.",
        style="green",
    )


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"
