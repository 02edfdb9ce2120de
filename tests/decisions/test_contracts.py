"""The contracts of the public SQL models are the tables that Python computes."""

from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from abstats.analysis import (
    CONTRIBUTIONS_GRAIN,
    CONTRIBUTIONS_SCHEMA,
    CROSS_CHECKS_GRAIN,
    CROSS_CHECKS_SCHEMA,
    POSTERIORS_GRAIN,
    POSTERIORS_SCHEMA,
    RESULTS_GRAIN,
    RESULTS_SCHEMA,
    SEGMENT_TESTS_GRAIN,
    SEGMENT_TESTS_SCHEMA,
)
from abstats.decisions import (
    DECISIONS_GRAIN,
    DECISIONS_SCHEMA,
    DISCOVERIES_GRAIN,
    DISCOVERIES_SCHEMA,
    HEALTH_GRAIN,
    HEALTH_SCHEMA,
)

MODELS = Path(__file__).resolve().parents[2] / "dbt_project" / "models" / "results"

SQL_WORDS = {
    pa.string(): "text",
    pa.bool_(): "boolean",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.date32(): "date",
    pa.timestamp("us"): "timestamp",
}
# What SQL adds to the rows of Python: whether a row is of the last date, and still holds.
RESULTS_TABLE = RESULTS_SCHEMA.append(pa.field("is_latest", pa.bool_())).append(
    pa.field("is_current", pa.bool_())
)


@pytest.mark.parametrize(
    ("model", "schema", "grain"),
    [
        ("fct_experiment_results", RESULTS_TABLE, RESULTS_GRAIN),
        ("fct_experiment_contributions", CONTRIBUTIONS_SCHEMA, CONTRIBUTIONS_GRAIN),
        ("fct_experiment_segment_tests", SEGMENT_TESTS_SCHEMA, SEGMENT_TESTS_GRAIN),
        ("fct_experiment_cross_checks", CROSS_CHECKS_SCHEMA, CROSS_CHECKS_GRAIN),
        ("fct_experiment_posteriors", POSTERIORS_SCHEMA, POSTERIORS_GRAIN),
        ("fct_experiment_health", HEALTH_SCHEMA, HEALTH_GRAIN),
        ("fct_experiment_decisions", DECISIONS_SCHEMA, DECISIONS_GRAIN),
        ("fct_experiment_discoveries", DISCOVERIES_SCHEMA, DISCOVERIES_GRAIN),
    ],
)
def test_a_contract_has_the_columns_types_and_grain_of_its_schema(model, schema, grain):
    (described,) = yaml.safe_load((MODELS / f"{model}.yml").read_text())["models"]
    columns = {column["name"]: column["data_type"] for column in described["columns"]}
    assert list(columns) == schema.names
    for field in schema:
        assert SQL_WORDS[field.type] in columns[field.name].lower(), field.name
    keys = [test["abstats.unique_key"]["arguments"]["columns"] for test in described["data_tests"]]
    assert keys == [list(grain)]


@pytest.mark.parametrize(
    "schema",
    [
        RESULTS_SCHEMA,
        CONTRIBUTIONS_SCHEMA,
        SEGMENT_TESTS_SCHEMA,
        CROSS_CHECKS_SCHEMA,
        POSTERIORS_SCHEMA,
        HEALTH_SCHEMA,
        DECISIONS_SCHEMA,
        DISCOVERIES_SCHEMA,
    ],
)
def test_public_tables_have_no_nested_columns(schema):
    assert not [field.name for field in schema if pa.types.is_nested(field.type)]
