"""Identifiers in SQL."""


def quoted(identifier: str) -> str:
    """The identifier in double quotes, as DuckDB and Postgres read it."""
    return '"' + identifier.replace('"', '""') + '"'
