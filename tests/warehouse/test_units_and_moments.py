"""Events to units to moments, against a loop over rows."""

import math
import statistics
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abstats.spec.covariate import Covariate
from abstats.spec.metric import MetricSpec
from abstats.spec.values import RetentionSpec, TransformSpec
from tests.warehouse.worlds import (
    END_AT,
    FACTS,
    START_AT,
    Event,
    Exposure,
    World,
    build,
    compiled,
    expected_values,
    experiment,
    measure,
    metric,
    part,
)

COVARIATES = (
    Covariate(name="labels", measure=measure("label", "count_distinct", fact="orders")),
    Covariate(name="score", attribute="score"),
)
METRICS = [
    metric("total"),
    metric("windowed", days=3),
    metric("any_event", "proportion"),
    metric("rate", "ratio", days=5),
    metric("present", missing="exclude"),
    metric("present_rate", "ratio", missing="exclude"),
    metric("filtered", filter="weight > 0"),
    metric("filtered_count", agg="count", filter="weight > 0"),
    metric("any_filtered", "proportion", filter="weight > 0", days=3),
    metric("over_two_facts", "ratio", denominator_fact="orders", days=4),
    metric("present_in_both", "ratio", denominator_fact="orders", missing="exclude"),
    metric("came_back", "retention", retention=RetentionSpec(from_day=1, to_day=3)),
    metric("log_total", transform=TransformSpec(function="log1p"), agg="count"),
    metric("is_above", transform=TransformSpec(function="above", above=2.0)),
    metric("average", agg="average", missing="exclude", days=3),
    metric("average_or_zero", agg="average"),
    metric("smallest", agg="min", missing="exclude"),
    metric("largest", agg="max", missing="exclude"),
    metric("last", agg="last_value", missing="exclude", days=5),
    metric("labels", agg="count_distinct"),
    metric(
        "composite",
        "composite",
        days=3,
        parts=(
            part("total", 2.0, measure("value")),
            part("orders", -0.5, measure("weight", fact="orders"), standard_deviation=4.0),
            part("any", 3.0, measure("value", filter="weight > 0"), kind="proportion"),
        ),
    ),
    metric("with_covariates", days=2, covariates=COVARIATES),
    metric("rate_with_covariates", "ratio", covariates=COVARIATES),
    metric("average_with_covariates", agg="average", missing="exclude", covariates=COVARIATES),
    metric("labels_present", agg="count_distinct", missing="exclude", filter="weight > 0"),
]
NAMES = [spec.name for spec in METRICS]
EXPERIMENTS = [experiment("e1", NAMES, segments=["platform"]), experiment("e2", NAMES[:3])]
# The text depends on the specs alone; every world runs the same.
ALL_METRICS = compiled(EXPERIMENTS, METRICS)
ONE_METRIC = compiled([experiment("e1", ["total"])], [metric("total")])

# Minutes on a coarse grid, so that events fall exactly on exposures and on ends of windows.
instants = st.integers(-10 * 24, 20 * 24).map(lambda hours: START_AT + timedelta(hours=hours))
values = st.one_of(st.none(), st.integers(-3, 5).map(float))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    n_units = draw(st.integers(2, 8))
    exposures = []
    for name in ("e1", "e2"):
        for unit in range(n_units):
            at = START_AT + timedelta(hours=draw(st.integers(0, 10 * 24 - 1)))
            first_seen_at = draw(
                st.one_of(st.none(), st.just(at), st.just(at - timedelta(days=1)), instants)
            )
            exposures.append(
                Exposure(
                    name,
                    unit,
                    draw(st.sampled_from("ab")),
                    at,
                    first_seen_at,
                    draw(st.sampled_from(["ios", "o'web", None])),
                    draw(values),
                )
            )
    events = draw(
        st.lists(
            st.builds(
                Event,
                st.integers(0, n_units),
                instants,
                values,
                values,
                st.sampled_from(["a", "b", "c", None]),
                st.sampled_from(FACTS),
            ),
            max_size=60,
        )
    )
    return World(
        exposures,
        events,
        analysis_end_at=draw(st.sampled_from([datetime(2026, 1, 9), datetime(2026, 1, 25)])),
        experiments=EXPERIMENTS,
    )


@settings(max_examples=15, deadline=None)
@given(world=worlds())
def test_every_unit_counts_as_a_loop_over_its_events_says(world: World) -> None:
    with duckdb.connect() as connection:
        build(connection, world, ALL_METRICS)
        units = {
            (row["experiment_id"], row["unit_id"]): row
            for row in connection.execute("select * from units").to_arrow_table().to_pylist()
        }
    for exposure in world.exposures:
        if exposure.at >= world.analysis_end_at:
            assert (exposure.experiment, exposure.unit) not in units
            continue
        row = units[exposure.experiment, exposure.unit]
        assert row["variant_id"] == exposure.variant
        for spec in METRICS if exposure.experiment == "e1" else METRICS[:3]:
            outcomes, covariates = expected_values(world, spec, exposure)
            for column in ("y", "d") if spec.kind == "ratio" else ("y",):
                expected = None if outcomes is None else outcomes[column]
                assert are_equal(row[f"{spec.name}__{column}"], expected)
            for column in covariate_columns(spec):
                expected = None if covariates is None else covariates[column]
                assert are_equal(row[f"{spec.name}__{column}"], expected)


@settings(max_examples=8, deadline=None)
@given(world=worlds())
def test_moments_are_those_of_the_units_in_every_cell(world: World) -> None:
    with duckdb.connect() as connection:
        build(connection, world, ALL_METRICS)
        rows = connection.execute("select * from moments").to_arrow_table().to_pylist()
    moments = {
        (
            row["experiment_id"],
            row["variant_id"],
            row["segment_name"],
            row["segment_value"],
            row["metric_name"],
            row["column_a"],
            row["column_b"],
        ): row
        for row in rows
    }
    assert len(moments) == len(rows)
    seen = set()
    known = [e for e in world.exposures if e.at < world.analysis_end_at]
    for cell, n in Counter(
        (e.experiment, e.variant, *segment)
        for e in known
        for segment in (("all", "all"), ("platform", e.platform or "(missing)"))
        if segment[0] == "all" or e.experiment == "e1"
    ).items():
        key = (*cell, "units", "unit", "unit")
        seen.add(key)
        assert (moments[key]["n"], moments[key]["mean_a"]) == (n, 1.0)
    for spec in METRICS:
        columns = ("y", "d") if spec.kind == "ratio" else ("y",)
        for name in ("e1", "e2") if spec in METRICS[:3] else ("e1",):
            pairs = [(e, expected_values(world, spec, e)) for e in world.exposures]
            counted = [
                (e, outcomes, covariates)
                for e, (outcomes, covariates) in pairs
                if e.experiment == name and outcomes is not None
            ]
            centres = {
                column: mean(
                    [
                        covariates[column]
                        for e, (_, covariates) in pairs
                        if e.experiment == name
                        and covariates is not None
                        and covariates[column] is not None
                    ]
                )
                for column in covariate_columns(spec)
            }
            own = [f"x_{column}" for column in columns]
            cells: dict[tuple[str, str, str], list[dict[str, float]]] = {}
            for exposure, outcomes, covariates in counted:
                assert outcomes is not None
                row = dict(outcomes)
                assert covariates is not None
                row["missing"] = float(any(covariates[column] is None for column in own))
                for column, centre in centres.items():
                    value = centre if covariates[column] is None else covariates[column]
                    is_of_ratio = spec.kind == "ratio" and column in own
                    row[column] = value - (0.0 if is_of_ratio else centre)
                cells.setdefault((exposure.variant, "all", "all"), []).append(row)
                if name == "e1":
                    value = exposure.platform or "(missing)"
                    cells.setdefault((exposure.variant, "platform", value), []).append(row)
            names = [*columns, *centres, "missing"]
            for (variant, segment, value), units in cells.items():
                for i, a in enumerate(names):
                    for b in names[i:]:
                        key = (name, variant, segment, value, spec.name, a, b)
                        seen.add(key)
                        stored = moments[key]
                        assert stored["n"] == len(units)
                        assert stored["mean_a"] == pytest.approx(mean([u[a] for u in units]))
                        assert stored["mean_b"] == pytest.approx(mean([u[b] for u in units]))
                        if len(units) == 1:
                            assert stored["cov_ab"] is None
                        else:
                            covariance = statistics.covariance(
                                [u[a] for u in units], [u[b] for u in units]
                            )
                            assert stored["cov_ab"] == pytest.approx(covariance, abs=1e-12)
    assert seen == moments.keys()


def covariate_columns(spec: MetricSpec) -> list[str]:
    columns = ["x_y", "x_d"] if spec.kind == "ratio" else ["x_y"]
    return [*columns, *(f"x_{covariate.name}" for covariate in spec.covariates)]


def are_equal(found: float | None, expected: float | None) -> bool:
    if found is None or expected is None:
        return found is expected
    return found == pytest.approx(expected, rel=1e-14)


def mean(numbers: list[float]) -> float:
    return math.fsum(numbers) / len(numbers) if numbers else 0.0


def world_of_one_metric(events: list[Event], exposures: list[Exposure]) -> World:
    return World(exposures, events, experiments=[experiment("e1", ["total"])])


def test_an_event_at_the_instant_of_exposure_is_an_outcome_and_never_a_covariate() -> None:
    at = datetime(2026, 1, 6, 12)
    world = world_of_one_metric(
        [Event(1, at, 1.0), Event(1, at - timedelta(microseconds=1), 10.0)],
        [Exposure("e1", 1, "a", at)],
    )
    with duckdb.connect() as connection:
        build(connection, world, ONE_METRIC)
        row = connection.execute("select total__y, total__x_y from units").fetchone()
    assert row == (1.0, 10.0)


def test_joining_on_dates_halves_an_effect_that_timestamps_keep() -> None:
    """Trap 6: events before the exposure, on its day, belong to no variant's outcome."""
    n = 400
    exposures = [
        Exposure("e1", unit, "ab"[unit % 2], START_AT + timedelta(hours=12)) for unit in range(n)
    ]
    events = [
        event
        for unit in range(n)
        for event in (
            Event(unit, START_AT + timedelta(hours=6), 10.0),
            Event(unit, START_AT + timedelta(hours=18), 10.0 * (1.1 if unit % 2 else 1.0)),
        )
    ]
    with duckdb.connect() as connection:
        build(connection, world_of_one_metric(events, exposures), ONE_METRIC)
        ours = dict(
            connection.execute(
                "select variant_id, mean_a from moments"
                " where metric_name = 'total' and column_a = 'y' and column_b = 'y'"
            ).fetchall()
        )
        by_date = dict(
            connection.execute(
                "select variant_id, sum(value) / count(distinct unit_id) from exposures"
                " join events on user_id = unit_id"
                " and cast(event_at as date) >= cast(exposed_at as date) group by 1"
            ).fetchall()
        )
    assert ours["b"] / ours["a"] - 1 == pytest.approx(0.1)
    assert by_date["b"] / by_date["a"] - 1 == pytest.approx(0.05)


def test_the_variance_at_a_mean_of_1e8_is_right_where_power_sums_are_not() -> None:
    """Trap 11."""
    n = 2000
    exposures = [Exposure("e1", unit, "ab"[unit % 2], START_AT) for unit in range(n)]
    offsets = [math.sin(unit) for unit in range(n)]
    events = [Event(unit, START_AT, 1e8 + offsets[unit]) for unit in range(n)]
    with duckdb.connect() as connection:
        build(connection, world_of_one_metric(events, exposures), ONE_METRIC)
        stored = connection.execute(
            "select cov_ab from moments where variant_id = 'a' and metric_name = 'total'"
            " and column_a = 'y' and column_b = 'y'"
        ).fetchone()
        power_sums = connection.execute(
            "select (sum(total__y * total__y) - sum(total__y) * sum(total__y) / count(*))"
            " / (count(*) - 1) from units where variant_id = 'a'"
        ).fetchone()
    assert stored is not None
    assert power_sums is not None
    truth = statistics.variance(offsets[::2])
    assert stored[0] == pytest.approx(truth, rel=1e-6)
    assert power_sums[0] != pytest.approx(truth, rel=1e-2)


def test_shifting_a_covariate_by_a_million_changes_no_moment() -> None:
    """Trap 18: covariates are centred before unobservable units are filled with 0."""
    exposures = [
        Exposure("e1", unit, "ab"[unit % 2], START_AT, None if unit % 3 else START_AT)
        for unit in range(60)
    ]
    moments = []
    for shift in (0.0, 1e6):
        events = [Event(u, START_AT - timedelta(days=1), u % 7 + shift) for u in range(60)]
        events += [Event(u, START_AT, float(u % 5)) for u in range(60)]
        with duckdb.connect() as connection:
            build(connection, world_of_one_metric(events, exposures), ONE_METRIC)
            moments.append(
                connection.execute(
                    "select mean_a, mean_b, cov_ab from moments"
                    " order by variant_id, metric_name, column_a, column_b"
                ).fetchall()
            )
    for plain, shifted in zip(*moments, strict=True):
        assert shifted == pytest.approx(plain, abs=1e-9)


def test_exposures_at_the_end_and_events_after_it_do_not_count_for_an_open_ended_metric() -> None:
    world = world_of_one_metric(
        [Event(1, END_AT - timedelta(microseconds=1), 1.0), Event(1, END_AT, 5.0)],
        [Exposure("e1", 1, "a", START_AT)],
    )
    with duckdb.connect() as connection:
        build(connection, world, ONE_METRIC)
        assert connection.execute("select total__y from units").fetchone() == (1.0,)


def test_a_window_that_closes_with_the_last_known_instant_is_complete_and_one_later_is_not() -> (
    None
):
    """Law 7, to the microsecond: a window of 3 days, data until midnight of the 9th."""
    last = datetime(2026, 1, 6)
    exposures = [
        Exposure("e1", 1, "a", last),
        Exposure("e1", 2, "a", last + timedelta(microseconds=1)),
    ]
    world = World(
        exposures,
        [Event(1, last, 1.0), Event(2, last + timedelta(hours=1), 1.0)],
        analysis_end_at=datetime(2026, 1, 9),
        experiments=EXPERIMENTS,
    )
    with duckdb.connect() as connection:
        build(connection, world, ALL_METRICS)
        rows = connection.execute("select windowed__y from units order by unit_id").fetchall()
    assert rows == [(1.0,), (None,)]


def test_a_lookback_begins_with_the_instant_it_names() -> None:
    at = datetime(2026, 1, 8, 12)
    begin = at - timedelta(days=7)
    world = world_of_one_metric(
        [Event(1, begin, 1.0), Event(1, begin - timedelta(microseconds=1), 10.0)],
        [Exposure("e1", 1, "a", at)],
    )
    with duckdb.connect() as connection:
        build(connection, world, ONE_METRIC)
        assert connection.execute("select total__x_y from units").fetchone() == (1.0,)


def test_the_covariates_of_balance_do_not_depend_on_what_happened_after_exposure() -> None:
    """Units without an outcome are excluded from the metric, never from its covariate."""
    exposures = [Exposure("e1", unit, "a", START_AT) for unit in range(4)]
    events = [Event(unit, START_AT - timedelta(days=1), float(unit)) for unit in range(4)]
    events += [Event(0, START_AT, 5.0), Event(1, START_AT, 5.0)]
    world = World(exposures, events, experiments=EXPERIMENTS)
    with duckdb.connect() as connection:
        build(connection, world, ALL_METRICS)
        found = dict(
            connection.execute(
                "select metric_name, (n, mean_a)"
                " from (from moments union all by name from covariates)"
                " where segment_name = 'all' and experiment_id = 'e1' and column_a = column_b"
                " and ((metric_name = 'covariates' and column_a = 'present.x_y')"
                " or (metric_name = 'present' and column_a = 'x_y'))"
            ).fetchall()
        )
    assert found == {"covariates": (4, 0.0), "present": (2, -1.0)}


@settings(max_examples=5, deadline=None)
@given(world=worlds())
def test_a_log_that_does_not_say_when_units_were_first_seen_needs_no_indicator(world) -> None:
    exposures = [replace(exposure, first_seen_at=None) for exposure in world.exposures]
    with duckdb.connect() as connection:
        build(connection, replace(world, exposures=exposures), ALL_METRICS)
        connection.execute(f"create table without as {ALL_METRICS.moments_of_observable}")
        one, other = (
            connection.execute(f"select * from {table}").to_arrow_table().to_pylist()
            for table in ("moments", "without")
        )
    keys = ("variant_id", "segment_name", "segment_value", "metric_name", "column_a", "column_b")
    numbers = ("n", "mean_a", "mean_b", "cov_ab")
    found, expected = (
        {
            (row["experiment_id"], *(row[key] for key in keys)): [row[name] for name in numbers]
            for row in rows
        }
        for rows in (other, one)
    )
    assert found.keys() == expected.keys()
    for key, values in expected.items():
        assert all(are_equal(*pair) for pair in zip(values, found[key], strict=True)), (
            key,
            values,
            found[key],
        )
