"""Runs the Python models of our own materialization; a host's Python models run as before.

dbt hands the compiled Python model to its adapter's `submit_python_job`. For models that are
materialized as `abstats_arrow` the model is run here, in dbt's process, and its small Arrow table
becomes a temporary table on dbt's own connection; dbt's table materialization does the write.
"""

from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any

import pyarrow as pa
from dbt.adapters.contracts.connection import AdapterResponse
from dbt.adapters.factory import FACTORY
from dbt_common.exceptions import DbtRuntimeError

from abstats.spec.problems import SpecError
from abstats.warehouse.transfer import read_table, write_temporary_table

MATERIALIZATION = "abstats_arrow"
_MARK = "_abstats_wrapped"
# dbt's threads would import the same packages at the same moment and meet half-initialised ones.
_ONE_AT_A_TIME = Lock()


def install_python_models() -> None:
    """Wrap `submit_python_job` of the adapter class in use, once."""
    for plugin in FACTORY.plugins.values():
        adapter_class: Any = plugin.adapter
        if not hasattr(adapter_class.submit_python_job, _MARK):
            adapter_class.submit_python_job = _wrapped(adapter_class.submit_python_job)


def _wrapped(submit: Callable[..., AdapterResponse]) -> Callable[..., AdapterResponse]:
    @wraps(submit)
    def submit_python_job(
        adapter: Any, parsed_model: dict[str, Any], compiled_code: str
    ) -> AdapterResponse:
        if parsed_model["config"]["materialized"] != MATERIALIZATION:
            return submit(adapter, parsed_model, compiled_code)
        with _ONE_AT_A_TIME:
            rows = run_model(
                parsed_model["name"], compiled_code, lambda name: read_table(adapter, name)
            )
        write_temporary_table(adapter, temporary_table_name(parsed_model["alias"]), rows)
        return AdapterResponse(_message="OK", rows_affected=rows.num_rows)

    setattr(submit_python_job, _MARK, True)
    return submit_python_job


def temporary_table_name(alias: str) -> str:
    """Name of the temporary table; the materialization's macro builds the same."""
    return f"abstats_rows__{alias}"


def run_model(name: str, compiled_code: str, load: Callable[[str], pa.Table]) -> pa.Table:
    """Execute dbt's compiled Python model.

    Raises:
        DbtRuntimeError: the model found bad input (its report), or returned something else than
            an Arrow table.
    """
    namespace: dict[str, Any] = {"__name__": name}
    exec(compile(compiled_code, f"<{name}>", "exec"), namespace)  # noqa: S102 - dbt's own model
    try:
        rows = namespace["model"](namespace["dbtObj"](load), None)
    except (SpecError, ValueError) as error:
        raise DbtRuntimeError(str(error)) from error
    if not isinstance(rows, pa.Table):
        raise DbtRuntimeError(
            f"{name} returned {type(rows).__name__}, must return a pyarrow.Table."
        )
    return rows
