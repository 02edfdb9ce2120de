"""`modules.abstats` in dbt's Jinja: the functions of `rendering` for the project that is run."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import dbt.context.base
from dbt_common.exceptions import DbtRuntimeError

FUNCTIONS = (
    "analysis_timeline",
    "bucket_sums",
    "cell_moments",
    "covariate_moments",
    "declared_attributes",
    "declared_rows",
    "declared_segments",
    "fact_days",
    "frozen_scales",
    "gini_values",
    "latest_measures",
    "quantile_grids",
    "row_hash",
    "stratified_exposures",
    "time_columns",
    "unit_days",
    "unit_histories",
    "unit_measures",
    "unit_totals",
    "utc_timestamp",
    "value_counts",
)
_dbt_context_modules = dbt.context.base.get_context_modules


def install_jinja_module(project_root: Path) -> None:
    """Let every Jinja context of this invocation see `modules.abstats`."""
    module: dict[str, Callable[..., Any]] = {
        name: partial(_render, name, project_root) for name in FUNCTIONS
    }

    module["hold_build_lock"] = _hold_build_lock

    def context_modules() -> dict[str, dict[str, Any]]:
        return {**_dbt_context_modules(), "abstats": module}

    dbt.context.base.get_context_modules = context_modules


def _hold_build_lock(schema: str) -> None:
    """Imported late, as the rest: only builds need it."""
    from abstats.dbt_plugin.build_lock import hold_build_lock

    hold_build_lock(schema)


def _render(name: str, project_root: Path, *args: Any) -> Any:
    """Call a function of `rendering`; its errors reach the user in their own words."""
    # Imported late: dbt starts this plugin for every project of the environment, and Ibis is heavy.
    from abstats.dbt_plugin import rendering
    from abstats.spec.problems import SpecError

    try:
        return getattr(rendering, name)(project_root, *args)
    except (SpecError, ValueError) as error:
        raise DbtRuntimeError(str(error)) from error
