"""The models' text for engines that are not run here: it compiles and is one statement."""

import pytest
import sqlglot

from abstats.warehouse.cell_moments import cell_moments_sql
from abstats.warehouse.dialects import sqlglot_dialect
from abstats.warehouse.measurement_plan import plan_measurement
from abstats.warehouse.relation import Relation
from abstats.warehouse.unit_events import Sources
from abstats.warehouse.unit_measures import unit_measures_sql
from abstats.warehouse.value_counts import value_counts_sql
from tests.warehouse.worlds import experiment, metric

PLAN = plan_measurement(
    [experiment("e1", ["total", "rate", "any_event"], segments=["platform"])],
    [metric("total"), metric("rate", "ratio", days=5), metric("any_event", "proportion")],
)
SOURCES = Sources(
    exposures=Relation("exposures", {}),
    dates=Relation("dates", {}),
    facts={"events": Relation("events", {})},
)


@pytest.mark.parametrize("adapter_type", ["duckdb", "postgres", "snowflake", "bigquery", "trino"])
def test_every_statement_is_a_single_select(adapter_type: str) -> None:
    units = Relation("units", {})
    for sql in (
        unit_measures_sql(PLAN, SOURCES, adapter_type),
        cell_moments_sql(PLAN, "select * from units", "select * from wanted", adapter_type),
        value_counts_sql(PLAN, units, adapter_type),
    ):
        assert "abstats_placeholder" not in sql
        statements = sqlglot.parse(sql, dialect=sqlglot_dialect(adapter_type))
        assert len(statements) == 1
        assert isinstance(statements[0], sqlglot.exp.Query)
