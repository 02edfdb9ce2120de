"""What people add to a dbt metric under `config.meta.experiment`."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from abstats.spec.composite import Scale
from abstats.spec.covariate import Cuped, CupedSpec
from abstats.spec.fields import Number, Spec, Text, broken_rule
from abstats.spec.values import (
    GiniSpec,
    QuantileSpec,
    RetentionSpec,
    TransformSpec,
    WinsorizeSpec,
    as_transform,
)
from abstats.spec.window import Window

Kind = Literal[
    "mean", "proportion", "ratio", "quantile", "retention", "conversion", "gini", "composite"
]
Direction = Literal["increase", "decrease"]
Missing = Literal["zero", "exclude"]
Format = Literal["number", "percent", "currency", "duration"]
Decomposition = Literal["sum", "product"]
Transform = Annotated[TransformSpec, BeforeValidator(as_transform)]


class ExperimentMeta(Spec):
    """What may stand under `config.meta.experiment` of a dbt metric.

    Attributes:
        kind: Kind of metric; None takes it from dbt's type and aggregation.
        direction: The direction that is good.
        parent: Name above it in the hierarchy: a metric or a free label.
        decomposition: How its children make up its value; None where they do not.
        window: How long each unit is followed; None takes the experiment's.
        retention: The days on which a unit must come back, for kind retention.
        quantile: Which quantile, for kind quantile; None takes dbt's percentile.
        gini: Whose totals are compared, for kind gini.
        standardise: The scale of a composite's inputs, by the name the expression calls them.
        per_unit: How a unit's events become one number where dbt has no word for it.
        winsorize: The frozen cap of a unit's value.
        transform: What becomes of a unit's value before it is averaged.
        cuped: The covariates.
        missing: What a unit without a value counts as; None takes what its aggregation says.
        unit: Unit the value is displayed in.
        format: How a BI tool should show it.
        weight: Weight among the children of its parent.
        owner: Who answers for the metric.
    """

    kind: Annotated[
        Kind | None,
        Field(description="Kind; by default what dbt's type and aggregation say."),
    ] = None
    direction: Annotated[Direction, Field(description="The direction that is good.")] = "increase"
    parent: Annotated[
        Text | None, Field(description="Name above it in the hierarchy: a metric or a free label.")
    ] = None
    decomposition: Annotated[
        Decomposition | None,
        Field(description="Its value is the sum or the product of its children's."),
    ] = None
    window: Annotated[
        Window | None,
        Field(description="How long each unit is followed; by default the experiment's window."),
    ] = None
    retention: Annotated[
        RetentionSpec | None,
        Field(description="Days after exposure on which a unit must come back."),
    ] = None
    quantile: Annotated[
        QuantileSpec | None, Field(description="Which quantile, over events or over units.")
    ] = None
    gini: Annotated[GiniSpec | None, Field(description="Whose totals are compared.")] = None
    standardise: Annotated[
        dict[Text, Scale],
        Field(description="Inputs of a composite in standard deviations: pre_period or a number."),
    ] = Field(default_factory=dict)
    per_unit: Annotated[
        Literal["last_value"] | None,
        Field(description="last_value: the value of the unit's last event, in place of dbt's agg."),
    ] = None
    winsorize: Annotated[
        WinsorizeSpec | None, Field(description="The frozen cap of a unit's value.")
    ] = None
    transform: Annotated[
        Transform | None, Field(description="log1p, or 1 for a unit above a bound.")
    ] = None
    cuped: Annotated[
        Cuped, Field(description="The pre-exposure covariates; false switches them off.")
    ] = CupedSpec()
    missing: Annotated[
        Missing | None,
        Field(
            description="A unit without a value counts as zero, or is excluded with its own n; by "
            "default zero for totals and exclude for averages, extremes and last values."
        ),
    ] = None
    unit: Annotated[Text | None, Field(description="Unit of the value, for display.")] = None
    format: Annotated[Format | None, Field(description="How a BI tool should show it.")] = None
    weight: Annotated[
        Number | None, Field(gt=0, description="Weight among the children of its parent.")
    ] = None
    owner: Annotated[Text | None, Field(description="Who answers for the metric.")] = None

    @model_validator(mode="after")
    def _takes_no_window_beside_days(self) -> Self:
        if self.retention is not None and self.window is not None:
            rule = "must have no window: its days are the window"
            raise broken_rule("has retention and window", rule)
        return self
