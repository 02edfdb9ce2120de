"""A small dbt project, parsed by dbt itself."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests import forked_dbt

PROJECT = {
    "dbt_project.yml": "name: host\nprofile: host\nversion: '1.0.0'\n"
    "flags: {partial_parse: false, send_anonymous_usage_stats: false}\n",
    "profiles.yml": "host:\n  target: d\n  outputs: {d: {type: duckdb, path: ':memory:'}}\n",
    "models/days.sql": "select cast('2020-01-01' as date) as date_day",
    "models/days.yml": "models:\n  - name: days\n"
    "    time_spine: {standard_granularity_column: date_day}\n"
    "    columns: [{name: date_day, granularity: day}]\n",
}


def manifest_of(root: Path, files: Mapping[str, str]) -> dict[str, Any]:
    """The manifest of a project with these files, written into a folder."""
    for name, text in {**PROJECT, **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    for command in ("deps", "parse") if "packages.yml" in files else ("parse",):
        run = forked_dbt.run([command, "--project-dir", ".", "--profiles-dir", "."], root)
        assert run.code == 0, run.output
    loaded: dict[str, Any] = json.loads((root / "target" / "manifest.json").read_text("utf-8"))
    return loaded
