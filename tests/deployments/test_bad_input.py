"""Bad input gets one clear report and a non-zero exit, with nothing public written."""

import re

import pytest
from typer.testing import CliRunner

from abstats.cli import app

from .host_project import PUBLIC_TABLES

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

EXPERIMENT = "experiments/checkout.yml"
ORDERS = "metrics/fct_orders.yml"
VISITS = "metrics/fct_visits.yml"

# One experiment each: name -> old text, new text, and what the report must say of its file.
EXPERIMENT_MISTAKES = {
    "unknown_metric": (
        "[revenue]",
        "[revenu]",
        ["line 10", "'revenu', no metric of this name", "Did you mean 'revenue'?"],
    ),
    "misspelt_key": (
        "hypothesis:",
        "hypotesis:",
        ["line 3", "hypotesis", "Did you mean 'hypothesis'?"],
    ),
    "weights": ("one_page: 0.5", "one_page: 0.4", ["line 7", "0.9", "must add up to 1"]),
    "control": (
        "control: two_pages",
        "control: two_page",
        ["line 8", "'two_page'", "must be one of the variants", "Did you mean 'two_pages'?"],
    ),
    "end": (
        "end: 2026-01-12",
        "end: 2026-01-02",
        ["line 6", "end == 2026-01-02", "must be after start, 2026-01-05"],
    ),
    "unit": (
        "unit: user",
        "unit: session",
        ["fact 'fct_orders'", "experiment's unit 'session'", "it has user"],
    ),
}

# In the metrics: file -> old text, new text, and what the report must say of that file.
METRIC_MISTAKES = {
    ORDERS: (
        "expr: items\n        config: {meta: {experiment: {direction: increase, cuped: false}}}",
        "expr: items\n        config: {meta: {experiment: {directon: increase, cuped: false}}}",
        ["items.config.meta.experiment.directon is not a known key", "Did you mean 'direction'?"],
    ),
    VISITS: (
        "    agg_time_dimension: visited_at\n",
        "",
        ["visitors.agg_time_dimension is missing", "fact 'fct_visits'", "visited_at"],
    ),
    "metrics/fct_days.yml": (
        None,
        None,
        ["'visited_on' of granularity 'day', must be finer than a day"],
    ),
}
DAYS = """
models:
  - name: fct_days
    description: One row per day with a visit.
    semantic_model: {enabled: true}
    primary_entity: day
    agg_time_dimension: visited_on
    columns:
      - {name: user_id, entity: {type: foreign, name: user}}
      - {name: visited_on, granularity: day, dimension: {type: time}}
    metrics:
      - name: days
        label: Days with a visit
        agg: count
        expr: user_id
        config: {meta: {experiment: {direction: increase}}}
"""


def contents(project):
    """Every row of every public table."""
    return {table: project.query(f"select * from {table} order by all") for table in PUBLIC_TABLES}


def relations(project):
    """Names of everything in the warehouse that the tests did not load."""
    rows = project.query(
        "select table_name from information_schema.tables where table_schema != 'raw'"
    )
    return {row["table_name"] for row in rows}


@pytest.fixture
def empty(tiny_installed, tmp_path):
    """The project with data, never built."""
    return tiny_installed.copied_to(tmp_path / "empty")


@pytest.fixture
def built(tiny_built, tmp_path):
    """The project with the tables of a good build."""
    return tiny_built.copied_to(tmp_path / "built")


@pytest.fixture(scope="module")
def refused(tiny_installed, tmp_path_factory):
    """A project with every mistake at once, and what its build printed."""
    project = tiny_installed.copied_to(tmp_path_factory.mktemp("refused") / "project")
    sound = (project.folder / EXPERIMENT).read_text()
    for name, (old, new, _) in EXPERIMENT_MISTAKES.items():
        assert sound.count(old) == 1
        text = sound.replace("name: checkout", f"name: {name}").replace(old, new)
        project.write(f"experiments/{name}.yml", text)
    project.write("experiments/same_name.yml", sound)
    for file in (ORDERS, VISITS):
        project.edit(file, *METRIC_MISTAKES[file][:2])
    project.write(
        "metrics/fct_days.sql",
        "select user_id, cast(visited_at as date) as visited_on from {{ ref('fct_visits') }}",
    )
    project.write("metrics/fct_days.yml", DAYS)
    project.edit(
        "dbt_project.yml", "[fct_orders, fct_visits]", "[fct_orders, fct_visits, fct_days]"
    )
    return project, project.dbt("build")


def told_of(output, file):
    """The part of the report that stands under a file's name."""
    paragraphs = re.split(r"\n\s*\n", output)
    found = [text for text in paragraphs if text.strip().startswith(file)]
    assert len(found) == 1, output
    return found[0]


@pytest.mark.parametrize("name", EXPERIMENT_MISTAKES)
def test_a_mistake_in_an_experiment_is_told_under_its_file(refused, name):
    told = told_of(refused[1].output, f"experiments/{name}.yml")
    for words in EXPERIMENT_MISTAKES[name][2]:
        assert words in told


@pytest.mark.parametrize("file", METRIC_MISTAKES)
def test_a_mistake_in_a_metric_is_told_under_its_file(refused, file):
    told = told_of(refused[1].output, file)
    for words in METRIC_MISTAKES[file][2]:
        assert words in told


def test_two_experiments_of_one_name_are_told(refused):
    assert "'checkout', must be unique" in refused[1].output


def test_all_mistakes_stand_in_one_report_and_no_query_was_run(refused):
    project, run = refused
    assert run.code != 0
    assert run.output.count("nothing was built") == 1
    assert "Traceback" not in run.output
    assert relations(project) == set()


def test_a_fact_whose_time_column_does_not_exist_is_refused(empty):
    empty.edit(
        ORDERS,
        "      - {name: ordered_at, granularity: second, dimension: {type: time}}\n",
        "",
    )
    run = empty.dbt("build")
    assert run.code != 0
    # dbt's own validation says it.
    assert "'ordered_at' which doesn't exist as a time dimension" in run.output
    assert relations(empty) == set()


def test_two_metrics_of_one_name_are_refused(empty):
    empty.edit(VISITS, "name: visitors", "name: revenue")
    run = empty.dbt("build")
    assert run.code != 0
    # dbt's own validation says it.
    assert 'two metrics with the name "revenue"' in run.output
    assert ORDERS in run.output
    assert VISITS in run.output
    assert relations(empty) == set()


UNKNOWN_VARIANT = (
    "insert into raw.exposures values ('checkout', 9999, 'one_pag', '2026-01-06 12:00:00')"
)
DATA_MISTAKES = (UNKNOWN_VARIANT, "update raw.orders set items = -items")


def assert_data_is_refused(run):
    assert run.code != 0
    for words in (
        "experiment checkout",
        "1 units were first exposed to variant 'one_pag'",
        "Did you mean 'one_page'?",
        "revenue_per_item",
        "its denominator is positive for none of the",
    ):
        assert run.output.count(words) == 1, run.output
    assert "Traceback" not in run.output


def test_data_against_the_spec_stops_the_build_before_anything_public(empty):
    empty.execute(*DATA_MISTAKES)
    assert_data_is_refused(empty.dbt("build"))
    assert relations(empty).isdisjoint(PUBLIC_TABLES)


def test_data_against_the_spec_leaves_the_last_good_tables_as_they_were(built):
    before = contents(built)
    built.execute(*DATA_MISTAKES)
    assert_data_is_refused(built.dbt("build"))
    assert contents(built) == before


def test_an_unknown_variant_invalidates_its_experiment_where_the_project_asks_for_it(built):
    built.execute(UNKNOWN_VARIANT)
    built.edit(
        "dbt_project.yml",
        "    facts: [fct_orders, fct_visits]",
        "    facts: [fct_orders, fct_visits]\n    on_unknown_variants: invalidate",
    )
    built.build()
    assert built.check("unknown_variants")["status"] == "fail"
    assert built.verdict()["verdict"] == "invalid"


TOO_SMALL = """\
name: checkout_again
owner: shop
hypothesis: One page sells more than two.
unit: user
start: 2026-03-02
end: 2026-03-16
variants: {two_pages: 0.5, one_page: 0.5}
control: two_pages
metrics:
  primary:
    - {metric: revenue, minimum_effect: 0.001}
    - {metric: revenue_per_item, equivalence_margin: 0.5}
"""


def test_an_experiment_too_small_for_its_effect_is_told_and_nothing_stops(
    tiny_built, tmp_path, monkeypatch
):
    """The power is that of the experiment in the warehouse."""
    monkeypatch.chdir(tiny_built.root)
    project = tiny_built.copied_to(tmp_path)
    project.write("experiments/next.yml", TOO_SMALL)
    places = ["--project-dir", project.folder, "--profiles-dir", tiny_built.root / "profiles"]
    environment = {"DBT_TARGET_PATH": str(tiny_built.root / "target")}
    done = CliRunner().invoke(app, ["validate", *map(str, places)], env=environment)
    assert done.exit_code == 0, done.output
    assert done.stdout == "2 experiments and 4 metrics are valid.\n"
    assert "not checked" not in done.stderr
    (line,) = (line for line in done.stderr.splitlines() if "line 11" in line)
    assert "metrics.primary[0].minimum_effect == 0.001 for 'revenue' is detected with" in line
    assert "80 % is asked" in line
    assert "as in checkout." in line
