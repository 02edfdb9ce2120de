"""The method notes' code runs and prints what they say."""

import doctest
from pathlib import Path

NOTES = Path(__file__).resolve().parents[3] / "docs" / "methods" / "sequential.md"


def test_the_examples_of_the_method_notes_run() -> None:
    result = doctest.testfile(str(NOTES), module_relative=False)
    assert result.attempted > 5
    assert result.failed == 0
