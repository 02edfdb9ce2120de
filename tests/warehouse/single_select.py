"""Whether a text is one `select` of a dialect, as sqlglot reads it."""

from unittest.mock import patch

import sqlglot

from abstats.warehouse.dialects import sqlglot_dialect


def is_single_select(sql: str, adapter_type: str) -> bool:
    """Parses in the dialect of a dbt adapter as one query."""
    dialect = sqlglot_dialect(adapter_type)
    # BigQuery's parser rewrites implicit unnests, which nothing here has, on copies of the tree.
    parser = sqlglot.Dialect.get_or_raise(dialect).parser_class
    with patch.object(parser, "SUPPORTS_IMPLICIT_UNNEST", False):
        statements = sqlglot.parse(sql, dialect=dialect)
    return len(statements) == 1 and isinstance(statements[0], sqlglot.exp.Query)
