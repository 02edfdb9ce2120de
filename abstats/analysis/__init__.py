"""Moments rows and specs to result rows: comparisons, families, rows."""

from abstats.analysis.cells import ALL, COVARIATES, Cell, CellError, read_cells
from abstats.analysis.results import estimate_results
from abstats.analysis.schemas import RESULTS_GRAIN, RESULTS_SCHEMA

__all__ = [
    "ALL",
    "COVARIATES",
    "RESULTS_GRAIN",
    "RESULTS_SCHEMA",
    "Cell",
    "CellError",
    "estimate_results",
    "read_cells",
]
