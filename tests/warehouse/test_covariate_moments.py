"""The blocks of covariates that balance is tested on, against numpy on the units."""

from datetime import timedelta
from itertools import combinations_with_replacement

import duckdb
import numpy as np
import pytest

from abstats.spec.covariate import Covariate
from abstats.spec.roles import MetricRoles
from tests.warehouse.worlds import (
    START_AT,
    Event,
    Exposure,
    World,
    build,
    compiled,
    experiment,
    measure,
    metric,
)

WITH_COVARIATES = metric(
    "with_covariates",
    days=2,
    covariates=(
        Covariate(name="weights", measure=measure("weight")),
        Covariate(name="score", attribute="score"),
    ),
)
METRICS = [metric("total"), metric("rate", "ratio", days=5), WITH_COVARIATES]


def test_covariates_of_metrics_that_decide_are_joint_and_others_have_blocks_of_their_own() -> None:
    experiment_of_roles = experiment("e1", [spec.name for spec in METRICS]).model_copy(
        update={"metrics": MetricRoles(primary=("total",), secondary=("with_covariates", "rate"))}
    )
    rng = np.random.default_rng(4)
    exposures = [
        Exposure("e1", unit, "ab"[unit % 2], START_AT, score=rng.normal()) for unit in range(40)
    ]
    events = [
        Event(int(unit), START_AT - timedelta(hours=int(hours)), float(value))
        for unit, hours, value in zip(
            rng.integers(0, 40, 200), rng.integers(1, 200, 200), rng.normal(size=200), strict=True
        )
    ]
    world = World(exposures, events, experiments=(experiment_of_roles,))
    with duckdb.connect() as connection:
        build(connection, world, compiled([experiment_of_roles], METRICS))
        found = connection.execute("select * from covariates").to_arrow_table().to_pylist()
        units = connection.execute("select * from units order by unit_id").to_arrow_table()
    hash_of = {spec.name: spec.definition_hash for spec in METRICS}
    blocks = {
        "covariates": ["total.x_y", "missing"],
        hash_of["with_covariates"]: [
            f"with_covariates.{column}" for column in ("x_y", "x_weights", "x_score")
        ],
        hash_of["rate"]: ["rate.x_y", "rate.x_d"],
    }
    assert {row["definition_hash"] for row in found} == set(blocks)
    columns = {
        name: np.array(units[name].to_pylist(), float)
        for name in units.column_names
        if "__x_" in name
    }
    for block, names in blocks.items():
        rows = {
            (row["variant_id"], row["column_a"], row["column_b"]): row
            for row in found
            if row["definition_hash"] == block
        }
        assert len(rows) == 2 * len(names) * (len(names) + 1) / 2
        for variant in "ab":
            is_in = np.array(units["variant_id"].to_pylist()) == variant
            values = {
                name: np.zeros(40)
                if name == "missing"
                else (column := columns[name.replace(".", "__", 1)]) - column.mean()
                for name in names
            }
            for a, b in combinations_with_replacement(names, 2):
                row = rows[variant, a, b]
                assert row["n"] == is_in.sum()
                assert row["mean_a"] == pytest.approx(values[a][is_in].mean(), abs=1e-12)
                expected = np.cov(values[a][is_in], values[b][is_in])[0, 1]
                assert row["cov_ab"] == pytest.approx(expected, abs=1e-12)
