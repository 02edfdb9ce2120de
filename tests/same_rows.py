"""Rows of two builds, compared but for the order in which an engine's threads add doubles."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest

Row = Mapping[str, Any]


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Sorted by everything that is no double."""
    return sorted(rows, key=lambda row: str(_without_floats(row)))


def is_same(rows: Sequence[Row], others: Sequence[Row], *, zero: float = 1e-12) -> bool:
    """Whether rows that are `in_order` are equal, doubles up to their rounding.

    Differences up to `zero` are none.
    """
    return len(rows) == len(others) and all(
        _without_floats(row) == _without_floats(other)
        and _floats(row) == pytest.approx(_floats(other), rel=1e-9, abs=zero)
        for row, other in zip(rows, others, strict=True)
    )


def _without_floats(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not isinstance(value, float)}


def _floats(row: Row) -> dict[str, float]:
    return {name: value for name, value in row.items() if isinstance(value, float)}
