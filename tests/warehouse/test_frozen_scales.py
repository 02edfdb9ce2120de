"""Caps and standard deviations: where they come from, that they stay, and what they do."""

import math
import statistics
from datetime import datetime, timedelta
from unittest.mock import patch

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings

from abstats.spec.metric import MetricSpec
from abstats.spec.values import WinsorizeSpec
from abstats.warehouse import frozen_scales
from abstats.warehouse.measurement_plan import plan_measurement
from tests.warehouse.test_units_and_moments import worlds
from tests.warehouse.worlds import (
    END_AT,
    SOURCES,
    START_AT,
    Event,
    Exposure,
    Statements,
    World,
    build,
    compiled,
    expected_values,
    experiment,
    load,
    measure,
    metric,
    part,
    unit_value,
)

FEWEST = 3
"""Units that are enough for a scale in the small worlds."""
PARTS = (
    part("value", 2.0, measure("value"), standardise="pre_period"),
    part("weight", -1.0, measure("weight", fact="orders"), standardise="pre_period"),
)
METRICS = [
    metric("declared", winsorize=WinsorizeSpec(upper_value=2.0), days=3),
    metric("quantile", winsorize=WinsorizeSpec(upper=0.75), days=3),
    metric("open_ended", winsorize=WinsorizeSpec(upper=0.75)),
    metric("present", winsorize=WinsorizeSpec(upper=0.6), days=2, missing="exclude"),
    metric("score", "composite", parts=PARTS, days=3),
]
EXPERIMENTS = [experiment("e1", [spec.name for spec in METRICS], segments=["platform"])]


def compiled_for_few(metrics: list[MetricSpec]) -> Statements:
    with patch.object(frozen_scales, "FEWEST_UNITS", FEWEST):
        return compiled([experiment("e1", [spec.name for spec in metrics])], metrics)


STATEMENTS = compiled_for_few(METRICS)


def of_few_units(world: World) -> World:
    exposures = [exposure for exposure in world.exposures if exposure.experiment == "e1"]
    return World(exposures, world.events, world.analysis_end_at, EXPERIMENTS)


def expected_scale(
    world: World, spec: MetricSpec, scale: str
) -> tuple[float, str, datetime | None] | None:
    """Value, source and the midnight at which it was frozen, by loops over rows."""
    winsorize = spec.winsorize
    if winsorize is not None and winsorize.upper_value is not None:
        return winsorize.upper_value, "declared", None
    measured = {p.metric: p.numerator for p in spec.parts}.get(scale, spec.numerator)

    def summary(values: list[float | None]) -> float | None:
        if spec.missing == "zero":
            values = [0.0 if value is None else value for value in values]
        numbers = [value for value in values if value is not None]
        if not numbers:
            return None
        if winsorize is not None and winsorize.upper is not None:
            return float(np.quantile(numbers, winsorize.upper))
        return (statistics.stdev(numbers) or None) if len(numbers) > 1 else None

    window = None if spec.window is None else timedelta(days=spec.window.days)
    since = START_AT - (window or END_AT - START_AT)
    before = [e for e in world.events if e.fact == measured.fact and since <= e.at < START_AT]
    values = [
        unit_value(world, measured, unit, (since, START_AT), is_any=False)
        for unit in {event.unit for event in before}
    ]
    counted = [value for value in values if spec.missing == "zero" or value is not None]
    if (
        before
        and min(event.at for event in before) < since + timedelta(days=1)
        and len(counted) >= FEWEST
        and summary(values) is not None
    ):
        return summary(values), "pre_period", START_AT
    ends = {
        (e.unit, e.at): END_AT if window is None else e.at + window
        for e in world.exposures
        if e.at < world.analysis_end_at
    }
    frozen_at = END_AT + (window or timedelta())
    if window is not None and len(ends) >= FEWEST:
        frozen_at = sorted(ends.values())[FEWEST - 1]
        if frozen_at != midnight(frozen_at):
            frozen_at = midnight(frozen_at) + timedelta(days=1)
    if frozen_at > world.analysis_end_at:
        return None
    found = summary(
        [
            unit_value(world, measured, unit, (at, end), is_any=False)
            for (unit, at), end in ends.items()
            if end <= frozen_at
        ]
    )
    return None if found is None else (found, "first_cohort", frozen_at)


def midnight(instant: datetime) -> datetime:
    return datetime(instant.year, instant.month, instant.day)


@settings(max_examples=30, deadline=None)
@given(world=worlds())
def test_scales_and_capped_values_are_those_of_a_loop_over_rows(world: World) -> None:
    world = of_few_units(world)
    with duckdb.connect() as connection:
        build(connection, world, STATEMENTS)
        rows = connection.execute("select * from scales").to_arrow_table().to_pylist()
        units = connection.execute("select * from units").to_arrow_table().to_pylist()
    stored = {(row["metric_name"], row["scale_name"]): row for row in rows}
    assert len(stored) == len(rows)
    by_unit = {row["unit_id"]: row for row in units}
    for spec in METRICS:
        scales = {}
        for name in [p.metric for p in spec.parts] or ["cap"]:
            expected = expected_scale(world, spec, name)
            found = stored.get((spec.name, name))
            assert (found is None) == (expected is None)
            if found is None or expected is None:
                scales[name] = None
                continue
            scales[name], source, frozen_at = expected
            assert found["value"] == pytest.approx(scales[name], rel=1e-12)
            assert found["source"] == source
            last_day = None if frozen_at is None else (frozen_at - timedelta(days=1)).date()
            assert found["frozen_date"] == last_day
        for exposure in world.exposures:
            if exposure.unit not in by_unit:
                continue
            row = by_unit[exposure.unit]
            if spec.parts:
                outcome, _ = expected_values(world, standardised(spec, scales), exposure)
                is_known = outcome is not None and None not in scales.values()
                found = row[f"{spec.name}__y"]
                assert (found is not None) == is_known
                if is_known:
                    assert found == pytest.approx(outcome["y"], abs=1e-12)
                continue
            outcome, covariates = expected_values(world, spec, exposure)
            for column, values in (("y", outcome), ("x_y", covariates)):
                raw = None if values is None else values[column]
                cap = scales["cap"]
                capped = None if raw is None or cap is None else min(raw, cap)
                found = row[f"{spec.name}__winsorised__{column}"]
                assert row[f"{spec.name}__{column}"] == raw
                assert found == capped or found == pytest.approx(capped, rel=1e-12)


def standardised(spec: MetricSpec, scales: dict[str, float | None]) -> MetricSpec:
    return spec.model_copy(
        update={
            "parts": tuple(
                p.model_copy(update={"standard_deviation": scales[p.metric]}) for p in spec.parts
            )
        }
    )


def test_a_cap_that_is_there_never_moves() -> None:
    """Trap 5: later events of the pre-period change nothing."""
    spec = metric("capped", winsorize=WinsorizeSpec(upper=0.75), days=3)
    plan = plan_measurement([experiment("e1", ["capped"])], [spec])
    before = START_AT - timedelta(days=3)
    world = World(
        [Exposure("e1", 1, "a", START_AT)],
        [Event(unit, before, float(unit)) for unit in range(5)],
        experiments=[experiment("e1", ["capped"])],
    )
    with duckdb.connect() as connection, patch.object(frozen_scales, "FEWEST_UNITS", FEWEST):
        load(connection, world)
        connection.execute(
            f"create table exposures as {compiled(world.experiments, [spec]).exposures}"
        )
        first = frozen_scales.frozen_scales_sql(plan, SOURCES, None, "duckdb")
        connection.execute(f"create table scales as {first}")
        connection.execute(
            "insert into events select 99 + i, ?, 1e6, 1, 'a' from range(9) r(i)", [before]
        )
        again = frozen_scales.frozen_scales_sql(plan, SOURCES, "scales", "duckdb")
        assert connection.execute(again).fetchall() == []
        assert connection.execute("select value, n_units from scales").fetchall() == [(3.0, 5)]


def test_all_variants_have_one_cap_and_the_raw_metric_is_beside_it() -> None:
    """Law 6."""
    spec = metric("capped", winsorize=WinsorizeSpec(upper_value=10.0))
    world = World(
        [Exposure("e1", unit, "ab"[unit % 2], START_AT) for unit in range(40)],
        [Event(unit, START_AT, 1000.0 if unit == 1 else float(unit % 20)) for unit in range(40)],
        experiments=[experiment("e1", ["capped"])],
    )
    with duckdb.connect() as connection:
        build(connection, world, compiled(world.experiments, [spec]))
        means = {
            (variant, is_winsorised): mean
            for variant, is_winsorised, mean in connection.execute(
                "select variant_id, is_winsorised, mean_a from moments where segment_name = 'all'"
                " and metric_name = 'capped' and column_a = 'y' and column_b = 'y'"
            ).fetchall()
        }
    values = {
        variant: [
            1000.0 if unit == 1 else float(unit % 20)
            for unit in range(40)
            if "ab"[unit % 2] == variant
        ]
        for variant in "ab"
    }
    for variant in "ab":
        raw, capped = values[variant], [min(value, 10.0) for value in values[variant]]
        assert means[variant, False] == pytest.approx(math.fsum(raw) / 20)
        assert means[variant, True] == pytest.approx(math.fsum(capped) / 20)


def test_without_a_cap_there_are_no_capped_moments() -> None:
    """No pre-period, and too few units have a complete window yet."""
    spec = metric("capped", winsorize=WinsorizeSpec(upper=0.9), days=3)
    world = World(
        [Exposure("e1", unit, "a", START_AT) for unit in range(5)],
        [Event(unit, START_AT, 1.0) for unit in range(5)],
        analysis_end_at=datetime(2026, 1, 12),
        experiments=[experiment("e1", ["capped"])],
    )
    with duckdb.connect() as connection:
        build(connection, world, compiled(world.experiments, [spec]))
        counts = connection.execute(
            "select is_winsorised, count(*) from moments where metric_name = 'capped' group by 1"
        ).fetchall()
        assert connection.execute("select * from scales").fetchall() == []
    assert [is_winsorised for is_winsorised, _ in counts] == [False]
