"""CUPED with many covariates, through SQL and moments, equals the regression on the rows."""

from datetime import timedelta

import duckdb
import numpy as np
import pytest
from statsmodels.regression.linear_model import OLS

from abstats.analysis import read_cells
from abstats.inference import estimate_effect
from abstats.spec.covariate import Covariate
from abstats.spec.metric import MetricSpec
from abstats.spec.values import TransformSpec, WinsorizeSpec
from tests.warehouse.worlds import (
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
)

COVARIATES = (
    Covariate(name="orders", measure=measure("weight", fact="orders")),
    Covariate(name="score", attribute="score"),
)


def a_world(n: int = 150) -> World:
    """Skewed values that a past, another metric and a score explain; some units lack each."""
    rng = np.random.default_rng(11)
    exposures, events = [], []
    for unit in range(n):
        at = START_AT + timedelta(hours=int(rng.integers(0, 100)))
        is_new, size = rng.random() < 0.2, rng.gamma(1.0, 3.0)
        exposures.append(
            Exposure(
                "e1",
                unit,
                "ab"[unit % 3 == 0],
                at,
                first_seen_at=at if is_new else None,
                score=None if rng.random() < 0.1 else size + rng.normal(),
            )
        )
        for _ in range(int(rng.poisson(2))):
            before = at - timedelta(hours=int(rng.integers(1, 150)))
            events.append(Event(unit, before, size + rng.normal()))
            events.append(Event(unit, before, 0.0, rng.poisson(3) * 1.0, fact="orders"))
        for _ in range(int(rng.poisson(2))):
            after = at + timedelta(hours=int(rng.integers(0, 60)))
            events.append(Event(unit, after, abs(size + rng.normal()) + unit % 3, 1.0 + size))
    return World(exposures, events, experiments=[experiment("e1", ["m"])])


WORLD = a_world()


@pytest.mark.parametrize(
    "spec",
    [
        metric("m", covariates=COVARIATES),
        metric("m", agg="average", missing="exclude", covariates=COVARIATES),
        metric("m", agg="count", transform=TransformSpec(function="log1p"), covariates=COVARIATES),
        metric("m", winsorize=WinsorizeSpec(upper_value=6.0), covariates=COVARIATES),
    ],
    ids=["total", "average", "logarithm", "winsorised"],
)
def test_the_estimate_is_that_of_the_regression_on_all_rows(spec: MetricSpec) -> None:
    with duckdb.connect() as connection:
        build(connection, WORLD, compiled(WORLD.experiments, [spec]))
        moments = connection.execute("select * from moments").to_arrow_table()
    is_winsorised = spec.winsorize is not None
    arms = {
        cell.variant_id: found
        for cell, found in read_cells(moments).items()
        if cell.metric_name == "m"
        and cell.segment_name == "all"
        and cell.is_winsorised == is_winsorised
    }
    columns = ["y", "x_y", "x_orders", "x_score", "missing"]
    effect = estimate_effect(
        "mean", arms["a"].select(*columns), arms["b"].select(*columns), estimator="cuped"
    )
    rows = []
    cap = spec.winsorize.upper_value if spec.winsorize is not None else np.inf
    for exposure in WORLD.exposures:
        outcome, covariates = expected_values(WORLD, spec, exposure)
        if outcome is None or covariates is None:
            continue
        own = covariates["x_y"]
        rows.append(
            [
                min(outcome["y"], cap),
                exposure.variant == "b",
                np.nan if own is None else min(own, cap),
                covariates["x_orders"],
                covariates["x_score"],
                own is None,
            ]
        )
    data = np.array(rows, dtype=float)
    # An OLS of centred columns, 0 where missing; any centre gives the same with an indicator, and
    # where there is none (the score) it is the mean of those that have it.
    everybody = [expected_values(WORLD, spec, exposure)[1] for exposure in WORLD.exposures]
    for column, name in ((2, "x_y"), (3, "x_orders"), (4, "x_score")):
        known = [row[name] for row in everybody if row is not None and row[name] is not None]
        centre = np.mean(np.minimum(known, cap) if name == "x_y" else known)
        data[:, column] = np.nan_to_num(data[:, column] - centre, nan=0.0)
    regressors = np.column_stack([np.ones(len(data)), data[:, 1:]])
    truth = OLS(data[:, 0], regressors).fit()
    assert 40 < len(data) < 151
    assert effect.estimate == pytest.approx(truth.params[1], rel=1e-10)
    assert effect.variance_reduction > 0.0
