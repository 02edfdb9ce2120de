"""Text of our models: what the macros of the dbt package call.

Each function returns text (or names) and runs no query. The macros hand over what dbt knows: the
settings, the graph, and relations as `{"sql": ..., "types": {column: type}, "time_zone": ...}`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from abstats.dbt_plugin.project_specs import read_project
from abstats.dbt_plugin.settings import Settings
from abstats.spec.load import load_experiments
from abstats.spec.project import Project
from abstats.warehouse.analysis_timeline import analysis_timeline_sql
from abstats.warehouse.bucket_sums import bucket_sums_sql
from abstats.warehouse.cell_moments import cell_moments_sql
from abstats.warehouse.covariate_moments import covariate_moments_sql
from abstats.warehouse.declared import declared_rows_sql
from abstats.warehouse.fingerprints import fact_days_sql, row_hash_sql
from abstats.warehouse.frozen_scales import frozen_scales_sql
from abstats.warehouse.gini_values import gini_values_sql
from abstats.warehouse.measurement_plan import N_POINTS, MeasurementPlan, plan_measurement
from abstats.warehouse.partitions import PartitionSources
from abstats.warehouse.quantile_grids import GridKey, quantile_grids_sql
from abstats.warehouse.relation import Relation
from abstats.warehouse.strata import stratified_exposures_sql
from abstats.warehouse.unit_days import unit_days_sql, unit_histories_sql
from abstats.warehouse.unit_events import Sources
from abstats.warehouse.unit_measures import unit_measures_sql
from abstats.warehouse.unit_timeline import (
    StoredStates,
    latest_measures_sql,
    timeline_measures_sql,
)
from abstats.warehouse.unit_totals import unit_totals_sql
from abstats.warehouse.utc import utc_timestamp_sql
from abstats.warehouse.value_counts import value_counts_sql

_Mapping = Mapping[str, Any]


def declared_rows(
    project_root: Path, settings: _Mapping, graph: _Mapping, adapter_type: str, table: str
) -> str:
    """`select` of the declared values of one table: experiments, variants or metrics."""
    project = _project(project_root, settings, graph)
    return declared_rows_sql(table, project.experiments, project.metrics, adapter_type)


def declared_segments(project_root: Path, settings: _Mapping) -> list[str]:
    """Names of the segments of all experiments, sorted; each is a column of the exposures."""
    experiments, _ = load_experiments(project_root / Settings.of(settings).experiments_path)
    return sorted({segment for experiment in experiments for segment in experiment.segments})


def declared_attributes(project_root: Path, settings: _Mapping, graph: _Mapping) -> list[str]:
    """Names of the unit attributes that are covariates; each is a column of the exposures."""
    return list(_plan(project_root, settings, graph).attributes())


def stratified_exposures(
    project_root: Path,
    settings: _Mapping,
    graph: _Mapping,
    adapter_type: str,
    relations: _Mapping,
) -> str:
    """`select` of first exposures with folded segments and their stratum.

    `relations` are `exposures` and `dates`, as text.
    """
    plan = _plan(project_root, settings, graph)
    return stratified_exposures_sql(plan, **relations, adapter_type=adapter_type)


def time_columns(project_root: Path, settings: _Mapping, graph: _Mapping) -> dict[str, str]:
    """Fact name -> its time column, for the facts that metrics use."""
    return {
        measure.fact: measure.time_column
        for metric in _project(project_root, settings, graph).metrics
        for measure in metric.every_measure
    }


def utc_timestamp(_: Path, relation: _Mapping, column: str, adapter_type: str) -> str:
    """A time column as a timestamp without zone, in UTC."""
    return utc_timestamp_sql(_relation(relation), column, adapter_type)


def fact_days(
    project_root: Path, settings: _Mapping, graph: _Mapping, adapter_type: str, facts: _Mapping
) -> str:
    """`select` of the fingerprint of every day of every fact; `facts` are relations by name."""
    relations = {name: _relation(relation) for name, relation in facts.items()}
    project = _project(project_root, settings, graph)
    plan = plan_measurement(project.experiments, project.metrics)
    return fact_days_sql(plan, relations, adapter_type, append_only=project.append_only)


def row_hash(_: Path, adapter_type: str, expressions: Sequence[str]) -> str:
    """A whole number that depends on the expressions' values."""
    return row_hash_sql(expressions, adapter_type)


def frozen_scales(
    project_root: Path,
    settings: _Mapping,
    graph: _Mapping,
    adapter_type: str,
    relations: _Mapping,
) -> str:
    """`select` of the caps and standard deviations that are not stored yet and can be had.

    `relations` are `exposures`, `dates`, `facts` by name and `stored` (the table itself, or None).
    """
    plan = _plan(project_root, settings, graph)
    return frozen_scales_sql(plan, _sources(relations), relations["stored"], adapter_type)


def unit_measures(
    project_root: Path,
    settings: _Mapping,
    graph: _Mapping,
    adapter_type: str,
    relations: _Mapping,
) -> str:
    """`select` of the per-unit table at the latest date, straight from the facts.

    `relations` are `exposures`, `dates`, `scales`, and `facts` by name.
    """
    plan = _plan(project_root, settings, graph)
    return unit_measures_sql(plan, _sources(relations), adapter_type)


def latest_measures(
    project_root: Path,
    settings: _Mapping,
    graph: _Mapping,
    adapter_type: str,
    relations: _Mapping,
) -> str:
    """`select` of the per-unit table at the latest date, from the running totals.

    `relations` are `exposures`, `dates`, `unit_days`, `unit_totals`, `unit_histories` and `scales`.
    """
    plan = _plan(project_root, settings, graph)
    return latest_measures_sql(plan, _stored_states(relations), adapter_type)


def unit_days(
    project_root: Path,
    settings: _Mapping,
    graph: _Mapping,
    adapter_type: str,
    relations: _Mapping,
) -> str:
    """`select` of the stale partitions of the states after exposure.

    `relations` are `exposures`, `dates`, `facts` by name, `fact_days`, `exposure_days` and
    `stored` (the table itself, or None), and `kept`, its columns that stay.
    """
    plan = _plan(project_root, settings, graph)
    return unit_days_sql(plan, _sources(relations), _partitions(relations), adapter_type)


def unit_histories(
    project_root: Path,
    settings: _Mapping,
    graph: _Mapping,
    adapter_type: str,
    relations: _Mapping,
) -> str:
    """`select` of the stale partitions of the states before exposure; relations as above."""
    plan = _plan(project_root, settings, graph)
    return unit_histories_sql(plan, _sources(relations), _partitions(relations), adapter_type)


def unit_totals(
    project_root: Path,
    settings: _Mapping,
    graph: _Mapping,
    adapter_type: str,
    relations: _Mapping,
) -> str:
    """`select` of what units did after their exposure until now.

    `relations` are `unit_days` and `stored` (the table itself, or None).
    """
    plan = _plan(project_root, settings, graph)
    stored = None if relations["stored"] is None else _relation(relations["stored"])
    return unit_totals_sql(plan, _relation(relations["unit_days"]), stored, adapter_type)


def analysis_timeline(
    project_root: Path,
    settings: _Mapping,
    graph: _Mapping,
    adapter_type: str,
    relations: _Mapping,
) -> str:
    """`select` of every analysis date with the hash of its inputs.

    `relations` are `dates`, `exposure_days`, `unit_days`, `unit_histories` and `scales`, as text.
    """
    plan = _plan(project_root, settings, graph)
    return analysis_timeline_sql(plan, **relations, adapter_type=adapter_type)


def value_counts(
    project_root: Path, settings: _Mapping, graph: _Mapping, adapter_type: str, units: _Mapping
) -> str:
    """`select` of how many unit values of every metric can be computed with."""
    return value_counts_sql(_plan(project_root, settings, graph), _relation(units), adapter_type)


def quantile_grids(
    project_root: Path,
    settings: _Mapping,
    graph: _Mapping,
    adapter_type: str,
    relations: _Mapping,
) -> str:
    """`select` of the grids of quantiles that are not frozen yet.

    `relations` are `exposures`, `dates` and `facts` by name; their `frozen` are the experiment,
    metric and definition of the grids that stay.
    """
    plan = _plan(project_root, settings, graph)
    keys = [GridKey(*key) for key in relations["frozen"]]
    return quantile_grids_sql(plan, _sources(relations), keys, _levels(plan), adapter_type)


def gini_values(
    project_root: Path,
    settings: _Mapping,
    graph: _Mapping,
    adapter_type: str,
    relations: _Mapping,
) -> str:
    """`select` of the Gini coefficients of blocks of units at the latest date.

    `relations` are `exposures`, `dates`, `facts` by name and `units`, the per-unit table.
    """
    plan = _plan(project_root, settings, graph)
    return gini_values_sql(plan, _sources(relations), relations["units"], adapter_type)


def bucket_sums(
    project_root: Path, settings: _Mapping, graph: _Mapping, adapter_type: str, units: str
) -> str:
    """`select` of the sums over buckets of units; `units` is the per-unit table."""
    return bucket_sums_sql(_plan(project_root, settings, graph), units, adapter_type)


def cell_moments(
    project_root: Path,
    settings: _Mapping,
    graph: _Mapping,
    adapter_type: str,
    relations: _Mapping,
) -> str:
    """`select` of the long moments table at the wanted dates.

    `relations` are `units` (of the latest date) and `wanted` (of dates), each a `select`, and
    with a timeline `earlier` (a `select` of dates) and those of `latest_measures`. `log` is the
    exposure log.
    """
    plan = _plan(project_root, settings, graph)
    units = relations["units"]
    if "earlier" in relations:
        earlier = timeline_measures_sql(
            plan, _stored_states(relations), relations["earlier"], adapter_type
        )
        units = f"{units}\nunion all\nselect * from (\n{earlier}\n) as earlier_units"
    return cell_moments_sql(
        plan,
        units,
        relations["wanted"],
        adapter_type,
        _levels(plan),
        all_observable=_all_observable(relations),
    )


def covariate_moments(
    project_root: Path,
    settings: _Mapping,
    graph: _Mapping,
    adapter_type: str,
    relations: _Mapping,
) -> str:
    """`select` of the moments of covariates at the latest date.

    `relations` are `units`, the per-unit table as text, and `log`, the exposure log.
    """
    plan = _plan(project_root, settings, graph)
    return covariate_moments_sql(
        plan, relations["units"], adapter_type, all_observable=_all_observable(relations)
    )


def _all_observable(relations: _Mapping) -> bool:
    """Whether the exposure log is known to lack `first_seen_at`."""
    types = relations["log"]["types"]
    return bool(types) and "first_seen_at" not in types


def _sources(relations: _Mapping) -> Sources:
    return Sources(
        exposures=_relation(relations["exposures"]),
        dates=_relation(relations["dates"]),
        facts={name: _relation(relation) for name, relation in relations["facts"].items()},
        scales=_relation(relations["scales"]) if "scales" in relations else None,
        grids=_relation(relations["grids"]) if "grids" in relations else None,
    )


def _stored_states(relations: _Mapping) -> StoredStates:
    names = ("exposures", "dates", "unit_days", "unit_totals", "unit_histories", "scales")
    return StoredStates(**{name: _relation(relations[name]) for name in names})


def _partitions(relations: _Mapping) -> PartitionSources:
    return PartitionSources(
        fact_days=relations["fact_days"],
        exposure_days=relations["exposure_days"],
        dates=relations["dates"]["sql"],
        stored=relations["stored"],
        grids=relations["grids"]["sql"],
        kept=relations["kept"],
    )


def _project(project_root: Path, settings: _Mapping, graph: _Mapping) -> Project:
    return read_project(graph, project_root, Settings.of(settings))


def _plan(project_root: Path, settings: _Mapping, graph: _Mapping) -> MeasurementPlan:
    project = _project(project_root, settings, graph)
    return plan_measurement(project.experiments, project.metrics)


def _levels(plan: MeasurementPlan) -> dict[str, Sequence[float]]:
    """By quantile the probabilities at which its grid is taken."""
    quantiles = {m.spec.name: m.spec.quantile.p for m in plan.metrics if m.spec.quantile}
    if not quantiles:
        return {}
    from abstats.inference.quantile_grid import grid_levels

    return {name: grid_levels(p, N_POINTS).tolist() for name, p in quantiles.items()}


def _relation(relation: _Mapping) -> Relation:
    return Relation(relation["sql"], relation["types"], relation.get("time_zone"))
