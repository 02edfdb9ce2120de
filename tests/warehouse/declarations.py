"""What the small warehouse of the histories declares: two experiments, two facts, every kind."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from abstats.spec.composite import CompositePart
from abstats.spec.covariate import Covariate, CupedSpec
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.measure import Aggregation, Measure
from abstats.spec.meta import Kind, Missing
from abstats.spec.metric import MetricSpec
from abstats.spec.values import RetentionSpec
from abstats.spec.window import Window
from tests.warehouse.rendered_models import Declared

START = date(2026, 1, 5)
FACTS = ("clicks", "orders")
FACT_TYPES = {
    "user_id": "bigint",
    "event_at": "timestamp",
    "value": "double",
    "weight": "double",
    "device_id": "bigint",
}
LOG_TYPES = {
    "experiment_id": "varchar",
    "unit_id": "bigint",
    "variant_id": "varchar",
    "exposed_at": "timestamp",
    "first_seen_at": "timestamp",
    "platform": "varchar",
    "score": "double",
}


def measure(
    fact: str, expr: str = "value", agg: Aggregation = "sum", filter: str | None = None
) -> Measure:
    """A measure of one of the two facts."""
    return Measure(
        fact=fact,
        fact_unique_id=f"model.world.{fact}",
        agg=agg,
        expr=expr,
        filter=filter,
        time_column="event_at",
        entities={"user": "user_id", "device": "device_id"},
    )


def metric(
    name: str,
    fact: str = "clicks",
    kind: Kind = "mean",
    *,
    numerator: Measure | None = None,
    denominator: Measure | None = None,
    days: int | None = None,
    lookback_days: int | None = 2,
    missing: Missing = "zero",
    **fields: Any,
) -> MetricSpec:
    """A metric of the two facts; `lookback_days=None` is one without covariate."""
    cuped = CupedSpec(lookback_days=lookback_days or 14, enabled=lookback_days is not None)
    return MetricSpec(
        name=name,
        label=name,
        description="",
        kind=kind,
        direction="increase",
        parent=None,
        window=None if days is None else Window(days=days),
        cuped=cuped,
        missing=missing,
        unit=None,
        format=None,
        weight=None,
        owner=None,
        numerator=numerator or measure(fact),
        denominator=denominator,
        file=f"metrics/{fact}.yml",
        **fields,
    )


def experiment(name: str, metrics: Sequence[str], **changes: object) -> ExperimentSpec:
    """An experiment of three days."""
    return ExperimentSpec.model_validate(
        {
            "name": name,
            "owner": "search",
            "hypothesis": "It is better.",
            "unit": "user",
            "start": START,
            "end": START + timedelta(days=3),
            "variants": {"a": 0.5, "b": 0.5},
            "control": "a",
            "metrics": {"primary": list(metrics)},
            **changes,
        }
    )


def declared(*experiments: ExperimentSpec, metrics: Sequence[MetricSpec]) -> Declared:
    """A project with the two facts."""
    return Declared(experiments, tuple(metrics), LOG_TYPES, dict.fromkeys(FACTS, FACT_TYPES))


TOTAL = metric("total")
RATE = metric(
    "rate", kind="ratio", denominator=measure("clicks", "weight"), days=1, lookback_days=3
)
BUYERS = metric("buyers", "orders", "proportion", days=2)
SPEND = metric("spend", "orders", missing="exclude", lookback_days=None)
ONE = experiment("one", ["total", "buyers"], segments=["platform"])
TWO = experiment("two", ["total", "rate"], unit="device", start=START + timedelta(days=1))
METRICS = [TOTAL, RATE, BUYERS]
# Every other kind and aggregation.
OTHERS = [
    metric("average", numerator=measure("clicks", agg="average"), missing="exclude"),
    metric("last", numerator=measure("orders", agg="last_value"), missing="exclude", days=1),
    metric("labels", numerator=measure("clicks", "weight", "count_distinct", "weight > 0")),
    metric(
        "back",
        kind="retention",
        numerator=measure("orders", agg="count"),
        retention=RetentionSpec(from_day=1, to_day=3),
        covariates=(Covariate(name="score", attribute="score"),),
    ),
    metric("least", numerator=measure("orders", agg="min", filter="weight > 0"), lookback_days=1),
    metric(
        "per_order",
        kind="ratio",
        denominator=measure("orders", "weight", "count"),
        missing="exclude",
        days=1,
    ),
    metric(
        "overall",
        kind="composite",
        parts=(
            CompositePart(metric="a", weight=2.0, kind="mean", numerator=measure("clicks")),
            CompositePart(metric="b", weight=-3.0, kind="proportion", numerator=measure("orders")),
        ),
        covariates=(Covariate(name="weights", measure=measure("clicks", "weight")),),
    ),
    metric("known", covariates=(Covariate(name="orders", measure=measure("orders")),)),
]

# Each differs from the first by one edit of a file, and from others by several.
DECLARATIONS = {
    "both": declared(ONE, TWO, metrics=METRICS),
    "a metric edited": declared(
        ONE,
        TWO,
        metrics=[metric("total", numerator=measure("clicks", "weight")), RATE, BUYERS],
    ),
    "a window and a lookback edited": declared(
        ONE,
        TWO,
        metrics=[
            TOTAL,
            metric(
                "rate",
                kind="ratio",
                denominator=measure("clicks", "weight"),
                days=2,
                lookback_days=1,
            ),
            BUYERS,
        ],
    ),
    "a metric removed": declared(
        experiment("one", ["total"], segments=["platform"]), TWO, metrics=METRICS
    ),
    "a metric added": declared(
        experiment("one", ["total", "buyers", "spend"], segments=["platform"]),
        TWO,
        metrics=[*METRICS, SPEND],
    ),
    "an experiment removed": declared(TWO, metrics=METRICS),
    "an end moved": declared(
        experiment(
            "one", ["total", "buyers"], segments=["platform"], end=START + timedelta(days=1)
        ),
        TWO,
        metrics=METRICS,
    ),
    "segments moved": declared(
        experiment("one", ["total", "buyers"]),
        experiment(
            "two",
            ["total", "rate"],
            unit="device",
            start=START + timedelta(days=1),
            segments=["platform"],
        ),
        metrics=METRICS,
    ),
    "a ramp and strata": declared(
        experiment(
            "one",
            ["total", "buyers"],
            segments=["platform"],
            allocation=[
                {"from": START, "weights": {"a": 0.9, "b": 0.1}},
                {"from": START + timedelta(days=1), "weights": {"a": 0.5, "b": 0.5}},
            ],
        ),
        experiment(
            "two",
            ["total", "rate"],
            unit="device",
            start=START + timedelta(days=1),
            segments=[{"name": "platform", "keep": 1}],
            analysis={"post_stratify": "platform"},
        ),
        metrics=METRICS,
    ),
    "other aggregations": declared(
        experiment("one", ["average", "last", "labels"]),
        experiment("two", ["least", "average"], unit="device"),
        metrics=OTHERS,
    ),
    "other kinds": declared(
        experiment("one", ["back", "per_order"]),
        experiment("two", ["overall", "known"], unit="device", window={"days": 1}),
        metrics=OTHERS,
    ),
    "a covariate of another fact": declared(
        experiment("one", ["known"]),
        metrics=[metric for metric in OTHERS if metric.name == "known"],
    ),
}
# The same with a promise that rows of facts are only added.
PROMISED = {
    f"{name}, rows only added": replace(DECLARATIONS[name], append_only=frozenset(FACTS))
    for name in ("both", "a metric edited", "an end moved")
}
DECLARED = DECLARATIONS | PROMISED
