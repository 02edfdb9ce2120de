"""Twenty seeds of a small world; `benchmarks/demo_coverage.py` runs 200."""

import json

import duckdb
import pytest

from abstats.demo.world import World
from benchmarks import demo_coverage
from benchmarks.coverage_outcomes import read_outcome
from benchmarks.coverage_rates import ABSOLUTE, rates
from benchmarks.coverage_report import Settings, as_markdown
from benchmarks.demo_project import (
    DATABASE,
    build_with_dbt,
    compiled_models,
    connect_to_world,
    run_models,
)

pytestmark = [pytest.mark.slow, pytest.mark.dbt]

USERS, DAYS, SEEDS = 1000, 28, range(1, 21)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder and the DuckDB file of a demo that dbt built."""
    folder = tmp_path_factory.mktemp("demo_coverage")
    return folder, build_with_dbt(folder, World(USERS, DAYS, SEEDS[0]))


@pytest.fixture(scope="module")
def outcomes(built):
    """What every world shows against the truth, and against a truth of no effect anywhere."""
    models = compiled_models(built[0])
    against_truth, against_zero = [], []
    for seed in SEEDS:
        with connect_to_world(World(USERS, DAYS, seed)) as connection:
            run_models(connection, models)
            against_truth.append(read_outcome(connection, seed))
            connection.execute("update raw.true_effects set true_effect_abs = 0")
            against_zero.append(read_outcome(connection, seed))
    return against_truth, against_zero


def test_running_the_compiled_models_gives_exactly_the_tables_that_dbt_built(built):
    folder, file = built
    models = compiled_models(folder)
    with (
        connect_to_world(World(USERS, DAYS, SEEDS[0])) as repeated,
        duckdb.connect(config={"threads": 1}) as by_dbt,
    ):
        run_models(repeated, models)
        by_dbt.execute(f"attach '{file}' as {DATABASE} (read_only)")
        assert {model.name for model in models} >= {
            "fct_experiment_results",
            "fct_experiment_health",
            "fct_experiment_decisions",
        }
        for model in models:
            assert rows(repeated, model) == rows(by_dbt, model), model.name


def rows(connection, model):
    """Names, types and rows of a model's table, without the moment at which it was computed.

    Columns by name: a contract puts them into its own order.
    """
    table = connection.sql(f"from {model.relation}").to_arrow_table()
    table = table.select(sorted(name for name in table.column_names if name != "computed_at"))
    return table.schema, sorted(map(repr, table.to_pylist()))


def test_over_twenty_seeds_intervals_cover_and_aa_tests_are_called_at_nominal_rates(outcomes):
    against_truth, _ = outcomes
    all_rates = rates(against_truth)
    assert len(all_rates) > 100
    outside = [demo_coverage.described(rate) for rate in all_rates if rate.is_outside]
    assert outside == []


def test_over_twenty_seeds_a_wrong_truth_is_noticed(outcomes):
    _, against_zero = outcomes
    outside = {
        rate.subject
        for rate in rates(against_zero)
        if rate.is_outside and rate.quantity == ABSOLUTE
    }
    assert ("2 arms", "ratio", "cuped") in outside
    assert ("recommender_cf_vs_content", "content", "ctr", "ratio", "cuped") in outside


def test_several_processes_find_what_one_finds(built, outcomes):
    worlds = [World(USERS, DAYS, seed) for seed in SEEDS[:3]]
    assert list(demo_coverage.run(worlds, compiled_models(built[0]), jobs=2)) == outcomes[0][:3]


def test_figures_are_written_between_their_marks_and_as_json(outcomes, tmp_path, monkeypatch):
    document, results = tmp_path / "page.md", tmp_path / "figures.json"
    document.write_text(f"Before.\n{demo_coverage.BEGIN}\nold\n{demo_coverage.END}\nAfter.\n")
    monkeypatch.setattr(demo_coverage, "DOCUMENT", document)
    monkeypatch.setattr(demo_coverage, "RESULTS", results)
    settings = Settings(len(SEEDS), SEEDS[0], USERS, DAYS)
    against_truth, _ = outcomes
    all_rates = rates(against_truth)
    figures = as_markdown(settings, against_truth, all_rates)
    demo_coverage.write_figures(figures, settings, against_truth, all_rates)
    page = document.read_text()
    assert page.startswith("Before.")
    assert page.endswith("After.\n")
    assert "old" not in page
    assert figures in page
    written = json.loads(results.read_text())
    assert written["is_within_bands"] is True
    assert len(written["rates"]) == len(all_rates)
    assert {"python", "abstats", "duckdb", "dbt-core"} <= set(written["versions"])
