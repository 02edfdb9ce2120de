"""The SQL projection of a fact: unit, time and the values of its measures, ready for the join."""

from collections.abc import Mapping

from sqlglot import exp

from abstats.spec.measure import Measure
from abstats.warehouse.dialects import sqlglot_dialect
from abstats.warehouse.relation import Relation
from abstats.warehouse.terms import form_of
from abstats.warehouse.utc import utc_timestamp_sql


def fact_events_sql(
    relation: Relation,
    measures: Mapping[str, Measure],
    unit_expression: str,
    *,
    unit_as_text: bool,
    adapter_type: str,
) -> str:
    """`select unit_id, event_at, <measures>` of one fact for one unit type.

    Measures become doubles (exact for counts below 2^53; DuckDB's HUGEINT sums are slow), those
    whose distinct values are counted text; an event that does not meet its filter has no value.
    Expressions of the metric's author are SQL and stand as they are, in parentheses.

    Args:
        relation: The fact.
        measures: Output column -> measure; all of the same fact, so of one time column.
        unit_expression: Column or expression that identifies the unit.
        unit_as_text: Cast the unit to text, where its type differs from the exposures'.
        adapter_type: dbt's name of the engine.

    Raises:
        ValueError: the time column is a date, or the measures have several time columns.
    """
    times = {measure.time_column for measure in measures.values()}
    if len(times) != 1:
        raise ValueError(f"{relation.sql}: measures use several time columns {sorted(times)}.")
    (time_expression,) = times
    dialect = sqlglot_dialect(adapter_type)
    double = exp.DataType.build("double").sql(dialect=dialect)
    text = exp.DataType.build("text").sql(dialect=dialect)
    unit = f"cast({unit_expression} as {text})" if unit_as_text else f"({unit_expression})"
    columns = [
        f"{unit} as unit_id",
        f"{utc_timestamp_sql(relation, time_expression, adapter_type)} as event_at",
        *(
            f"cast({value_sql(measure)} as {text if form_of(measure) == 'text' else double}) as "
            f"{exp.to_identifier(name, quoted=True).sql(dialect=dialect)}"
            for name, measure in measures.items()
        ),
    ]
    return f"select {', '.join(columns)} from {relation.sql}"


def value_sql(measure: Measure) -> str:
    """SQL of what an event contributes to a measure; NULL for nothing."""
    value = _in_brackets(measure.expr)
    if form_of(measure) == "count":
        value = f"case when {value} is not null then 1 end"
    elif form_of(measure) == "boolean":
        value = f"case when {value} then 1 when not {value} then 0 end"
    if measure.filter is None:
        return value
    return f"case when {_in_brackets(measure.filter)} then {value} end"


def _in_brackets(sql: str) -> str:
    """A comment at the end of an author's SQL ends with its line."""
    return f"({sql}\n)"
