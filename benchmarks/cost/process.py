"""One step in a child process of its own, and what it cost."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parent.parent.parent


class Cost(NamedTuple):
    """What a process and its children used.

    Attributes:
        cpu_seconds: User and system time.
        wall_seconds: Time that passed.
        peak_mb: Largest resident memory of the process or of one of its children, in 10^6 bytes.
    """

    cpu_seconds: float
    wall_seconds: float
    peak_mb: float


Costs = Mapping[str, Sequence[Cost]]
"""Step -> what each repetition of it cost."""


def measured(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> tuple[Cost, str]:
    """Run a command; its cost and what it printed on standard output.

    Raises:
        RuntimeError: The command failed; holds the end of what it printed.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        started = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdout=output,
            stderr=errors,
        )
        # wait4 gives this child's usage, with the children that it waited for.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        text = output.read()
        if process.returncode != 0:
            last = (text + errors.read())[-6000:]
            raise RuntimeError(f"{' '.join(command[:4])} ... failed:\n{last}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024 / 1e6), text


def measured_sql(
    statement: str, world: Path, *, settings: Mapping[str, str] | None = None
) -> tuple[Cost, list[list[object]]]:
    """Run one statement on a world's file in a fresh process; its cost and its rows.

    The CPU and wall seconds are of the statement alone, without Python's start.
    """
    request = {"statement": statement, "world": str(world), "settings": dict(settings or {})}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "request.json"
        file.write_text(json.dumps(request), encoding="utf-8")
        command = [sys.executable, "-m", "benchmarks.cost.run_statement", str(file)]
        cost, text = measured(command, REPOSITORY)
    answer = json.loads(text)
    inner = Cost(answer["cpu_seconds"], answer["wall_seconds"], cost.peak_mb)
    return inner, answer["rows"]


def median_cost(costs: Sequence[Cost]) -> Cost:
    """The median of every number."""
    return Cost(*(median(values) for values in zip(*costs, strict=True)))
