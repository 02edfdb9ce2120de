"""After any history, the incremental tables are those of a full rebuild, and what rows say."""

import math
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.warehouse.histories import DECLARATIONS, Build, World, histories
from tests.warehouse.incremental import (
    INCREMENTAL,
    MOMENTS,
    TIMELINE,
    UNIT_DAYS,
    UNIT_HISTORIES,
    Engine,
    Warehouse,
)
from tests.warehouse.oracle import Key, expected_moments, last_complete_day


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.mark.slow
@settings(
    max_examples=60,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(history=histories)
def test_after_any_history_the_tables_equal_a_full_rebuild_and_a_loop_over_rows(
    engine: Engine, history: list[Build]
) -> None:
    assert_law(engine, history)


def assert_law(engine: Engine, history: Sequence[Build]) -> None:
    """The law after the history and a build that nothing stops."""
    world, warehouse = World(), Warehouse(engine)
    for build in history:
        for step in build.steps:
            step.apply(world, *step.arguments)
        build_world(warehouse, world, build.without)
    if not history or history[-1].without:
        build_world(warehouse, world)
    assert_moments_are_those_of_rows(warehouse, world)
    rebuilt = Warehouse(engine)
    found = {table: warehouse.rows(table) for table in (*INCREMENTAL, TIMELINE)}
    build_world(rebuilt, world)
    for table, rows in found.items():
        assert_same_rows(table, rows, rebuilt.rows(table))
    assert_a_rerun_computes_nothing(rebuilt, world)


def build_world(warehouse: Warehouse, world: World, without: Sequence[str] = ()) -> None:
    """Load the world's rows and build."""
    warehouse.sources = {"exposure_log": world.log, **world.facts}
    warehouse.build(DECLARATIONS[world.declaration], world.analysis_date, without=without)


def assert_moments_are_those_of_rows(warehouse: Warehouse, world: World) -> None:
    declared = DECLARATIONS[world.declaration]
    last_day = last_complete_day(world.log, world.facts, declared.metrics, world.analysis_date)
    expected = expected_moments(
        declared.experiments, declared.metrics, world.log, world.facts, last_day
    )
    found = {
        Key(
            row["experiment_id"],
            row["analysis_date"],
            row["variant_id"],
            row["segment_name"],
            row["segment_value"],
            row["metric_name"],
            row["definition_hash"],
            row["column_a"],
            row["column_b"],
        ): row
        for row in warehouse.rows(MOMENTS)
    }
    assert found.keys() == expected.keys()
    for key, moment in expected.items():
        row = found[key]
        error_a, error_b = moment.mean_errors
        assert row["n"] == moment.n, key
        assert abs(row["mean_a"] - moment.mean_a) <= error_a, (key, row, moment)
        assert abs(row["mean_b"] - moment.mean_b) <= error_b, (key, row, moment)
        if moment.cov_ab is None:
            assert row["cov_ab"] is None, key
        else:
            assert abs(row["cov_ab"] - moment.cov_ab) <= moment.cov_error, (key, row, moment)


def assert_same_rows(
    table: str, found: list[dict[str, Any]], expected: list[dict[str, Any]]
) -> None:
    if table in (UNIT_DAYS, UNIT_HISTORIES):
        found = _without_emptied_partitions(found)
    by_keys = [{_keys(row): _floats(row) for row in rows} for rows in (found, expected)]
    assert [len(rows) for rows in by_keys] == [len(found), len(expected)], table
    assert by_keys[0].keys() == by_keys[1].keys(), table
    for key, numbers in by_keys[0].items():
        for name, number in by_keys[1][key].items():
            assert math.isclose(numbers[name], number, rel_tol=1e-9, abs_tol=1e-9), (table, key)


def assert_a_rerun_computes_nothing(warehouse: Warehouse, world: World) -> None:
    build_world(warehouse, world)
    assert [warehouse.n_new_rows[table] for table in INCREMENTAL] == [0, 0, 0]


def _without_emptied_partitions(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A partition whose inputs are gone keeps the row that says so."""
    emptied = {row["partition_key"] for row in rows if row["inputs_hash"] == 0}
    assert not any(row["unit_id"] is not None for row in rows if row["partition_key"] in emptied)
    return [row for row in rows if row["partition_key"] not in emptied]


def _keys(row: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((name, value) for name, value in row.items() if not isinstance(value, float))


def _floats(row: dict[str, Any]) -> dict[str, float]:
    return {name: value for name, value in row.items() if isinstance(value, float)}
