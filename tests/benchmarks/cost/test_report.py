"""A section is printed as a table and written as JSON with the versions that made it."""

import json

import pytest

from benchmarks.cost.comparison import Ratio, Section
from benchmarks.cost.process import Cost
from benchmarks.cost.report import PACKAGES, as_table, write_json
from benchmarks.cost.steps import cheapest, measured_in_turn

SECTION = Section(
    "floor",
    {
        "floor, case": [Cost(2.0, 1.0, 100.0)],
        "ours": [Cost(3.0, 2.0, 200.0), Cost(5.0, 3.0, 300.0)],
    },
    [
        Ratio("ours / floor", 2.0, 1.2, 2.5, 1.25),
        Ratio("peer / floor", 3.0, 2.5, 3.5),
        Ratio("day / floor", None, None, None, 0.25, "within noise: why"),
    ],
    {"world": "small"},
)


def test_the_table_has_medians_ratios_and_which_goals_are_met():
    lines = [line.split() for line in as_table(SECTION).splitlines()]
    told = [" ".join(line) for line in lines]
    assert ["ours", "4.00", "2.50", "250"] in lines
    assert "ours / floor 2.00 (1.20 to 2.50) <= 1.25 missed, not in every repetition" in told
    assert "peer / floor 3.00 (2.50 to 3.50)" in told
    assert "day / floor within noise <= 0.25" in told


def test_the_json_holds_every_repetition_and_the_versions(tmp_path):
    write_json(SECTION, tmp_path, {"repeats": 2})
    content = json.loads((tmp_path / "cost_floor.json").read_text())
    assert [cost["cpu_seconds"] for cost in content["costs"]["ours"]["repeats"]] == [3.0, 5.0]
    assert content["ratios"][0] == {
        "name": "ours / floor",
        "value": 2.0,
        "low": 1.2,
        "high": 2.5,
        "goal": 1.25,
        "reason": None,
    }
    assert [content["ratios"][2][name] for name in ("value", "low", "high")] == [None] * 3
    assert content["versions"].keys() == {"python", *PACKAGES}
    assert content["machine"]["cpus"] >= 1


def test_steps_run_in_turn():
    order = []

    def step(name):
        return lambda: order.append(name) or Cost(1.0, 1.0, 1.0)

    costs = measured_in_turn({"a": step("a"), "b": step("b")}, repeats=2)
    assert order == ["a", "b", "a", "b"]
    assert len(costs["a"]) == 2


def test_what_was_measured_is_printed_before_a_later_step_fails(capsys):
    def fails():
        raise RuntimeError("no such luck")

    steps = {"a": lambda: Cost(1.5, 2.0, 300.0), "b": fails}
    with pytest.raises(RuntimeError, match="no such luck"):
        measured_in_turn(steps, repeats=2)
    assert capsys.readouterr().out == "a [1 of 2]: 1.50 CPU s, 2.00 wall s, 300 MB\n"


def test_the_cheapest_way_is_the_one_with_the_least_cpu():
    costs = {"floor, a": [Cost(2.0, 1, 1)], "floor, b": [Cost(1.0, 9, 9)], "ours": [Cost(0, 0, 0)]}
    assert cheapest(costs, "floor") == "floor, b"
