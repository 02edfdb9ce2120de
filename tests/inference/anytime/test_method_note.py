"""The method notes' code runs and prints what they say."""

import doctest
from pathlib import Path

import pytest

NOTES = Path(__file__).resolve().parents[3] / "docs" / "methods"


@pytest.mark.parametrize("note", ["always-valid.md", "bayes.md"])
def test_the_examples_of_the_method_notes_run(note) -> None:
    result = doctest.testfile(str(NOTES / note), module_relative=False)
    assert result.attempted > 5
    assert result.failed == 0
