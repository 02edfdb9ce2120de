"""README's figures of cost are those that the benchmark wrote."""

import json
import re
from statistics import median
from typing import Any

import pytest

from benchmarks.cost.comparison import Ratio
from tests.conftest import REPOSITORY

RESULTS = REPOSITORY / "benchmarks" / "results"
ROW = re.compile(r"^\| (\w+) \| (.+?) \| (.+?) \| (?:≤ ([\d.]+) )?\| (?:(.+?) )?\|$", re.MULTILINE)


def performance() -> str:
    """The section of README."""
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    return text.partition("## Performance")[2].partition("\n## ")[0]


def results(section: str) -> dict[str, Any]:
    """What the benchmark wrote of a section."""
    written: dict[str, Any] = json.loads((RESULTS / f"cost_{section}.json").read_text("utf-8"))
    return written


def crosses(ratio: dict[str, Any]) -> bool:
    """Some repetition met the goal and some did not."""
    return ratio["low"] is not None and ratio["low"] <= ratio["goal"] < ratio["high"]


def test_every_row_of_the_table_stands_in_the_results() -> None:
    rows = ROW.findall(performance())[2:]  # Below the header and its line.
    assert rows
    for section, name, measured, goal, verdict in rows:
        (ratio,) = (it for it in results(section)["ratios"] if it["name"] == name)
        value, low, high = ratio["value"], ratio["low"], ratio["high"]
        if value is None:
            assert ratio["reason"].startswith(f"{measured}:"), name
            assert not verdict, name
            continue
        range_ = "unclear" if low is None else f"{low:.2f} to {high:.2f}"
        assert measured == f"{value:.2f} ({range_})", name
        assert (f"{ratio['goal']:g}" if ratio["goal"] is not None else "") == goal, name
        if goal:
            assert verdict.startswith("met" if value <= ratio["goal"] else "missed"), name
            assert ("not in every repetition" in verdict) == crosses(ratio), name


def test_every_ratio_with_a_goal_stands_in_the_table() -> None:
    """Those that are missed too."""
    for file in RESULTS.glob("cost_*.json"):
        for ratio in json.loads(file.read_text(encoding="utf-8"))["ratios"]:
            if ratio["goal"] is not None:
                assert f"| {ratio['name']} |" in performance(), (file.name, ratio["name"])


def test_goals_that_are_met_missed_and_not_told_are_counted() -> None:
    written = [json.loads(file.read_text("utf-8")) for file in RESULTS.glob("cost_*.json")]
    goals = [ratio for file in written for ratio in file["ratios"] if ratio["goal"] is not None]
    told = [ratio for ratio in goals if ratio["value"] is not None]
    met = sum(ratio["value"] <= ratio["goal"] for ratio in told)
    crossed = sum(map(crosses, told))
    text = " ".join(performance().split())
    assert (
        f"Of {len(goals)} goals {met} are met, {len(told) - met} are missed and "
        f"{len(goals) - len(told)} are within noise; {crossed} of the {len(told)} have a repetition"
    ) in text


def test_what_the_empty_world_takes_is_what_the_results_say() -> None:
    empty, start_up = [], []
    for file in RESULTS.glob("cost_*.json"):
        if file.name.startswith("cost_engine"):
            continue
        for step, cost in json.loads(file.read_text("utf-8"))["costs"].items():
            seconds = [repeat["cpu_seconds"] for repeat in cost["repeats"]]
            if "empty world" in step:
                empty.append(seconds)
            elif step.endswith("start-up"):
                start_up.append(seconds)
    medians, starts = ([f"{median(one):.0f}" for one in many] for many in (empty, start_up))
    text = " ".join(performance().split())
    assert (
        f"{min(medians, key=int)} to {max(medians, key=int)} CPU seconds (medians), of which dbt's "
        f"start {min(starts, key=int)} to {max(starts, key=int)}, and its repetitions differ by "
        f"up to {max(max(one) - min(one) for one in empty):.1f}."
    ) in text


@pytest.mark.parametrize("engine", ["postgres", "spark"])
def test_what_builds_cost_on_an_engine_is_what_the_results_say(engine: str) -> None:
    text = (REPOSITORY / "docs" / "engines.md").read_text(encoding="utf-8")
    text = text.partition("## What builds cost there")[2].partition("\n## ")[0]
    text = text.partition(f"| {engine.capitalize()} | DuckDB |")[2]
    text = re.sub(r" M (events|/)", r",000,000 \1", text)
    tables = text.split("\n\n| ", 2)[:2]
    costs, ratios = (results(f"engine_{engine}")[part] for part in ("costs", "ratios"))
    rows = re.findall(r"^\| (.+?) \| (\d+) \| (\d+) \|$", tables[0], re.MULTILINE)
    assert [f"{engine}, {name}" for name, *_ in rows] == [s for s in costs if s.startswith(engine)]
    for name, *cells in rows:
        for where, cell in zip((engine, "duckdb"), cells, strict=True):
            seconds = costs[f"{where}, {name}"]["median"]["cpu_seconds"]
            assert f"{seconds:.0f}" == cell, (where, name)
    shown = dict(re.findall(r"^\| (.+?) \| (\d.+|within noise) \|$", tables[1], re.MULTILINE))
    assert shown == {ratio["name"]: Ratio(**ratio).measured for ratio in ratios}
