"""Each recipe, run as it is written, does what the page says."""

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.same_rows import in_order, is_same

from .followed import assert_printed, follow, shell, write
from .pages import ROOT, Block, blocks

PAGE = ROOT / "docs" / "recipes.md"
SCHEDULING = ROOT / "docs" / "scheduling.md"
EXAMPLES = ROOT / "examples" / "scheduling"
SLIM_CI = "Slim CI"

pytestmark = [pytest.mark.dbt, pytest.mark.slow]


def section(name: str) -> list[Block]:
    found = [block for block in blocks(PAGE) if block.section == name]
    assert found, f"no section {name}"
    return found


def query(demo: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(demo / "abstats_demo.duckdb"), read_only=True) as connection:
        return connection.sql(sql).fetchall()


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) >= 1, f"{old!r} is not in {file}"
    file.write_text(text.replace(old, new))


def prepared(demo: Path) -> Path:
    """With the second target and production's manifest of Slim CI."""
    file, keep = section(SLIM_CI)[:2]
    write(file, demo)
    shell(keep.text, demo)
    return demo


def listed(demo: Path, selection: str) -> set[str]:
    """Names of the models that a selection has."""
    names = shell(f"dbt ls --quiet --resource-type model --output name --select {selection}", demo)
    return set(names.split())


def built(demo: Path) -> set[str]:
    """Names of the models that the last command built."""
    results = json.loads((demo / "target" / "run_results.json").read_text())["results"]
    return {result["unique_id"].split(".")[-1] for result in results}


def test_the_daily_build_of_cron_heals_days_that_were_loaded_again(copy_of_demo):
    demo = copy_of_demo
    (build,) = section("Every morning")[0].commands
    assert [block.commands for block in section("Backfill from a date")] == [[build]]
    days = (
        "select partition_date::varchar, partition_key, inputs_hash from int_experiment_unit_days "
        "where fact = 'fct_watches' and partition_date {} '2026-01-20' "
        "and inputs_hash is not null order by all"
    )
    moments = "select * from fct_experiment_moments where analysis_date < '2026-01-20' order by all"
    minutes = """
        select analysis_date::varchar, control_mean from fct_experiment_results
        where metric_name = 'watch_minutes' and experiment_id = 'aa_check' and is_current
        and segment_name = 'all' and estimator = 'unadjusted' and not is_winsorised order by all
    """
    kept = {sql: query(demo, sql) for sql in (days.format("<"), moments)}
    reloaded, means = query(demo, days.format(">=")), query(demo, minutes)
    computed = query(demo, "select max(computed_at) from fct_experiment_decisions")
    with duckdb.connect(str(demo / "abstats_demo.duckdb")) as connection:
        connection.execute(
            """
            update raw.watches set minutes_watched = 2 * minutes_watched
            where started_at >= '2026-01-20'
            """
        )
    page = run_by_cron(demo)
    assert {sql: query(demo, sql) for sql in kept} == kept
    after = query(demo, days.format(">="))
    assert [row[:2] for row in after] == [row[:2] for row in reloaded]
    assert not {row[1:] for row in after} & {row[1:] for row in reloaded}
    changed = [new[0] for new, old in zip(query(demo, minutes), means, strict=True) if new != old]
    assert changed
    assert min(changed) >= "2026-01-20"
    assert query(demo, "select max(computed_at) from fct_experiment_decisions") > computed
    assert {"fct_watches", "stg_movies__experiment_exposures", "dim_metrics"} < built(demo)
    shown = next(b.text for b in blocks(SCHEDULING) if b.text.startswith("Last build"))
    assert_printed(without_times(shown), without_times(page))


def run_by_cron(demo: Path) -> str:
    """What the line of the crontab prints in the demo; its status fails, as the data has ended."""
    for file in ("crontab", "daily.mk"):
        shutil.copy(EXAMPLES / file, demo)
    line = (demo / "crontab").read_text().splitlines()[-1]
    command = line.split(maxsplit=5)[5].replace("/srv/analytics", shlex.quote(str(demo)))
    return shell(f"({command}) || test $? = 2", demo)


def without_times(page: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "then", page)


def test_another_alpha_is_read_from_the_moments(copy_of_demo):
    demo = copy_of_demo
    (build,) = section("Another alpha, correction or margin")
    moments = query(demo, "select * from fct_experiment_moments order by all")
    edit(demo / "experiments" / "up_next_ranking.yml", "correction: holm", "alpha: 0.2")
    follow([build], demo)
    assert set(
        query(demo, "select experiment_id, alpha, correction from fct_experiment_results")
    ) >= {
        ("up_next_ranking", 0.2, "benjamini_hochberg"),
        ("aa_check", 0.05, "none"),
    }
    hashes = "select distinct experiment_id, spec_hash from"
    for table in ("fct_experiment_results", "fct_experiment_health", "fct_experiment_decisions"):
        assert set(query(demo, f"{hashes} {table}")) == set(
            query(demo, f"{hashes} dim_experiments")
        )
    assert query(demo, "select * from fct_experiment_moments order by all") == moments
    assert "int_experiment_unit_measures" not in built(demo)


def test_an_edited_metric_and_an_edited_experiment_reach_ci(copy_of_demo):
    demo = prepared(copy_of_demo)
    windows = """
        select metric_name, window_hours from {}.dim_metrics where metric_name = 'watch_rate'
    """
    minutes = """
        select distinct control_mean from {}.fct_experiment_results
        where metric_name = 'watch_minutes' and experiment_id = 'aa_check'
        and estimator = 'unadjusted' and is_latest
    """
    # Parts of a composite share a window: that of purchases, of another fact, moves too.
    for fact in ("fct_watches", "fct_orders"):
        edit(demo / "metrics" / f"{fact}.yml", "window: {days: 7}", "window: {days: 3}")
    edit(demo / "experiments" / "aa_check.yml", "margin: 0.03", "margin: 0.04")
    assert not [
        name
        for name in listed(demo, "state:modified+ --state prod")
        if name.startswith(("fct_", "dim_", "int_"))
    ], "dbt sees the edit of a metric: the recipe can be simpler"
    follow(section(SLIM_CI)[2:], demo)
    assert query(demo, windows.format("main")) == [("watch_rate", 168)]
    assert query(demo, windows.format("dev")) == [("watch_rate", 72)]
    ((three_days,),) = query(demo, minutes.format("dev"))
    ((seven_days,),) = query(demo, minutes.format("main"))
    assert 0 < three_days < seven_days
    margin = "select distinct margin from {} where experiment_id = 'aa_check' and margin > 0"
    assert query(demo, margin.format("dev.fct_experiment_results")) == [(0.04,)]
    assert query(demo, margin.format("main.fct_experiment_results")) == [(0.03,)]
    assert "fct_experiment_moments" in built(demo)
    assert not {"fct_watches", "stg_movies__watches"} & built(demo), "production's are read"


def test_one_experiment_is_built_alone_beside_production(copy_of_demo):
    demo = prepared(copy_of_demo)
    follow(section("One experiment"), demo)
    named = "select experiment_id from {}.dim_experiments order by 1"
    assert query(demo, named.format("dev")) == [("up_next_ranking",)]
    assert len(query(demo, named.format("main"))) == 4
    verdicts = """
        select * exclude (computed_at) from {}.fct_experiment_decisions
        where experiment_id = 'up_next_ranking' order by all
    """
    assert query(demo, verdicts.format("dev")) == query(demo, verdicts.format("main"))


def test_an_earlier_date_is_read_as_it_was(copy_of_demo):
    demo = prepared(copy_of_demo)
    follow(section("An earlier analysis date"), demo)
    assert query(
        demo,
        "select distinct analysis_date::varchar, verdict from dev.fct_experiment_decisions",
    ) == [("2026-01-20", "keep_running")]
    assert query(
        demo, "select distinct analysis_date::varchar from main.fct_experiment_decisions"
    ) == [("2026-01-25",)]


def test_a_full_refresh_ends_in_the_same_numbers_and_keeps_what_is_frozen(copy_of_demo):
    demo = copy_of_demo
    tables = ("fct_experiment_moments", "fct_experiment_results", "fct_experiment_health")
    frozen = ("int_experiment_quantile_grids", "int_experiment_frozen_scales")

    def contents() -> dict[str, list[dict[str, Any]]]:
        with duckdb.connect(str(demo / "abstats_demo.duckdb"), read_only=True) as connection:
            found = {table: connection.table(table) for table in (*tables, *frozen)}
            rows = {table: rows.to_arrow_table().to_pylist() for table, rows in found.items()}
        return {table: [without_time(row) for row in rows[table]] for table in rows}

    def without_time(row: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in row.items() if name != "computed_at"}

    # What no build from the facts would give.
    with duckdb.connect(str(demo / "abstats_demo.duckdb")) as connection:
        connection.execute(
            """
            insert into int_experiment_frozen_scales
            values ('gone', 'ctr', 'of earlier', 'cap', 1, 'first_cohort', '2026-01-15', 1000)
            """
        )
        connection.execute(
            """
            insert into fct_experiment_results
            select * replace ('of earlier' as definition_hash, false as is_current)
            from fct_experiment_results
            where metric_name = 'ctr'
            """
        )
    before = contents()
    follow(section("Full refresh"), demo)
    after = contents()
    results = before["fct_experiment_results"]
    before["fct_experiment_results"] = [row for row in results if row["is_current"]]
    assert len(before["fct_experiment_results"]) < len(results), "nothing to be forgotten"
    # A standard error of zero can be the root of a rounding error.
    differ = [
        table
        for table in before
        if not is_same(in_order(before[table]), in_order(after[table]), zero=1e-6)
    ]
    assert not differ
    assert len(after["int_experiment_frozen_scales"]) == 1
    assert len(after["int_experiment_quantile_grids"]) > 1
    manifest = json.loads((demo / "target" / "manifest.json").read_text())
    configs = {
        node["name"]: node["config"]
        for node in manifest["nodes"].values()
        if node["package_name"] == "abstats" and node["resource_type"] == "model"
    }
    outliving = {name for name, config in configs.items() if config["full_refresh"] is False}
    assert outliving == set(frozen), "something else outlives a full refresh: rewrite the recipe"


def test_the_docs_show_the_way_from_a_raw_table_to_the_verdict(copy_of_demo):
    demo = copy_of_demo
    shutil.rmtree(demo / "target")
    follow(section("The lineage from raw table to verdict"), demo)
    assert (demo / "target" / "index.html").exists()
    catalog = json.loads((demo / "target" / "catalog.json").read_text())
    assert "model.abstats.fct_experiment_decisions" in catalog["nodes"]
    manifest = json.loads((demo / "target" / "manifest.json").read_text())
    decisions = "model.abstats.fct_experiment_decisions"
    assert decisions in manifest["parent_map"]["exposure.abstats.experiment_results"]
    above, todo = set(), [decisions]
    while todo:
        parents = set(manifest["parent_map"][todo.pop()]) - above
        above |= parents
        todo += parents
    assert {
        "source.abstats_demo.movies.experiment_exposures",
        "source.abstats_demo.movies.watches",
        "model.abstats_demo.fct_watches",
        "model.abstats.int_experiment_cell_moments",
    } <= above


def test_the_queries_for_bi_have_rows(small_demo):
    queries = [block for block in section("Queries for BI") if block.language == "sql"]
    decisions, primary, health, timeline, looks, segments = (
        query(small_demo, block.text) for block in queries
    )
    assert len(decisions) == 5
    assert len(primary) == 5
    assert all(lower < effect < upper for *_, effect, lower, upper, _, _ in primary)
    assert {row[1] for row in health} >= {"units_in_several_variants"}
    assert {variant for _, variant, *_ in timeline} == {"blend", "popular"}
    by_variant = [(variant, date) for date, variant, *_ in timeline]
    assert by_variant == sorted(set(by_variant))
    assert len(timeline) == 2 * 21, "days since the start"
    assert [row[1:4] for row in looks] == [
        (look, 4, metric) for metric in ("ctr", "page_latency_ms") for look in (1, 2)
    ]
    assert {row[0] for row in segments} == {"platform", "is_new_viewer"}


def test_the_demo_has_posteriors_with_labels_and_a_ledger(small_demo):
    beliefs = query(
        small_demo,
        "select distinct experiment_id, peeking, status, chance_to_win is null "
        "from fct_experiment_posteriors where is_latest and role = 'primary' order by all",
    )
    assert beliefs == [
        ("explained_picks", "safe_on_average", "too_few_experiments", True),
        ("up_next_ranking", "unchecked_prior", "ok", False),
    ]
    ((dates, latest),) = query(
        small_demo,
        "select count(distinct analysis_date), count(distinct analysis_date) filter (is_latest) "
        "from fct_experiment_posteriors where experiment_id = 'up_next_ranking'",
    )
    assert (dates, latest) == (21, 1)
    for name in ("ledger.md", "bayes.md"):
        for block in blocks(PAGE.parent / "methods" / name):
            if block.language == "sql":
                query(small_demo, block.text)
    decided = query(
        small_demo,
        "select count(*) from fct_experiment_decisions inner join fct_experiment_discoveries "
        "using (experiment_id, treatment_variant_id) where is_final",
    )
    assert decided == query(small_demo, "select count(*) from fct_experiment_discoveries")
