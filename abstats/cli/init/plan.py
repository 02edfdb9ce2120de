"""Plans the scaffold of a project: which files are made, changed, kept."""

from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from abstats.cli.host_project import HostProject
from abstats.cli.init.changes import Changes, File
from abstats.cli.init.settings import (
    Edited,
    edit_packages,
    edit_project,
    edit_variables,
    parsed_mapping,
)

FACT = "fct_example_events"
EXPERIMENT_DAYS = 28


def plan(project: HostProject, package: Path, today: date) -> Changes:
    """Everything that is missing for experiments in this project.

    Examples are made only together with the var block: a project that has one has facts and
    experiments of its own, and the examples would not fit them.

    Args:
        project: The dbt project.
        package: Folder of the dbt package.
        today: First day of the example experiment.

    Raises:
        CommandError: A file of the project is no YAML.
        OSError: A file of the project cannot be read.
    """
    root, declared = project.root, project.declaration()
    exposures = f"stg_{declared.get('name', 'example')}__experiment_exposures"
    holder, vars_found = _vars_file(root, declared)
    config = project.profiles_config()
    is_new = "abstats" not in vars_found
    variables = _variables(root, declared, exposures) if is_new else None

    edited = edit_project(
        _text(root / "dbt_project.yml"),
        declared,
        variables if holder == Path("dbt_project.yml") else None,
        with_flags=not config,
    )
    changes = [_told(Path("dbt_project.yml"), edited, existed=True)]
    by_hand = [(Path("dbt_project.yml"), block) for block in edited.by_hand]
    if config and "partial_parse" not in config:
        # dbt refuses flags in both places, and profiles.yml is not a file of the project.
        by_hand.append((Path("profiles.yml"), "config:\n  partial_parse: false\n"))
    if variables is not None and holder != Path("dbt_project.yml"):
        edited = edit_variables(Edited(_text(root / holder), (), ()), variables)
        changes.append(_told(holder, edited, existed=True))
        by_hand += [(holder, block) for block in edited.by_hand]

    packages = _packages_file(root)
    existed = (root / packages).is_file()
    added = edit_packages(_text(root / packages) if existed else "", package, root)
    if added is None:
        changes.append(File(packages, None, "kept", "has the package"))
    else:
        changes.append(_told(packages, added, existed))
        by_hand += [(packages, block) for block in added.by_hand]

    if is_new:
        changes += [
            _made(root, path, text) for path, text in _examples(declared, exposures, today).items()
        ]
    return Changes(tuple(changes), tuple(by_hand))


def _vars_file(root: Path, declared: dict[str, Any]) -> tuple[Path, dict[str, Any]]:
    """The file that holds the project's vars, and the vars."""
    file = Path("vars.yml")
    if (root / file).is_file():
        found = parsed_mapping(root / file, _text(root / file))
        if found.get("vars"):
            return file, found["vars"]
    return Path("dbt_project.yml"), declared.get("vars") or {}


def _variables(root: Path, declared: dict[str, Any], exposures: str) -> str:
    lines = [
        "abstats:",
        "  # The staging model of the exposure log.",
        f"  experiment_exposures: {exposures}",
        "  # The dbt models that metrics are measured on.",
        f"  facts: [{FACT}]",
        "  # The zone of timestamps that have none.",
        "  time_zone: UTC",
    ]
    if _has_time_spine(root, declared):
        lines += ["  # The project has a time spine of its own.", "  time_spine: false"]
    return "\n".join(lines) + "\n"


def _has_time_spine(root: Path, declared: dict[str, Any]) -> bool:
    """A model of the project is configured as dbt's time spine."""
    return any(
        line.strip().startswith("time_spine:")
        for folder in declared.get("model-paths") or ["models"]
        for pattern in ("*.yml", "*.yaml")
        for path in (root / str(folder)).rglob(pattern)
        for line in _text(path).splitlines()
    )


def _packages_file(root: Path) -> Path:
    """Where dbt reads packages from."""
    dependencies = root / "dependencies.yml"
    if dependencies.is_file() and "packages" in parsed_mapping(dependencies, _text(dependencies)):
        return Path("dependencies.yml")
    return Path("packages.yml")


def _examples(declared: dict[str, Any], exposures: str, today: date) -> dict[Path, str]:
    paths = [str(path) for path in declared.get("model-paths") or ["models"]]
    models = next((path for path in paths if path != "metrics"), "models")
    installed = declared.get("packages-install-path") or "dbt_packages"
    experiment = _template("example_experiment.yml").format(
        schema=f"../{installed}/abstats/schemas/experiment.schema.json",
        start=today,
        end=today + timedelta(days=EXPERIMENT_DAYS),
    )
    return {
        Path("metrics", f"{FACT}.sql"): _template("fct_example_events.sql"),
        Path("metrics", f"{FACT}.yml"): _template("fct_example_events.yml"),
        Path(models, "staging", f"{exposures}.sql"): _template("stg_experiment_exposures.sql"),
        Path("experiments", "example.yml"): experiment,
    }


def _template(name: str) -> str:
    return files("abstats.cli.init").joinpath("templates", name).read_text(encoding="utf-8")


def _made(root: Path, path: Path, text: str) -> File:
    if (root / path).exists():
        return File(path, None, "kept")
    return File(path, text, "made")


def _told(path: Path, edited: Edited, existed: bool) -> File:
    if not edited.added:
        return File(path, None, "kept")
    did = "changed" if existed else "made"
    return File(path, edited.text, did, ", ".join(edited.added))


def _text(path: Path) -> str:
    # The bytes as they are: line ends are kept.
    return path.read_bytes().decode("utf-8")
