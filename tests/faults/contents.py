"""What a reader finds in the public tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.deployments.host_project import PUBLIC_TABLES
from tests.same_rows import Row, in_order, is_same

TABLES = PUBLIC_TABLES

Contents = Mapping[str, Sequence[Row] | None]
"""Table -> its rows; None where there is no such table."""


def cleaned(rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Rows to compare: without the time of the build, in an order of their own."""
    return in_order([{k: v for k, v in row.items() if k != "computed_at"} for row in rows])


def is_either(rows: Sequence[Row] | None, wanted: Sequence[Sequence[Row] | None]) -> bool:
    """Whether a table is wholly one of these."""
    return any(
        rows == other or (rows is not None and other is not None and is_same(rows, other))
        for other in wanted
    )


def differing(found: Contents, *wanted: Contents) -> list[str]:
    """Tables that are none of what is wanted."""
    return [
        table for table in TABLES if not is_either(found[table], [each[table] for each in wanted])
    ]
