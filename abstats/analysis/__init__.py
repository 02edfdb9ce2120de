"""Moments rows and specs to result rows: comparisons, families, rows."""

from abstats.analysis.cells import ALL, COVARIATES, Cell, CellError, read_cells
from abstats.analysis.contributions import split_effects
from abstats.analysis.cross_checks import cross_checks
from abstats.analysis.posteriors import posteriors
from abstats.analysis.results import estimate_results
from abstats.analysis.schemas import (
    CONTRIBUTIONS_GRAIN,
    CONTRIBUTIONS_SCHEMA,
    CROSS_CHECKS_GRAIN,
    CROSS_CHECKS_SCHEMA,
    POSTERIORS_GRAIN,
    POSTERIORS_SCHEMA,
    RESULTS_GRAIN,
    RESULTS_SCHEMA,
    SEGMENT_TESTS_GRAIN,
    SEGMENT_TESTS_SCHEMA,
)
from abstats.analysis.segment_tests import segment_tests

__all__ = [
    "ALL",
    "CONTRIBUTIONS_GRAIN",
    "CONTRIBUTIONS_SCHEMA",
    "COVARIATES",
    "CROSS_CHECKS_GRAIN",
    "CROSS_CHECKS_SCHEMA",
    "POSTERIORS_GRAIN",
    "POSTERIORS_SCHEMA",
    "RESULTS_GRAIN",
    "RESULTS_SCHEMA",
    "SEGMENT_TESTS_GRAIN",
    "SEGMENT_TESTS_SCHEMA",
    "Cell",
    "CellError",
    "cross_checks",
    "estimate_results",
    "posteriors",
    "read_cells",
    "segment_tests",
    "split_effects",
]
