"""What `abstats init` does."""

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from abstats.cli.failure import CommandError
from abstats.cli.host_project import HostProject
from abstats.cli.init.changes import write_all
from abstats.cli.init.plan import plan
from abstats.cli.terminal import output
from abstats.dbt_package import dbt_package_path

_STYLES = {"made": "green", "changed": "green", "kept": "dim"}

NEXT = """\
Next:
  dbt deps
  abstats validate
then replace the examples by your exposure log, your facts and metrics, your experiment, and run
  dbt build"""


def scaffold(project_dir: Path) -> None:
    """Make, change and keep files of a project, and say which.

    Raises:
        CommandError: It is no dbt project, or a file of it cannot be read.
    """
    project = HostProject.at(project_dir)
    try:
        changes = plan(project, dbt_package_path(), datetime.now(UTC).date())
    except UnicodeDecodeError as error:
        raise CommandError(f"A file of the project is not UTF-8: {error}") from error
    write_all(project.root, changes.files)
    console = output()
    for file in changes.files:
        note = f"  ({file.note})" if file.note else ""
        _say(console, f"{file.did:<8} {file.path}{note}", _STYLES[file.did])
    for path, block in changes.by_hand:
        _say(console, f"\nAdd to {path} by hand; it could not be edited safely:", "yellow")
        _say(console, block.rstrip("\n"))
    _say(console, f"\n{NEXT}")


def _say(console: Console, text: str, style: str = "") -> None:
    console.print(text, style=style, markup=False, soft_wrap=True)
