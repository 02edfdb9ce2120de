"""Every way of writing the floor gives the moments of a loop over the raw rows."""

from datetime import datetime, time, timedelta

import duckdb
import numpy as np
import pytest

from benchmarks.cost.floor import floor_statements, largest_difference
from benchmarks.cost.project import LOOKBACK_DAYS, Metrics
from benchmarks.cost.world import world_file
from tests.benchmarks.cost.worlds import CASES, SMALL

UNTIL = {"the whole world": None, "an earlier day": SMALL.day(11)}


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    file = world_file(SMALL, tmp_path_factory.mktemp("floor"))
    with duckdb.connect(str(file), read_only=True) as opened:
        yield opened


@pytest.mark.parametrize("until", UNTIL.values(), ids=UNTIL)
@pytest.mark.parametrize("metrics", CASES.values(), ids=CASES)
def test_every_way_gives_the_moments_of_a_loop_over_rows(connection, metrics, until):
    expected = looped(connection, metrics, until or SMALL.end)
    for way, statement in floor_statements(SMALL, metrics, until=until).items():
        rows = {variant: moments for variant, *moments in connection.execute(statement).fetchall()}
        assert rows.keys() == expected.keys(), way
        for variant, moments in expected.items():
            assert rows[variant] == pytest.approx(moments, rel=1e-9, abs=1e-12), way


def test_a_moment_that_differs_is_measured_against_the_deviation():
    metrics = Metrics("activity", 1)
    floor = [("control", 4, 5.0, 1.0, 4.0, 9.0, 2.0)]
    pairs = {("y", "y"): (5.0, 4.0), ("x_y", "x_y"): (0.0, 9.0), ("y", "x_y"): (5.0, 2.0 + 6e-6)}
    ours = [
        {
            "variant_id": "control",
            "metric_name": "metric_01",
            "column_a": a,
            "column_b": b,
            "n": 4,
            "mean_a": mean,
            "cov_ab": covariance,
        }
        for (a, b), (mean, covariance) in pairs.items()
    ]
    assert largest_difference(floor, ours, metrics) == pytest.approx(1e-6)


def test_another_number_of_units_is_an_error():
    floor = [("control", 4, 5.0, 1.0, 4.0, 9.0, 2.0)]
    row = {"variant_id": "control", "metric_name": "metric_01", "n": 3, "mean_a": 5.0, "cov_ab": 4}
    ours = [{**row, "column_a": a, "column_b": b} for a, b in (("y", "y"), ("x_y", "x_y"))]
    ours.append({**row, "column_a": "y", "column_b": "x_y"})
    with pytest.raises(ValueError, match="n of metric_01 in control == 3, must be 4"):
        largest_difference(floor, ours, Metrics("activity", 1))


def looped(connection, metrics, until):
    """The moments by a loop: variant -> n, then five numbers per metric."""
    until = datetime.combine(until, time.min)
    first = {}
    for unit, variant, at in connection.execute(
        "select user_id, variant_id, exposed_at from raw.exposures where experiment_id = $1",
        [SMALL.experiment_names[0]],
    ).fetchall():
        if at < until and (unit not in first or at < first[unit][1]):
            first[unit] = variant, at
    if metrics.window_days is not None:
        window = timedelta(days=metrics.window_days)
        first = {unit: seen for unit, seen in first.items() if seen[1] + window <= until}
    else:
        window = timedelta(days=1000)

    totals = {unit: np.zeros((2, metrics.count)) for unit in first}
    values = ", ".join(metrics.expressions(SMALL))
    for unit, at, *row in connection.execute(
        f"select user_id, event_at, {values} from raw.{metrics.fact}"
    ).fetchall():
        if unit not in first or at >= until:
            continue
        exposed_at = first[unit][1]
        counted = np.array([float(value or 0) for value in row])
        if exposed_at <= at < exposed_at + window:
            totals[unit][0] += counted
        elif exposed_at - timedelta(days=LOOKBACK_DAYS) <= at < exposed_at:
            totals[unit][1] += counted

    moments = {}
    for name in ("control", "treatment"):
        of_variant = np.array([totals[unit] for unit in first if first[unit][0] == name])
        moments[name] = [len(of_variant)]
        for y, x in np.moveaxis(of_variant, 2, 0).transpose(0, 2, 1):
            covariance = np.cov(y, x)
            moments[name] += [
                y.mean(),
                x.mean(),
                covariance[0, 0],
                covariance[1, 1],
                covariance[0, 1],
            ]
    return moments
