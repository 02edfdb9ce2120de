"""The build of every day as an Airflow DAG, for Airflow 3.

dbt runs in a virtual environment of its own, so that its versions and Airflow's need not agree:
`ABSTATS_PROJECT` is the folder of dbt_project.yml, `ABSTATS_BIN` that of dbt and abstats.
"""

import os
from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

PROJECT = os.environ.get("ABSTATS_PROJECT", "/srv/analytics")
BIN = os.environ.get("ABSTATS_BIN", f"{PROJECT}/.venv/bin")

with DAG(
    dag_id="abstats_daily",
    schedule="15 6 * * *",
    start_date=datetime(2026, 1, 1),
    # A build computes every day that is missing or has changed: there is nothing to catch up on.
    catchup=False,
    # Two builds of one schema at once would wait for one another.
    max_active_runs=1,
    default_args={"cwd": PROJECT, "retry_delay": timedelta(minutes=15)},
) as dag:
    build = BashOperator(
        task_id="build",
        bash_command=f"{BIN}/dbt build --quiet --select +exposure:experiment_results",
        retries=2,
    )
    # Fails where something is stale or a load is late; its log says what to do.
    status = BashOperator(task_id="status", bash_command=f"{BIN}/abstats status --check")
    build >> status
