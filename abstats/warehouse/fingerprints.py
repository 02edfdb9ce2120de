"""Fingerprints of rows: what tells a day that changed from one that did not, without keeping it.

A day's fingerprint is the sum of its rows' hashes, so order and threads change nothing, and a
duplicate, a deletion or an edit changes it. Hashes are compared within one warehouse only.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import reduce
from zlib import crc32

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from abstats.spec.measure import Measure
from abstats.warehouse.dialects import sqlglot_dialect
from abstats.warehouse.fact_events import value_sql
from abstats.warehouse.literal_rows import literal_rows_sql
from abstats.warehouse.measurement_plan import MeasurementPlan
from abstats.warehouse.quoting import text_for
from abstats.warehouse.relation import Relation
from abstats.warehouse.unit_states import measures_of
from abstats.warehouse.utc import utc_timestamp_sql

# 2^32: the sum of four billion of them is still a 64-bit integer.
_RANGE = 4294967296

_HASHES: Mapping[str, Callable[[str], str]] = {
    # DuckDB puts columns together by an exclusive or, so that the sum of two rows' hashes may stay
    # when they swap their values in the last one; the outer hash mixes them.
    "duckdb": lambda columns: f"cast(hash(hash({columns})) % {_RANGE} as bigint)",
    "postgres": lambda columns: (
        f"(hashtextextended(cast(row({columns}) as text), 0) & {_RANGE - 1})"
    ),
    "redshift": lambda columns: f"mod(abs({columns}), {_RANGE})",
    "spark": lambda columns: f"(xxhash64({columns}) & {_RANGE - 1})",
    "databricks": lambda columns: f"(xxhash64({columns}) & {_RANGE - 1})",
    "snowflake": lambda columns: f"bitand(hash({columns}), {_RANGE - 1})",
    "bigquery": lambda columns: (
        f"(farm_fingerprint(to_json_string(struct({columns}))) & {_RANGE - 1})"
    ),
    "trino": lambda columns: (
        "bitwise_and(from_big_endian_64(xxhash64(to_utf8(json_format(cast(row("
        f"{columns}) as json))))), {_RANGE - 1})"
    ),
}
_DAY_TYPES = {"fact": "text", "event_date": "date", "n_events": "bigint", "fingerprint": "bigint"}
# These pass over NULLs: a value that changes places with a NULL would leave no trace.
_NULLS_NEED_FLAGS = ("spark", "databricks", "redshift")


def row_hash_sql(expressions: Sequence[str], adapter_type: str) -> str:
    """SQL of a whole number in [0, 2^32) that depends on the expressions' values, NULLs too.

    Raises:
        ValueError: no hash is known for the adapter.
    """
    if adapter_type not in _HASHES:
        raise ValueError(f"adapter type == {adapter_type!r}, must be one of {', '.join(_HASHES)}.")
    columns = list(expressions)
    if adapter_type in _NULLS_NEED_FLAGS:
        flags = (f"case when {column} is null then 1 else 0 end" for column in expressions)
        columns = [part for pair in zip(expressions, flags, strict=True) for part in pair]
    if adapter_type == "redshift":
        # It hashes one value, with the hash of another as its seed.
        columns = [reduce(lambda seed, column: f"fnv_hash({column}, {seed})", columns, "0")]
    return _HASHES[adapter_type](", ".join(columns))


def fact_days_sql(
    plan: MeasurementPlan,
    facts: Mapping[str, Relation],
    adapter_type: str,
    *,
    append_only: Collection[str] = (),
) -> str:
    """`select fact, event_date, n_events, fingerprint` of every fact that metrics use.

    Of those that are `append_only` the number of a day's events says all: nothing but their time
    is read, and the fingerprint is that of how it is read (a var says in which zone).
    """
    selects = [
        _days_sql(
            fact,
            facts[fact],
            measures_of(plan, fact),
            adapter_type,
            is_append_only=fact in append_only,
        )
        for fact in plan.facts()
    ]
    return "\nunion all\n".join(selects) or literal_rows_sql(_DAY_TYPES, [], adapter_type)


def _days_sql(
    fact: str,
    relation: Relation,
    measures: Mapping[str, Measure],
    adapter_type: str,
    *,
    is_append_only: bool,
) -> str:
    time = utc_timestamp_sql(relation, next(iter(measures.values())).time_column, adapter_type)
    fingerprint = str(crc32(time.encode()))
    if not is_append_only:
        expressions = [time, *_read_columns(measures.values(), sqlglot_dialect(adapter_type))]
        fingerprint = f"sum({row_hash_sql(expressions, adapter_type)})"
    return (
        f"select {text_for(fact, adapter_type)} as fact, cast({time} as date) as event_date,"
        " cast(count(*) as bigint) as n_events,"
        f" cast({fingerprint} as bigint) as fingerprint"
        f" from {relation.sql} where {time} is not null group by 2"
    )


def _read_columns(measures: Collection[Measure], dialect: str) -> list[str]:
    """The fact's columns that measures and units are made of; a new metric on them is no change."""
    expressions = {
        *(value_sql(measure) for measure in measures),
        *(entity for measure in measures for entity in measure.entities.values()),
    }
    columns: set[str] = set()
    for expression in expressions:
        try:
            found = parse_one(expression, dialect=dialect).find_all(exp.Column)
            columns |= {column.sql(dialect=dialect) for column in found}
        except SqlglotError:
            columns.add(f"({expression})")
    return sorted(columns)
