"""Type I error, coverage and power of every test, simulated: `make simulate`.

    python -m benchmarks.operating_characteristics --quick
    python -m benchmarks.operating_characteristics --only means,bayes --jobs 2
    python -m benchmarks.operating_characteristics --write

With `--only`, `--write` replaces these sections and leaves the others: every scenario has a seed of
its own, so sections that are simulated one by one are those of one run. The exit code is 1 when a
method that claims to hold fails, or a wrong way holds.
"""

import json
import sys
import time
from typing import Annotated

import typer

from benchmarks.demo_project import REPOSITORY
from benchmarks.operating_characteristics.figure import HOLDS, NONE, Figure
from benchmarks.operating_characteristics.report import Report, as_json, as_markdown, as_text
from benchmarks.operating_characteristics.scenario import run_all
from benchmarks.operating_characteristics.sections import SECTIONS, scenarios_of

DOCUMENT = REPOSITORY / "docs" / "methods" / "operating-characteristics.md"
RESULTS = REPOSITORY / "benchmarks" / "results" / "operating_characteristics.json"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
SEED = 2026


def main(
    only: Annotated[str, typer.Option(help="Sections, with commas between.")] = ",".join(SECTIONS),
    seed: Annotated[int, typer.Option(min=0, help="Seed of all scenarios.")] = SEED,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    quick: Annotated[bool, typer.Option("--quick", help="Few scenarios, few experiments.")] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Write the figures into docs/ and benchmarks/results/.")
    ] = False,
) -> None:
    """Simulate what the methods promise."""
    names = [name.strip() for name in only.split(",")]
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}, must be of {', '.join(SECTIONS)}.")
    if write and quick:
        raise typer.BadParameter("--write == True, must be without --quick.")
    report = as_json(simulated(names, seed=seed, quick=quick, jobs=jobs), seed=seed, quick=quick)
    if write:
        write_figures(with_other_sections(report))
    else:
        print(as_markdown(report))
    raise typer.Exit(1 if unexpected(report) else 0)


def simulated(names: list[str], *, seed: int, quick: bool, jobs: int) -> dict[str, list[Figure]]:
    """The figures of these sections; tells on standard error how far it is."""
    figures: dict[str, list[Figure]] = {name: [] for name in names}
    began = time.monotonic()
    for section, scenario, found in run_all(names, scenarios_of, seed=seed, quick=quick, jobs=jobs):
        figures[section] += found
        line = f"{time.monotonic() - began:7.1f} s, CPU {time.process_time():7.1f}"
        print(f"{line}  {section}: {scenario}", file=sys.stderr, flush=True)
        for figure in found:
            if _is_unexpected(figure):
                print(f"    {figure.verdict}: {figure}", file=sys.stderr)
    return figures


def unexpected(report: Report) -> list[dict[str, object]]:
    """Methods that claim to hold and fail, and wrong ways that do not fail."""
    rows = [row for of_section in report["sections"].values() for row in of_section]
    return [
        row
        for row in rows
        if (row["claim"] == HOLDS and row["verdict"] == "fails")
        or (row["claim"] == NONE and row["verdict"] != "fails")
    ]


def _is_unexpected(figure: Figure) -> bool:
    is_failure = figure.verdict == "fails"
    return (figure.claim == HOLDS and is_failure) or (figure.claim == NONE and not is_failure)


def with_other_sections(report: Report) -> Report:
    """The report with the sections of the one that was written before, where it has none.

    Raises:
        ValueError: The one before has another seed or other versions.
    """
    if not RESULTS.exists() or list(report["sections"]) == list(SECTIONS):
        return report
    before = json.loads(RESULTS.read_text(encoding="utf-8"))
    for name in ("seed", "versions"):
        if before[name] != report[name]:
            raise ValueError(f"{name} == {report[name]!r}, must be {before[name]!r} as before.")
    sections = before["sections"] | report["sections"]
    return report | {"sections": {name: sections[name] for name in SECTIONS if name in sections}}


def write_figures(report: Report) -> None:
    """Replace the figures in the document, and the JSON beside the programs."""
    before, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    page = f"{before}{BEGIN}\n\n{as_markdown(report)}\n{END}{after}"
    DOCUMENT.write_text(page, encoding="utf-8")
    RESULTS.write_text(as_text(report), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
