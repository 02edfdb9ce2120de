"""The models' text for engines that are not run here: it compiles and is one statement."""

import pytest
import sqlglot

from abstats.spec.covariate import Covariate, CupedSpec
from abstats.spec.values import (
    GiniSpec,
    QuantileSpec,
    RetentionSpec,
    TransformSpec,
    WinsorizeSpec,
)
from abstats.warehouse.bucket_sums import bucket_sums_sql
from abstats.warehouse.cell_moments import cell_moments_sql
from abstats.warehouse.covariate_moments import covariate_moments_sql
from abstats.warehouse.dialects import sqlglot_dialect
from abstats.warehouse.frozen_scales import frozen_scales_sql
from abstats.warehouse.gini_values import gini_values_sql
from abstats.warehouse.measurement_plan import plan_measurement
from abstats.warehouse.quantile_grids import quantile_grids_sql
from abstats.warehouse.relation import Relation
from abstats.warehouse.unit_events import Sources
from abstats.warehouse.unit_measures import unit_measures_sql
from abstats.warehouse.unit_states import outcome_states
from abstats.warehouse.unit_totals import unit_totals_schema, unit_totals_sql
from abstats.warehouse.value_counts import value_counts_sql
from tests.warehouse.worlds import FACTS, experiment, levels_of, measure, metric, part

NO_CUPED = CupedSpec(enabled=False)
METRICS = [
    metric("total"),
    metric("rate", "ratio", days=5, denominator_fact="orders"),
    metric("any_event", "proportion"),
    metric("came_back", "retention", retention=RetentionSpec(from_day=1, to_day=7)),
    metric("logarithm", transform=TransformSpec(function="log1p")),
    metric("average", agg="average", filter="weight > 0"),
    metric("smallest", agg="min"),
    metric("last", agg="last_value", missing="exclude"),
    metric("labels", agg="count_distinct"),
    metric("capped", winsorize=WinsorizeSpec(upper=0.99), days=7),
    metric(
        "score",
        "composite",
        parts=(part("total", 2.0, measure("value"), standardise="pre_period"),),
        covariates=(Covariate(name="score", attribute="score"),),
    ),
    metric("conversion", "conversion", days=7, denominator_fact="orders", cuped=NO_CUPED),
    metric("p95", "quantile", quantile=QuantileSpec(p=0.95), cuped=NO_CUPED),
    metric("p50", "quantile", quantile=QuantileSpec(p=0.5, over="units"), cuped=NO_CUPED),
    metric("gini", "gini", gini=GiniSpec(over="user"), cuped=NO_CUPED),
    metric("unit_gini", "gini", gini=GiniSpec(over="unit"), cuped=NO_CUPED),
]
PLAN = plan_measurement(
    [
        experiment(
            "e1",
            [spec.name for spec in METRICS],
            segments=["platform"],
            analysis={"cross_checks": {"bootstrap": 1000}},
        )
    ],
    METRICS,
)
SOURCES = Sources(
    exposures=Relation("exposures", {}),
    dates=Relation("dates", {}),
    facts={fact: Relation(fact, {}) for fact in FACTS},
    grids=Relation("grids", {}),
    scales=Relation("scales", {}),
)
# Lists, which not every engine merges, come from distinct values and conversions alone.
ADDABLE = plan_measurement([experiment("e1", ["total", "last"])], METRICS)
TOTALS = Relation(
    "unit_totals", dict.fromkeys(unit_totals_schema(outcome_states(ADDABLE)), "double")
)


# DuckDB and Postgres are run by tests/engines.
@pytest.mark.parametrize("adapter_type", ["snowflake", "bigquery", "trino"])
def test_every_statement_is_a_single_select(
    adapter_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # BigQuery's parser rewrites implicit unnests, which nothing here has, on copies of the tree.
    parser = sqlglot.Dialect.get_or_raise(sqlglot_dialect(adapter_type)).parser_class
    monkeypatch.setattr(parser, "SUPPORTS_IMPLICIT_UNNEST", False)
    units = Relation("units", {})
    for sql in (
        frozen_scales_sql(PLAN, SOURCES, "stored", adapter_type),
        unit_measures_sql(PLAN, SOURCES, adapter_type),
        cell_moments_sql(
            PLAN, "select * from units", "select * from wanted", adapter_type, levels_of(PLAN)
        ),
        covariate_moments_sql(PLAN, "units", adapter_type, all_observable=False),
        quantile_grids_sql(PLAN, SOURCES, (), levels_of(PLAN), adapter_type),
        gini_values_sql(PLAN, SOURCES, "units", adapter_type),
        bucket_sums_sql(PLAN, "units", adapter_type),
        value_counts_sql(PLAN, units, adapter_type),
        unit_totals_sql(ADDABLE, Relation("unit_days", {}), TOTALS, adapter_type),
    ):
        assert "abstats_placeholder" not in sql
        statements = sqlglot.parse(sql, dialect=sqlglot_dialect(adapter_type))
        assert len(statements) == 1
        assert isinstance(statements[0], sqlglot.exp.Query)
