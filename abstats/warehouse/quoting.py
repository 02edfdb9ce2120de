"""Identifiers and text in SQL."""

import hashlib

from sqlglot import exp

from abstats.warehouse.dialects import sqlglot_dialect

LONGEST_IDENTIFIER = 63
"""Bytes of a name that Postgres keeps; it cuts longer ones without an error."""

_DIGITS = 8


def quoted(identifier: str) -> str:
    """The identifier in double quotes, as DuckDB and Postgres read it."""
    return '"' + identifier.replace('"', '""') + '"'


def quoted_for(identifier: str, adapter_type: str) -> str:
    """The identifier in the quotes of an engine."""
    named = exp.to_identifier(identifier, quoted=True)
    return str(named.sql(dialect=sqlglot_dialect(adapter_type)))


def text_for(value: str, adapter_type: str) -> str:
    """The text as a literal of an engine."""
    return str(exp.Literal.string(value).sql(dialect=sqlglot_dialect(adapter_type)))


def fitting(identifier: str, longest: int = LONGEST_IDENTIFIER) -> str:
    """The identifier; where it is too long its end is a digest, so that no two become one.

    Args:
        identifier: A name made of letters, digits and underscores.
        longest: How many bytes it may have.
    """
    if len(identifier.encode()) <= longest:
        return identifier
    digest = hashlib.sha256(identifier.encode()).hexdigest()[:_DIGITS]
    return f"{identifier[: longest - _DIGITS - 1]}_{digest}"
