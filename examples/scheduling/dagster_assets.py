"""The build of every day as Dagster assets, one per model, with dagster-dbt.

`dbt parse` must have written target/manifest.json. `ABSTATS_PROJECT` is the folder of
dbt_project.yml; dbt and abstats are on the PATH.
"""

import os
import subprocess
from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject, dbt_assets, get_asset_key_for_model

PROJECT = os.environ.get("ABSTATS_PROJECT", "/srv/analytics")
SELECT = "+exposure:experiment_results"

project = DbtProject(project_dir=PROJECT)


@dbt_assets(manifest=project.manifest_path, select=SELECT)
def experiments(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
    """What experiments need: staging models, facts and the tables of abstats."""
    yield from dbt.cli(["build"], context=context).stream()


@dg.asset_check(asset=get_asset_key_for_model([experiments], "fct_experiment_decisions"))
def is_fresh() -> dg.AssetCheckResult:
    """Nothing is stale and no load is late; else the page says what to do."""
    status = subprocess.run(
        ["abstats", "status", "--check"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    page = dg.MetadataValue.md(f"```text\n{status.stdout or status.stderr}```")
    return dg.AssetCheckResult(passed=status.returncode == 0, metadata={"status": page})


daily = dg.define_asset_job("abstats_daily", dg.AssetSelection.assets(experiments))
defs = dg.Definitions(
    assets=[experiments],
    asset_checks=[is_fresh],
    jobs=[daily],
    schedules=[dg.ScheduleDefinition(job=daily, cron_schedule="15 6 * * *")],
    resources={"dbt": DbtCliResource(project_dir=project)},
)
