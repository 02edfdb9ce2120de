"""No command stands in the documentation that is neither run by a test nor listed with a reason."""

from pathlib import Path

import pytest

from . import test_install_guide, test_readme, test_recipes
from .not_run import MENTIONED, NOT_RUN
from .pages import ROOT, blocks, commands_in_prose, pages

FOLLOWED = (
    test_install_guide.PAGE,
    test_readme.PAGE,
    test_recipes.PAGE,
    test_recipes.SCHEDULING,
)


def commands_of(page: Path) -> set[str]:
    """Commands of the fenced blocks of a page."""
    found = {
        command
        for block in blocks(page)
        if block.language in ("sh", "bash", "shell")
        for command in block.commands
    }
    return found | {
        line.removeprefix("$ ")
        for block in blocks(page)
        if block.language == "console"
        for line in block.text.splitlines()
        if line.startswith("$ ")
    }


def run_commands() -> set[str]:
    """Commands that a test runs as a page says, and the demo's, which the Makefile has."""
    run = {command for page in FOLLOWED for command in commands_of(page)} - NOT_RUN.keys()
    return run | set(test_readme.demo_steps())


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_is_run_or_has_a_reason(page: Path) -> None:
    left = commands_of(page) - run_commands() - NOT_RUN.keys()
    assert not left, f"run them in a test, or say in not_run.py why not: {sorted(left)}"


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_a_sentence_names_is_run_or_has_a_reason(page: Path) -> None:
    left = commands_in_prose(page) - run_commands() - NOT_RUN.keys() - MENTIONED.keys()
    assert not left, f"run them in a test, or say in not_run.py why not: {sorted(left)}"


def test_no_reason_outlives_its_command() -> None:
    named = {command for page in pages() for command in commands_of(page)}
    mentioned = {command for page in pages() for command in commands_in_prose(page)}
    assert NOT_RUN.keys() - named - mentioned == set()
    assert MENTIONED.keys() - mentioned == set()


def test_every_reason_is_given() -> None:
    assert all(reason.strip() for reason in [*NOT_RUN.values(), *MENTIONED.values()])
