"""The model of cross-checks: what it reads where nobody asks."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa

from abstats.analysis import CROSS_CHECKS_SCHEMA
from tests.analysis.worlds import an_experiment

MODEL = (
    Path(__file__).resolve().parents[2]
    / "dbt_project/models/results/int_experiment_cross_checks_made.py"
)


def test_where_nobody_asks_only_the_experiments_are_read() -> None:
    spec = an_experiment()
    experiments = pa.table({"experiment_id": [spec.name], "spec": [spec.canonical]})
    read = []

    def ref(name: str) -> pa.Table:
        read.append(name)
        return experiments

    namespace: dict[str, Any] = {}
    exec(compile(MODEL.read_text(), MODEL.name, "exec"), namespace)
    dbt = SimpleNamespace(config=lambda **_: None, ref=ref)
    found = namespace["model"](dbt, None)
    assert (found.num_rows, found.schema) == (0, CROSS_CHECKS_SCHEMA)
    assert read == ["dim_experiments"]
