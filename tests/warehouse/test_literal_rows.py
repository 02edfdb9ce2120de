"""Declared text reaches every engine as data."""

from datetime import date, datetime

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from abstats.warehouse.dialects import sqlglot_dialect
from abstats.warehouse.literal_rows import literal_rows_sql

TYPES = {"name": "text", "weight": "double", "day": "date", "at": "timestamp", "is_on": "boolean"}
HOSTILE = 'it\'s "x"; drop table t; -- \\ {{ y }} \n ü'
ADAPTERS = ["duckdb", "postgres", "spark", "bigquery", "snowflake", "trino"]

# NUL ends a string in every engine; YAML refuses it before it could come here.
texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)))


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.none() | texts,
            st.none() | st.floats(allow_nan=False, allow_infinity=False),
            st.none() | st.dates(date(1900, 1, 1)),
            st.none() | st.datetimes(datetime(1900, 1, 1)),
            st.none() | st.booleans(),
        ),
        max_size=4,
    )
)
def test_duckdb_returns_the_rows_that_were_declared(rows: list[tuple[object, ...]]) -> None:
    assert duckdb.sql(literal_rows_sql(TYPES, rows, "duckdb")).fetchall() == rows


def test_no_rows_are_a_table_with_typed_columns() -> None:
    relation = duckdb.sql(literal_rows_sql(TYPES, [], "duckdb"))
    assert relation.fetchall() == []
    assert relation.columns == list(TYPES)
    assert [str(type_) for type_ in relation.types] == [
        "VARCHAR",
        "DOUBLE",
        "DATE",
        "TIMESTAMP",
        "BOOLEAN",
    ]


@pytest.mark.parametrize("adapter_type", ADAPTERS)
def test_hostile_text_is_one_literal_in_every_dialect(adapter_type: str) -> None:
    sql = literal_rows_sql({"name": "text"}, [(HOSTILE,)], adapter_type)
    statements = sqlglot.parse(sql, dialect=sqlglot_dialect(adapter_type))
    assert len(statements) == 1
    assert statements[0] is not None
    literals = [node.this for node in statements[0].find_all(sqlglot.exp.Literal)]
    assert literals == [HOSTILE]


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="row has 2 values, must have 1"):
        literal_rows_sql({"name": "text"}, [("a", "b")], "duckdb")


def test_an_unknown_engine_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ValueError, match=r"adapter type == 'mysql', must be one of .*duckdb"):
        literal_rows_sql({"name": "text"}, [], "mysql")
