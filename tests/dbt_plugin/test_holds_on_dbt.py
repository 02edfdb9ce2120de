"""Every place where abstats takes hold of dbt is there, has the form we need, and is used by dbt.

None of them is a promised interface. Each test calls dbt's own code, which must end in ours; a new
version of dbt that goes another way fails here, in a second, and not as a puzzle in a build.
"""

import inspect
import multiprocessing
from collections.abc import Iterator
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import dbt.context.base
import dbt.context.providers
import dbt.flags
import dbt.parser.manifest
import dbt.plugins
import duckdb
import psycopg2
import pyarrow as pa
import pytest
from dbt.adapters.exceptions.connection import FailedToConnectError
from dbt.adapters.factory import FACTORY, get_adapter_by_type
from dbt.contracts.graph.manifest import Manifest
from dbt.plugins.manager import PluginManager, dbtPlugin

from abstats.dbt_plugin import duckdb_opening, jinja_module, python_models
from abstats.dbt_plugin.plugin import AbstatsPlugin


def lost(hold: str, file: str) -> str:
    """What to tell who has upgraded dbt."""
    installed = ", ".join(f"{name} {version(name)}" for name in ("dbt-core", "dbt-adapters"))
    return (
        f"dbt has changed ({installed}): {hold}. abstats/dbt_plugin/{file} takes hold there. Find "
        "in dbt's source what does this now and move the hold, or cap the version in "
        "pyproject.toml; constraints.txt and constraints-lowest.txt go with it."
    )


def parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_every_jinja_context_asks_get_context_modules_for_its_modules(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = lost("contexts have their modules from elsewhere", "jinja_module.py")
    base = dbt.context.base
    assert parameters(jinja_module._dbt_context_modules) == [], told
    monkeypatch.setattr(base, "get_context_modules", base.get_context_modules)
    jinja_module.install_jinja_module(tmp_path)
    modules = base.generate_base_context({})["modules"]
    assert modules.get("abstats", {}).keys() >= set(jinja_module.FUNCTIONS), told
    assert "datetime" in modules, told
    # That of models says nothing else about its modules.
    assert dbt.context.providers.ModelContext.modules is base.BaseContext.modules, told


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The DuckDB adapter as dbt loads it; what is wrapped is put back."""
    FACTORY.load_plugin("duckdb")
    plugin = FACTORY.plugins["duckdb"]
    adapter, manager = plugin.adapter, plugin.adapter.ConnectionManager
    kept = {
        (adapter, "submit_python_job"): adapter.__dict__["submit_python_job"],
        (manager, "open"): manager.__dict__["open"],
    }
    monkeypatch.setattr(FACTORY, "plugins", {"duckdb": plugin})
    yield adapter
    for (owner, name), original in kept.items():
        setattr(owner, name, original)


def test_the_factory_knows_adapters_by_a_class_that_runs_python_models(loaded: Any) -> None:
    told = lost("submit_python_job of adapters has another form", "python_models.py")
    submit = inspect.unwrap(loaded.submit_python_job)
    assert parameters(submit) == ["self", "parsed_model", "compiled_code"], told


def test_a_python_model_of_ours_goes_from_the_jinja_context_through_the_adapter_to_us(
    loaded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = lost("the statement of a Python model does not call the adapter", "python_models.py")
    run: list[tuple[str, str]] = []

    def run_model(name: str, code: str, load: Any) -> pa.Table:
        run.append((name, code))
        return pa.table({})

    monkeypatch.setattr(python_models, "run_model", run_model)
    monkeypatch.setattr(python_models, "write_temporary_table", lambda *_: None)
    python_models.install_python_models()
    context = SimpleNamespace(
        adapter=loaded.__new__(loaded),
        context_macro_stack=SimpleNamespace(
            depth=2,
            call_stack=[
                "macro.abstats.materialization_abstats_arrow_default",
                "macro.dbt.statement",
            ],
        ),
    )
    model = {"name": "ours", "alias": "ours", "config": {"materialized": "abstats_arrow"}}
    submit = inspect.unwrap(dbt.context.providers.ModelContext.submit_python_job)
    submit(context, model, "code")
    assert run == [("ours", "code")], told


def test_dbt_starts_a_plugin_by_initialize_with_the_folder_and_vars_of_the_run(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = lost("plugins are found or started in another way", "plugin.py")
    base = dbt.context.base
    monkeypatch.setattr(base, "get_context_modules", base.get_context_modules)
    monkeypatch.setattr(FACTORY, "plugins", {})
    given = SimpleNamespace(PROJECT_DIR=str(tmp_path), VARS={"analysis_date": "2026-01-20"})
    monkeypatch.setattr(dbt.flags, "GLOBAL_FLAGS", given)
    assert parameters(dbtPlugin.initialize) == ["self"], told
    (plugin,) = (
        plugin
        for plugin in PluginManager.from_modules("some_project")._plugins
        if type(plugin) is AbstatsPlugin
    )
    assert plugin.project_root == tmp_path.resolve(), told
    assert plugin.command_line_vars == {"analysis_date": "2026-01-20"}, told


def test_dbt_asks_plugins_after_parsing_with_the_manifest(monkeypatch: pytest.MonkeyPatch) -> None:
    told = lost("plugins do not see the parsed manifest", "plugin.py")
    assert parameters(dbtPlugin.get_manifest_artifacts) == ["self", "manifest"], told
    seen: list[Manifest] = []

    class Seeing(AbstatsPlugin):
        def initialize(self) -> None:
            pass

        def get_manifest_artifacts(self, manifest: Manifest) -> dict[str, Any]:
            seen.append(manifest)
            return {}

        get_manifest_artifacts.is_dbt_hook = AbstatsPlugin.get_manifest_artifacts.is_dbt_hook

    manager = PluginManager([Seeing("some_project")])
    monkeypatch.setattr(dbt.plugins, "get_plugin_manager", lambda _: manager)
    manifest = Manifest()
    parser = dbt.parser.manifest
    for name in ("register_adapter", "get_adapter", "write_manifest"):
        monkeypatch.setattr(parser, name, MagicMock())
    monkeypatch.setattr(parser.ManifestLoader, "get_full_manifest", lambda *_, **__: manifest)
    # What every command begins with; its queries come after.
    parser.parse_manifest(MagicMock(), False, write=True, write_json=True, active_integrations=[])
    assert [id(found) for found in seen] == [id(manifest)], told


def test_dbt_opens_duckdb_through_the_manager_that_we_wrap(loaded: Any, tmp_path: Any) -> None:
    told = lost("DuckDB is opened by something else", "duckdb_opening.py")
    manager = loaded.ConnectionManager
    assert manager.TYPE == "duckdb", told
    assert parameters(manager.open) == ["connection"], told
    duckdb_opening.install_duckdb_opening()
    (tmp_path / "no.duckdb").write_text("no database" * 1000)
    credentials = FACTORY.plugins["duckdb"].credentials
    profile = SimpleNamespace(
        credentials=credentials.from_dict({"path": str(tmp_path / "no.duckdb"), "schema": "main"}),
        threads=1,
    )
    # A connection is opened when its handle is first used.
    connections = manager(profile, multiprocessing.get_context("spawn"))
    connections.set_connection_name("hold")
    with pytest.raises(FailedToConnectError) as failed:
        assert connections.get_thread_connection().handle
    assert isinstance(failed.value.__cause__, duckdb.IOException), told
    assert "no.duckdb" in str(failed.value), told


def test_a_connection_of_postgres_is_named_opened_and_held_by_its_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = lost("connections of Postgres are opened or kept in another way", "build_lock.py")
    FACTORY.load_plugin("postgres")
    plugin = FACTORY.plugins["postgres"]
    names: list[str] = []

    class Handle:
        autocommit = False
        closed = 0

    def connect(**given: Any) -> Handle:
        names.append(given["application_name"])
        return Handle()

    monkeypatch.setattr(psycopg2, "connect", connect)
    credentials = plugin.credentials.from_dict(
        {
            "host": "nowhere",
            "user": "someone",
            "port": 5432,
            "password": "",
            "dbname": "some",
            "schema": "main",
        }
    )
    manager = plugin.adapter.ConnectionManager(
        SimpleNamespace(credentials=credentials, threads=1), multiprocessing.get_context("spawn")
    )
    monkeypatch.setattr(FACTORY, "adapters", {"postgres": SimpleNamespace(connections=manager)})
    connections = get_adapter_by_type("postgres").connections
    connections.set_connection_name("abstats_build_lock")
    handle = connections.get_thread_connection().handle
    assert type(handle) is Handle, told
    assert names == ["dbt"], told
    assert connections.get_thread_connection().handle is handle, told
