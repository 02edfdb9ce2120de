"""Our hold on dbt: each hook fails loudly here when dbt changes."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import dbt.context.base
import pyarrow as pa
import pytest
from dbt.adapters.contracts.connection import AdapterResponse
from dbt.adapters.factory import FACTORY
from dbt.contracts.graph.manifest import Manifest
from dbt.plugins.manager import PluginManager
from dbt_common.events.base_types import EventLevel, EventMsg
from dbt_common.events.event_manager_client import get_event_manager
from dbt_common.exceptions import DbtRuntimeError

from abstats.dbt_plugin import (
    jinja_module,
    project_specs,
    python_models,
    warehouse_errors,
)
from abstats.dbt_plugin import plugin as plugin_module
from abstats.dbt_plugin.plugin import AbstatsPlugin
from abstats.dbt_plugin.settings import Settings
from abstats.spec.problems import Problem, SpecError
from abstats.spec.project import Project


def test_dbt_finds_the_plugin_among_installed_modules() -> None:
    module = PluginManager.get_prefixed_modules()["dbt_abstats"]
    assert module.plugins == [AbstatsPlugin]


def test_the_manifest_hook_has_the_mark_that_dbt_looks_for() -> None:
    assert AbstatsPlugin.get_manifest_artifacts.is_dbt_hook


def test_warnings_are_told_in_a_build_and_stop_nothing(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the level of a warning, but none of dbt's own: `--warn-error` lets it pass."""
    warning = Problem("experiments/a.yml:9", "window", "is long", "matures on 2026-04-02")
    project = Project((), (), (warning,))
    monkeypatch.setattr(
        plugin_module, "settings_of", lambda _: Settings("", (), None, "all", "", 10)
    )
    monkeypatch.setattr(project_specs, "check_manifest", lambda *_: project)
    told: list[EventMsg] = []
    get_event_manager().add_callback(told.append)
    plugin = AbstatsPlugin.__new__(AbstatsPlugin)
    plugin.project_root, plugin.command_line_vars = tmp_path, {}
    try:
        assert plugin.get_manifest_artifacts(Manifest()) == {}
    finally:
        get_event_manager().callbacks.remove(told.append)
    (event,) = told
    assert event.info.level == EventLevel.WARN
    assert event.info.msg.startswith("abstats warns of 1 problem in your specs; the build goes on.")


def test_jinja_sees_our_module_beside_those_of_dbt(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        dbt.context.base, "get_context_modules", dbt.context.base.get_context_modules
    )
    jinja_module.install_jinja_module(tmp_path)
    modules = dbt.context.base.get_context_modules()
    assert {"datetime", "re", "abstats"} <= modules.keys()
    assert callable(modules["abstats"]["unit_measures"])


def test_a_report_reaches_the_user_in_its_own_words(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        dbt.context.base, "get_context_modules", dbt.context.base.get_context_modules
    )
    jinja_module.install_jinja_module(tmp_path)
    utc_timestamp = dbt.context.base.get_context_modules()["abstats"]["utc_timestamp"]
    relation = {"sql": "events", "types": {"event_date": "date"}}
    with pytest.raises(DbtRuntimeError, match="event_date has type date, must be a timestamp"):
        utc_timestamp(relation, "event_date", "duckdb")


class _Adapter:
    """Stands for a concrete adapter class of dbt."""

    submitted: list[str]

    def __init__(self) -> None:
        self.submitted = []

    def submit_python_job(
        self, parsed_model: dict[str, Any], compiled_code: str
    ) -> AdapterResponse:
        assert compiled_code
        self.submitted.append(parsed_model["name"])
        return AdapterResponse(_message="the host's")


class _Manager:
    """Stands for the connection manager of dbt-duckdb."""

    TYPE = "duckdb"
    profile = SimpleNamespace(credentials=SimpleNamespace(path="a.duckdb"))

    @contextmanager
    def exception_handler(self, sql: str) -> Iterator[None]:
        try:
            yield
        except RuntimeError as error:
            raise DbtRuntimeError(f"{error}, in {sql}") from error


def test_an_error_of_the_warehouse_reaches_the_user_in_our_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    adapter = SimpleNamespace(ConnectionManager=type("Manager", (_Manager,), {}))
    monkeypatch.setattr(FACTORY, "plugins", {"duckdb": SimpleNamespace(adapter=adapter)})
    warehouse_errors.install_warehouse_errors()
    warehouse_errors.install_warehouse_errors()
    manager = adapter.ConnectionManager()
    with pytest.raises(DbtRuntimeError, match="the disk is full") as raised:
        fail(manager, "No space left on device")
    assert str(raised.value).count("the disk is full") == 1
    with pytest.raises(DbtRuntimeError, match="no such column"):
        fail(manager, "no such column")


def fail(manager: Any, said: str) -> None:
    with manager.exception_handler("select 1"):
        raise RuntimeError(said)


def test_the_adapters_that_we_explain_have_the_handler_that_we_wrap() -> None:
    for module, name in (("duckdb", "DuckDB"), ("postgres", "Postgres")):
        connections = importlib.import_module(f"dbt.adapters.{module}.connections")
        manager = getattr(connections, f"{name}ConnectionManager")
        assert callable(manager.exception_handler)
        assert module == manager.TYPE


class _Plugin:
    adapter: type[_Adapter]


@pytest.fixture
def adapter(monkeypatch: pytest.MonkeyPatch) -> _Adapter:
    subclass = type("Adapter", (_Adapter,), {"submit_python_job": _Adapter.submit_python_job})
    plugin = _Plugin()
    plugin.adapter = subclass
    monkeypatch.setattr(FACTORY, "plugins", {"fake": plugin})
    python_models.install_python_models()
    python_models.install_python_models()
    return subclass()


def model(materialized: str) -> dict[str, Any]:
    return {"name": "some_model", "alias": "some_model", "config": {"materialized": materialized}}


def test_a_host_python_model_runs_as_before(adapter: _Adapter) -> None:
    response = adapter.submit_python_job(model("table"), "raise RuntimeError")
    assert adapter.submitted == ["some_model"]
    assert response._message == "the host's"


CODE = """
def model(dbt, session):
    return {returned}

class dbtObj:
    def __init__(self, load):
        self.ref = load
"""


def test_our_model_becomes_a_temporary_table(
    adapter: _Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: dict[str, pa.Table] = {}
    monkeypatch.setattr(python_models, "read_table", lambda _, name: pa.table({"name": [name]}))
    monkeypatch.setattr(
        python_models, "write_temporary_table", lambda _, name, rows: written.update({name: rows})
    )
    code = CODE.format(returned="dbt.ref('moments')")
    adapter.submit_python_job(model("abstats_arrow"), code)
    assert adapter.submitted == []
    assert written["abstats_rows__some_model"].to_pylist() == [{"name": "moments"}]


def test_a_model_that_returns_no_arrow_table_is_refused() -> None:
    with pytest.raises(DbtRuntimeError, match=r"some_model returned int, must return a pyarrow"):
        python_models.run_model("some_model", CODE.format(returned="1"), lambda _: pa.table({}))


def test_a_report_of_bad_input_is_an_error_of_dbt_without_a_traceback() -> None:
    problem = Problem("exposure log", "experiment e", "has unknown variants", "must have none")
    code = CODE.format(returned="fail()")
    namespace_fail = SpecError([problem])

    def fail(_: str) -> pa.Table:
        raise namespace_fail

    with pytest.raises(DbtRuntimeError, match="has unknown variants"):
        python_models.run_model("some_model", code.replace("fail()", "dbt.ref('x')"), fail)
