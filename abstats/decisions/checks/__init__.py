"""The health checks: each takes the evidence of one experiment and returns rows."""

from abstats.decisions.checks.activity import activity_before_exposure
from abstats.decisions.checks.caps import units_above_cap
from abstats.decisions.checks.covariates import covariate_balance
from abstats.decisions.checks.crossover import units_in_several_variants
from abstats.decisions.checks.dates import exposures_outside_dates
from abstats.decisions.checks.freshness import metric_data_behind
from abstats.decisions.checks.metric_data import metric_without_data
from abstats.decisions.checks.sample_ratio import sample_ratio_mismatch
from abstats.decisions.checks.variants import (
    missing_unit,
    missing_variant,
    unknown_variants,
    variants_without_units,
)

CHECKS = (
    unknown_variants,
    variants_without_units,
    missing_variant,
    missing_unit,
    exposures_outside_dates,
    sample_ratio_mismatch,
    units_in_several_variants,
    activity_before_exposure,
    covariate_balance,
    metric_data_behind,
    metric_without_data,
    units_above_cap,
)
"""In the order in which they explain each other: a verdict names the first that fails."""

__all__ = [
    "CHECKS",
    "activity_before_exposure",
    "covariate_balance",
    "exposures_outside_dates",
    "metric_data_behind",
    "metric_without_data",
    "missing_unit",
    "missing_variant",
    "sample_ratio_mismatch",
    "units_above_cap",
    "units_in_several_variants",
    "unknown_variants",
    "variants_without_units",
]
