"""Names and text in SQL are data, whatever they hold."""

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from abstats.warehouse.literal_rows import literal_rows_sql
from abstats.warehouse.measurement_plan import plan_measurement
from abstats.warehouse.quoting import LONGEST_IDENTIFIER, fitting, quoted, quoted_for, text_for
from abstats.warehouse.unit_measures import unit_measures_schema
from tests.engines.world import INJECTED
from tests.warehouse.worlds import experiment, metric

ENGINES = ("duckdb", "postgres", "spark")
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=40)
names = st.integers(1, 90).flatmap(lambda n: st.text("ab_1", min_size=n, max_size=n))
# What two metrics of a company may be called.
STEM = "share_of_recommendation_impressions_on_the_home_page_with_a_watch_within"


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as opened:
        yield opened


@settings(deadline=None, max_examples=50)
@given(text=texts)
def test_text_comes_out_of_duckdb_as_it_went_in(connection, text):
    rows = literal_rows_sql({"it": "text"}, [(text,), (text + INJECTED,)], "duckdb")
    assert connection.execute(rows).fetchall() == [(text,), (text + INJECTED,)]
    assert connection.execute(f"select {text_for(text, 'duckdb')}").fetchone() == (text,)


@settings(deadline=None, max_examples=50)
@given(name=texts.filter(bool))
def test_a_name_is_one_column_whatever_it_holds(connection, name):
    for written in (quoted(name), quoted_for(name, "duckdb")):
        (described,) = connection.execute(f"select 1 as {written}").description
        assert described[0] == name


@pytest.mark.parametrize("adapter", ENGINES)
def test_text_and_names_are_one_token_to_each_engine(adapter):
    statement = f"select {text_for(INJECTED, adapter)} as {quoted_for(INJECTED, adapter)}"
    (select,) = sqlglot.parse(statement, dialect=adapter)
    (alias,) = select.expressions
    assert isinstance(alias.this, exp.Literal)
    assert (alias.this.this, alias.alias) == (INJECTED, INJECTED)


@settings(deadline=None, max_examples=50)
@given(one=names, other=names, longest=st.integers(20, 63))
def test_names_that_fit_are_kept_and_others_stay_apart(one, other, longest):
    short = fitting(one, longest)
    assert len(short) <= longest
    assert (short == one) is (len(one) <= longest)
    if one != other:
        assert fitting(other, longest) != short


@settings(deadline=None, max_examples=50)
@given(end=names)
def test_names_that_differ_at_their_ends_stay_apart(end):
    assert fitting(f"{STEM}_{end}_x") != fitting(f"{STEM}_{end}_y")


def test_metrics_with_long_names_have_columns_of_their_own_on_postgres():
    metrics = [metric(f"{STEM}_{days}_days", winsorize={"upper": 0.99}) for days in (7, 28)]
    plan = plan_measurement([experiment("exp", [spec.name for spec in metrics])], metrics)
    columns = list(unit_measures_schema(plan))
    # Postgres cuts what is longer, and what is made of it has a prefix.
    cut = {f"centre__{name}"[:LONGEST_IDENTIFIER] for name in columns}
    assert len(cut) == len(columns)
