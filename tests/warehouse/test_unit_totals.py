"""The running totals where their model runs alone, on days that another build has left."""

from collections.abc import Iterator

import duckdb
import pytest

from abstats.spec.experiment import ExperimentSpec
from abstats.warehouse.measurement_plan import plan_measurement
from abstats.warehouse.relation import Relation
from abstats.warehouse.unit_states import outcome_states
from abstats.warehouse.unit_totals import unit_totals_sql
from tests.warehouse.declarations import TOTAL, experiment

ONE, TWO = experiment("one", ["total"]), experiment("two", ["total"])
(STATE,) = [state.name for state in outcome_states(plan_measurement((ONE,), (TOTAL,)))]
HASHES = [("one|d", "one", None, None), ("two|d", "two", None, None)]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with one unit's day in both experiments."""
    with duckdb.connect() as opened:
        opened.execute(
            "create table unit_days (partition_key varchar, experiment_id varchar, fact varchar, "
            f'partition_date date, unit_id bigint, inputs_hash bigint, "{STATE}" double)'
        )
        for name in ("one", "two"):
            place = f"'{name}|d', '{name}', 'clicks', date '2026-01-05'"
            opened.execute(f"insert into unit_days values ({place}, null, 7, null)")
            opened.execute(f"insert into unit_days values ({place}, 1, null, 5.0)")
        yield opened


def described(connection: duckdb.DuckDBPyConnection, table: str) -> Relation:
    columns = connection.execute(f"describe {table}").fetchall()
    return Relation(table, {column[0]: column[1].lower() for column in columns})


def built(connection: duckdb.DuckDBPyConnection, *experiments: ExperimentSpec) -> list[tuple]:
    """Build the totals on what is there."""
    tables = {row[0] for row in connection.execute("show tables").fetchall()}
    stored = described(connection, "totals") if "totals" in tables else None
    days = described(connection, "unit_days")
    sql = unit_totals_sql(plan_measurement(experiments, (TOTAL,)), days, stored, "duckdb")
    connection.execute(f"create or replace table new_totals as {sql}")
    connection.execute("create or replace table totals as from new_totals")
    return connection.execute(
        f'select partition_key, experiment_id, unit_id, "{STATE}" from totals order by all'
    ).fetchall()


def test_an_experiment_that_is_gone_for_a_while_has_its_totals_again(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    both = [*HASHES, (None, "one", 1, 5.0), (None, "two", 1, 5.0)]
    assert built(connection, ONE, TWO) == both
    assert built(connection, TWO) == [HASHES[1], both[3]]
    assert built(connection, ONE, TWO) == both


def test_days_of_an_experiment_that_is_not_declared_are_in_no_totals(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert built(connection, TWO) == [HASHES[1], (None, "two", 1, 5.0)]
