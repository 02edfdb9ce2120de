"""`abstats status` on warehouses made up from the contracts."""

from datetime import date, datetime

import duckdb
import pytest

from abstats.cli.show.relations import TableName
from abstats.cli.status import command
from abstats.cli.status.declared import Declared
from abstats.warehouse.measurement_plan import plan_measurement
from tests.cli import warehouse
from tests.cli.contracts import columns_of
from tests.warehouse.worlds import experiment, metric

CTR = metric("ctr")
RANKER = experiment("ranker", ["ctr"], start=date(2026, 1, 5), end=date(2026, 2, 2))
STAMPED = {
    "fct_experiment_results": frozenset[str](),
    "fct_experiment_health": frozenset[str](),
    "fct_experiment_decisions": frozenset({"fct_experiment_results", "fct_experiment_health"}),
}
NAMES = ("dim_experiments", "dim_metrics", "int_fact_watermarks", *STAMPED)


def tables():
    """A finished experiment as `RANKER` declares it."""
    of_ranker = {"spec_hash": RANKER.spec_hash, "is_latest": True}
    return {
        "dim_experiments": [warehouse.experiment(spec_hash=RANKER.spec_hash)],
        "dim_metrics": [warehouse.metric(definition_hash=CTR.definition_hash)],
        "fct_experiment_results": [warehouse.result(**of_ranker)],
        "fct_experiment_health": [warehouse.check()],
        "fct_experiment_decisions": [warehouse.decision()],
    }


@pytest.fixture
def status(abstats, tmp_path, monkeypatch):
    """Builds a warehouse and asks for its status, without a parse of dbt."""
    monkeypatch.chdir(tmp_path)
    names = {name: TableName("shop", "main", name) for name in NAMES}
    declared = Declared(plan_measurement([RANKER], [CTR]), names, STAMPED)
    monkeypatch.setattr(command, "read_declared", lambda _: declared)

    def run(rows, *arguments, last_event=datetime(2026, 2, 8, 22, 5)):
        database = warehouse.build(tmp_path, rows)
        with duckdb.connect(str(database)) as connection:
            connection.execute("create table int_fact_watermarks (fact text, last_at timestamp)")
            connection.execute("insert into int_fact_watermarks values ('events', ?)", [last_event])
        return abstats("status", *arguments)

    return run


def test_a_fresh_warehouse_is_told_line_by_line(status):
    done = status(tables(), "--check")
    assert done.exit_code == 0, done.output
    first, *lines = [" ".join(line.split()) for line in done.stdout.splitlines() if line]
    assert first.startswith("Last build 2026-02-09 00:00 UTC, ")
    assert lines == [
        "Experiments",
        "current ranker ended and decided: ship, data through 2026-02-08",
        "Facts, as the last build saw them",
        "fresh events last event 2026-02-08 22:05 UTC",
        "Tables",
        "fresh fct_experiment_decisions computed 2026-02-09 00:00 UTC",
        "fresh fct_experiment_health computed 2026-02-09 00:00 UTC",
        "fresh fct_experiment_results computed 2026-02-09 00:00 UTC",
        "Next",
        "Nothing: everything is built as it is declared.",
    ]
    assert not [line for line in done.stdout.splitlines() if line.endswith(" ")]


def test_check_exits_with_3_where_something_is_to_be_built(status):
    rows = tables()
    rows["dim_experiments"][0]["spec_hash"] = "of earlier"
    assert status(rows).exit_code == 0
    done = status(rows, "--check")
    assert done.exit_code == command.NOT_FRESH == 3
    assert "edited since the last build" in done.stdout
    assert done.stdout.endswith("Next\n  dbt build --select +exposure:experiment_results\n")


def test_check_exits_with_3_where_a_fact_ended_too_early(status):
    done = status(tables(), "--check", last_event=datetime(2026, 1, 30))
    assert done.exit_code == 3
    assert "Load events: it ended on 2026-01-30, 2026-02-01 was needed." in done.stdout


def test_verdicts_that_are_not_final_are_not_told(status):
    rows = tables()
    rows["fct_experiment_decisions"].append(
        warehouse.decision("keep_running", treatment_variant_id="other", is_final=False)
    )
    assert "decided" not in status(rows).stdout


def test_the_specs_of_superseded_results_are_not_read(status):
    rows = tables()
    rows["fct_experiment_results"] += [
        warehouse.result(spec_hash="superseded", is_latest=True, is_current=False),
        warehouse.result(spec_hash="earlier date", is_latest=False),
    ]
    assert "ended and decided: ship" in status(rows).stdout


def test_a_table_that_is_not_there_is_missing_and_the_others_are_told(status):
    rows = tables()
    del rows["fct_experiment_health"]
    done = status(rows, "--check")
    assert done.exit_code == 3
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["missing", "fct_experiment_health", "not", "in", "the", "warehouse"] in lines


def test_a_warehouse_without_tables_is_told_what_to_do(status):
    done = status({})
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "table shop.main.dim_experiments is not in the database. Run `dbt build`" in done.stderr


def test_without_a_database_the_file_is_named(status, tmp_path, abstats):
    status(tables())
    (tmp_path / "shop.duckdb").unlink()
    done = abstats("status")
    assert done.exit_code == 1
    assert "there is no such file" in done.stderr
    assert "Traceback" not in done.output


def test_a_folder_without_a_project_is_told(abstats, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = abstats("status")
    assert done.exit_code == 1
    assert "there is no dbt_project.yml in it" in done.stderr


def test_every_column_that_is_read_is_in_the_contract():
    assert {"is_latest", "is_current", "computed_at", "spec_hash"} <= set(
        columns_of("fct_experiment_results")
    )
