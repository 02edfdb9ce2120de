"""A small warehouse as `dbt build` leaves it, made up row by row from the contracts."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import yaml

from tests.cli.contracts import columns_of

TABLES = (
    "dim_experiments",
    "dim_metrics",
    "fct_experiment_results",
    "fct_experiment_health",
    "fct_experiment_decisions",
    "fct_experiment_moments",
    "fct_experiment_cross_checks",
    "fct_experiment_posteriors",
)
LOOK = date(2026, 2, 8)
STAMP = {"spec_hash": "h1", "code_version": "0.1.0", "computed_at": datetime(2026, 2, 9)}


def spec(primary=("ctr",), secondary=(), guardrails=(), segments=()):
    return json.dumps(
        {
            "metrics": {
                "primary": list(primary),
                "secondary": list(secondary),
                "guardrails": [{"metric": name} for name in guardrails],
            },
            "segments": [{"name": name} for name in segments],
        }
    )


def experiment(experiment_id="ranker", **changes) -> dict[str, Any]:
    return {
        "experiment_id": experiment_id,
        "owner": "search",
        "hypothesis": "The new ranker raises clicks.",
        "description": "",
        "unit": "user",
        "start_date": date(2026, 1, 5),
        "end_date": date(2026, 2, 2),
        "control_variant_id": "control",
        "n_variants": 2,
        "correction": "benjamini_hochberg",
        "alpha": 0.05,
        "power": 0.8,
        "analysis_date": LOOK,
        "state": "ended",
        "spec": spec(),
        "spec_hash": "h1",
        **changes,
    }


def metric(metric_name="ctr", **changes) -> dict[str, Any]:
    return {
        "metric_name": metric_name,
        "kind": "mean",
        "label": metric_name,
        "path": metric_name,
        "depth": 0,
        "is_experiment_metric": True,
        **changes,
    }


def result(metric_name="ctr", effect=0.05, half_width=0.02, mean=10.0, **changes) -> dict[str, Any]:
    """A row whose absolute and relative columns say the same: effects are relative to `mean`."""
    lower, upper, se = effect - half_width, effect + half_width, half_width / 1.96
    p = 0.001 if lower > 0 or upper < 0 else 0.4
    row = {
        "experiment_id": "ranker",
        "metric_name": metric_name,
        "definition_hash": "d1",
        "treatment_variant_id": "treatment",
        "control_variant_id": "control",
        "segment_name": "all",
        "segment_value": "all",
        "analysis_date": LOOK,
        "estimator": "unadjusted",
        "is_winsorised": False,
        "is_headline": True,
        "is_current": True,
        "metric_kind": "mean",
        "role": "primary",
        "direction": "increase",
        "control_n_units": 1000,
        "treatment_n_units": 1010,
        "control_mean": mean,
        "treatment_mean": mean * (1 + effect),
        "control_std": 1.0,
        "treatment_std": 1.0,
        "test": "welch_t",
        "statistic": effect / se,
        "p_value": p,
        "p_value_adjusted": p,
        "correction": "benjamini_hochberg",
        "family": "primary metrics",
        "family_size": 1,
        "alpha": 0.05,
        "is_significant": p <= 0.05,
        "status": "ok",
        "status_reason": "",
        **STAMP,
    }
    for kind, scale in (("abs", mean), ("rel", 1.0)):
        row |= {
            f"effect_{kind}": effect * scale,
            f"effect_{kind}_se": se * scale,
            f"effect_{kind}_ci_lower": lower * scale,
            f"effect_{kind}_ci_upper": upper * scale,
            f"effect_{kind}_ci_adjusted_lower": lower * scale,
            f"effect_{kind}_ci_adjusted_upper": upper * scale,
        }
    return row | changes


def guardrail(metric_name="latency", **changes) -> dict[str, Any]:
    return result(
        metric_name,
        effect=0.01,
        half_width=0.005,
        mean=200.0,
        **{
            "role": "guardrail",
            "direction": "decrease",
            "margin": 0.03,
            "margin_type": "relative",
            "p_value_non_inferiority": 0.004,
            "is_non_inferior": True,
            **changes,
        },
    )


def check(check_name="sample_ratio_mismatch", status="pass", **changes) -> dict[str, Any]:
    return {
        "experiment_id": "ranker",
        "analysis_date": LOOK,
        "check_name": check_name,
        "subject": "experiment",
        "status": status,
        "detail": "Looked at.",
        "next_step": "Nothing to do.",
        **STAMP,
        **changes,
    }


def cross_check(metric_name="ctr", **changes) -> dict[str, Any]:
    return {
        "experiment_id": "ranker",
        "metric_name": metric_name,
        "definition_hash": "d1",
        "treatment_variant_id": "treatment",
        "control_variant_id": "control",
        "analysis_date": LOOK,
        "method": "poisson_bootstrap",
        "is_in_agreement": True,
        "status": "ok",
        "status_reason": "",
        **STAMP,
        **changes,
    }


def decision(verdict="ship", **changes) -> dict[str, Any]:
    return {
        "experiment_id": "ranker",
        "analysis_date": LOOK,
        "treatment_variant_id": "treatment",
        "control_variant_id": "control",
        "verdict": verdict,
        "rule": "primary_won",
        "reason": "Primary metric significantly better.",
        "is_final": True,
        **STAMP,
        **changes,
    }


def ship() -> dict[str, list[dict[str, Any]]]:
    """One healthy experiment whose treatment wins."""
    return {
        "dim_experiments": [experiment()],
        "dim_metrics": [metric()],
        "fct_experiment_results": [result()],
        "fct_experiment_health": [check()],
        "fct_experiment_decisions": [decision()],
    }


def build(
    root: Path, tables: dict[str, list[dict[str, Any]]], schema: str = "main", truths: Any = None
) -> Path:
    """A dbt project with its manifest and its DuckDB file; returns the file."""
    root.mkdir(exist_ok=True)
    database = root / "shop.duckdb"
    project = {"name": "shop", "version": "1.0.0", "profile": "shop"}
    target = {"type": "duckdb", "path": str(database)}
    profiles = {"shop": {"target": "dev", "outputs": {"dev": target}}}
    (root / "dbt_project.yml").write_text(yaml.safe_dump(project))
    (root / "profiles.yml").write_text(yaml.safe_dump(profiles))
    (root / "target").mkdir(exist_ok=True)
    (root / "target" / "manifest.json").write_text(json.dumps({"nodes": _nodes(schema)}))
    database.unlink(missing_ok=True)
    with duckdb.connect(str(database)) as connection:
        connection.execute(f'create schema if not exists "{schema}"')
        for table, rows in tables.items():
            _create(connection, schema, table, rows)
        if truths is not None:
            connection.execute(
                "create schema raw; create table raw.true_effects (experiment_id varchar, "
                "treatment_variant_id varchar, control_variant_id varchar, metric_name varchar, "
                "true_effect_abs double, true_effect_rel double)"
            )
            connection.executemany("insert into raw.true_effects values (?, ?, ?, ?, ?, ?)", truths)
    return database


def _create(connection, schema, table, rows) -> None:
    columns = columns_of(table)
    declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    connection.execute(f'create table "{schema}".{table} ({declared})')
    marks = ", ".join("?" for _ in columns)
    for row in rows:
        unknown = set(row) - set(columns)
        assert not unknown, f"not in the contract of {table}: {unknown}"
        connection.execute(
            f'insert into "{schema}".{table} values ({marks})', [row.get(name) for name in columns]
        )


def _nodes(schema: str) -> dict[str, Any]:
    return {
        f"model.abstats.{name}": {
            "name": name,
            "alias": name,
            "schema": schema,
            "database": "shop",
            "resource_type": "model",
            "package_name": "abstats",
        }
        for name in TABLES
    }
