"""What `abstats status` does."""

from datetime import UTC, datetime
from pathlib import Path

import typer

from abstats.cli.failure import CommandError
from abstats.cli.host_project import HostProject
from abstats.cli.show.reading import Tables
from abstats.cli.status.built import read_built
from abstats.cli.status.declared import read_declared
from abstats.cli.status.page import print_status
from abstats.cli.status.standing import status_of
from abstats.cli.terminal import errors, output, write
from abstats.warehouse.connections import WarehouseError, connect_read_only

NOT_FRESH = 3
"""Exit code of `--check`; 1 is an error, 2 a command line that is wrong."""


def show_status(
    *, check: bool, project_dir: Path, profiles_dir: Path | None, target: str | None
) -> None:
    """Print the status; with `check`, exit with 3 unless everything is fresh.

    Raises:
        CommandError: The project cannot be parsed, or the tables cannot be read.
    """
    project = HostProject.at(project_dir, profiles_dir, target)
    with errors().status("Parsing the dbt project"):
        declared = read_declared(project)
    try:
        connection = connect_read_only(project.profile().credentials)
    except WarehouseError as error:
        raise CommandError(str(error)) from error
    try:
        built = read_built(Tables(connection, declared.names), declared)
    finally:
        connection.disconnect()
    now = datetime.now(UTC).replace(tzinfo=None)
    status = status_of(declared, built, now)
    console = output()
    with console.capture() as page:
        print_status(console, status, now)
    write(console, page.get())
    if check and not status.is_fresh:
        raise typer.Exit(NOT_FRESH)
