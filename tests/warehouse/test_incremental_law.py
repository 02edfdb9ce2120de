"""After any history, the incremental tables are those of a full rebuild, and what rows say."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from abstats.warehouse.measurement_plan import MeasurementPlan, plan_measurement
from abstats.warehouse.partitions import EMPTIED
from abstats.warehouse.unit_states import ACTIVE_BEFORE_EXPOSURE, states_of_term
from tests.warehouse.declarations import DECLARED, FACTS, START
from tests.warehouse.histories import (
    Build,
    Step,
    World,
    declare,
    event,
    histories,
    histories_of_added_rows,
    log_row,
    move_analysis_date,
    truncate,
    unlog_experiment,
)
from tests.warehouse.incremental import (
    INCREMENTAL,
    MODELS,
    MOMENTS,
    TIMELINE,
    TOTALS,
    UNIT_DAYS,
    UNIT_HISTORIES,
    Engine,
    Warehouse,
)
from tests.warehouse.oracle import (
    Key,
    LogRow,
    Moment,
    expected_moments,
    last_complete_day,
)
from tests.warehouse.oracle_values import Event
from tests.warehouse.rendered_models import Declared

UNHURRIED = settings(
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.mark.slow
@settings(UNHURRIED, max_examples=500)
@given(history=histories)
def test_after_any_history_the_tables_equal_a_full_rebuild_and_a_loop_over_rows(
    engine: Engine, history: list[Build]
) -> None:
    assert_law(engine, history)


@pytest.mark.slow
@settings(UNHURRIED, max_examples=60)
@given(history=histories_of_added_rows)
def test_where_rows_are_promised_to_be_only_added_their_number_tells_what_changed(
    engine: Engine, history: list[Build]
) -> None:
    assert_law(engine, history)


def at(day: int, hour: int = 0) -> datetime:
    """An instant of a day of the experiments; day 0 is the start."""
    return datetime.combine(START, time()) + timedelta(days=day, hours=hour)


def exposures(*units: int, name: str = "one") -> list[Step]:
    return [Step(log_row, (LogRow(name, unit, "ab"[unit % 2], at(0, unit)),)) for unit in units]


def purchases(*days: int) -> list[Step]:
    return [
        Step(event, (fact, Event(unit, at(day, 12), 2.0 + unit)))
        for day in days
        for unit in range(3)
        for fact in FACTS
    ]


def declaring(name: str) -> Step:
    return Step(declare, (name,))


def until(day: int) -> Step:
    return Step(move_analysis_date, (START + timedelta(days=day),))


ROWS = [*exposures(0, 1, 2), *exposures(0, 1, 2, name="two"), *purchases(-1, 0, 1, 2, 3)]


@pytest.mark.parametrize(
    "history",
    [
        pytest.param(
            [ROWS, [declaring("a metric removed")], [declaring("both")]],
            id="a metric that leaves with its fact and comes back",
        ),
        pytest.param(
            [ROWS, [declaring("an experiment removed")], [declaring("both")]],
            id="an experiment that leaves with its metrics and comes back",
        ),
        pytest.param(
            [
                [*ROWS, until(3)],
                [until(1), declaring("a metric edited")],
                [until(3), declaring("both")],
            ],
            id="another metric on an earlier date, and back",
        ),
        pytest.param(
            [
                [*ROWS, until(3)],
                [declaring("an end moved")],
                [declaring("a metric edited")],
                [declaring("both")],
            ],
            id="an end that moves and a metric that is edited, and both back",
        ),
        pytest.param(
            [ROWS, [Step(unlog_experiment, ("one",))], exposures(0, 1, 2)],
            id="exposures that vanish and come back",
        ),
        pytest.param(
            [ROWS, [Step(truncate, ("orders",))], purchases(0, 1)],
            id="a fact that loses its events and gets others",
        ),
    ],
)
def test_what_leaves_and_comes_back_is_as_if_it_had_stayed(
    engine: Engine, history: list[list[Step]]
) -> None:
    assert_law(engine, [Build(steps, ()) for steps in history])


def assert_law(engine: Engine, history: Sequence[Build]) -> None:
    """The law after the history and a build that nothing stops."""
    world, warehouse = World(), Warehouse(engine)
    for build in history:
        for step in build.steps:
            step.apply(world, *step.arguments)
        build_world(warehouse, world, build.without)
    if not history or history[-1].without:
        build_world(warehouse, world)
    moments = moments_of_rows(world)
    assert_moments(warehouse, moments)
    rebuilt = Warehouse(engine)
    found = {table: warehouse.rows(table) for table in (*INCREMENTAL, TOTALS, TIMELINE)}
    # Other models are always computed anew, and these find them as they are.
    build_world(rebuilt, world, only=MODELS[MODELS.index("int_experiment_frozen_scales") :])
    for table, rows in found.items():
        assert_same_rows(table, rows, rebuilt.rows(table), DECLARED[world.declaration], moments)
    if len(history) == 2:
        assert_a_rerun_computes_nothing(rebuilt, world)


def build_world(
    warehouse: Warehouse,
    world: World,
    without: Sequence[str] = (),
    only: Sequence[str] = MODELS,
) -> None:
    """Load the world's rows and build."""
    warehouse.sources = {"exposure_log": world.log, **world.facts}
    declared = DECLARED[world.declaration]
    warehouse.build(declared, world.analysis_date, without=without, only=only)


def moments_of_rows(world: World) -> Mapping[Key, Moment]:
    """What a loop over rows gives, with the rounding errors that an engine may have."""
    declared = DECLARED[world.declaration]
    last_day = last_complete_day(world.log, world.facts, declared.metrics, world.analysis_date)
    return expected_moments(
        declared.experiments, declared.metrics, world.log, world.facts, last_day
    )


def assert_moments(warehouse: Warehouse, expected: Mapping[Key, Moment]) -> None:
    found = {_key_of(row): row for row in warehouse.rows(MOMENTS)}
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


def _key_of(row: Mapping[str, Any]) -> Key:
    return Key(
        row["experiment_id"],
        row["analysis_date"],
        row["variant_id"],
        row["segment_name"],
        row["segment_value"],
        row["stratum"],
        row["metric_name"],
        row["definition_hash"],
        row["column_a"],
        row["column_b"],
    )


def assert_same_rows(
    table: str,
    found: list[dict[str, Any]],
    expected: list[dict[str, Any]],
    declared: Declared,
    moments: Mapping[Key, Moment],
) -> None:
    """Equal to 1e-9, or to what rows that are added up in another order may differ by."""
    if table in (UNIT_DAYS, UNIT_HISTORIES):
        found, expected = _states(found, declared), _states(expected, declared)
    elif table == TOTALS:
        found, expected = _totals(found, declared), _totals(expected, declared)
    by_keys = [{_keys(row): _floats(row) for row in rows} for rows in (found, expected)]
    assert [len(rows) for rows in by_keys] == [len(found), len(expected)], table
    assert by_keys[0].keys() == by_keys[1].keys(), table
    for key, numbers in by_keys[1].items():
        rounding = 1e-9
        if table == MOMENTS:
            moment = moments[_key_of(dict(key))]
            rounding = max(rounding, 2 * moment.cov_error, *(2 * e for e in moment.mean_errors))
        for name, number in numbers.items():
            close = math.isclose(by_keys[0][key][name], number, rel_tol=1e-9, abs_tol=rounding)
            assert close, (table, key, name, by_keys[0][key][name], number)


def assert_a_rerun_computes_nothing(warehouse: Warehouse, world: World) -> None:
    build_world(warehouse, world)
    assert [warehouse.n_new_rows[table] for table in INCREMENTAL] == [0] * len(INCREMENTAL)


def _states(rows: list[dict[str, Any]], declared: Declared) -> list[dict[str, Any]]:
    """What a partition's experiment reads of it: states of its own metrics, and its hash.

    A state that only other experiments need may be NULL or there. A partition whose inputs are
    gone keeps the row that says so.
    """
    plan = plan_measurement(declared.experiments, declared.metrics)
    emptied = {row["partition_key"] for row in rows if row["inputs_hash"] == EMPTIED}
    assert not any(row["unit_id"] is not None for row in rows if row["partition_key"] in emptied)
    kept = []
    for row in rows:
        if row["partition_key"] in emptied:
            continue
        read = _own_states(row, plan, row["fact"])
        read.append(row.get(ACTIVE_BEFORE_EXPOSURE) or None)
        kept += _named(row, read)
    return kept


def _totals(rows: list[dict[str, Any]], declared: Declared) -> list[dict[str, Any]]:
    """What a unit's experiment reads of its totals, and the hashes of what is in them."""
    plan = plan_measurement(declared.experiments, declared.metrics)
    kept = [_named(row, _own_states(row, plan), "experiment_id") for row in rows]
    return [row for found in kept for row in found]


def _own_states(
    row: Mapping[str, Any], plan: MeasurementPlan, fact: str | None = None
) -> list[Any]:
    """The states, of one fact or all, that the metrics of a row's experiment need."""
    return [
        row.get(state.name)
        for metric in plan.metrics_of(row["experiment_id"])
        for term in metric.terms
        if not term.period.is_before_exposure or fact is not None
        if fact in (None, term.measure.fact)
        for state in states_of_term(term)
    ]


def _named(row: Mapping[str, Any], read: Sequence[Any], *further: str) -> list[dict[str, Any]]:
    """The row with these values, if it has any or holds a hash."""
    if row["unit_id"] is not None and all(value is None for value in read):
        return []
    names = ("partition_key", "unit_id", "inputs_hash", *further)
    # The order of a list of distinct values is the engine's own.
    lists = [tuple(sorted(map(str, v))) if isinstance(v, list) else v for v in read]
    values = {str(index): value for index, value in enumerate(lists)}
    return [{**{name: row[name] for name in names}, **values}]


def _keys(row: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((name, value) for name, value in row.items() if not isinstance(value, float))


def _floats(row: dict[str, Any]) -> dict[str, float]:
    return {name: value for name, value in row.items() if isinstance(value, float)}
