"""`modules.abstats` in dbt's Jinja: functions that render the SQL of our models.

Each function returns text and runs no query; the macros that call them hand over what dbt knows
(the graph, rendered relations, column types).
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dbt.context.base
from dbt_common.exceptions import DbtRuntimeError

from abstats.dbt_plugin.settings import Settings

if TYPE_CHECKING:
    from abstats.spec.project import Project
    from abstats.warehouse.relation import Relation

_ModuleFunction = Callable[..., Any]
_dbt_context_modules = dbt.context.base.get_context_modules


def install_jinja_module(project_root: Path) -> None:
    """Let every Jinja context of this invocation see `modules.abstats`."""
    functions = {
        "declared_rows": declared_rows,
        "declared_segments": declared_segments,
        "time_columns": time_columns,
        "utc_timestamp": utc_timestamp,
        "unit_measures": unit_measures,
        "denominators": denominators,
        "cell_moments": cell_moments,
    }
    module = {
        name: partial(_explained, function, project_root) for name, function in functions.items()
    }

    def context_modules() -> dict[str, dict[str, Any]]:
        return {**_dbt_context_modules(), "abstats": module}

    dbt.context.base.get_context_modules = context_modules


def _explained(function: _ModuleFunction, project_root: Path, *args: Any, **kwargs: Any) -> Any:
    """Call a function of the module; its errors reach the user in their own words."""
    try:
        return function(project_root, *args, **kwargs)
    except Exception as error:
        from abstats.spec.problems import SpecError

        if isinstance(error, SpecError | ValueError):
            raise DbtRuntimeError(str(error)) from error
        raise


def declared_rows(
    project_root: Path, table: str, adapter_type: str, graph: Mapping[str, Any], **settings: Any
) -> str:
    """`select` of the declared values of one table: experiments, variants or metrics."""
    from abstats.warehouse.declared import declared_rows_sql

    specs = _specs(project_root, graph, settings)
    return declared_rows_sql(table, specs.experiments, specs.metrics, adapter_type)


def declared_segments(project_root: Path, experiments_path: str) -> list[str]:
    """Names of the segments of all experiments, sorted; each is a column of the exposures."""
    from abstats.spec.load import load_experiments

    experiments, _ = load_experiments(project_root / experiments_path)
    return sorted({segment for experiment in experiments for segment in experiment.segments})


def time_columns(project_root: Path, graph: Mapping[str, Any], **settings: Any) -> dict[str, str]:
    """Fact name -> its time column, for the facts that metrics use."""
    specs = _specs(project_root, graph, settings)
    return {
        measure.fact: measure.time_column for metric in specs.metrics for measure in metric.measures
    }


def utc_timestamp(_: Path, relation: Mapping[str, Any], column: str) -> str:
    """A time column as a timestamp without zone, in UTC."""
    from abstats.warehouse.utc import utc_timestamp_sql

    return utc_timestamp_sql(_relation(relation), column)


def unit_measures(
    project_root: Path,
    adapter_type: str,
    graph: Mapping[str, Any],
    exposures: Mapping[str, Any],
    dates: Mapping[str, Any],
    fact_relations: Mapping[str, Mapping[str, Any]],
    **settings: Any,
) -> str:
    """`select` of the per-unit table."""
    from abstats.warehouse.unit_measures import Sources, unit_measures_sql

    sources = Sources(
        exposures=_relation(exposures),
        dates=_relation(dates),
        facts={name: _relation(relation) for name, relation in fact_relations.items()},
    )
    return unit_measures_sql(_plan(project_root, graph, settings), sources, adapter_type)


def denominators(
    project_root: Path,
    adapter_type: str,
    graph: Mapping[str, Any],
    units: Mapping[str, Any],
    **settings: Any,
) -> str:
    """`select` of the usable denominators of every ratio metric."""
    from abstats.warehouse.denominators import denominators_sql

    return denominators_sql(_plan(project_root, graph, settings), _relation(units), adapter_type)


def cell_moments(
    project_root: Path,
    adapter_type: str,
    graph: Mapping[str, Any],
    units: Mapping[str, Any],
    dates: Mapping[str, Any],
    **settings: Any,
) -> str:
    """`select` of the long moments table."""
    from abstats.warehouse.cell_moments import cell_moments_sql

    plan = _plan(project_root, graph, settings)
    return cell_moments_sql(plan, _relation(units), _relation(dates), adapter_type)


def _specs(
    project_root: Path, graph: Mapping[str, Any], settings: Mapping[str, Any]
) -> "Project":
    from abstats.dbt_plugin.project_specs import read_project

    return read_project(
        graph,
        project_root,
        Settings(
            experiments_path=settings["experiments_path"],
            facts=tuple(settings["facts"]),
            experiment_exposures=settings["experiment_exposures"],
        ),
    )


def _plan(
    project_root: Path, graph: Mapping[str, Any], settings: Mapping[str, Any]
) -> "MeasurementPlan":
    from abstats.warehouse.measurement_plan import plan_measurement

    specs = _specs(project_root, graph, settings)
    return plan_measurement(specs.experiments, specs.metrics)


def _relation(relation: Mapping[str, Any]) -> "Relation":
    from abstats.warehouse.relation import Relation

    return Relation(sql=relation["sql"], types=relation["types"])
