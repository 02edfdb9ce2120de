"""How the numbers of an experiment are judged, as it is declared."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from abstats.spec.bayesian import BayesianSpec
from abstats.spec.cross_checks import CrossChecks, check_tails
from abstats.spec.fields import (
    Flag,
    Identifier,
    Number,
    Spec,
    broken_rule,
)
from abstats.spec.sequential import SequentialSpec

WEIGHTED = ("bonferroni", "holm")
"""Corrections in which metrics may have weights."""

FAMILY_WISE = (*WEIGHTED, "hochberg", "dunnett")
"""Corrections that bound the chance of any false rejection in a family."""


class Analysis(Spec):
    """How the numbers are judged.

    Attributes:
        alpha: Two-sided significance level.
        power: Power at which the minimal detectable effect is stated.
        correction: Correction for several tests within a family.
        weights: Importance of metrics within their families; those not named have 1.
        gatekeeping: Whether secondary metrics wait until every primary one is significant.
        comparisons: Each treatment with control, or every pair.
        cuped: Whether covariates are used to reduce variance.
        post_stratify: The segment by whose values estimates are stratified; None for no strata.
        srm_alpha: Threshold of the sample ratio test.
        sequential: How it may be read before it is over; None where it is judged once.
        cross_checks: Distribution-free checks of the results; None for none.
        bayesian: Prior of the effects; None where there are no posteriors.
    """

    alpha: Annotated[
        Number, Field(gt=0, lt=1, description="Two-sided significance level of the tests.")
    ] = 0.05
    power: Annotated[
        Number,
        Field(gt=0, lt=1, description="Power at which the minimal detectable effect is stated."),
    ] = 0.8
    correction: Annotated[
        Literal[
            "none",
            "bonferroni",
            "holm",
            "hochberg",
            "dunnett",
            "benjamini_hochberg",
            "benjamini_yekutieli",
        ],
        Field(description="Correction for several tests within a family."),
    ] = "benjamini_hochberg"
    weights: Annotated[
        dict[Identifier, Annotated[Number, Field(gt=0)]],
        Field(
            description="Importance of primary and secondary metrics within their families, for "
            "bonferroni and holm; a metric that is not named has 1.",
        ),
    ] = Field(default_factory=dict)
    gatekeeping: Annotated[
        Flag,
        Field(
            description="Test secondary metrics only where every primary one is significant; for "
            "bonferroni, holm, hochberg and dunnett."
        ),
    ] = False
    comparisons: Annotated[
        Literal["control", "all_pairs"],
        Field(description="Compare each treatment with control, or every pair of variants."),
    ] = "control"
    cuped: Annotated[
        Flag, Field(description="Reduce variance with the metrics' pre-exposure covariates.")
    ] = True
    post_stratify: Annotated[
        Identifier | None,
        Field(description="Segment by whose values the estimates are stratified."),
    ] = None
    srm_alpha: Annotated[
        Number,
        Field(gt=0, lt=1, description="p-value below which the sample ratio check fails."),
    ] = 0.001
    sequential: Annotated[
        SequentialSpec | None,
        Field(description="How it may be read before it is over; else it is judged once."),
    ] = None
    cross_checks: Annotated[
        CrossChecks | None,
        Field(description="Distribution-free checks of the unadjusted estimates."),
    ] = None

    @field_validator("cross_checks")
    @classmethod
    def _has_enough_replicates(
        cls, value: CrossChecks | None, info: ValidationInfo
    ) -> CrossChecks | None:
        if value is not None and "alpha" in info.data:
            check_tails(value, info.data["alpha"])
        return value

    bayesian: Annotated[
        BayesianSpec | None,
        Field(description="Prior of the effects, for posteriors that no verdict reads."),
    ] = None

    @field_validator("sequential")
    @classmethod
    def _leaves_room_for_one_side(
        cls, value: SequentialSpec | None, info: ValidationInfo
    ) -> SequentialSpec | None:
        # Guardrails are tested one-sided at alpha; a bound below zero would be none.
        if value is not None and info.data.get("alpha", 0.0) >= 0.5:
            raise broken_rule("stands beside alpha >= 0.5", "alpha must be < 0.5 for it")
        return value

    @field_validator("weights")
    @classmethod
    def _weights_have_a_correction(
        cls, value: dict[str, float], info: ValidationInfo
    ) -> dict[str, float]:
        correction = info.data.get("correction")
        if value and correction is not None and correction not in WEIGHTED:
            rule = f"must stand with one of {', '.join(WEIGHTED)}"
            raise broken_rule(f"stand with correction {correction!r}", rule)
        return value

    @field_validator("gatekeeping")
    @classmethod
    def _gates_have_a_correction(cls, value: bool, info: ValidationInfo) -> bool:
        correction = info.data.get("correction")
        if value and correction is not None and correction not in FAMILY_WISE:
            rule = f"must stand with one of {', '.join(FAMILY_WISE)}"
            hint = "Other corrections do not bound the chance of any false rejection."
            raise broken_rule(f"stands with correction {correction!r}", rule, hint)
        return value

    @field_validator("comparisons")
    @classmethod
    def _dunnett_compares_with_control(cls, value: str, info: ValidationInfo) -> str:
        if value != "control" and info.data.get("correction") == "dunnett":
            rule = "must be 'control': Dunnett's test is about comparisons with one control"
            raise broken_rule(f"== {value!r} beside correction 'dunnett'", rule)
        return value
