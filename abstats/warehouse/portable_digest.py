"""A digest of text that is the same on every engine, to put units in an order that is.

Fingerprints are cheaper and only compared within one warehouse; what follows from the order of
units, such as which of them are thinned out, must not depend on the engine.
"""

from sqlglot import exp, parse_one

from abstats.warehouse.dialects import sqlglot_dialect


def portable_digest_sql(expression: str, adapter_type: str) -> str:
    """SQL of the MD5 digest of a text expression, as 32 lower-case hexadecimal digits."""
    dialect = sqlglot_dialect(adapter_type)
    text = parse_one(expression, dialect=dialect)
    if adapter_type == "trino":
        # Its md5 takes bytes, and sqlglot leaves it at that.
        text = exp.func("to_utf8", text)
    return exp.MD5(this=text).sql(dialect=dialect)
