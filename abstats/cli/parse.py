"""dbt's parse in this process: silent, and without a trace in the project."""

from pathlib import Path
from tempfile import TemporaryDirectory

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.exceptions import ParsingError
from dbt_common.events.base_types import EventMsg

from abstats.cli.failure import CommandError
from abstats.cli.host_project import HostProject, words_of


def parsed(project: HostProject, *, check_specs: bool) -> Manifest:
    """The manifest of a project as it is written now.

    Args:
        project: The dbt project.
        check_specs: Let our plugin check the specs, as it does in a build.

    Raises:
        CommandError: dbt's or our report of what is wrong with the project.
    """
    said: list[str] = []

    def listen(event: EventMsg) -> None:
        if event.info.level in ("warn", "error"):
            said.append(event.info.msg.strip())  # type: ignore[attr-defined]

    with TemporaryDirectory() as target_path:
        # Our plugin hooks into the writing of artifacts, so writing decides about the checks.
        write = "--write-json" if check_specs else "--no-write-json"
        found = dbtRunner(callbacks=[listen]).invoke(
            [
                *("--log-level", "none", "--log-level-file", "none", "--log-path", target_path),
                *("--no-send-anonymous-usage-stats", "--no-partial-parse", write),
                *("parse", "--target-path", target_path),
                *_place(project),
            ]
        )
    if found.exception is not None:
        words = words_of(found.exception)
        # dbt names the key that is wrong in a warning, and then fails with a general sentence.
        reasons = [reason for reason in dict.fromkeys(said) if words not in reason]
        if isinstance(found.exception, ParsingError) and reasons:
            words = "\n".join([words, *reasons])
        raise CommandError(words) from found.exception
    if not found.success or not isinstance(found.result, Manifest):
        raise CommandError("dbt parse failed and did not say why; run `dbt parse`.")
    return found.result


def _place(project: HostProject) -> list[str]:
    place = ["--project-dir", str(project.root)]
    if project.profiles_dir is not None:
        place += ["--profiles-dir", _existing(project.profiles_dir)]
    if project.target is not None:
        place += ["--target", project.target]
    return place


def _existing(profiles_dir: Path) -> str:
    if not profiles_dir.is_dir():
        raise CommandError(f"profiles-dir == {str(profiles_dir)!r}, must be a folder.")
    return str(profiles_dir)
