"""Small worlds for the warehouse tests, and the plainest possible oracle beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

import duckdb

from abstats.spec.covariate import CupedSpec
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.measure import Measure
from abstats.spec.meta import Kind, Missing
from abstats.spec.metric import MetricSpec
from abstats.spec.window import Window
from abstats.warehouse.cell_moments import cell_moments_sql
from abstats.warehouse.measurement_plan import plan_measurement
from abstats.warehouse.relation import Relation
from abstats.warehouse.unit_events import Sources
from abstats.warehouse.unit_measures import unit_measures_sql

START, END = date(2026, 1, 5), date(2026, 1, 15)
START_AT, END_AT = datetime(2026, 1, 5), datetime(2026, 1, 15)


@dataclass(frozen=True)
class Exposure:
    experiment: str
    unit: int
    variant: str
    at: datetime
    first_seen_at: datetime | None = None
    platform: str | None = None


@dataclass(frozen=True)
class Event:
    unit: int
    at: datetime
    value: float | None
    weight: float | None = 1.0


@dataclass(frozen=True)
class World:
    """Exposures, events and the moment after which nothing is known."""

    exposures: Sequence[Exposure]
    events: Sequence[Event]
    analysis_end_at: datetime = datetime(2026, 1, 25)
    experiments: Sequence[ExperimentSpec] = field(default_factory=tuple)


def experiment(name: str, metrics: Sequence[str], **changes: object) -> ExperimentSpec:
    return ExperimentSpec.model_validate(
        {
            "name": name,
            "owner": "search",
            "hypothesis": "It is better.",
            "unit": "user",
            "start": START,
            "end": END,
            "variants": {"a": 0.5, "b": 0.5},
            "control": "a",
            "metrics": {"primary": list(metrics)},
            **changes,
        }
    )


def metric(
    name: str,
    kind: Kind = "mean",
    *,
    days: int | None = None,
    missing: Missing = "zero",
    lookback_days: int = 7,
) -> MetricSpec:
    def measure(expression: str) -> Measure:
        return Measure(
            fact="events",
            fact_unique_id="model.world.events",
            agg="sum",
            expr=expression,
            time_column="event_at",
            entities={"user": "user_id"},
        )

    return MetricSpec(
        name=name,
        label=name,
        description="",
        kind=kind,
        direction="increase",
        parent=None,
        window=None if days is None else Window(days=days),
        cuped=CupedSpec(lookback_days=lookback_days),
        missing=missing,
        unit=None,
        format=None,
        weight=None,
        owner=None,
        numerator=measure("value"),
        denominator=measure("weight") if kind == "ratio" else None,
        file="metrics/events.yml",
    )


def load(connection: duckdb.DuckDBPyConnection, world: World) -> None:
    connection.execute(
        "create table exposures (experiment_id text, unit_id bigint, variant_id text,"
        " exposed_at timestamp, first_seen_at timestamp, segment__platform text)"
    )
    connection.execute(
        "create table dates (experiment_id text, starts_at timestamp, ends_at timestamp,"
        " analysis_date date, analysis_end_at timestamp)"
    )
    connection.execute(
        "create table events (user_id bigint, event_at timestamp, value double, weight double)"
    )
    _insert(
        connection,
        "exposures",
        [
            (e.experiment, e.unit, e.variant, e.at, e.first_seen_at, e.platform)
            for e in world.exposures
        ],
    )
    last_day = (world.analysis_end_at - timedelta(days=1)).date()
    _insert(
        connection,
        "dates",
        [
            (spec.name, START_AT, END_AT, last_day, world.analysis_end_at)
            for spec in world.experiments
        ],
    )
    _insert(connection, "events", [(e.unit, e.at, e.value, e.weight) for e in world.events])


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]
) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        connection.execute(
            f"insert into {table} values " + ", ".join([f"({marks})"] * len(rows)),
            [value for row in rows for value in row],
        )


class Statements(NamedTuple):
    """SQL of the per-unit table and of the moments, as the dbt models have it."""

    units: str
    moments: str


def compiled(experiments: Sequence[ExperimentSpec], metrics: Sequence[MetricSpec]) -> Statements:
    plan = plan_measurement(experiments, metrics)
    sources = Sources(
        exposures=Relation("exposures", {"unit_id": "bigint"}),
        dates=Relation("dates", {}),
        facts={"events": Relation("events", {"user_id": "bigint", "event_at": "timestamp"})},
    )
    return Statements(
        unit_measures_sql(plan, sources, "duckdb"),
        cell_moments_sql(
            plan,
            "select * from units",
            "select experiment_id, analysis_date, 1 as inputs_hash from dates",
            "duckdb",
        ),
    )


def build(connection: duckdb.DuckDBPyConnection, world: World, statements: Statements) -> None:
    """Fill the tables `units` and `moments` as the dbt models would."""
    load(connection, world)
    connection.execute(f"create table units as {statements.units}")
    connection.execute(f"create table moments as {statements.moments}")


def expected_values(
    world: World, spec: MetricSpec, exposure: Exposure
) -> tuple[dict[str, float] | None, dict[str, float] | None]:
    """A unit's outcomes and covariates by a loop over the events; None where they do not count.

    A covariate never depends on what happened after the exposure.
    """
    window = None if spec.window is None else timedelta(days=spec.window.days)
    if exposure.at >= world.analysis_end_at:
        return None, None
    if window is not None and exposure.at + window > world.analysis_end_at:
        return None, None
    until = min(END_AT, world.analysis_end_at) if window is None else exposure.at + window
    since = exposure.at - timedelta(days=spec.cuped.lookback_days)
    outcomes: dict[str, list[float]] = {"y": [], "d": []}
    covariates: dict[str, list[float]] = {"x_y": [], "x_d": []}
    for event in world.events:
        if event.unit != exposure.unit:
            continue
        for value, outcome, covariate in (
            (event.value, "y", "x_y"),
            (event.weight, "d", "x_d"),
        ):
            if value is None:
                continue
            if exposure.at <= event.at < until:
                outcomes[outcome].append(value)
            if since <= event.at < exposure.at:
                covariates[covariate].append(value)
    columns = ("y", "d") if spec.kind == "ratio" else ("y",)
    counts = spec.missing == "zero" or all(outcomes[column] for column in columns)

    def total(values: list[float]) -> float:
        if spec.kind == "proportion":
            return float(any(value != 0 for value in values))
        return sum(values)

    is_observable = (
        exposure.first_seen_at is None or exposure.first_seen_at <= exposure.at - timedelta(days=1)
    )
    return (
        {column: total(outcomes[column]) for column in columns} if counts else None,
        {f"x_{column}": total(covariates[f"x_{column}"]) for column in columns}
        if is_observable
        else None,
    )
