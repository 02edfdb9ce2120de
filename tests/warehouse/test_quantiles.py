"""Quantiles through the tables against sorted rows: over events and over units, and in time."""

from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from abstats.analysis import estimate_results
from abstats.analysis.cells import Cell, read_cells
from abstats.analysis.comparisons import Comparison, comparisons
from abstats.analysis.distributions import Distributions, read_grids
from abstats.analysis.quantiles import curves
from abstats.inference import quantile_effect
from abstats.inference.quantile_curve import QuantileCurve
from abstats.moments import Moments
from abstats.spec.covariate import CupedSpec
from abstats.spec.roles import MetricRoles
from abstats.spec.values import QuantileSpec
from abstats.warehouse.cell_moments import cell_moments_sql
from abstats.warehouse.measurement_plan import plan_measurement
from abstats.warehouse.quantile_grids import GridKey, quantile_grids_sql
from abstats.warehouse.strata import stratified_exposures_sql
from tests.analysis.worlds import STAMP
from tests.inference.quantile_worlds import curve
from tests.warehouse.timelines import DATES, build_timeline
from tests.warehouse.worlds import (
    SOURCES,
    START_AT,
    World,
    build_tables,
    compiled,
    experiment,
    levels_of,
    load,
    metric,
)

NO_CUPED = CupedSpec(enabled=False)


def quantile(name: str, p: float, over: str, **fields: Any) -> Any:
    missing = "exclude" if over == "events" else "zero"
    spec = QuantileSpec(p=p, over=over)
    return metric(name, "quantile", quantile=spec, cuped=NO_CUPED, missing=missing, **fields)


METRICS = [
    quantile("p95", 0.95, "events"),
    quantile("median_in_3_days", 0.5, "events", days=3),
    quantile("p90_of_units", 0.9, "units"),
    quantile("p50_of_counts", 0.5, "units", agg="count", days=3),
]
EXPERIMENT = experiment("e1", [spec.name for spec in METRICS], segments=["platform"])
PLAN = plan_measurement([EXPERIMENT], METRICS)
LAST = datetime(2026, 1, 20)
EXPOSURES = f"create table exposures as {compiled([EXPERIMENT], METRICS).exposures}"


class Rows:
    """A world of rows: units 0 ... n - 1 and their events."""

    def __init__(self, seed: int, n: int = 1500, *, rounded: bool = False) -> None:
        rng = np.random.default_rng(seed)
        self.n = n
        self.exposed_hour = rng.integers(0, 8 * 24, n)
        self.variant = rng.integers(0, 2, n)
        self.platform = rng.integers(0, 3, n)
        events = rng.poisson(rng.gamma(1.0, 15.0, n))
        self.unit = np.repeat(np.arange(n), events)
        # On whole hours, so that events fall on exposures and on ends of windows.
        self.hour = rng.integers(-48, 10 * 24, len(self.unit))
        own = rng.normal(0.0, 0.5, n)[self.unit]
        self.value = np.exp(own + rng.normal(0.0, 0.7, len(self.unit))) * 100
        # Sums of 64ths are exact in any order.
        self.value = np.round(self.value * 64) / 64
        if rounded:
            self.value = np.round(self.value / 50)

    def load(self, connection: duckdb.DuckDBPyConnection) -> None:
        load(connection, World([], [], LAST, [EXPERIMENT]))
        at = pa.scalar(START_AT)
        units = pa.table(
            {"u": np.arange(self.n), "h": self.exposed_hour, "v": self.variant, "p": self.platform}
        )
        connection.register("raw_units", units)
        connection.execute(
            "insert into first_exposures select 'e1', u, if(v = 1, 'b', 'a'),"
            " ? + to_hours(h), null, 1, 'p' || p, null from raw_units",
            [at.as_py()],
        )
        events = pa.table({"u": self.unit, "h": self.hour, "x": self.value})
        connection.register("raw_events", events)
        connection.execute(
            "insert into events select u, ? + to_hours(h), x, 1, 'l' from raw_events",
            [at.as_py()],
        )

    def counted(self, until_hour: int, days: int | None) -> np.ndarray:
        """Which events count: after the exposure, within the window, known."""
        exposed = self.exposed_hour[self.unit]
        end = 10 * 24 if days is None else exposed + 24 * days
        mature = days is None or end <= until_hour
        return (self.hour >= exposed) & (self.hour < np.minimum(end, until_hour)) & mature

    def mature(self, until_hour: int, days: int | None) -> np.ndarray:
        end = self.exposed_hour + 24 * (days or 0)
        return (self.exposed_hour < until_hour) & (end <= until_hour)


def read(
    connection: duckdb.DuckDBPyConnection, day: date
) -> dict[tuple[str, str, str], Comparison]:
    """The comparisons of a date by metric and segment."""
    moments = connection.execute("select * from moments").to_arrow_table()
    grids = connection.execute("select * from grids").to_arrow_table()
    cells: dict[Cell, Moments] = {
        cell: found for cell, found in read_cells(moments).items() if cell.analysis_date == day
    }
    metrics = {spec.name: spec for spec in METRICS}
    beside = Distributions(grids=read_grids(grids))
    return {
        (c.metric.name, c.segment_name, c.segment_value): c
        for c in comparisons(EXPERIMENT, metrics, cells, day, beside)
    }


def direct_curve(rows: Rows, grid: np.ndarray, name: str, arm: np.ndarray, hour: int) -> Any:
    """The same arm's curve from rows, by tests/inference."""
    days = {"p95": None, "median_in_3_days": 3, "p90_of_units": None, "p50_of_counts": 3}[name]
    mine = rows.mature(hour, days) & arm
    number = np.cumsum(mine) - 1
    counted = rows.counted(hour, days) & mine[rows.unit]
    n = int(mine.sum())
    if name in ("p95", "median_in_3_days"):
        return curve(number[rows.unit[counted]], rows.value[counted], n, grid)
    weights = np.ones(len(rows.value)) if name == "p50_of_counts" else rows.value
    totals = np.bincount(rows.unit[counted], weights[counted], minlength=rows.n)[mine]
    return curve(np.arange(n), totals, n, grid)


def assert_equal_curves(found: QuantileCurve, expected: QuantileCurve, *, steps: bool) -> None:
    assert found.n == expected.n
    for name in ("mean_at_or_below", "var_at_or_below", "cov_with_events", "mean_events"):
        np.testing.assert_allclose(
            getattr(found, name), getattr(expected, name), rtol=1e-9, atol=1e-12, err_msg=name
        )
    assert found.var_events == pytest.approx(expected.var_events, abs=1e-12)
    # Events at a point are known where the grid has the value twice.
    known = found.mean_at > 0
    np.testing.assert_allclose(found.mean_at[known], expected.mean_at[known], rtol=1e-9)
    assert known.any() or not steps


@pytest.mark.parametrize("rounded", [False, True])
def test_the_moments_of_a_curve_are_those_of_the_rows_in_every_segment(rounded: bool) -> None:
    rows = Rows(1, rounded=rounded)
    with duckdb.connect() as connection:
        rows.load(connection)
        build_tables(connection, compiled([EXPERIMENT], METRICS))
        found = read(connection, LAST.date() - timedelta(days=1))
    hour = 15 * 24
    for (name, segment, value), comparison in found.items():
        control, treatment = curves(comparison)
        for arm, of in ((0, control), (1, treatment)):
            mine = rows.variant == arm
            if segment != "all":
                mine = mine & (rows.platform == int(value[1:]))
            expected = direct_curve(rows, of.grid, name, mine, hour)
            assert_equal_curves(of, expected, steps=rounded or name == "p50_of_counts")


def test_effects_are_those_of_a_grid_of_all_rows_and_quantiles_those_of_sorted_rows() -> None:
    rows = Rows(2, n=4000)
    with duckdb.connect() as connection:
        rows.load(connection)
        build_tables(connection, compiled([EXPERIMENT], METRICS))
        found = read(connection, LAST.date() - timedelta(days=1))
    effect = quantile_effect(0.95, *curves(found["p95", "all", "all"]))
    assert effect.status == "ok"
    counted = rows.counted(15 * 24, None)
    for arm, of in ((0, effect.control_mean), (1, effect.treatment_mean)):
        values = np.sort(rows.value[counted & (rows.variant[rows.unit] == arm)])
        # Within one in a thousand of the share: the grid was frozen on the first days.
        at = np.searchsorted(values, of) / len(values)
        assert at == pytest.approx(0.95, abs=1e-3)
    effect = quantile_effect(0.9, *curves(found["p90_of_units", "all", "all"]))
    totals = np.bincount(rows.unit[counted], rows.value[counted], minlength=rows.n)
    for arm, of in ((0, effect.control_mean), (1, effect.treatment_mean)):
        mine = totals[rows.variant == arm]
        assert of == pytest.approx(np.quantile(mine, 0.9, method="inverted_cdf"), rel=0.01)


def test_every_date_of_the_timeline_is_a_direct_computation_at_that_date() -> None:
    rows = Rows(3, n=600)
    with duckdb.connect() as connection:
        rows.load(connection)
        build_timeline(connection, [EXPERIMENT], METRICS)
        wanted = f"select *, 1 as inputs_hash from ({DATES})"
        sql = cell_moments_sql(PLAN, "select * from timeline", wanted, "duckdb", levels_of(PLAN))
        connection.execute(f"create table moments as {sql}")
        for day in (1, 4, 9, 14):
            found = read(connection, START_AT.date() + timedelta(days=day))
            for name in (spec.name for spec in METRICS):
                control, _ = curves(found[name, "all", "all"])
                if control.n == 0:
                    assert not rows.mature(24 * (day + 1), 3)[rows.variant == 0].any()
                    continue
                mine = rows.variant == 0
                expected = direct_curve(rows, control.grid, name, mine, 24 * (day + 1))
                assert_equal_curves(control, expected, steps=False)


def grids_of(connection: duckdb.DuckDBPyConnection, frozen: tuple[GridKey, ...] = ()) -> Any:
    exposures = stratified_exposures_sql(PLAN, "first_exposures", "dates", "duckdb")
    connection.execute(f"create or replace table exposures as {exposures}")
    sql = quantile_grids_sql(PLAN, SOURCES, frozen, levels_of(PLAN), "duckdb")
    return connection.execute(
        f"select metric_name, point, value, is_below, is_frozen from ({sql}) order by all"
    ).fetchall()


def test_a_grid_is_frozen_by_the_first_days_that_have_enough_events_and_then_stays() -> None:
    rows = Rows(4, n=4000)
    with duckdb.connect() as connection:
        rows.load(connection)
        connection.execute(EXPOSURES)
        per_day: dict[int, int] = {}
        for hour in rows.hour[rows.counted(15 * 24, None)]:
            per_day[hour // 24] = per_day.get(hour // 24, 0) + 1
        days = sorted(per_day)
        first = int(next(d for d in days if sum(per_day[e] for e in days if e <= d) >= 10_000))
        full = grids_of(connection)
        assert {(row[0], row[4]) for row in full} == {("p95", True), ("median_in_3_days", True)}
        # Later events change nothing; those of its own days do.
        connection.execute(
            "delete from events where event_at >= ?", [START_AT + timedelta(days=first + 1)]
        )
        assert [row for row in grids_of(connection) if row[0] == "p95"] == [
            row for row in full if row[0] == "p95"
        ]
        connection.execute(
            "delete from events where event_at >= ?", [START_AT + timedelta(days=first)]
        )
        provisional = [row for row in grids_of(connection) if row[0] == "p95"]
        assert not any(row[4] for row in provisional)
        keys = tuple(GridKey("e1", spec.name, spec.definition_hash) for spec in METRICS[:2])
        assert grids_of(connection, keys) == []


def test_few_distinct_values_are_all_points_with_and_without_the_events_at_them() -> None:
    rows = Rows(5, n=300)
    rows.value = np.round(np.minimum(rows.value / 50, 7))
    with duckdb.connect() as connection:
        rows.load(connection)
        connection.execute(EXPOSURES)
        grid = [row[2:4] for row in grids_of(connection) if row[0] == "p95"]
    values = sorted(set(rows.value[rows.counted(15 * 24, None)]))
    assert len(values) > 3
    assert grid == [(value, below) for value in values for below in (True, False)]


def test_just_below_a_value_lies_no_other_double() -> None:
    """The threshold of a point below a value, for values of all signs and sizes."""
    rng = np.random.default_rng(6)
    sizes = np.concatenate([2.0 ** np.arange(-300, 300), np.exp(rng.uniform(-300, 300, 2000))])
    values = np.concatenate([sizes, -sizes, [1.0, 3.0, 1e15, 0.1]])
    below = values - np.abs(values) * 1.2e-16
    assert (below < values).all()
    assert (np.nextafter(below, np.inf) == values).all()


def test_a_quantile_has_rows_of_every_segment_and_a_guardrail_on_it_an_answer() -> None:
    rows = Rows(7, n=2500)
    roles = {
        "primary": ["p50_of_counts"],
        "guardrails": [
            {"metric": "p95", "margin": 0.3},
            {"metric": "p90_of_units", "absolute_margin": 1e-6},
        ],
    }
    guarded = EXPERIMENT.model_copy(update={"metrics": MetricRoles.model_validate(roles)})
    day = LAST.date() - timedelta(days=1)
    with duckdb.connect() as connection:
        rows.load(connection)
        build_tables(connection, compiled([guarded], METRICS))
        moments = connection.execute("select * from moments").to_arrow_table()
        grids = connection.execute("select * from grids").to_arrow_table()
    found = estimate_results(
        [guarded],
        {spec.name: spec for spec in METRICS},
        moments,
        analysis_dates={"e1": day},
        distributions=Distributions(grids=read_grids(grids)),
        **STAMP,
    ).to_pylist()
    by_key = {(row["metric_name"], row["segment_value"]): row for row in found}
    assert len(found) == len(by_key) == 3 * 4
    latency = by_key["p95", "all"]
    assert (latency["status"], latency["role"], latency["metric_kind"]) == (
        "ok",
        "guardrail",
        "quantile",
    )
    assert latency["is_non_inferior"] is True
    assert by_key["p90_of_units", "all"]["is_non_inferior"] is False
    assert by_key["p50_of_counts", "p1"]["family"] == "primary metrics by platform, exploratory"
    stratified = guarded.analysis.model_copy(update={"post_stratify": "platform"})
    by_strata = estimate_results(
        [guarded.model_copy(update={"analysis": stratified})],
        {spec.name: spec for spec in METRICS},
        moments,
        analysis_dates={"e1": day},
        distributions=Distributions(grids=read_grids(grids)),
        **STAMP,
    ).to_pylist()
    assert {row["estimator"] for row in by_strata} == {"unadjusted"}
    nothing = estimate_results(
        [guarded],
        {spec.name: spec for spec in METRICS},
        moments.slice(0, 0),
        analysis_dates={"e1": day},
        **STAMP,
    ).to_pylist()
    assert {row["status"] for row in nothing} == {"no_data"}
