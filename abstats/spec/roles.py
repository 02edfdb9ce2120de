"""Which metrics an experiment names, and what for."""

from typing import Annotated, NamedTuple

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    field_validator,
    model_serializer,
)

from abstats.spec.fields import Identifier, Number, Spec, broken_rule, first_repeated, or_name


class DeclaredMargin(NamedTuple):
    """How far a metric may change.

    Attributes:
        size: The largest tolerated change, > 0.
        is_relative: It is a share of |control mean|, else in the metric's own unit.
    """

    size: float
    is_relative: bool


class AimSpec(Spec):
    """A metric that is tested in a family, and what is to be shown of it.

    Attributes:
        metric: The metric's name.
        equivalence_margin: It is to be shown to change by less than this share of |control mean|,
            either way; None for no relative margin.
        absolute_equivalence_margin: The same in the metric's own unit; None for none. Without
            either it is tested for a difference.
        minimum_effect: Smallest relative change that the experiment must be able to detect; None
            where none is declared.
    """

    metric: Annotated[Identifier, Field(description="Name of the metric.")]
    equivalence_margin: Annotated[
        Number | None,
        Field(
            gt=0,
            lt=1,
            description="Test that it is the same: the change is smaller than this share of the "
            "absolute control mean in both directions. 0.01 is one percent.",
        ),
    ] = None
    absolute_equivalence_margin: Annotated[
        Number | None,
        Field(
            gt=0,
            description="The same in the metric's own unit; not together with equivalence_margin.",
        ),
    ] = None
    minimum_effect: Annotated[
        Number | None,
        Field(
            gt=0,
            description="Smallest relative change in the good direction that must be detected; "
            "0.02 is two percent. `abstats validate` warns where the power is too low for it.",
        ),
    ] = None

    @property
    def margin(self) -> DeclaredMargin | None:
        """The margin of an equivalence test; None where a difference is tested."""
        return _margin(self.equivalence_margin, self.absolute_equivalence_margin)

    @property
    def needs_power(self) -> bool:
        """It declares what the experiment must be able to show."""
        return self.margin is not None or self.minimum_effect is not None

    @field_validator("absolute_equivalence_margin")
    @classmethod
    def _is_the_only_margin(cls, value: float | None, info: ValidationInfo) -> float | None:
        return _alone(value, "equivalence_margin", info)

    @field_validator("minimum_effect")
    @classmethod
    def _is_of_a_difference(cls, value: float | None, info: ValidationInfo) -> float | None:
        for name in ("equivalence_margin", "absolute_equivalence_margin"):
            if value is not None and info.data.get(name) is not None:
                rule = "must stand without one: an equivalence test is planned for no change"
                raise broken_rule(f"== {value} beside {name}", rule)
        return value

    @model_serializer(mode="wrap")
    def _as_name(self, handler: SerializerFunctionWrapHandler) -> object:
        # A name alone is how most files write it, and how it was hashed before it had settings.
        settings = (self.equivalence_margin, self.absolute_equivalence_margin, self.minimum_effect)
        return handler(self) if any(value is not None for value in settings) else self.metric


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

    @property
    def tolerated(self) -> DeclaredMargin | None:
        """The margin of a non-inferiority test; None without one."""
        return _margin(self.margin, self.absolute_margin)

    @field_validator("absolute_margin")
    @classmethod
    def _is_the_only_margin(cls, value: float | None, info: ValidationInfo) -> float | None:
        return _alone(value, "margin", info)


def _margin(relative: float | None, absolute: float | None) -> DeclaredMargin | None:
    if relative is not None:
        return DeclaredMargin(relative, True)
    return None if absolute is None else DeclaredMargin(absolute, False)


def _alone(value: float | None, other: str, info: ValidationInfo) -> float | None:
    """An absolute margin that does not stand beside a relative one."""
    if value is not None and info.data.get(other) is not None:
        raise broken_rule(f"== {value} beside {other}", "must stand alone: give one of the two")
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
        tuple[Annotated[AimSpec, BeforeValidator(_named)], ...],
        Field(
            min_length=1,
            description="Metrics that the verdict rests on, at least one: a name, or a name with "
            "what is to be shown.",
            json_schema_extra=or_name,
        ),
    ]
    secondary: Annotated[
        tuple[Annotated[AimSpec, BeforeValidator(_named)], ...],
        Field(
            description="Metrics that explain the verdict, a second family of tests: a name, or a "
            "name with what is to be shown.",
            json_schema_extra=or_name,
        ),
    ] = ()
    guardrails: Annotated[
        tuple[Annotated[GuardrailSpec, BeforeValidator(_named)], ...],
        Field(
            description="Metrics that must not get worse: a name, or a name with a margin.",
            json_schema_extra=or_name,
        ),
    ] = ()

    @property
    def aims(self) -> tuple[AimSpec, ...]:
        """The metrics that are tested in families: primary ones first."""
        return *self.primary, *self.secondary

    @field_validator("primary", "secondary", "guardrails")
    @classmethod
    def _names_each_metric_once(
        cls, value: tuple[AimSpec | GuardrailSpec, ...], info: ValidationInfo
    ) -> tuple[AimSpec | GuardrailSpec, ...]:
        names = [item.metric for item in value]
        before = (*info.data.get("primary", ()), *info.data.get("secondary", ()))
        earlier = dict.fromkeys(item.metric for item in before)
        repeated = first_repeated([*earlier, *names])
        if repeated is not None:
            raise broken_rule(f"has {repeated!r} again", "a metric has one role in an experiment")
        return value
