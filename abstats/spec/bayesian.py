"""What is believed of an experiment's effects before its data."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from abstats.spec.fields import Number, Spec, broken_rule


class RatePriorSpec(Spec):
    """A beta distribution of an arm's rate, as units that were seen before.

    Attributes:
        events: Its first parameter: units with the event.
        others: Its second parameter: units without.
    """

    events: Annotated[
        Number, Field(ge=0.1, description="Units with the event that the belief is worth.")
    ]
    others: Annotated[
        Number, Field(ge=0.1, description="Units without the event that the belief is worth.")
    ]


class BayesianSpec(Spec):
    """The prior of the effects, for posteriors beside the tests; verdicts do not read them.

    Attributes:
        prior: "flat"; "declared", a normal distribution of relative effects; or "calibrated", the
            normal distribution that the experiments before this one support.
        relative_mean: Mean of a declared prior, as a fraction of control; None for the others.
        relative_std: Standard deviation of a declared prior; None for the others.
        proportions: Beta prior of each arm's rate, by which proportions are compared instead; None
            where they have the same prior as the other metrics.
    """

    prior: Annotated[
        Literal["flat", "declared", "calibrated"],
        Field(
            description="Prior of the effects: flat, declared by relative_mean and relative_std, "
            "or calibrated on past experiments."
        ),
    ]
    relative_mean: Annotated[
        Number | None,
        Field(
            validate_default=True,
            description="Mean of a declared prior: 0.01 is one percent of control; 0 unless given.",
        ),
    ] = None
    relative_std: Annotated[
        Number | None,
        Field(
            gt=0,
            validate_default=True,
            description="Standard deviation of a declared prior, as a share of control.",
        ),
    ] = None
    proportions: Annotated[
        RatePriorSpec | None,
        Field(
            description="Beta prior of each arm's rate, for proportions: they are compared by it "
            "instead of prior."
        ),
    ] = None

    @field_validator("relative_mean", "relative_std")
    @classmethod
    def _belongs_to_a_declared_prior(
        cls, value: float | None, info: ValidationInfo
    ) -> float | None:
        prior = info.data.get("prior")
        if value is not None and prior in ("flat", "calibrated"):
            rule = "must stand beside prior: declared only"
            raise broken_rule(f"== {value:g}", rule, "Take the key away.")
        if value is None and prior == "declared":
            if info.field_name == "relative_std":
                raise broken_rule("is missing", "must be given with prior: declared")
            return 0.0
        return value
