"""`abstats simulate`: the demo world in a DuckDB file."""

from pathlib import Path

import duckdb
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from abstats.cli.failure import CommandError
from abstats.cli.host_project import HostProject
from abstats.cli.terminal import errors, output
from abstats.demo import SimulationError, simulate

DEMO_PROJECT = "abstats_demo"
DEMO_DATABASE = Path("abstats_demo.duckdb")


def simulate_demo(database: Path | None, users: int, days: int, seed: int) -> None:
    """Build the demo world, with a progress bar, and say what was made.

    Raises:
        CommandError: An argument is out of range, or the database cannot be written.
    """
    file = database or _database_of_demo()
    _refuse_foreign_tables(file)
    with Progress(
        TextColumn("{task.description:<32}", style="dim"),
        BarColumn(bar_width=32),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=errors(),
        transient=True,
    ) as progress:
        task = progress.add_task("preparing", total=1.0)
        try:
            simulate(
                file,
                users,
                days,
                seed,
                lambda label, done: progress.update(task, description=label, completed=done),
            )
        except (ValueError, SimulationError) as error:
            raise CommandError(str(error)) from error
    console = output()
    with duckdb.connect(str(file), read_only=True) as connection:
        console.print(f"{file}: schema raw, {users:,} viewers, {days} days, seed {seed}")
        for table in _LOGS:
            (rows,) = connection.execute(f"select count(*) from raw.{table}").fetchone() or (0,)  # noqa: S608
            console.print(f"  {table:<22} {rows:>12,} rows")
    console.print("\nNext: `dbt deps && dbt build`, then `abstats show`.", markup=False)


_LOGS = (
    "viewers",
    "experiment_exposures",
    "requests",
    "impressions",
    "clicks",
    "watches",
    "page_loads",
    "orders",
    "true_effects",
)


def _database_of_demo() -> Path:
    """The file that the demo's profile names; outside the demo a file of its own.

    Never the database of another dbt project: the simulation replaces tables of schema raw.
    """
    if not (Path() / "dbt_project.yml").is_file():
        return DEMO_DATABASE
    project = HostProject.at(Path(), target="duckdb")
    if project.declaration().get("name") != DEMO_PROJECT:
        return DEMO_DATABASE
    credentials = project.profile().credentials
    if credentials.type != "duckdb":
        raise CommandError(
            f"type == {credentials.type!r} in the demo's profile, the simulation runs in DuckDB: "
            "name a file with --database."
        )
    return Path(credentials.path)  # type: ignore[attr-defined]


def _refuse_foreign_tables(file: Path) -> None:
    """Raw tables that no simulation wrote must not be replaced by one."""
    if not file.is_file():
        return
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            rows = connection.execute(
                "select table_name from information_schema.tables where table_schema = 'raw'"
            ).fetchall()
    except duckdb.Error:
        return  # `simulate` opens it again and says what is wrong.
    tables = {name for (name,) in rows}
    if tables & set(_LOGS) and "true_effects" not in tables:
        raise CommandError(
            f"database == {str(file)!r} has tables in schema raw that are not of a simulation "
            f"({', '.join(sorted(tables & set(_LOGS)))}): they would be replaced. "
            "Name another file with --database."
        )
