"""A metric as experiments use it: what people add to a dbt metric, and what comes of it."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from abstats.spec.fields import LONGEST_WINDOW_DAYS, Flag, Number, Spec, Text, Whole
from abstats.spec.hashing import canonical_json, short_hash
from abstats.spec.window import Window

Kind = Literal["mean", "proportion", "ratio"]
Aggregation = Literal["sum", "count", "sum_boolean"]
Direction = Literal["increase", "decrease"]
Missing = Literal["zero", "exclude"]
Format = Literal["number", "percent", "currency", "duration"]


class Measure(Spec):
    """An aggregated column of a fact.

    Attributes:
        fact: Name of the dbt model with one row per event.
        fact_unique_id: dbt's unique id of that model.
        fact_checksum: Hash of the model's source, so that a change of its SQL is seen.
        agg: How the events of a unit become one number.
        expr: SQL over the fact's columns that is aggregated.
        time_column: SQL of the event's timestamp.
        entities: SQL of each entity's key, by the entity's name.
    """

    fact: str
    fact_unique_id: str
    fact_checksum: str = ""
    agg: Aggregation
    expr: str
    time_column: str
    entities: dict[str, str]


class CupedSpec(Spec):
    """The metric's own value before exposure as a covariate.

    Attributes:
        lookback_days: How many days before its exposure a unit is looked at.
        enabled: False to use no covariate.
    """

    lookback_days: Annotated[
        Whole,
        Field(
            gt=0,
            le=LONGEST_WINDOW_DAYS,
            description="How many days before its exposure a unit is looked at.",
        ),
    ] = 14
    enabled: Annotated[Flag, Field(description="Use the covariate.")] = True


def _switch(value: object) -> object:
    return {"enabled": value} if isinstance(value, bool) else value


Cuped = Annotated[CupedSpec, BeforeValidator(_switch)]


class ExperimentMeta(Spec):
    """What may stand under `config.meta.experiment` of a dbt metric.

    Attributes:
        kind: Kind of metric; None takes it from dbt: mean for simple, ratio for ratio.
        direction: The direction that is good.
        parent: Name above it in the hierarchy: a metric or a free label.
        window: How long each unit is followed; None takes the experiment's.
        cuped: The covariate.
        missing: What a unit without a value counts as.
        unit: Unit the value is displayed in.
        format: How a BI tool should show it.
        weight: Weight among the children of its parent.
        owner: Who answers for the metric.
    """

    kind: Annotated[
        Kind | None,
        Field(description="Kind; by default mean for a simple metric, ratio for a ratio."),
    ] = None
    direction: Annotated[Direction, Field(description="The direction that is good.")] = "increase"
    parent: Annotated[
        Text | None, Field(description="Name above it in the hierarchy: a metric or a free label.")
    ] = None
    window: Annotated[
        Window | None,
        Field(description="How long each unit is followed; by default the experiment's window."),
    ] = None
    cuped: Annotated[
        Cuped, Field(description="The pre-exposure covariate; false switches it off.")
    ] = CupedSpec()
    missing: Annotated[
        Missing,
        Field(description="A unit without a value counts as zero, or is excluded with its own n."),
    ] = "zero"
    unit: Annotated[Text | None, Field(description="Unit of the value, for display.")] = None
    format: Annotated[Format | None, Field(description="How a BI tool should show it.")] = None
    weight: Annotated[
        Number | None, Field(gt=0, description="Weight among the children of its parent.")
    ] = None
    owner: Annotated[Text | None, Field(description="Who answers for the metric.")] = None


class MetricSpec(Spec):
    """A dbt metric that experiments may use.

    Attributes:
        name: Its name, unique over all packages.
        label: Its name for readers.
        description: What it means.
        kind: mean, proportion (a unit with at least one qualifying event) or ratio.
        direction: The direction that is good.
        parent: Name above it in the hierarchy, or None.
        window: How long each unit is followed; None takes the experiment's.
        cuped: The covariate.
        missing: What a unit without a value counts as.
        unit: Unit of the value, for display.
        format: How a BI tool should show it.
        weight: Weight among the children of its parent.
        owner: Who answers for it.
        numerator: The measure; a ratio's numerator.
        denominator: A ratio's denominator, else None.
        file: The YAML file it stands in.
    """

    name: str
    label: str
    description: str
    kind: Kind
    direction: Direction
    parent: str | None
    window: Window | None
    cuped: CupedSpec
    missing: Missing
    unit: str | None
    format: Format | None
    weight: float | None
    owner: str | None
    numerator: Measure
    denominator: Measure | None
    file: str

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The numerator and, for a ratio, the denominator."""
        return (self.numerator,) if self.denominator is None else (self.numerator, self.denominator)

    @property
    def canonical(self) -> str:
        """The metric as canonical JSON."""
        return canonical_json(self.model_dump(mode="json"))

    @property
    def definition_hash(self) -> str:
        """Sixteen hexadecimal digits that change with whatever changes the numbers.

        Labels, owner, hierarchy and direction are not in it, nor is the package the fact lives
        in; the source of the fact is.
        """
        numbers = {"kind", "window", "cuped", "missing", "numerator", "denominator"}
        places = {"fact_unique_id"}
        return short_hash(
            self.model_dump(
                mode="json",
                include=numbers,
                exclude={"numerator": places, "denominator": places},
            )
        )
