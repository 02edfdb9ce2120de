"""Columns and types of the result tables that Python computes."""

from datetime import UTC, datetime

import pyarrow as pa

TIMESTAMP = pa.timestamp("us")
"""Naive, and always UTC: the one timestamp type that all engines share."""

RESULTS_SCHEMA = pa.schema(
    [
        ("experiment_id", pa.string()),
        ("metric_name", pa.string()),
        ("definition_hash", pa.string()),
        ("treatment_variant_id", pa.string()),
        ("control_variant_id", pa.string()),
        ("segment_name", pa.string()),
        ("segment_value", pa.string()),
        ("analysis_date", pa.date32()),
        ("estimator", pa.string()),
        ("is_winsorised", pa.bool_()),
        ("is_headline", pa.bool_()),
        ("metric_kind", pa.string()),
        ("role", pa.string()),
        ("direction", pa.string()),
        ("hypothesis", pa.string()),
        ("control_n_units", pa.int64()),
        ("treatment_n_units", pa.int64()),
        ("control_mean", pa.float64()),
        ("treatment_mean", pa.float64()),
        ("control_std", pa.float64()),
        ("treatment_std", pa.float64()),
        ("effect_abs", pa.float64()),
        ("effect_abs_se", pa.float64()),
        ("effect_abs_ci_lower", pa.float64()),
        ("effect_abs_ci_upper", pa.float64()),
        ("effect_abs_ci_adjusted_lower", pa.float64()),
        ("effect_abs_ci_adjusted_upper", pa.float64()),
        ("effect_rel", pa.float64()),
        ("effect_rel_se", pa.float64()),
        ("effect_rel_ci_lower", pa.float64()),
        ("effect_rel_ci_upper", pa.float64()),
        ("effect_rel_ci_adjusted_lower", pa.float64()),
        ("effect_rel_ci_adjusted_upper", pa.float64()),
        ("test", pa.string()),
        ("statistic", pa.float64()),
        ("degrees_of_freedom", pa.float64()),
        ("p_value", pa.float64()),
        ("p_value_adjusted", pa.float64()),
        ("correction", pa.string()),
        ("family", pa.string()),
        ("family_size", pa.int64()),
        ("alpha", pa.float64()),
        ("is_significant", pa.bool_()),
        ("variance_reduction", pa.float64()),
        ("mde", pa.float64()),
        ("mde_rel", pa.float64()),
        ("margin", pa.float64()),
        ("margin_type", pa.string()),
        ("p_value_non_inferiority", pa.float64()),
        ("is_non_inferior", pa.bool_()),
        ("p_value_equivalence", pa.float64()),
        ("is_equivalent", pa.bool_()),
        ("is_interim", pa.bool_()),
        ("sequential_method", pa.string()),
        ("look", pa.int64()),
        ("n_looks", pa.int64()),
        ("information_fraction", pa.float64()),
        ("alpha_spent", pa.float64()),
        ("nominal_alpha", pa.float64()),
        ("critical_value", pa.float64()),
        ("futility_bound", pa.float64()),
        ("log_e_value", pa.float64()),
        ("p_value_sequential", pa.float64()),
        ("p_value_sequential_adjusted", pa.float64()),
        ("p_value_stage_wise", pa.float64()),
        ("effect_abs_ci_sequential_lower", pa.float64()),
        ("effect_abs_ci_sequential_upper", pa.float64()),
        ("effect_rel_ci_sequential_lower", pa.float64()),
        ("effect_rel_ci_sequential_upper", pa.float64()),
        ("p_value_non_inferiority_sequential", pa.float64()),
        ("p_value_inferiority_sequential", pa.float64()),
        ("bound_crossed", pa.string()),
        ("sequential_status", pa.string()),
        ("sequential_status_reason", pa.string()),
        ("status", pa.string()),
        ("status_reason", pa.string()),
        ("spec_hash", pa.string()),
        ("code_version", pa.string()),
        ("computed_at", TIMESTAMP),
    ]
)

RESULTS_GRAIN = tuple(RESULTS_SCHEMA.names[:10])
"""The columns that identify a row of results; rows are sorted by them."""

SEGMENT_TESTS_SCHEMA = pa.schema(
    [
        ("experiment_id", pa.string()),
        ("metric_name", pa.string()),
        ("treatment_variant_id", pa.string()),
        ("control_variant_id", pa.string()),
        ("segment_name", pa.string()),
        ("analysis_date", pa.date32()),
        ("role", pa.string()),
        ("is_preregistered", pa.bool_()),
        ("statistic", pa.float64()),
        ("degrees_of_freedom", pa.int64()),
        ("p_value", pa.float64()),
        ("p_value_adjusted", pa.float64()),
        ("correction", pa.string()),
        ("family", pa.string()),
        ("alpha", pa.float64()),
        ("is_significant", pa.bool_()),
        ("status", pa.string()),
        ("status_reason", pa.string()),
        ("spec_hash", pa.string()),
        ("code_version", pa.string()),
        ("computed_at", TIMESTAMP),
    ]
)

SEGMENT_TESTS_GRAIN = tuple(SEGMENT_TESTS_SCHEMA.names[:6])

CONTRIBUTIONS_SCHEMA = pa.schema(
    [
        ("experiment_id", pa.string()),
        ("parent_metric_name", pa.string()),
        ("child_metric_name", pa.string()),
        ("treatment_variant_id", pa.string()),
        ("control_variant_id", pa.string()),
        ("analysis_date", pa.date32()),
        ("decomposition", pa.string()),
        ("contribution_abs", pa.float64()),
        ("share_of_parent", pa.float64()),
        ("status", pa.string()),
        ("status_reason", pa.string()),
        ("spec_hash", pa.string()),
        ("code_version", pa.string()),
        ("computed_at", TIMESTAMP),
    ]
)

CONTRIBUTIONS_GRAIN = tuple(CONTRIBUTIONS_SCHEMA.names[:6])

CROSS_CHECKS_SCHEMA = pa.schema(
    [
        ("experiment_id", pa.string()),
        ("metric_name", pa.string()),
        ("definition_hash", pa.string()),
        ("treatment_variant_id", pa.string()),
        ("control_variant_id", pa.string()),
        ("analysis_date", pa.date32()),
        ("method", pa.string()),
        ("role", pa.string()),
        ("is_winsorised", pa.bool_()),
        ("replicates", pa.int64()),
        ("n_buckets", pa.int64()),
        ("effect_abs", pa.float64()),
        ("effect_abs_ci_lower", pa.float64()),
        ("effect_abs_ci_upper", pa.float64()),
        ("effect_rel", pa.float64()),
        ("effect_rel_ci_lower", pa.float64()),
        ("effect_rel_ci_upper", pa.float64()),
        ("p_value", pa.float64()),
        ("alpha", pa.float64()),
        ("is_significant", pa.bool_()),
        ("unadjusted_effect_abs", pa.float64()),
        ("unadjusted_se", pa.float64()),
        ("unadjusted_ci_lower", pa.float64()),
        ("unadjusted_ci_upper", pa.float64()),
        ("unadjusted_p_value", pa.float64()),
        ("unadjusted_test", pa.string()),
        ("is_in_agreement", pa.bool_()),
        ("status", pa.string()),
        ("status_reason", pa.string()),
        ("spec_hash", pa.string()),
        ("code_version", pa.string()),
        ("computed_at", TIMESTAMP),
    ]
)

CROSS_CHECKS_GRAIN = tuple(CROSS_CHECKS_SCHEMA.names[:7])

POSTERIORS_SCHEMA = pa.schema(
    [
        ("experiment_id", pa.string()),
        ("metric_name", pa.string()),
        ("treatment_variant_id", pa.string()),
        ("control_variant_id", pa.string()),
        ("analysis_date", pa.date32()),
        ("role", pa.string()),
        ("direction", pa.string()),
        ("model", pa.string()),
        ("prior", pa.string()),
        ("prior_mean", pa.float64()),
        ("prior_std", pa.float64()),
        ("prior_events", pa.float64()),
        ("prior_others", pa.float64()),
        ("prior_rule", pa.string()),
        ("n_past_experiments", pa.int64()),
        ("alpha", pa.float64()),
        ("effect_abs_mean", pa.float64()),
        ("effect_abs_std", pa.float64()),
        ("effect_abs_ci_lower", pa.float64()),
        ("effect_abs_ci_upper", pa.float64()),
        ("effect_rel_mean", pa.float64()),
        ("effect_rel_std", pa.float64()),
        ("effect_rel_ci_lower", pa.float64()),
        ("effect_rel_ci_upper", pa.float64()),
        ("chance_to_win", pa.float64()),
        ("peeking", pa.string()),
        ("peeking_note", pa.string()),
        ("loss_of_shipping_abs", pa.float64()),
        ("loss_of_control_abs", pa.float64()),
        ("loss_of_shipping_rel", pa.float64()),
        ("loss_of_control_rel", pa.float64()),
        ("is_interim", pa.bool_()),
        ("is_latest", pa.bool_()),
        ("status", pa.string()),
        ("status_reason", pa.string()),
        ("spec_hash", pa.string()),
        ("code_version", pa.string()),
        ("computed_at", TIMESTAMP),
    ]
)

POSTERIORS_GRAIN = tuple(POSTERIORS_SCHEMA.names[:5])


def utc_naive(moment: datetime) -> datetime:
    """The same instant as a naive timestamp in UTC.

    Raises:
        ValueError: The time zone is unknown.
    """
    if moment.tzinfo is None:
        raise ValueError(f"computed_at == {moment.isoformat()!r}, must have a time zone.")
    return moment.astimezone(UTC).replace(tzinfo=None)
