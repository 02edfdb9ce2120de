"""The suite at the size of `--quick`; `make simulate` is the same at full size."""

import json
import math

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from benchmarks.operating_characteristics import __main__ as program
from benchmarks.operating_characteristics.figure import (
    COVERAGE,
    ERROR,
    HOLDS,
    LIMIT,
    NONE,
    Figure,
    counted,
    covered,
    rejections,
)
from benchmarks.operating_characteristics.report import as_json, as_markdown, read_figures
from benchmarks.operating_characteristics.scenario import run, run_all
from benchmarks.operating_characteristics.sections import SECTIONS, scenarios_of

# Scenarios of a second or less at full size.
REPRODUCED = [
    ("sample_ratio", "balanced, 99/1, 10,000 units, 1 look"),
    ("group_sequential", "classic designs, 5 looks"),
    ("bayes", "28 looks"),
    ("margins", "Bernoulli 0.5 %, 20 % less, 90/10, 1,000 units"),
]


@pytest.mark.slow
@pytest.mark.parametrize("section", SECTIONS)
def test_what_claims_to_hold_holds_and_the_wrong_ways_fail(section) -> None:
    """Beyond the 99.9 % band of Monte-Carlo error, both."""
    scenarios = [scenario for scenario in scenarios_of(section) if scenario.quick]
    assert scenarios
    figures = [
        figure for scenario in scenarios for figure in run(scenario, seed=program.SEED, quick=True)
    ]
    report = as_json({section: figures}, seed=program.SEED, quick=True)
    assert program.unexpected(report) == []
    # These scenarios have units enough for what holds in the limit, too.
    ours = [figure for figure in figures if figure.claim != NONE]
    assert [figure for figure in ours if figure.verdict == "fails"] == []


@pytest.fixture
def run_program():
    app = typer.Typer()
    app.command()(program.main)
    return lambda *options: CliRunner().invoke(app, options)


def test_the_program_prints_tables_and_says_whether_all_is_as_claimed(run_program) -> None:
    result = run_program("--quick", "--only", "omnibus")
    assert result.exit_code == 0, result.output
    assert "### Omnibus test, no difference" in result.output
    assert "sd 3, 1, 1, 1 | omnibus | holds |" in result.output


def test_sections_that_do_not_exist_and_quick_figures_are_not_written(run_program) -> None:
    result = run_program("--only", "omnibuses")
    assert result.exit_code == 2
    assert "omnibuses, must be of means, proportions" in " ".join(result.output.split())
    result = run_program("--quick", "--write")
    assert result.exit_code == 2
    assert "must be without --quick" in " ".join(result.output.split())


def test_sections_are_written_among_those_that_were_written_before(tmp_path, monkeypatch) -> None:
    page, results = tmp_path / "page.md", tmp_path / "figures.json"
    page.write_text(f"Before.\n{program.BEGIN}\nstale\n{program.END}\nAfter.\n", encoding="utf-8")
    monkeypatch.setattr(program, "DOCUMENT", page)
    monkeypatch.setattr(program, "RESULTS", results)

    def write(section, seed=1):
        figure = counted("s", section, ERROR, np.arange(100) < 5, nominal=0.05)
        report = as_json({section: [figure]}, seed=seed, quick=False)
        program.write_figures(program.with_other_sections(report))
        return json.loads(results.read_text(encoding="utf-8"))

    assert list(write("strata")["sections"]) == ["strata"]
    assert list(write("means")["sections"]) == ["means", "strata"]
    text = page.read_text(encoding="utf-8")
    assert text.startswith("Before.")
    assert text.endswith("After.\n")
    assert "stale" not in text
    assert "Strata" in text
    with pytest.raises(ValueError, match="seed == 2, must be 1 as before"):
        write("means", seed=2)


def test_names_of_scenarios_are_unique_so_that_no_two_have_one_seed() -> None:
    for section in SECTIONS:
        names = [scenario.name for scenario in scenarios_of(section)]
        assert len(set(names)) == len(names)


@pytest.fixture(scope="module")
def committed():
    return json.loads(program.RESULTS.read_text(encoding="utf-8"))


def test_the_document_is_made_of_the_committed_figures(committed) -> None:
    page = program.DOCUMENT.read_text(encoding="utf-8")
    between = page.split(program.BEGIN)[1].split(program.END)[0]
    assert between.strip() == as_markdown(committed).strip()


def test_every_committed_claim_is_kept_at_full_size(committed) -> None:
    assert committed["quick"] is False
    assert committed["seed"] == program.SEED
    assert list(committed["sections"]) == list(SECTIONS)
    assert program.unexpected(committed) == []


@pytest.mark.parametrize(("section", "name"), REPRODUCED)
def test_the_seed_reproduces_committed_figures(committed, section, name) -> None:
    scenario = next(one for one in scenarios_of(section) if one.name == name)
    figures = run(scenario, seed=program.SEED, quick=False)
    known = read_figures(committed)[section]
    assert figures
    assert all(figure in known for figure in figures)


def test_a_scenario_gives_the_same_bytes_in_any_run() -> None:
    def bytes_of(jobs):
        found = {
            section: figures
            for section, _, figures in run_all(
                ["omnibus"], scenarios_of, seed=3, quick=True, jobs=jobs
            )
        }
        return json.dumps(as_json(found, seed=3, quick=True))

    assert bytes_of(1) == bytes_of(1) == bytes_of(2)


@pytest.mark.parametrize(
    ("promise", "hits", "verdict"),
    [
        (ERROR, 50, "holds"),
        (ERROR, 80, "fails"),
        (ERROR, 20, "conservative"),
        (COVERAGE, 80, "conservative"),
        (COVERAGE, 20, "fails"),
    ],
)
def test_the_verdict_knows_the_safe_side(promise, hits, verdict) -> None:
    nominal = 0.05 if promise == ERROR else 0.95
    if promise == COVERAGE:
        hits += 900
    assert Figure("s", "m", promise, HOLDS, nominal, hits, 1_000, 1_000).verdict == verdict


def test_an_answer_that_is_missing_is_neither_hit_nor_miss() -> None:
    figure = rejections("s", "m", [0.01, math.nan, 0.2, 0.05])
    assert (figure.hits, figure.replications, figure.drawn) == (2, 3, 4)
    bounds = [(0.0, 1.0), (math.nan, math.nan), (math.nan, 0.4), (0.6, math.nan)]
    figure = covered("s", "m", bounds, 0.5)
    assert (figure.hits, figure.replications, figure.drawn) == (1, 3, 4)
    nothing = rejections("s", "m", [math.nan])
    assert nothing.verdict == "no answer"
    assert math.isnan(nothing.observed)


def test_a_failure_of_a_claim_and_a_wrong_way_that_holds_are_unexpected() -> None:
    always, rarely = np.ones(1_000), np.arange(1_000) < 50
    figures = [
        counted("s", "claims to hold", ERROR, always, nominal=0.05, claim=HOLDS),
        counted("s", "holds", ERROR, rarely, nominal=0.05, claim=HOLDS),
        counted("s", "for large n", ERROR, always, nominal=0.05, claim=LIMIT),
        counted("s", "wrong but fine", ERROR, rarely, nominal=0.05, claim=NONE),
        counted("s", "wrong", ERROR, always, nominal=0.05, claim=NONE),
    ]
    report = as_json({"means": figures}, seed=1, quick=True)
    found = [row["method"] for row in program.unexpected(report)]
    assert found == ["claims to hold", "wrong but fine"]
