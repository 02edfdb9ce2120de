"""What a build costs, as ratios to the best hand-written statement: `make benchmark`.

Every step runs in a process of its own, the steps of a section in turn, several times; each is
printed when it ends. The table shows medians of CPU seconds (user and system, children included),
wall seconds and peak memory, and ratios with the smallest and the largest of one repetition.

    python -m benchmarks.cost --only floor,metrics --events 2e6 --units 1e5 --repeats 3
"""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.cost.bench import Bench
from benchmarks.cost.process import REPOSITORY
from benchmarks.cost.report import as_table, write_json
from benchmarks.cost.sections import SECTIONS
from benchmarks.cost.world import World

CACHE = REPOSITORY / "benchmarks" / ".cache"
RESULTS = REPOSITORY / "benchmarks" / "results"
SIZES = 20_000_000, 1_000_000
"""Events and units for which the goals are set."""
SMALLER_SIZES = {
    "day": (4_000_000, 200_000),
    "metrics": (8_000_000, 400_000),
    "experiments": (8_000_000, 400_000),
    "peers": (8_000_000, 400_000),
}
"""Of sections of many long builds; at 20 M events each would take hours.

At 2 M events less is left of a build than builds of the empty world differ by.
"""


def main(  # noqa: PLR0917 - typer passes options by name
    only: Annotated[str, typer.Option(help="Sections, with commas between.")] = ",".join(SECTIONS),
    events: Annotated[
        float | None,
        typer.Option(min=1, help="Rows of each fact.", show_default="20e6, or fewer by section"),
    ] = None,
    units: Annotated[
        float | None,
        typer.Option(min=1, help="Units that exist.", show_default="1e6, or fewer by section"),
    ] = None,
    days: Annotated[int, typer.Option(min=2, help="Days of the experiments.")] = 28,
    late_day: Annotated[int, typer.Option(min=3, help="The late day of `day`.")] = 100,
    share: Annotated[float, typer.Option(help="Share of the units in each experiment.")] = 1.0,
    small: Annotated[float, typer.Option(min=1, help="Events of the small `scale`.")] = 10e6,
    large: Annotated[float, typer.Option(min=1, help="Events of the large `scale`.")] = 100e6,
    repeats: Annotated[int, typer.Option(min=1, help="Repetitions of every step.")] = 3,
    threads: Annotated[int, typer.Option(min=1, help="Threads of DuckDB and dbt.")] = 2,
    cache: Annotated[Path, typer.Option(help="Where worlds are kept.")] = CACHE,
    results: Annotated[Path, typer.Option(help="Where the JSON goes.")] = RESULTS,
    peer_python: Annotated[str, typer.Option(help="Python with tea-tasting.")] = sys.executable,
    quick: Annotated[bool, typer.Option("--quick", help="Tiny sizes, once.")] = False,
) -> None:
    """Measure what a build costs."""
    names = [name.strip() for name in only.split(",")]
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}, must be of {', '.join(SECTIONS)}.")
    bench = Bench(
        world=World(*SIZES, days, share=share),
        many=(50, 20),
        few=5,
        late_day=late_day,
        scale=(round(small), round(large)),
        repeats=repeats,
        threads=threads,
        folder=cache.resolve(),
        peer_python=peer_python,
    )
    for name in names:
        own_events, own_units = SMALLER_SIZES.get(name, SIZES)
        world = replace(
            bench.world, events=round(events or own_events), units=round(units or own_units)
        )
        sized = replace(bench, world=world)
        if quick:
            sized = quickly(sized)
        section = SECTIONS[name](sized)
        print(as_table(section), end="\n\n", flush=True)
        settings = {"repeats": sized.repeats, "threads": sized.threads, "quick": quick}
        write_json(section, results, settings)


def quickly(bench: Bench) -> Bench:
    """The same at sizes that show that it runs, and nothing else."""
    return replace(
        bench,
        world=replace(bench.world, events=4000, units=200, days=10),
        many=(6, 3),
        few=2,
        late_day=12,
        scale=(2000, 4000),
        repeats=1,
    )


if __name__ == "__main__":
    typer.run(main)
