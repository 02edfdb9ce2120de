"""Do the demo's intervals cover the truth, and are its A/A tests called, at their nominal rates?

For every seed a small demo world is simulated, the real pipeline runs on it, and the intervals of
`fct_experiment_results` (95 %, unadjusted and CUPED, absolute and relative) are compared with
`raw.true_effects`. dbt itself builds the first world. On all worlds the models run as dbt compiled
them there, the same text and the same Python (`benchmarks/demo_project.py`), because dbt needs ten
seconds to start and a small world one to be analysed.

    python -m benchmarks.demo_coverage --seeds 200 --jobs 2

The exit code is 1 when a rate lies outside its gate: for a pooled rate its 99.9 % band, with the
standard error clustered by seed; for the single comparisons exact binomial bands that hold jointly
with 99.9 %.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from abstats.demo.world import World
from benchmarks.coverage_outcomes import Outcome, outcome
from benchmarks.coverage_rates import Rate, rates
from benchmarks.coverage_report import Settings, as_json, as_markdown, described
from benchmarks.demo_project import REPOSITORY, Model, build_with_dbt, compiled_models

DOCUMENT = REPOSITORY / "docs" / "methods" / "demo-coverage.md"
RESULTS = REPOSITORY / "benchmarks" / "results" / "demo_coverage.json"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def main(  # noqa: PLR0917 - typer passes options by name
    seeds: Annotated[int, typer.Option(min=2, help="Number of worlds.")] = 200,
    users: Annotated[int, typer.Option(min=100, help="Viewers of each world.")] = 1500,
    days: Annotated[int, typer.Option(min=1, help="Days of the experiments.")] = 28,
    first_seed: Annotated[int, typer.Option(min=0, help="Seed of the first world.")] = 1,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    write: Annotated[
        bool, typer.Option("--write", help="Write the figures into docs/ and benchmarks/results/.")
    ] = False,
) -> None:
    """Compare the demo's intervals and verdicts with the truth over many seeds."""
    worlds = [World(users, days, seed) for seed in range(first_seed, first_seed + seeds)]
    with TemporaryDirectory() as folder:
        build_with_dbt(Path(folder), worlds[0])
        models = compiled_models(Path(folder))
    outcomes = []
    for done, one in enumerate(run(worlds, models, jobs), start=1):
        outcomes.append(one)
        print(f"\r{done} of {seeds} worlds", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)

    settings = Settings(seeds, first_seed, users, days)
    all_rates = rates(outcomes)
    figures = as_markdown(settings, outcomes, all_rates)
    print(figures)
    if write:
        write_figures(figures, settings, outcomes, all_rates)
    outside = [rate for rate in all_rates if rate.is_outside]
    for rate in outside:
        print(f"Outside: {described(rate)}", file=sys.stderr)
    raise typer.Exit(1 if outside else 0)


def run(worlds: Sequence[World], models: Sequence[Model], jobs: int) -> Iterator[Outcome]:
    """The outcome of every world, in their order, computed by `jobs` processes."""
    if jobs == 1:
        yield from (outcome(world, models) for world in worlds)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(outcome, worlds, [models] * len(worlds))


def write_figures(
    figures: str, settings: Settings, outcomes: Sequence[Outcome], all_rates: Sequence[Rate]
) -> None:
    """Replace the figures in the document, and the JSON beside this program."""
    before, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{figures}\n{END}{after}", encoding="utf-8")
    content = json.dumps(as_json(settings, outcomes, all_rates), indent=1)
    RESULTS.write_text(content + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
