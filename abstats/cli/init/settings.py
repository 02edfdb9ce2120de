"""The edits of dbt_project.yml and packages.yml."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from abstats.cli.failure import CommandError
from abstats.cli.init.yaml_edit import UneditableError, with_block, with_item

_Edit = Callable[[str], str]
_FLAGS = {
    "partial_parse": (
        "# dbt's partial parsing aborts after an edit of a file with an inline ratio metric.\n"
        "partial_parse: false\n"
    ),
    "require_ref_searches_node_package_before_root": (
        "# A model of abstats that refers to another finds its own, also if you have one of that "
        "name.\n"
        "require_ref_searches_node_package_before_root: true\n"
    ),
}


class Edited(NamedTuple):
    """A YAML file after its edits.

    Attributes:
        text: Its content.
        added: What was added, in words.
        by_hand: What the user has to add.
    """

    text: str
    added: tuple[str, ...]
    by_hand: tuple[str, ...]

    def edit(self, what: str, instead: str, edit: _Edit) -> "Edited":
        """One more edit; where it cannot be made safely, `instead` is left to the user."""
        try:
            return Edited(edit(self.text), (*self.added, what), self.by_hand)
        except UneditableError:
            return Edited(self.text, self.added, (*self.by_hand, instead))


def edit_project(
    text: str, found: dict[str, Any], variables: str | None, *, with_flags: bool
) -> Edited:
    """dbt_project.yml with the metrics folder, the flags and the var block.

    Args:
        text: The file.
        found: The same, parsed.
        variables: YAML of the var block `abstats:`; None where it stands elsewhere.
        with_flags: False where the profile holds the flags.
    """
    edited = Edited(text, (), ())
    paths = found.get("model-paths")
    if paths is None:
        block = 'model-paths: ["models", "metrics"]\n'
        edited = edited.edit("model-paths", block, lambda text: with_block(text, None, block))
    elif "metrics" not in paths:
        item = '"metrics"'
        instead = 'model-paths: [..., "metrics"]\n'
        edited = edited.edit(
            "model-paths", instead, lambda text: with_item(text, "model-paths", item)
        )
    missing = _FLAGS.keys() - (found.get("flags") or {}).keys() if with_flags else frozenset()
    if missing:
        flags = "".join(text for name, text in _FLAGS.items() if name in missing)
        instead = "flags:\n" + "".join(f"  {line}\n" for line in flags.splitlines())
        edited = edited.edit("flags", instead, lambda text: with_block(text, "flags", flags))
    if variables is not None:
        edited = edit_variables(edited, variables)
    return edited


def edit_variables(edited: Edited, variables: str) -> Edited:
    """A file with the var block under `vars:`."""
    instead = "vars:\n" + "".join(f"  {line}\n" for line in variables.splitlines())
    return edited.edit("vars", instead, lambda text: with_block(text, "vars", variables))


def edit_packages(text: str, package: Path, root: Path) -> Edited | None:
    """packages.yml with the dbt package; None where it is there already.

    Args:
        text: The file; empty where there is none.
        package: Folder of the dbt package.
        root: Folder of the project.
    """
    found = yaml.safe_load(text) or {}
    packages = found.get("packages") or []
    if any(_is_ours(entry, package, root) for entry in packages):
        return None
    place = yaml.safe_dump(str(local_path(package, root)), width=10_000).removesuffix("...\n")
    item = f"local: {place.strip()}"
    block = f"packages:\n  - {item}\n"
    edited = Edited(text, (), ())
    if "packages" not in found:
        return edited.edit("abstats", block, lambda text: with_block(text, None, block))
    return edited.edit("abstats", block, lambda text: with_item(text, "packages", item))


def local_path(package: Path, root: Path) -> Path:
    """The package as the project names it: relative where they have a common parent."""
    package, root = package.resolve(), root.resolve()
    try:
        common = Path(os.path.commonpath([package, root]))
    except ValueError:
        return package
    return package if common == Path(common.anchor) else Path(os.path.relpath(package, root))


def parsed_mapping(path: Path, text: str) -> dict[str, Any]:
    """A YAML file's mapping.

    Raises:
        CommandError: It is no YAML, or no mapping.
    """
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise CommandError(f"{path} cannot be read as YAML: {error}") from error
    if found is not None and not isinstance(found, dict):
        raise CommandError(f"{path} must be a mapping of keys to values.")
    return found or {}


def _is_ours(entry: object, package: Path, root: Path) -> bool:
    if not isinstance(entry, dict):
        return False
    local = entry.get("local")
    if local is not None:
        return (root / str(local)).resolve() == package.resolve()
    return any("abstats" in str(value) for value in entry.values())
