"""README's figures of cost are those that the benchmark wrote."""

import json
import re

from tests.conftest import REPOSITORY

RESULTS = REPOSITORY / "benchmarks" / "results"
ROW = re.compile(r"^\| (\w+) \| (.+?) \| ([\d.]+) \| (?:≤ ([\d.]+))? ?\|$", re.MULTILINE)


def test_every_row_of_the_table_stands_in_the_results() -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    rows = ROW.findall(text.partition("## Performance")[2].partition("\n## ")[0])
    assert rows
    for section, name, value, goal in rows:
        written = json.loads((RESULTS / f"cost_{section}.json").read_text(encoding="utf-8"))
        (ratio,) = (ratio for ratio in written["ratios"] if ratio["name"] == name)
        assert f"{ratio['value']:.2f}" == value, name
        assert f"{ratio['goal']:g}" == goal if goal else ratio["goal"] is None, name


def test_every_ratio_with_a_goal_stands_in_the_table() -> None:
    """Those that are missed too."""
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    for file in RESULTS.glob("cost_*.json"):
        for ratio in json.loads(file.read_text(encoding="utf-8"))["ratios"]:
            if ratio["goal"] is not None:
                assert f"| {ratio['name']} |" in text, (file.name, ratio["name"])
