"""The commands with their options; what each does is imported when it is called.

dbt and Ibis take seconds to import, and `--help` should not wait for them.
"""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from abstats import __version__
from abstats.cli.failure import failing_clearly

app = typer.Typer(
    name="abstats",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ProjectDir = Annotated[
    Path,
    typer.Option(envvar="DBT_PROJECT_DIR", show_envvar=False, help="Folder of the dbt project."),
]
ProfilesDir = Annotated[
    Path | None,
    typer.Option(show_default="where dbt looks", help="Folder of profiles.yml."),
]
HERE = Path()


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"abstats {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Experiments in the warehouse: dbt metrics in, verdicts out."""


@app.command()
@failing_clearly
def simulate(
    *,
    users: Annotated[int, typer.Option(help="Viewers that ever sign up.")] = 20_000,
    days: Annotated[int, typer.Option(help="Days that the experiments run.")] = 28,
    seed: Annotated[int, typer.Option(help="Seed of every draw.")] = 7,
    database: Annotated[
        Path | None,
        typer.Option(
            help="DuckDB file to write.",
            show_default="the demo's profile, else abstats_demo.duckdb",
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            help="Target of the demo's profile to write to: DuckDB, Postgres or Spark.",
            show_default="duckdb",
        ),
    ] = None,
    parquet: Annotated[
        Path | None,
        typer.Option(help="Folder to write Parquet files to, logs by day.", show_default="none"),
    ] = None,
) -> None:
    """Build the demo: a movie service with two fitted recommenders and four experiments.

    Writes the tables that its product would log, and the true effects, into schema raw of a
    DuckDB file, of a Postgres database or of Spark; or to Parquet files.

    Example: `abstats simulate --users 100000 --seed 8`
    """
    from abstats.cli.simulate import simulate_demo

    simulate_demo(database, target, parquet, users=users, days=days, seed=seed)


@app.command()
@failing_clearly
def validate(*, project_dir: ProjectDir = HERE, profiles_dir: ProfilesDir = None) -> None:
    """Check every metric and experiment of a dbt project.

    The same checks run in `dbt build` after parsing. All problems come in one report, each with
    its file, key and rule. Experiments that are too small for the effect they declare are told
    by the tables of the last build; otherwise no query is run.

    Example: `abstats validate --project-dir analytics`
    """
    from abstats.cli.validate import validate_project

    validate_project(project_dir, profiles_dir)


@app.command()
@failing_clearly
def show(
    experiment: Annotated[
        str | None,
        typer.Argument(help="Experiment to show in full.", show_default="all, in short"),
    ] = None,
    *,
    truth: Annotated[
        bool,
        typer.Option("--truth", help="Set the simulation's true effects beside the intervals."),
    ] = False,
    segment: Annotated[str | None, typer.Option(help="Show effects by a declared segment.")] = None,
    project_dir: ProjectDir = HERE,
    profiles_dir: ProfilesDir = None,
    target: Annotated[
        str | None, typer.Option(help="Target of the profile.", show_default="the profile's")
    ] = None,
) -> None:
    """Show verdicts, health and effects as the last `dbt build` left them; nothing is written.

    Example: `abstats show recommender_cf_vs_content --segment platform`
    """
    from abstats.cli.show import show_reports

    show_reports(
        experiment,
        with_truth=truth,
        segment=segment,
        project_dir=project_dir,
        profiles_dir=profiles_dir,
        target=target,
    )


@app.command()
@failing_clearly
def status(
    *,
    check: Annotated[
        bool,
        typer.Option("--check", help="Exit with 3 if a build or a load of data is to be run."),
    ] = False,
    project_dir: ProjectDir = HERE,
    profiles_dir: ProfilesDir = None,
    target: Annotated[
        str | None, typer.Option(help="Target of the profile.", show_default="the profile's")
    ] = None,
) -> None:
    """Show what the last `dbt build` left stale: experiments, facts, tables; and what to do next.

    Compares the project as it is written with the tables; nothing is written.

    Example: `abstats status --check`
    """
    from abstats.cli.status import show_status

    show_status(check=check, project_dir=project_dir, profiles_dir=profiles_dir, target=target)


@app.command()
@failing_clearly
def power(
    experiment: Annotated[
        str, typer.Argument(help="Past experiment whose units, metrics and roles are planned with.")
    ],
    *,
    effect: Annotated[
        float | None,
        typer.Option(
            help="Relative change to be detected; 0.02 is two percent.", show_default="none"
        ),
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(help="Metric to show; may be given again.", show_default="all"),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            help="Shares of control and of each treatment: 0.5,0.25,0.25.",
            show_default="the experiment's",
        ),
    ] = None,
    alpha: Annotated[
        float | None,
        typer.Option(help="Level of a family of tests.", show_default="the experiment's"),
    ] = None,
    power: Annotated[
        float | None,
        typer.Option(help="Probability of detecting.", show_default="the experiment's"),
    ] = None,
    correction: Annotated[
        str | None,
        typer.Option(help="Correction within a family.", show_default="the experiment's"),
    ] = None,
    one_sided: Annotated[bool, typer.Option("--one-sided", help="One-sided tests.")] = False,
    looks: Annotated[
        int | None,
        typer.Option(help="Looks that may stop the test.", show_default="the experiment's"),
    ] = None,
    spending: Annotated[
        str | None,
        typer.Option(help="Spending function of these looks.", show_default="obrien_fleming"),
    ] = None,
    weeks: Annotated[int, typer.Option(help="Weeks to show.")] = 8,
    project_dir: ProjectDir = HERE,
    profiles_dir: ProfilesDir = None,
    target: Annotated[
        str | None, typer.Option(help="Target of the profile.", show_default="the profile's")
    ] = None,
) -> None:
    """Show what a test could detect and how long it takes, from a past experiment's units.

    Example: `abstats power recommender_cf_vs_content --effect 0.03 --split 0.5,0.25,0.25`
    """
    from abstats.cli.power import show_power
    from abstats.cli.power.options import Options

    options = Options(effect, split, alpha, power, correction, one_sided, looks, spending, weeks)
    show_power(
        experiment,
        options,
        metrics=metric or (),
        project_dir=project_dir,
        profiles_dir=profiles_dir,
        target=target,
    )


@app.command()
@failing_clearly
def init(*, project_dir: ProjectDir = HERE) -> None:
    """Prepare an existing dbt project for experiments.

    Adds the dbt package, the var block, and a small example of a fact with a metric, of an
    exposure log and of an experiment. Files that are there already are kept.

    Example: `abstats init --project-dir analytics`
    """
    from abstats.cli.init import scaffold

    scaffold(project_dir)
