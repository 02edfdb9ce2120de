"""What `abstats show` does."""

from pathlib import Path

from abstats.cli.failure import CommandError
from abstats.cli.host_project import HostProject
from abstats.cli.show.page import coverage, legend, print_report
from abstats.cli.show.reading import POSTERIORS, Tables, read_reports
from abstats.cli.show.relations import TableName, table_names
from abstats.cli.show.rows import WHOLE
from abstats.cli.terminal import output, write
from abstats.warehouse.connections import WarehouseError, connect_read_only


def show_reports(
    experiment: str | None,
    *,
    with_truth: bool,
    segment: str | None,
    project_dir: Path,
    profiles_dir: Path | None,
    target: str | None,
) -> None:
    """Print the named experiment in full, or all of them in short.

    Raises:
        CommandError: The tables cannot be read, or have no such experiment or segment.
    """
    project = HostProject.at(project_dir, profiles_dir, target)
    names = table_names(project, POSTERIORS)
    credentials = project.profile().credentials
    names["true_effects"] = TableName(credentials.database, "raw", "true_effects")
    try:
        connection = connect_read_only(credentials)
    except WarehouseError as error:
        raise CommandError(str(error)) from error
    try:
        reports = read_reports(
            Tables(connection, names), experiment, segment=segment or WHOLE, with_truth=with_truth
        )
    finally:
        connection.disconnect()
    console = output()
    with console.capture() as page:
        for i, report in enumerate(reports):
            if i:
                console.print()
            print_report(console, report, in_full=experiment is not None)
        if any(report.results for report in reports):
            console.print()
            if with_truth:
                console.print(coverage(reports))
            console.print(legend(console, reports))
        if not reports:
            console.print("No experiments are declared yet.")
    write(console, page.get())
