"""The method note's code runs and prints what it says."""

import doctest
from pathlib import Path

NOTE = Path(__file__).resolve().parents[3] / "docs" / "methods" / "power.md"


def test_the_examples_of_the_method_note_run() -> None:
    result = doctest.testfile(str(NOTE), module_relative=False)
    assert result.attempted >= 6
    assert result.failed == 0
