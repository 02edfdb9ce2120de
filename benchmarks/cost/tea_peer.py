"""tea-tasting as a step: its child process, and its answer."""

import json
import subprocess
import tempfile
from pathlib import Path

from benchmarks.cost.process import REPOSITORY, Cost, measured
from benchmarks.cost.project import LOOKBACK_DAYS, Metrics
from benchmarks.cost.world import World

PROGRAM = Path(__file__).with_name("run_tea_tasting.py")


def is_installed(python: str) -> bool:
    """Whether a Python has tea-tasting."""
    command = [python, "-c", "import tea_tasting"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def version(python: str) -> str:
    """The version of tea-tasting in a Python."""
    command = [python, "-c", "import importlib.metadata as m; print(m.version('tea-tasting'))"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()


def analysed(
    python: str, world: World, world_file: Path, metrics: Metrics, threads: int
) -> tuple[Cost, list[list[object]]]:
    """What the analysis of the first experiment cost, without Python's start, and its means.

    Each row is a metric's name, the control's mean and the treatment's.
    """
    names = world.measure_names if metrics.fact == "activity" else world.event_type_names
    kind = "column" if metrics.fact == "activity" else "event_type"
    request = {
        "world": str(world_file),
        "threads": threads,
        "experiment": world.experiment_names[0],
        "fact": metrics.fact,
        "lookback_days": LOOKBACK_DAYS,
        "metrics": {
            metric: {kind: source} for metric, source in zip(metrics.names, names, strict=False)
        },
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "request.json"
        file.write_text(json.dumps(request), encoding="utf-8")
        cost, text = measured([python, str(PROGRAM), str(file)], REPOSITORY)
    answer = json.loads(text)
    return Cost(answer["cpu_seconds"], answer["wall_seconds"], cost.peak_mb), answer["rows"]
