"""A child process: tea-tasting on a world, from raw events, all in one lazy Ibis expression.

    python benchmarks/cost/run_tea_tasting.py <request.json>

Needs only tea-tasting and ibis-framework[duckdb]; nothing of this repository is imported.
"""

import json
import resource
import sys
import time
from pathlib import Path

import ibis
import tea_tasting as tt


def main(request_file: str) -> None:
    """Analyse the experiment of a request; print the means per metric and what it cost."""
    request = json.loads(Path(request_file).read_text(encoding="utf-8"))
    connection = ibis.duckdb.connect(
        request["world"], read_only=True, threads=int(request["threads"])
    )
    started, used = time.monotonic(), _cpu_seconds()
    users = _users(connection, request)
    experiment = tt.Experiment(
        {name: tt.Mean(name, f"{name}_covariate") for name in request["metrics"]},
        variant="variant_id",
    )
    result = experiment.analyze(users, control="control")
    answer = {
        "cpu_seconds": _cpu_seconds() - used,
        "wall_seconds": time.monotonic() - started,
        "rows": [[name, result[name].control, result[name].treatment] for name in result],
    }
    print(json.dumps(answer))


def _users(connection: ibis.BaseBackend, request: dict) -> ibis.Table:
    """One row per user: the variant, and each metric after and before the first exposure."""
    exposures = connection.table("exposures", database="raw")
    exposures = exposures.filter(exposures.experiment_id == request["experiment"])
    first = exposures.group_by("user_id").agg(
        variant_id=exposures.variant_id.argmin(exposures.exposed_at),
        exposed_at=exposures.exposed_at.min(),
    )
    events = connection.table(request["fact"], database="raw")
    joined = events.join(first, "user_id")
    is_post = joined.event_at >= joined.exposed_at
    is_pre = (joined.event_at < joined.exposed_at) & (
        joined.event_at >= joined.exposed_at - ibis.interval(days=request["lookback_days"])
    )
    totals = {}
    for name, source in request["metrics"].items():
        if "column" in source:
            value = joined[source["column"]].cast("float64")
            post, pre = is_post, is_pre
        else:
            value = joined.value
            is_type = joined.event_type == source["event_type"]
            post, pre = is_post & is_type, is_pre & is_type
        totals[name] = value.sum(where=post)
        totals[f"{name}_covariate"] = value.sum(where=pre)
    per_user = joined.group_by("user_id").agg(**totals)
    users = first.left_join(per_user, "user_id")
    return users.select("variant_id", **{name: users[name].fill_null(0.0) for name in totals})


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main(sys.argv[1])
