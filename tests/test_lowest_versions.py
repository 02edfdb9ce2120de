"""constraints-lowest.txt pins what pyproject.toml allows at least, for `make test-lowest`."""

import re
import tomllib

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.conftest import REPOSITORY

TOOLS = {"test", "dev", "benchmark"}
"""Extras of those who work on abstats; their tools are the newest."""

PYPROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def required() -> list[Requirement]:
    """What abstats and its engines need, itself left out."""
    extras = PYPROJECT["optional-dependencies"]
    lines = [
        *PYPROJECT["dependencies"],
        *(line for name, lines in extras.items() if name not in TOOLS for line in lines),
    ]
    found = [Requirement(line) for line in lines]
    return [requirement for requirement in found if requirement.name != "abstats"]


def pins(file: str) -> dict[str, Version]:
    lines = (REPOSITORY / file).read_text(encoding="utf-8").splitlines()
    pinned = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): Version(version) for name, version in pinned}


def lowest(specifier: SpecifierSet) -> Version:
    (bound,) = [Version(part.version) for part in specifier if part.operator == ">="]
    return bound


def test_every_requirement_has_a_lower_bound() -> None:
    assert [str(found) for found in required() if ">=" not in str(found.specifier)] == []


def test_every_requirement_is_pinned_to_its_lower_bound_and_nothing_else_is() -> None:
    bounds = {canonicalize_name(found.name): lowest(found.specifier) for found in required()}
    assert pins("constraints-lowest.txt") == bounds


def test_the_tested_versions_are_in_the_ranges() -> None:
    tested = pins("constraints.txt")
    outside = [
        str(found)
        for found in required()
        if not found.specifier.contains(tested[canonicalize_name(found.name)], prereleases=True)
    ]
    assert outside == []


def test_one_package_has_one_lower_bound() -> None:
    bounds: dict[str, set[Version]] = {}
    for found in required():
        bounds.setdefault(canonicalize_name(found.name), set()).add(lowest(found.specifier))
    assert {name: found for name, found in bounds.items() if len(found) > 1} == {}


def test_no_file_of_constraints_names_an_address() -> None:
    for file in ("constraints.txt", "constraints-lowest.txt"):
        text = (REPOSITORY / file).read_text(encoding="utf-8")
        assert not re.search(r"https?:|^-|@", text, flags=re.MULTILINE), file
