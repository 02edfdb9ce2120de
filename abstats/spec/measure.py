"""A measure: how the events of a fact become one number per unit."""

from typing import Literal

from abstats.spec.fields import Spec

Aggregation = Literal[
    "sum", "count", "sum_boolean", "count_distinct", "average", "min", "max", "last_value"
]

COUNTED: frozenset[Aggregation] = frozenset(("sum", "count", "sum_boolean"))
"""Sums over events: a part of the events gives a part of the number."""

TOTALS: frozenset[Aggregation] = COUNTED | {"count_distinct"}
"""What a unit without events has 0 of. The others have no value there."""


class Measure(Spec):
    """An aggregated column of a fact.

    Attributes:
        fact: Name of the dbt model with one row per event.
        fact_unique_id: dbt's unique id of that model.
        fact_checksum: Hash of the model's source, so that a change of its SQL is seen.
        agg: How the events of a unit become one number.
        expr: SQL over the fact's columns that is aggregated.
        filter: SQL condition over the fact's columns that an event must meet; None for all events.
        time_column: SQL of the event's timestamp.
        entities: SQL of each entity's key, by the entity's name.
    """

    fact: str
    fact_unique_id: str
    fact_checksum: str = ""
    agg: Aggregation
    expr: str
    filter: str | None = None
    time_column: str
    entities: dict[str, str]


def of_any_event(measure: Measure) -> Measure:
    """The measure for a unit that has a qualifying event or none.

    Whether it has any distinct value is whether it has any event with a value.
    """
    return (
        measure.model_copy(update={"agg": "count"}) if measure.agg == "count_distinct" else measure
    )
