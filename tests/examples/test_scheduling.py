"""The examples of schedules run the documented commands, and import where their scheduler is."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.docs.pages import blocks

EXAMPLES = REPOSITORY / "examples" / "scheduling"
PAGE = REPOSITORY / "docs" / "scheduling.md"


def documented() -> list[str]:
    (block,) = [block for block in blocks(PAGE) if block.language == "sh"]
    return block.commands


def literals(file: Path) -> str:
    """All text of a Python file that is no docstring, formatted values as `{}`."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docstring = ast.get_docstring(tree, clean=False)
    return "\n".join(
        str(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value != docstring
    )


def test_the_target_of_make_runs_the_documented_commands_in_their_order() -> None:
    told = subprocess.run(
        ["make", "--dry-run", "--file", str(EXAMPLES / "daily.mk"), "daily"],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    assert told.stdout.splitlines() == documented()


def test_cron_runs_that_target_once_a_day() -> None:
    *_, line = (EXAMPLES / "crontab").read_text(encoding="utf-8").splitlines()
    minute, hour, *days, command = line.split(maxsplit=5)
    assert (int(minute) < 60, int(hour) < 24, days) == (True, True, ["*", "*", "*"])
    assert command == "cd /srv/analytics && make --file daily.mk daily"


def test_the_airflow_dag_runs_the_documented_commands() -> None:
    text = literals(EXAMPLES / "airflow_dag.py")
    for command in documented():
        program, _, arguments = command.partition(" ")
        assert f"/{program} {arguments}" in text


def test_the_dagster_assets_select_what_is_documented() -> None:
    build, status = documented()
    text = literals(EXAMPLES / "dagster_assets.py").splitlines()
    assert build.split()[-1] in text
    at = text.index("abstats")
    assert text[at : at + 3] == status.split()


def test_all_schedules_are_of_one_hour() -> None:
    schedules = {
        re.search(r"\d+ \d+ \* \* \*", file.read_text(encoding="utf-8"))[0]
        for file in (EXAMPLES / "crontab", *EXAMPLES.glob("*.py"))
    }
    assert schedules == {"15 6 * * *"}


def test_the_page_names_every_example() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert all(
        f"(../examples/scheduling/{file.name})" in page
        for file in EXAMPLES.iterdir()
        if file.is_file()
    )


def imported(example: str, printed: str, environment: dict[str, str]) -> object:
    """What an expression of an example gives as JSON, in a process of its own."""
    code = f"import json, {example}; print(json.dumps({printed}))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=EXAMPLES,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def test_airflow_reads_the_dag(tmp_path: Path) -> None:
    pytest.importorskip("airflow", reason="Airflow is not in constraints.txt")
    tasks = imported(
        "airflow_dag",
        "{t.task_id: sorted(t.upstream_task_ids) for t in airflow_dag.dag.tasks}",
        {"AIRFLOW_HOME": str(tmp_path)},
    )
    assert tasks == {"build": [], "status": ["build"]}


@pytest.mark.dbt
def test_dagster_reads_the_assets(tmp_path: Path) -> None:
    pytest.importorskip("dagster_dbt", reason="dagster-dbt is not in constraints.txt")
    for name in ("dbt_project.yml", "packages.yml", "profiles.yml"):
        shutil.copy(REPOSITORY / name, tmp_path)
    for name in ("dbt_project", "metrics", "experiments", "demo"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    for command in (["dbt", "deps", "--quiet"], ["dbt", "parse", "--quiet"]):
        subprocess.run(command, cwd=tmp_path, check=True)
    names = imported(
        "dagster_assets",
        "sorted(key.path[-1] for key in dagster_assets.experiments.keys)",
        {"ABSTATS_PROJECT": str(tmp_path)},
    )
    assert {"fct_watches", "fct_experiment_moments", "fct_experiment_decisions"} <= set(names)
