"""`abstats simulate`: the demo world in a DuckDB file, or in the warehouse of a target."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from abstats.cli.failure import CommandError
from abstats.cli.host_project import HostProject
from abstats.cli.terminal import errors, output
from abstats.demo import SimulationError, simulate
from abstats.demo.copy_to_postgres import copy_to_postgres
from abstats.demo.register_in_spark import register_in_spark
from abstats.demo.write_parquet import write_parquet
from abstats.warehouse.connections import WarehouseError
from abstats.warehouse.connections.spark import start_session

DEMO_PROJECT = "abstats_demo"
DEMO_DATABASE = Path("abstats_demo.duckdb")


def simulate_demo(
    database: Path | None,
    target: str | None,
    parquet: Path | None,
    *,
    users: int,
    days: int,
    seed: int,
) -> None:
    """Build the demo world, with a progress bar, and say what was made.

    Raises:
        CommandError: An argument is out of range, or the database cannot be written.
    """
    if sum(place is not None for place in (database, target, parquet)) > 1:
        raise CommandError(
            "--database, --target and --parquet each say where to write: give one of them."
        )
    credentials = None if target is None else _credentials_of_demo(target)
    copy = _copy(parquet, credentials)
    if copy is not None:
        with TemporaryDirectory(prefix="abstats-simulate-") as folder:
            file = Path(folder) / "world.duckdb"
            _build(file, users, days, seed)
            _report(file, copy(file), users, days, seed)
        if parquet is None:
            _say_what_is_next(target)
        return
    file = database or _database_of_demo(target or "duckdb")
    _refuse_foreign_tables(file)
    _build(file, users, days, seed)
    _report(file, str(file), users, days, seed)
    _say_what_is_next(target)


def _build(file: Path, users: int, days: int, seed: int) -> None:
    with _progress() as report:
        try:
            simulate(file, users, days, seed, report)
        except (ValueError, SimulationError) as error:
            raise CommandError(str(error)) from error


def _report(file: Path, place: str, users: int, days: int, seed: int) -> None:
    console = output()
    with duckdb.connect(str(file), read_only=True) as connection:
        console.print(f"{place}: schema raw, {users:,} viewers, {days} days, seed {seed}")
        for table in _LOGS:
            (rows,) = connection.execute(f"select count(*) from raw.{table}").fetchone() or (0,)  # noqa: S608
            console.print(f"  {table:<22} {rows:>12,} rows")


def _say_what_is_next(target: str | None) -> None:
    to = f" --target {target}" if target else ""
    output().print(f"\nNext: `dbt deps && dbt build{to}`, then `abstats show{to}`.", markup=False)


@contextmanager
def _progress() -> Iterator[Any]:
    """A bar, moved by calls with what is being done and the fraction that is done."""
    with Progress(
        TextColumn("{task.description:<32}", style="dim"),
        BarColumn(bar_width=32),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=errors(),
        transient=True,
    ) as progress:
        task = progress.add_task("preparing", total=1.0)
        yield lambda label, done: progress.update(task, description=label, completed=done)


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


def _database_of_demo(target: str) -> Path:
    """The file that the demo's profile names; outside the demo a file of its own.

    Never the database of another dbt project: the simulation replaces tables of schema raw.
    """
    credentials = _credentials_of_demo(target)
    if credentials is None:
        return DEMO_DATABASE
    if credentials.type != "duckdb":
        raise CommandError(
            f"type == {credentials.type!r} in the demo's profile, the simulation writes to duckdb, "
            "postgres and spark: name a target of these, or a file with --database."
        )
    return Path(credentials.path)


def _credentials_of_demo(target: str) -> Any:
    """What the demo's profile says of a target; None outside the demo."""
    if not (Path() / "dbt_project.yml").is_file():
        return None
    project = HostProject.at(Path(), target=target)
    if project.declaration().get("name") != DEMO_PROJECT:
        return None
    return project.profile().credentials


def _copy(parquet: Path | None, credentials: Any) -> Callable[[Path], str] | None:
    """What takes the world from its DuckDB file to where it was asked for; None for that file."""
    if parquet is not None:
        return partial(_copy_to_parquet, parquet)
    copy = _COPIES.get(credentials.type) if credentials is not None else None
    return None if copy is None else partial(copy, credentials)


def _copy_to_postgres(credentials: Any, file: Path) -> str:
    import psycopg2  # noqa: PLC0415 - comes with dbt-postgres, an extra of its own

    try:
        connection = psycopg2.connect(
            host=credentials.host,
            port=credentials.port,
            user=credentials.user,
            password=credentials.password,
            dbname=credentials.database,
        )
    except psycopg2.Error as error:
        raise CommandError(f"Postgres cannot be opened: {str(error).strip()}") from error
    try:
        copy_to_postgres(file, connection)
    except SimulationError as error:
        raise CommandError(str(error)) from error
    finally:
        connection.close()
    return f"{credentials.host}, database {credentials.database}"


def _copy_to_parquet(folder: Path, file: Path) -> str:
    try:
        write_parquet(file, folder)
    except SimulationError as error:
        raise CommandError(str(error)) from error
    return str(folder)


def _copy_to_spark(credentials: Any, file: Path) -> str:
    """The world's files lie beside the warehouse, which a build may empty."""
    warehouse = Path(credentials.server_side_parameters["spark.sql.warehouse.dir"])
    folder = warehouse.parent / "raw"
    try:
        tables = write_parquet(file, folder)
        register_in_spark(tables, start_session(credentials))
    except (SimulationError, WarehouseError) as error:
        raise CommandError(str(error)) from error
    return f"{folder} and Spark"


_COPIES: dict[str, Callable[[Any, Path], str]] = {
    "postgres": _copy_to_postgres,
    "spark": _copy_to_spark,
}


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
