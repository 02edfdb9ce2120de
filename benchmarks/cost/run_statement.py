"""The child of `process.measured_sql`: one statement on a world, its rows and its cost as JSON."""

import json
import resource
import sys
import time
from pathlib import Path

import duckdb


def main(request_file: str) -> None:
    """Run the statement of a request."""
    request = json.loads(Path(request_file).read_text(encoding="utf-8"))
    connection = duckdb.connect(request["world"], read_only=True, config=request["settings"])
    started, used = time.monotonic(), _cpu_seconds()
    rows = connection.execute(request["statement"]).fetchall()
    answer = {
        "cpu_seconds": _cpu_seconds() - used,
        "wall_seconds": time.monotonic() - started,
        "rows": rows,
    }
    print(json.dumps(answer, default=str))


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main(sys.argv[1])
