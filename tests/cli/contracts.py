"""The public tables' columns, as their dbt contracts declare them."""

from functools import cache

import yaml

from tests.conftest import REPOSITORY

TYPES = {"text": "varchar", "double": "double"}


@cache
def columns_of(table: str) -> dict[str, str]:
    """Column -> DuckDB type."""
    (file,) = (REPOSITORY / "dbt_project" / "models").rglob(f"{table}.yml")
    (model,) = yaml.safe_load(file.read_text())["models"]
    return {column["name"]: _duckdb_type(column["data_type"]) for column in model["columns"]}


def _duckdb_type(declared: str) -> str:
    """The last word of a Jinja switch over adapters is every other adapter's type."""
    if "{{" not in declared:
        return declared
    word = declared.rsplit("'", 2)[1]
    return TYPES[word]
