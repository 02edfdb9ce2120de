"""What a metric may say beside its kind, for engines that are not run here: it compiles.

The kinds themselves are in the snapshots.
"""

import pytest

from abstats.spec.covariate import Covariate
from abstats.spec.values import GiniSpec, QuantileSpec, TransformSpec
from abstats.warehouse.measurement_plan import plan_measurement
from tests.warehouse.dialect_snapshots import DIALECTS, NO_CUPED
from tests.warehouse.single_select import is_single_select
from tests.warehouse.statements import STATEMENTS
from tests.warehouse.worlds import experiment, levels_of, measure, metric, part

METRICS = [
    metric("last", agg="last_value", missing="exclude"),
    metric("logarithm", transform=TransformSpec(function="log1p")),
    metric("average", agg="average", filter="weight > 0"),
    metric("smallest", agg="min"),
    metric(
        "score",
        "composite",
        parts=(part("total", 2.0, measure("value")),),
        covariates=(Covariate(name="score", attribute="score"),),
    ),
    metric("p50", "quantile", quantile=QuantileSpec(p=0.5, over="units"), cuped=NO_CUPED),
    metric("unit_gini", "gini", gini=GiniSpec(over="unit"), cuped=NO_CUPED),
]


# DuckDB and Postgres are run by tests/engines.
@pytest.mark.slow
@pytest.mark.parametrize("adapter_type", DIALECTS)
def test_every_statement_is_a_single_select(adapter_type: str) -> None:
    plan = plan_measurement([experiment("e1", [spec.name for spec in METRICS])], METRICS)
    for name, statement in STATEMENTS.items():
        sql = statement(plan, levels_of(plan), adapter_type)
        assert "abstats_placeholder" not in sql
        assert is_single_select(sql, adapter_type), name
