"""The plugin that dbt instantiates at the start of every invocation."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt.flags import get_flags
from dbt.plugins.manager import dbtPlugin
from dbt_common.events.base_types import EventLevel
from dbt_common.events.functions import fire_event
from dbt_common.events.types import Note
from dbt_common.exceptions import DbtRuntimeError

from abstats.dbt_plugin.build_lock import begin_invocation
from abstats.dbt_plugin.duckdb_opening import install_duckdb_opening
from abstats.dbt_plugin.jinja_module import install_jinja_module
from abstats.dbt_plugin.python_models import install_python_models
from abstats.dbt_plugin.settings import settings_of
from abstats.dbt_plugin.warehouse_errors import install_warehouse_errors

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


class AbstatsPlugin(dbtPlugin):
    """Adds `modules.abstats` to dbt's Jinja, runs our Python models, validates the specs."""

    def initialize(self) -> None:
        """Install the hooks for the project that is being run.

        Nothing is validated here: raising would also stop `dbt deps` and every other project of
        this Python environment.
        """
        flags = get_flags()  # type: ignore[no-untyped-call]
        # Relative to the working directory when --project-dir was.
        self.project_root = Path(flags.PROJECT_DIR).resolve()
        self.command_line_vars = dict(getattr(flags, "VARS", None) or {})
        begin_invocation()
        install_jinja_module(self.project_root)
        install_python_models()
        install_duckdb_opening()
        install_warehouse_errors()

    def get_manifest_artifacts(self, manifest: "Manifest") -> dict[str, Any]:
        """Validate the specs of a project that uses abstats: after parsing, before any query.

        Raises:
            DbtRuntimeError: with the one report of all problems.
        """
        settings = settings_of(manifest)
        if settings is not None:
            from abstats.dbt_plugin.project_specs import check_manifest
            from abstats.spec.problems import SpecError, warning_report

            try:
                project = check_manifest(
                    manifest, self.project_root, settings, self.command_line_vars
                )
            except SpecError as error:
                raise DbtRuntimeError(str(error)) from error
            if project.warnings:
                # A note, as `--warn-error` is about dbt's own warnings.
                fire_event(Note(msg=warning_report(project.warnings)), EventLevel.WARN)
        return {}

    # What dbt's decorator `dbt_hook` sets; the decorator itself would put the method's name
    # before the report.
    get_manifest_artifacts.is_dbt_hook = True  # type: ignore[attr-defined]
