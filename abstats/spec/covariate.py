"""Covariates: what is known of a unit from before its exposure."""

from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from abstats.spec.fields import (
    LONGEST_WINDOW_DAYS,
    RESERVED_COLUMNS,
    ColumnName,
    Flag,
    Spec,
    Text,
    Whole,
    broken_rule,
    first_repeated,
)
from abstats.spec.measure import Measure


class CupedSpec(Spec):
    """Covariates that explain the metric: its own value before exposure, and any others.

    Attributes:
        lookback_days: How many days before its exposure a unit is looked at.
        enabled: False to use no covariate.
        metrics: Further simple metrics whose totals before exposure are covariates.
        attributes: Numeric columns of the exposures model, fixed at or before exposure.
    """

    lookback_days: Annotated[
        Whole,
        Field(
            gt=0,
            le=LONGEST_WINDOW_DAYS,
            description="How many days before its exposure a unit is looked at.",
        ),
    ] = 14
    enabled: Annotated[Flag, Field(description="Use the covariates.")] = True
    metrics: Annotated[
        tuple[Text, ...],
        Field(description="Further simple metrics whose totals before exposure are covariates."),
    ] = ()
    attributes: Annotated[
        tuple[ColumnName, ...],
        Field(
            description="Numeric columns of the exposures model, fixed at or before exposure, "
            "that are covariates."
        ),
    ] = ()

    @field_validator("attributes")
    @classmethod
    def _attributes_are_columns_of_the_host(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name.lower() in RESERVED_COLUMNS:
                raise broken_rule(f"has {name!r}", "that name is taken by a column of our tables")
        return value

    @field_validator("metrics", "attributes")
    @classmethod
    def _names_each_covariate_once(
        cls, value: tuple[str, ...], info: ValidationInfo
    ) -> tuple[str, ...]:
        earlier = info.data.get("metrics", ())
        repeated = first_repeated(name.lower() for name in (*earlier, *value))
        if repeated is not None:
            raise broken_rule(f"has {repeated!r} again", "a covariate is named once")
        return value


class Covariate(Spec):
    """A covariate beside the metric's own value before exposure; exactly one source is given.

    Attributes:
        name: Its name: the metric's or the attribute's.
        measure: The measure whose total over the lookback it is; None for an attribute.
        attribute: The column of the exposures model that it is; None for a measure.
    """

    name: str
    measure: Measure | None = None
    attribute: str | None = None


def _switch(value: object) -> object:
    return {"enabled": value} if isinstance(value, bool) else value


Cuped = Annotated[CupedSpec, BeforeValidator(_switch)]
