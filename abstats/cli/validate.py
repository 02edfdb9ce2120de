"""`abstats validate`: the checks that a build makes after parsing, from the shell."""

from pathlib import Path

from abstats.cli.failure import CommandError
from abstats.cli.host_project import HostProject
from abstats.cli.parse import parsed
from abstats.cli.terminal import errors, output, warn
from abstats.dbt_plugin.project_specs import graph_of, read_project
from abstats.dbt_plugin.settings import settings_of
from abstats.spec.problems import warning_report

NOT_INSTALLED = """\
This dbt project does not use the dbt package `abstats`, so there is nothing to check.
`abstats init` adds it: packages.yml, the var block and an example; then run `dbt deps`."""


def validate_project(project_dir: Path, profiles_dir: Path | None) -> None:
    """Print how many specs are valid, and on stderr what is likely not meant or too small.

    Raises:
        CommandError: With the report of what is not.
    """
    project = HostProject.at(project_dir, profiles_dir)
    with errors().status("Parsing the dbt project"):
        manifest = parsed(project, check_specs=True)
    settings = settings_of(manifest)
    if settings is None:
        raise CommandError(NOT_INSTALLED)
    specs = read_project(graph_of(manifest), project.root, settings)
    experiments, metrics = len(specs.experiments), len(specs.metrics)
    output().print(
        f"{_counted(experiments, 'experiment')} and {_counted(metrics, 'metric')} "
        f"{'is' if experiments + metrics == 1 else 'are'} valid.",
        style="green",
    )
    warnings = [*specs.warnings]
    if any(aim.needs_power for spec in specs.experiments for aim in spec.metrics.aims):
        # Statistics take a second to import: without such a metric nobody waits for them.
        from abstats.cli.power.last_build import check_power  # noqa: PLC0415

        power = check_power(project, specs)
        warnings += power.warnings
        for sentence in power.unchecked:
            errors().print(sentence, style="dim", markup=False, soft_wrap=True)
    if warnings:
        warn(warning_report(warnings))


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"
