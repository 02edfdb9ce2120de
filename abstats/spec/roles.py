"""Which metrics an experiment names, and what for."""

from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from abstats.spec.fields import Identifier, Number, Spec, broken_rule, first_repeated, or_name


class GuardrailSpec(Spec):
    """A metric that must not get worse, and by how much it may.

    Attributes:
        metric: The metric's name.
        margin: Non-inferiority margin as a share of |control mean|; None for no relative margin.
        absolute_margin: Non-inferiority margin in the metric's own unit; None for none.
    """

    metric: Annotated[Identifier, Field(description="Name of the metric.")]
    margin: Annotated[
        Number | None,
        Field(
            gt=0,
            lt=1,
            description="Largest tolerated change in the bad direction, as a share of the absolute "
            "control mean: 0.02 is two percent. Always positive.",
        ),
    ] = None
    absolute_margin: Annotated[
        Number | None,
        Field(
            gt=0,
            description="Largest tolerated change in the bad direction, in the metric's own unit. "
            "Always positive; not together with margin.",
        ),
    ] = None

    @field_validator("absolute_margin")
    @classmethod
    def _is_the_only_margin(cls, value: float | None, info: ValidationInfo) -> float | None:
        if value is not None and info.data.get("margin") is not None:
            raise broken_rule(
                f"== {value} beside a margin", "must stand alone: give one of the two"
            )
        return value


def _named(value: object) -> object:
    return {"metric": value} if isinstance(value, str) else value


class MetricRoles(Spec):
    """Which metrics decide, which explain and which guard.

    Attributes:
        primary: Metrics that the verdict rests on; at least one.
        secondary: Metrics that are tested as a second family.
        guardrails: Metrics that must not get worse; tested in no family.
    """

    primary: Annotated[
        tuple[Identifier, ...],
        Field(min_length=1, description="Metrics that the verdict rests on; at least one."),
    ]
    secondary: Annotated[
        tuple[Identifier, ...],
        Field(description="Metrics that explain the verdict, a second family of tests."),
    ] = ()
    guardrails: Annotated[
        tuple[Annotated[GuardrailSpec, BeforeValidator(_named)], ...],
        Field(
            description="Metrics that must not get worse: a name, or a name with a margin.",
            json_schema_extra=or_name,
        ),
    ] = ()

    @field_validator("primary", "secondary", "guardrails")
    @classmethod
    def _names_each_metric_once(
        cls, value: tuple[str | GuardrailSpec, ...], info: ValidationInfo
    ) -> tuple[str | GuardrailSpec, ...]:
        names = [item.metric if isinstance(item, GuardrailSpec) else item for item in value]
        earlier = [*info.data.get("primary", ()), *info.data.get("secondary", ())]
        repeated = first_repeated([*dict.fromkeys(earlier), *names])
        if repeated is not None:
            raise broken_rule(f"has {repeated!r} again", "a metric has one role in an experiment")
        return value
