"""How Spark computes what units did on each day: the plan, and what an event costs.

    python -m benchmarks.spark_plan --events 4000000 --units 200000

Events lie in Parquet, a folder for each day. The statement is that of `int_experiment_unit_days`
in a full build, for one experiment and five sums.
"""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import duckdb
import typer
from pyspark.sql import SparkSession

from abstats.spec.covariate import CupedSpec
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.measure import Measure
from abstats.spec.metric import MetricSpec
from abstats.warehouse.measurement_plan import MeasurementPlan, plan_measurement
from abstats.warehouse.partitions import PartitionSources
from abstats.warehouse.relation import Relation
from abstats.warehouse.unit_days import unit_days_sql
from abstats.warehouse.unit_events import Sources

START, DAYS = date(2026, 1, 5), 28
MEASURES = tuple(f"measure_{number}" for number in range(5))


def main(
    events: Annotated[int, typer.Option(help="Rows of the log.")] = 4_000_000,
    units: Annotated[int, typer.Option(help="Exposed units.")] = 200_000,
    master: Annotated[str, typer.Option(help="local[n] or spark://...")] = "local[2]",
) -> None:
    """Print the physical plan and the executors' CPU seconds and shuffled bytes by stage."""
    with TemporaryDirectory() as folder:
        _write(Path(folder), events, units)
        session = (
            SparkSession.builder.master(master)
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "4")
            .config("spark.sql.adaptive.enabled", "false")
            .config("spark.driver.memory", "2g")
            # At the size that the page is about the exposures are no small table.
            .config("spark.sql.autoBroadcastJoinThreshold", "100KB")
            .getOrCreate()
        )
        for name in ("events", "exposures", "dates", "fact_days", "exposure_days"):
            session.read.parquet(f"{folder}/{name}").createOrReplaceTempView(name)
        states = session.sql(_statement())
        states.explain("simple")
        states.write.format("noop").mode("overwrite").save()
        for stage in _stages(session):
            cpu, written = stage.executorCpuTime() / 1e9, stage.shuffleWriteBytes()
            print(
                f"stage {stage.stageId()}: {stage.inputRecords():>12,} rows read, {cpu:.1f} CPU s, "
                f"{written / 2**20:.1f} MiB shuffled"
            )
        session.stop()


def _statement() -> str:
    fact = Relation("events", {"user_id": "bigint", "event_at": "timestamp_ntz"}, "UTC")
    sources = Sources(
        Relation("exposures", {"unit_id": "bigint"}), Relation("dates", {}), {"events": fact}
    )
    partitions = PartitionSources("fact_days", "exposure_days", "dates", None)
    return unit_days_sql(_plan(), sources, partitions, "spark")


def _plan() -> MeasurementPlan:
    experiment = ExperimentSpec.model_validate(
        {
            "name": "ranker",
            "owner": "search",
            "hypothesis": "It is better.",
            "unit": "user",
            "start": START,
            "end": date(2026, 2, 2),
            "variants": {"a": 0.5, "b": 0.5},
            "control": "a",
            "metrics": {"primary": list(MEASURES)},
        }
    )
    return plan_measurement([experiment], [_metric(name) for name in MEASURES])


def _metric(column: str) -> MetricSpec:
    measure = Measure(
        fact="events",
        fact_unique_id="model.benchmark.events",
        agg="sum",
        expr=column,
        filter=None,
        time_column="event_at",
        entities={"user": "user_id"},
    )
    return MetricSpec(
        name=column,
        label=column,
        description="",
        kind="mean",
        direction="increase",
        parent=None,
        window=None,
        cuped=CupedSpec(enabled=False),
        missing="zero",
        unit=None,
        format=None,
        weight=None,
        owner=None,
        numerator=measure,
        denominator=None,
        file="metrics/events.yml",
    )


def _write(folder: Path, events: int, units: int) -> None:
    values = ", ".join(f"random() * 10 as {name}" for name in MEASURES)
    start = f"timestamp '{datetime.combine(START, datetime.min.time())}'"
    tables = {
        "exposures": f"""
            select 'ranker' as experiment_id, range as unit_id, if(hash(range) % 2 = 0, 'a', 'b') as
                variant_id, {start} + interval (random() * {DAYS * 86400}) second as exposed_at,
                null::timestamp as first_seen_at, 'all' as stratum
            from range({units})""",
        "dates": f"""
            select 'ranker' as experiment_id, {start} as starts_at,
                {start} + interval {DAYS} day as ends_at,
                date '{START}' + {DAYS - 1} as analysis_date,
                {start} + interval {DAYS} day as analysis_end_at""",
        "fact_days": f"""
            select 'events' as fact, cast({start} as date) + range::integer as event_date,
                1::bigint as n_events, 1::bigint as fingerprint from range({DAYS})""",
        "exposure_days": f"""
            select 'ranker' as experiment_id, cast({start} as date) + range::integer as
                exposure_date, 1::bigint as n_units, 1::bigint as fingerprint from range({DAYS})""",
    }
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select *, cast(event_at as date) as day from (select "
            f"(random() * {units})::bigint as user_id, {start} + "
            f"interval (random() * {DAYS * 86400}) second as event_at, {values} "
            f"from range({events}))) to '{folder}/events' (format parquet, partition_by (day))"
        )
        for name, select in tables.items():
            connection.execute(f"copy ({select}) to '{folder}/{name}' (format parquet)")


def _stages(session: SparkSession) -> Iterator[Any]:
    context = session.sparkContext
    quantiles = context._gateway.new_array(context._jvm.double, 0)
    store = context._jsc.sc().statusStore()
    stages = store.stageList(None, False, False, quantiles, None)
    for number in reversed(range(stages.size())):
        stage = stages.apply(number)
        if stage.executorCpuTime():
            yield stage


if __name__ == "__main__":
    typer.run(main)
