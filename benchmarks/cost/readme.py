"""README's table of Performance, written anew from the results.

    python -m benchmarks.cost.readme

Ratios with a goal are in it, and what the floor of each date in turn costs.
"""

import json
import re
from pathlib import Path

from benchmarks.cost.__main__ import RESULTS
from benchmarks.cost.comparison import Ratio
from benchmarks.cost.process import REPOSITORY
from benchmarks.cost.sections import SECTIONS
from benchmarks.cost.sections.timeline import EACH_DATE

README = REPOSITORY / "README.md"
HEADER = "| section | ratio of CPU seconds | measured (range) | goal | |\n|---|---|---|---|---|\n"
_TABLE = re.compile(re.escape(HEADER) + r"(?:\|.*\n)*")


def with_table(text: str, results: Path) -> str:
    """A page with the rows of the results in its table.

    Raises:
        ValueError: The page has no such table, or several.
    """
    rows = "".join(
        _row(section, Ratio(**ratio))
        for section in SECTIONS
        for ratio in json.loads((results / f"cost_{section}.json").read_text("utf-8"))["ratios"]
        if ratio["goal"] is not None or ratio["name"].startswith(EACH_DATE)
    )
    written, tables = _TABLE.subn(lambda _: HEADER + rows, text)
    if tables != 1:
        raise ValueError(f"{tables} tables begin with {HEADER.splitlines()[0]!r}, must be 1.")
    return written


def _row(section: str, ratio: Ratio) -> str:
    goal = "" if ratio.goal is None else f"≤ {ratio.goal:g}"
    cells = section, ratio.name, ratio.measured, goal, ratio.verdict
    return "".join(f"| {cell} " if cell else "| " for cell in cells) + "|\n"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text("utf-8"), RESULTS), "utf-8")
