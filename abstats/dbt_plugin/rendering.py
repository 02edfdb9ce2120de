"""Text of our models: what the macros of the dbt package call.

Each function returns text (or names) and runs no query. The macros hand over what dbt knows: the
settings, the graph, and relations as `{"sql": ..., "types": {column: type}}`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from abstats.dbt_plugin.project_specs import read_project
from abstats.dbt_plugin.settings import Settings
from abstats.spec.load import load_experiments
from abstats.spec.project import Project
from abstats.warehouse.cell_moments import cell_moments_sql
from abstats.warehouse.declared import declared_rows_sql
from abstats.warehouse.measurement_plan import MeasurementPlan, plan_measurement
from abstats.warehouse.relation import Relation
from abstats.warehouse.unit_events import Sources
from abstats.warehouse.unit_measures import unit_measures_sql
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


def time_columns(project_root: Path, settings: _Mapping, graph: _Mapping) -> dict[str, str]:
    """Fact name -> its time column, for the facts that metrics use."""
    return {
        measure.fact: measure.time_column
        for metric in _project(project_root, settings, graph).metrics
        for measure in metric.every_measure
    }


def utc_timestamp(_: Path, relation: _Mapping, column: str) -> str:
    """A time column as a timestamp without zone, in UTC."""
    return utc_timestamp_sql(_relation(relation), column)


def unit_measures(
    project_root: Path,
    settings: _Mapping,
    graph: _Mapping,
    adapter_type: str,
    relations: _Mapping,
) -> str:
    """`select` of the per-unit table; `relations` are `exposures`, `dates` and `facts` by name."""
    sources = Sources(
        exposures=_relation(relations["exposures"]),
        dates=_relation(relations["dates"]),
        facts={name: _relation(relation) for name, relation in relations["facts"].items()},
    )
    return unit_measures_sql(_plan(project_root, settings, graph), sources, adapter_type)


def value_counts(
    project_root: Path, settings: _Mapping, graph: _Mapping, adapter_type: str, units: _Mapping
) -> str:
    """`select` of how many unit values of every metric can be computed with."""
    return value_counts_sql(_plan(project_root, settings, graph), _relation(units), adapter_type)


def cell_moments(
    project_root: Path,
    settings: _Mapping,
    graph: _Mapping,
    adapter_type: str,
    relations: _Mapping,
) -> str:
    """`select` of the long moments table; `relations` are `units` and `dates`."""
    return cell_moments_sql(
        _plan(project_root, settings, graph),
        _relation(relations["units"]),
        _relation(relations["dates"]),
        adapter_type,
    )


def _project(project_root: Path, settings: _Mapping, graph: _Mapping) -> Project:
    return read_project(graph, project_root, Settings.of(settings))


def _plan(project_root: Path, settings: _Mapping, graph: _Mapping) -> MeasurementPlan:
    project = _project(project_root, settings, graph)
    return plan_measurement(project.experiments, project.metrics)


def _relation(relation: _Mapping) -> Relation:
    return Relation(sql=relation["sql"], types=relation["types"])
