"""A section as a table for people, and as JSON."""

import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks.cost.comparison import Section
from benchmarks.cost.process import median_cost

PACKAGES = ("abstats", "dbt-core", "dbt-duckdb", "duckdb", "ibis-framework", "sqlglot")


def as_table(section: Section) -> str:
    """The medians of every step, then the ratios with the range of single repetitions."""
    width = max(len(name) for name in [*section.costs, *(ratio.name for ratio in section.ratios)])
    lines = [section.name, f"  {'':{width}}  {'CPU s':>9}  {'wall s':>9}  {'peak MB':>9}"]
    for step, costs in section.costs.items():
        cost = median_cost(costs)
        lines.append(
            f"  {step:{width}}  {cost.cpu_seconds:9.2f}  {cost.wall_seconds:9.2f}"
            f"  {cost.peak_mb:9.0f}"
        )
    lines.append(f"  {'':{width}}  {'ratio (range)':22}  {'goal':>7}")
    for ratio in section.ratios:
        goal = "" if ratio.goal is None else f"<= {ratio.goal:g}"
        line = f"  {ratio.name:{width}}  {ratio.measured:22}  {goal:>7}  {ratio.verdict}"
        lines.append(line.rstrip())
    return "\n".join(lines)


def write_json(section: Section, folder: Path, settings: dict[str, object]) -> None:
    """Write `cost_<section>.json`."""
    content = {
        "section": section.name,
        "settings": settings,
        "machine": {
            "cpus": os.cpu_count(),
            "platform": platform.platform(),
            "load_average": os.getloadavg(),
        },
        "versions": {
            "python": sys.version.split()[0],
            **{package: version(package) for package in PACKAGES},
        },
        "facts": section.facts,
        "costs": {
            step: {
                "median": median_cost(costs)._asdict(),
                "repeats": [cost._asdict() for cost in costs],
            }
            for step, costs in section.costs.items()
        },
        "ratios": [ratio._asdict() for ratio in section.ratios],
    }
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=1, default=str)
    (folder / f"cost_{section.name}.json").write_text(text + "\n", encoding="utf-8")
