"""A step's cost is that of its process and of the processes it started."""

import sys

import pytest

from benchmarks.cost.process import Cost, measured, measured_sql, median_cost
from benchmarks.cost.world import world_file
from tests.benchmarks.cost.worlds import SMALL

BUSY = """
import time
kept = bytearray({mb} * 1_000_000)
kept[::4096] = b"x" * len(kept[::4096])
while time.process_time() < {seconds}:
    pass
"""


def test_cpu_and_memory_of_a_grandchild_count(tmp_path):
    inner = BUSY.format(mb=300, seconds=0.3)
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}], check=True)"
    cost, _ = measured([sys.executable, "-c", outer], tmp_path)
    assert cost.cpu_seconds >= 0.3
    assert cost.wall_seconds >= 0.3
    assert cost.peak_mb >= 300


def test_a_command_that_fails_says_why(tmp_path):
    with pytest.raises(RuntimeError, match="no such luck"):
        measured([sys.executable, "-c", "raise SystemExit('no such luck')"], tmp_path)


def test_a_statement_runs_in_a_process_of_its_own_and_returns_its_rows(tmp_path):
    file = world_file(SMALL, tmp_path)
    cost, rows = measured_sql(
        "select current_setting('threads'), count(*) from raw.activity",
        file,
        settings={"threads": "1"},
    )
    assert rows == [[1, SMALL.events]]
    assert 0 < cost.cpu_seconds < 5


def test_the_median_is_taken_of_every_number_apart():
    costs = [Cost(1.0, 30.0, 5.0), Cost(2.0, 10.0, 6.0), Cost(9.0, 20.0, 4.0)]
    assert median_cost(costs) == Cost(2.0, 20.0, 5.0)
