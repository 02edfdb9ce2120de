"""A table as dbt renders it, with what the engine says of its columns."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Relation:
    """A table as dbt renders it.

    Attributes:
        sql: What `ref()` renders.
        types: Column name in lower case -> the engine's type name; empty where the table does
            not exist yet (`dbt compile` on an empty warehouse).
        time_zone: The zone of its timestamps that have none; None where that is not declared.
    """

    sql: str
    types: Mapping[str, str]
    time_zone: str | None = None

    def type_of(self, column: str) -> str | None:
        """The engine's type of a column; None where it is not known (an expression)."""
        return self.types.get(column.strip().strip('"`').lower())


def aliased(sql: str, alias: str) -> str:
    """A relation under another name; of `--empty`, dbt renders a subquery that has one already."""
    return f"(select * from {sql}) as {alias}"
