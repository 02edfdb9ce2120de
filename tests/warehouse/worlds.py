"""Small worlds for the warehouse tests, and the plainest possible oracle beside them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import duckdb

from abstats.inference.quantile_grid import grid_levels
from abstats.spec.composite import CompositePart
from abstats.spec.covariate import CupedSpec
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.measure import TOTALS, Aggregation, Measure
from abstats.spec.meta import Kind, Missing
from abstats.spec.metric import MetricSpec
from abstats.spec.window import Window
from abstats.warehouse.cell_moments import cell_moments_sql
from abstats.warehouse.covariate_moments import covariate_moments_sql
from abstats.warehouse.frozen_scales import frozen_scales_sql
from abstats.warehouse.measurement_plan import N_POINTS, MeasurementPlan, plan_measurement
from abstats.warehouse.quantile_grids import quantile_grids_sql
from abstats.warehouse.relation import Relation
from abstats.warehouse.strata import stratified_exposures_sql
from abstats.warehouse.unit_events import Sources
from abstats.warehouse.unit_measures import unit_measures_sql

START, END = date(2026, 1, 5), date(2026, 1, 15)
FACTS = ("events", "orders")
FILTERS = {
    None: lambda _: True,
    "weight > 0": lambda event: event.weight is not None and event.weight > 0,
}
"""What the filters of the tests' measures mean."""
START_AT, END_AT = datetime(2026, 1, 5), datetime(2026, 1, 15)


@dataclass(frozen=True)
class Exposure:
    experiment: str
    unit: int
    variant: str
    at: datetime
    first_seen_at: datetime | None = None
    platform: str | None = None
    score: float | None = None


@dataclass(frozen=True)
class Event:
    unit: int
    at: datetime
    value: float | None
    weight: float | None = 1.0
    label: str | None = None
    fact: str = "events"


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
    agg: Aggregation = "sum",
    filter: str | None = None,
    denominator_fact: str = "events",
    **fields: Any,
) -> MetricSpec:
    numerator = measure("label" if agg == "count_distinct" else "value", agg, filter)
    weight = measure("weight", fact=denominator_fact)
    return MetricSpec(
        name=name,
        label=name,
        description="",
        kind=kind,
        direction="increase",
        parent=None,
        window=None if days is None else Window(days=days),
        cuped=fields.pop("cuped", CupedSpec(lookback_days=lookback_days)),
        missing=missing,
        unit=None,
        format=None,
        weight=None,
        owner=None,
        numerator=numerator,
        denominator=weight if kind in ("ratio", "conversion") else None,
        file="metrics/events.yml",
        **fields,
    )


def part(name: str, weight: float, numerator: Measure, **fields: Any) -> CompositePart:
    scale = "declared" if "standard_deviation" in fields else "none"
    return CompositePart(
        metric=name,
        weight=weight,
        numerator=numerator,
        **{"kind": "mean", "standardise": scale, **fields},
    )


def measure(
    expression: str, agg: Aggregation = "sum", filter: str | None = None, fact: str = "events"
) -> Measure:
    return Measure(
        fact=fact,
        fact_unique_id=f"model.world.{fact}",
        agg=agg,
        expr=expression,
        filter=filter,
        time_column="event_at",
        entities={"user": "user_id"},
    )


def load(connection: duckdb.DuckDBPyConnection, world: World) -> None:
    connection.execute(
        "create table first_exposures (experiment_id text, unit_id bigint, variant_id text,"
        " exposed_at timestamp, first_seen_at timestamp, n_variants bigint,"
        " segment__platform text, attribute__score double)"
    )
    connection.execute(
        "create table dates (experiment_id text, starts_at timestamp, ends_at timestamp,"
        " analysis_date date, analysis_end_at timestamp)"
    )
    for fact in FACTS:
        connection.execute(
            f"create table {fact} (user_id bigint, event_at timestamp, value double,"
            " weight double, label text)"
        )
    _insert(
        connection,
        "first_exposures",
        [
            (e.experiment, e.unit, e.variant, e.at, e.first_seen_at, 1, e.platform, e.score)
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
    for fact in FACTS:
        _insert(
            connection,
            fact,
            [(e.unit, e.at, e.value, e.weight, e.label) for e in world.events if e.fact == fact],
        )


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
    """SQL of exposures, frozen scales, per-unit table and moments, as the dbt models have it.

    `moments_of_observable` are those of a log that does not say when units were first seen.
    """

    exposures: str
    scales: str
    units: str
    moments: str
    grids: str
    covariates: str
    moments_of_observable: str


SOURCES = Sources(
    exposures=Relation("exposures", {"unit_id": "bigint"}),
    dates=Relation("dates", {}),
    facts={
        fact: Relation(fact, {"user_id": "bigint", "event_at": "timestamp"}, "UTC")
        for fact in FACTS
    },
    scales=Relation("scales", {}),
    grids=Relation("grids", {}),
)


def compiled(experiments: Sequence[ExperimentSpec], metrics: Sequence[MetricSpec]) -> Statements:
    plan = plan_measurement(experiments, metrics)
    moments, moments_of_observable = (
        cell_moments_sql(
            plan,
            "select * from units",
            "select experiment_id, analysis_date, 1 as inputs_hash from dates",
            "duckdb",
            levels_of(plan),
            all_observable=all_observable,
        )
        for all_observable in (False, True)
    )
    return Statements(
        stratified_exposures_sql(plan, "first_exposures", "dates", "duckdb"),
        frozen_scales_sql(plan, SOURCES, None, "duckdb"),
        unit_measures_sql(plan, SOURCES, "duckdb"),
        moments,
        quantile_grids_sql(plan, SOURCES, (), levels_of(plan), "duckdb"),
        covariate_moments_sql(plan, "units", "duckdb", all_observable=False),
        moments_of_observable,
    )


def levels_of(plan: MeasurementPlan) -> dict[str, list[float]]:
    return {
        planned.spec.name: grid_levels(planned.spec.quantile.p, N_POINTS).tolist()
        for planned in plan.metrics
        if planned.spec.quantile is not None
    }


def build(connection: duckdb.DuckDBPyConnection, world: World, statements: Statements) -> None:
    """Fill `exposures`, `scales`, `units`, `moments` and `covariates` as the dbt models would."""
    load(connection, world)
    build_tables(connection, statements)


def build_tables(connection: duckdb.DuckDBPyConnection, statements: Statements) -> None:
    """The same from the tables of a world that are there."""
    connection.execute(f"create table exposures as {statements.exposures}")
    connection.execute(f"create table scales as {statements.scales}")
    connection.execute(f"create table grids as {statements.grids}")
    connection.execute(f"create table units as {statements.units}")
    connection.execute(f"create table moments as {statements.moments}")
    connection.execute(f"create table covariates as {statements.covariates}")


def expected_values(
    world: World, spec: MetricSpec, exposure: Exposure
) -> tuple[dict[str, float] | None, dict[str, float | None] | None]:
    """A unit's outcomes and covariates by a loop over the events; None where they do not count.

    A covariate never depends on what happened after the exposure. A single one is None where the
    unit could not be observed, and for an average, extreme or last value of no events.
    """
    window = None if spec.window is None else timedelta(days=spec.window.days)
    begin = exposure.at
    if spec.retention is not None:
        begin = exposure.at + timedelta(days=spec.retention.from_day)
        window = timedelta(days=spec.retention.to_day)
    if exposure.at >= world.analysis_end_at:
        return None, None
    if window is not None and exposure.at + window > world.analysis_end_at:
        return None, None
    until = min(END_AT, world.analysis_end_at) if window is None else exposure.at + window
    since = exposure.at - timedelta(days=spec.cuped.lookback_days)
    outcomes: dict[str, float | None] = {}
    covariates: dict[str, float | None] = {}
    for column, terms in oracle_terms(spec).items():
        outcomes[column] = own_value(world, spec, terms, exposure.unit, (begin, until))
        covariates[f"x_{column}"] = own_value(
            world, spec, terms, exposure.unit, (since, exposure.at), is_history=True
        )
    for covariate in spec.covariates:
        if covariate.measure is not None:
            between = (since, exposure.at)
            found = unit_value(world, covariate.measure, exposure.unit, between, is_any=False)
            covariates[f"x_{covariate.name}"] = found or 0.0
    is_observable = (
        exposure.first_seen_at is None or exposure.first_seen_at <= exposure.at - timedelta(days=1)
    )
    if not is_observable:
        covariates = dict.fromkeys(covariates)
    for covariate in spec.covariates:
        if covariate.attribute is not None:
            covariates[f"x_{covariate.name}"] = exposure.score
    measured = {name: value for name, value in outcomes.items() if value is not None}
    return measured if len(measured) == len(outcomes) else None, covariates


def oracle_terms(spec: MetricSpec) -> dict[str, list[tuple[Measure, bool, float]]]:
    """Measure, whether any qualifying event counts as 1, and weight, of each term of a column."""
    if spec.parts:
        weights = [p.weight / (p.standard_deviation or 1.0) for p in spec.parts]
        return {
            "y": [
                (p.numerator, p.kind == "proportion", weight)
                for p, weight in zip(spec.parts, weights, strict=True)
            ]
        }
    return {
        column: [(measured, column == "y" and spec.kind in ("proportion", "retention"), 1.0)]
        for column, measured in zip(("y", "d"), spec.measures, strict=False)
    }


def own_value(
    world: World,
    spec: MetricSpec,
    terms: list[tuple[Measure, bool, float]],
    unit: int,
    between: tuple[datetime, datetime],
    *,
    is_history: bool = False,
) -> float | None:
    """The metric's value of a unit's events; a total without history is 0."""
    total = 0.0
    for measured, is_any, weight in terms:
        found = unit_value(world, measured, unit, between, is_any=is_any)
        is_total = is_any or measured.agg in TOTALS
        if found is None and (spec.missing == "zero" or (is_history and is_total)):
            found = 0.0
        if found is None:
            return None
        total += weight * found
    return transformed(total, spec)


def unit_value(
    world: World, part: Measure, unit: int, between: tuple[datetime, datetime], *, is_any: bool
) -> float | None:
    """The value of a unit's events from an instant until before another; None without one."""
    since, until = between
    found: list[tuple[datetime, Any]] = []
    for event in world.events:
        if event.unit != unit or event.fact != part.fact or not since <= event.at < until:
            continue
        value = getattr(event, part.expr)
        if value is not None and FILTERS[part.filter](event):
            found.append((event.at, value))
    values = [value for _, value in found]
    if not values:
        return None
    if is_any:
        return float(any(value != 0 for value in values))
    if part.agg == "last_value":
        return float(max(found)[1])
    return float(
        {
            "sum": sum,
            "count": len,
            "average": lambda numbers: math.fsum(numbers) / len(numbers),
            "min": min,
            "max": max,
            "count_distinct": lambda labels: len(set(labels)),
        }[part.agg](values)
    )


def transformed(value: float | None, spec: MetricSpec) -> float | None:
    if value is None or spec.transform is None:
        return value
    if spec.transform.above is not None:
        return float(value > spec.transform.above)
    return math.log1p(value)
