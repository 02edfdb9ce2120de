"""Columns and types of the health and decision tables."""

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
