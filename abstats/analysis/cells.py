"""The stored moments, one row per pair of columns, read back into one Moments per cell."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from abstats.moments import Moments

ALL = "all"
"""Segment name and value of the whole population."""

COVARIATES = "covariates"
"""The metric name under which the joint block of all covariates is stored."""

IS_CAPPED = "is_capped"
"""Column of a winsorised cell that is no covariate: 1 for a unit above the cap."""

_ORDER = {"y": 0, "d": 1, "x_y": 2, "x_d": 3, "missing": 5}
_OTHER = 4
_GRID_COLUMN = re.compile(r"[cg]_\d+")


class CellError(ValueError):
    """Stored moments that do not describe a cell: a pair is missing, or the counts differ."""


class Cell(NamedTuple):
    """What identifies one set of moments.

    Attributes:
        experiment_id: Name of the experiment.
        variant_id: The variant of the units' first exposure.
        segment_name: Dimension, "all" for the whole population.
        segment_value: Value of that dimension, "all" for the whole population.
        stratum: The part of the units within which variants are compared, "all" without strata.
        metric_name: Name of the metric, "covariates" for the joint block of covariates.
        definition_hash: Hash of what the metric's numbers depend on.
        analysis_date: Last day whose data was used.
        is_winsorised: Units' values are capped; the raw ones are another cell.
    """

    experiment_id: str
    variant_id: str
    segment_name: str
    segment_value: str
    stratum: str
    metric_name: str
    definition_hash: str | None
    analysis_date: date
    is_winsorised: bool = False


class _Pair(NamedTuple):
    """One stored row of a cell, NULL as NaN."""

    column_a: str
    column_b: str
    n: int
    mean_a: float
    mean_b: float
    cov_ab: float


def read_cells(
    moments: pa.Table, analysis_dates: Mapping[str, date] | None = None
) -> dict[Cell, Moments]:
    """One Moments per cell of the long table of moments.

    Columns come in the order y, d, x_y, x_d, others by name, missing, so that the order of the
    stored rows changes nothing. NULL numbers become NaN.

    Args:
        moments: Rows of `int_experiment_cell_moments`.
        analysis_dates: Where given, keep each experiment's cells of its date only.

    Raises:
        CellError: A pair of columns of a cell is missing or comes twice, or n differs within it.
    """
    if analysis_dates is not None:
        moments = _at_dates(moments, analysis_dates)
    cells: dict[Cell, list[_Pair]] = {}
    keys = zip(*(moments.column(name).to_pylist() for name in Cell._fields), strict=True)
    texts = [moments.column(name).to_pylist() for name in ("column_a", "column_b")]
    counts = moments.column("n").cast(pa.int64()).to_pylist()
    numbers = [
        moments.column(name).cast(pa.float64()).fill_null(math.nan).to_pylist()
        for name in ("mean_a", "mean_b", "cov_ab")
    ]
    values = zip(*texts, counts, *numbers, strict=True)
    for key, value in zip(keys, values, strict=True):
        cells.setdefault(Cell(*key), []).append(_Pair(*value))
    return {cell: _assemble(cell, pairs) for cell, pairs in cells.items()}


def _at_dates(moments: pa.Table, analysis_dates: Mapping[str, date]) -> pa.Table:
    """Each experiment's rows of its date."""
    keys = [moments.column(name).to_pylist() for name in ("experiment_id", "analysis_date")]
    is_wanted = [analysis_dates.get(name) == day for name, day in zip(*keys, strict=True)]
    return moments.filter(pa.array(is_wanted, pa.bool_()))


def _assemble(cell: Cell, pairs: list[_Pair]) -> Moments:
    found = {pair.column_a for pair in pairs} | {pair.column_b for pair in pairs}
    columns = tuple(sorted(found, key=lambda name: (_ORDER.get(name, _OTHER), name)))
    at = {column: i for i, column in enumerate(columns)}
    k = len(columns)
    mean, cov = np.full(k, np.nan), np.full((k, k), np.nan)
    seen: set[tuple[int, int]] = set()
    for pair in pairs:
        i, j = sorted((at[pair.column_a], at[pair.column_b]))
        if (i, j) in seen:
            raise CellError(
                f"{_name(cell)}: the pair ({columns[i]}, {columns[j]}) comes twice, "
                "must have one row."
            )
        seen.add((i, j))
        cov[i, j] = cov[j, i] = pair.cov_ab
        mean[at[pair.column_a]], mean[at[pair.column_b]] = pair.mean_a, pair.mean_b
    counts = {pair.n for pair in pairs}
    if len(counts) > 1:
        raise CellError(
            f"{_name(cell)}: n == {sorted(counts)}, must be the same for every pair of columns."
        )
    # Of a curve only what belongs to one point is stored.
    is_of_grid = [bool(_GRID_COLUMN.fullmatch(column)) for column in columns]
    for i in range(k):
        for j in range(i, k):
            if (i, j) not in seen and not (is_of_grid[i] and is_of_grid[j]):
                raise CellError(
                    f"{_name(cell)}: the pair ({columns[i]}, {columns[j]}) is missing, "
                    "every pair of columns must have a row."
                )
    return Moments(columns, counts.pop(), mean, cov)


def _name(cell: Cell) -> str:
    return (
        f"experiment {cell.experiment_id!r}, variant {cell.variant_id!r}, "
        f"segment {cell.segment_name!r} == {cell.segment_value!r}, stratum {cell.stratum!r}, "
        f"metric {cell.metric_name!r}{' winsorised' if cell.is_winsorised else ''}, "
        f"{cell.analysis_date}"
    )
