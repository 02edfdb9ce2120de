"""Columns and types of the tables of health, decisions and discoveries."""

import pyarrow as pa

from abstats.analysis.schemas import TIMESTAMP

HEALTH_SCHEMA = pa.schema(
    [
        ("experiment_id", pa.string()),
        ("analysis_date", pa.date32()),
        ("check_name", pa.string()),
        ("subject", pa.string()),
        ("statistic", pa.float64()),
        ("p_value", pa.float64()),
        ("threshold", pa.float64()),
        ("status", pa.string()),
        ("detail", pa.string()),
        ("next_step", pa.string()),
        ("spec_hash", pa.string()),
        ("code_version", pa.string()),
        ("computed_at", TIMESTAMP),
    ]
)

HEALTH_GRAIN = ("experiment_id", "analysis_date", "check_name", "subject")

DECISIONS_SCHEMA = pa.schema(
    [
        ("experiment_id", pa.string()),
        ("analysis_date", pa.date32()),
        ("treatment_variant_id", pa.string()),
        ("control_variant_id", pa.string()),
        ("verdict", pa.string()),
        ("rule", pa.string()),
        ("reason", pa.string()),
        ("is_final", pa.bool_()),
        ("decision_date", pa.date32()),
        ("spec_hash", pa.string()),
        ("code_version", pa.string()),
        ("computed_at", TIMESTAMP),
    ]
)

DECISIONS_GRAIN = ("experiment_id", "analysis_date", "treatment_variant_id")

DISCOVERIES_SCHEMA = pa.schema(
    [
        ("experiment_id", pa.string()),
        ("metric_name", pa.string()),
        ("treatment_variant_id", pa.string()),
        ("control_variant_id", pa.string()),
        ("entry", pa.int64()),
        ("entry_date", pa.date32()),
        ("decision_date", pa.date32()),
        ("verdict", pa.string()),
        ("direction", pa.string()),
        ("effect_abs", pa.float64()),
        ("effect_rel", pa.float64()),
        ("p_value", pa.float64()),
        ("p_value_kind", pa.string()),
        ("p_value_adjusted", pa.float64()),
        ("is_significant", pa.bool_()),
        ("is_shipped_win", pa.bool_()),
        ("q_value_bh", pa.float64()),
        ("q_value_by", pa.float64()),
        ("fdr_level", pa.float64()),
        ("online_level", pa.float64()),
        ("is_online_discovery", pa.bool_()),
        ("n_shipped_wins", pa.int64()),
        ("null_share", pa.float64()),
        ("expected_false_wins", pa.float64()),
        ("status", pa.string()),
        ("status_reason", pa.string()),
        ("spec_hash", pa.string()),
        ("code_version", pa.string()),
        ("computed_at", TIMESTAMP),
    ]
)

DISCOVERIES_GRAIN = tuple(DISCOVERIES_SCHEMA.names[:4])
