"""What Ibis compiles in another way for an engine than for others is said in another way."""

import ibis
import pytest

from abstats.warehouse.placeholders import compile_expression, placeholder

ROWS = placeholder(
    "rows", {"at": "timestamp(6)", "value": "float64", "flag": "boolean", "list": "array<string>"}
)


def compiled(column: ibis.Value, adapter_type: str = "spark") -> str:
    sql = compile_expression(ROWS.select(found=column), {"rows": "select * from t"}, adapter_type)
    return " ".join(sql.split())


def test_a_float_is_a_double_and_no_decimal() -> None:
    assert "CAST(0.1 AS DOUBLE)" in compiled(ROWS.value + 0.1)
    assert "+ 0.1" in compiled(ROWS.value + 0.1, "duckdb")


def test_whole_numbers_and_texts_stay_as_they_are() -> None:
    sql = compiled(ROWS.flag.ifelse("1.5", "a") + "2.5")
    assert "'1.5'" in sql
    assert "DOUBLE" not in sql


@pytest.mark.parametrize(
    ("column", "function"),
    [(ROWS.value.isnull(), "ISNULL("), (ROWS.value.notnull(), "ISNOTNULL(")],
)
def test_nan_is_not_null(column: ibis.Value, function: str) -> None:
    sql = compiled(column)
    assert function in sql
    assert "ISNAN" not in sql


def test_a_count_of_nothing_is_zero() -> None:
    counted = ROWS.aggregate(found=ROWS.count(where=ROWS.value > 0))
    sql = compile_expression(counted, {"rows": "select * from t"}, "spark")
    assert "COUNT(IF(" in sql
    assert "SUM(" not in sql


def test_microseconds_are_those_of_the_second() -> None:
    assert "PMOD(UNIX_MICROS(`t0`.`at`), 1000000)" in compiled(ROWS.at.microsecond())


def test_no_list_has_no_length() -> None:
    assert "IF(`t0`.`list` IS NOT NULL, SIZE(`t0`.`list`), " in compiled(ROWS["list"].length())


def test_what_a_list_holds_has_a_type_on_snowflake() -> None:
    assert 'CAST(GET("t0"."list", 1) AS VARCHAR)' in compiled(ROWS["list"][1], "snowflake")
