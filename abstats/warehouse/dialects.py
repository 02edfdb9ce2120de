"""From the adapter's name to the dialect that Ibis and sqlglot compile."""

_SQLGLOT_DIALECTS = {
    "bigquery": "bigquery",
    "databricks": "databricks",
    "duckdb": "duckdb",
    "postgres": "postgres",
    "redshift": "redshift",
    "snowflake": "snowflake",
    "spark": "spark",
    "trino": "trino",
}
# Ibis names Spark's backend after its Python package.
_IBIS_BACKENDS = {**_SQLGLOT_DIALECTS, "spark": "pyspark"}


def sqlglot_dialect(adapter_type: str) -> str:
    """Dialect in which sqlglot writes literals and types for a dbt adapter.

    Raises:
        ValueError: no dialect is known for the adapter.
    """
    return _lookup(_SQLGLOT_DIALECTS, adapter_type)


def ibis_backend(adapter_type: str) -> str:
    """Name of the Ibis backend whose compiler writes SQL for a dbt adapter.

    Raises:
        ValueError: no backend is known for the adapter.
    """
    return _lookup(_IBIS_BACKENDS, adapter_type)


def has_lists_of_lists(adapter_type: str) -> bool:
    """Whether lists of different lengths can be collected and flattened."""
    return adapter_type != "postgres"


def small_hint(relation: str, adapter_type: str) -> str:
    """What stands behind `select ` for a relation to be sent whole to all workers.

    Spark cannot tell that what comes out of joins is small, and would shuffle events to meet it.
    """
    return f"/*+ broadcast({relation}) */ " if adapter_type == "spark" else ""


def _lookup(names: dict[str, str], adapter_type: str) -> str:
    if adapter_type not in names:
        raise ValueError(f"adapter type == {adapter_type!r}, must be one of {', '.join(names)}.")
    return names[adapter_type]
