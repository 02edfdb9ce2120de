"""An experiment as it is declared, before it starts."""

from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, ValidationInfo, field_validator

from abstats.spec.fields import (
    Day,
    Flag,
    Identifier,
    Number,
    Spec,
    Text,
    broken_rule,
    first_repeated,
)
from abstats.spec.hashing import canonical_json, short_hash
from abstats.spec.problems import nearest, shown
from abstats.spec.source import Source
from abstats.spec.window import Window

WEIGHT_TOLERANCE = 1e-9
"""How far the weights may add up from 1: room for rounding, none for a forgotten variant."""

RESERVED_SEGMENTS = frozenset(
    {
        "all",
        "analysis_date",
        "experiment_id",
        "exposed_at",
        "first_seen_at",
        "metric_name",
        "n_variants",
        "segment_name",
        "segment_value",
        "unit",
        "unit_id",
        "variant",
        "variant_id",
    }
)
"""Names a segment may not have: columns of our tables, and the whole population."""

Role = Literal["primary", "secondary", "guardrail"]


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


def _or_name(schema: dict[str, Any]) -> None:
    schema["items"] = {"anyOf": [{"type": "string"}, schema["items"]]}


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
            json_schema_extra=_or_name,
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


class Analysis(Spec):
    """How the numbers are judged.

    Attributes:
        alpha: Two-sided significance level.
        power: Power at which the minimal detectable effect is stated.
        correction: Correction for several tests within a family.
        comparisons: Each treatment with control, or every pair.
        cuped: Whether covariates are used to reduce variance.
        srm_alpha: Threshold of the sample ratio test.
    """

    alpha: Annotated[
        Number, Field(gt=0, lt=1, description="Two-sided significance level of the tests.")
    ] = 0.05
    power: Annotated[
        Number,
        Field(gt=0, lt=1, description="Power at which the minimal detectable effect is stated."),
    ] = 0.8
    correction: Annotated[
        Literal["none", "bonferroni", "holm", "benjamini_hochberg", "benjamini_yekutieli"],
        Field(description="Correction for several tests within a family."),
    ] = "benjamini_hochberg"
    comparisons: Annotated[
        Literal["control", "all_pairs"],
        Field(description="Compare each treatment with control, or every pair of variants."),
    ] = "control"
    cuped: Annotated[
        Flag, Field(description="Reduce variance with the metrics' pre-exposure covariates.")
    ] = True
    srm_alpha: Annotated[
        Number,
        Field(gt=0, lt=1, description="p-value below which the sample ratio check fails."),
    ] = 0.001


class ExperimentSpec(Spec):
    """One experiment, registered before it starts.

    Attributes:
        name: Its id in every table.
        owner: Who answers for it.
        hypothesis: What is expected, in words.
        unit: What was randomised; the name of a dbt entity.
        start: First day of exposures, from midnight UTC.
        end: Day whose midnight UTC ends the exposures: not itself a day of the experiment.
        variants: Weight of each variant; they add up to 1.
        control: The variant that the others are compared with.
        metrics: The metrics and their roles.
        window: How long each unit is followed, for metrics without a window of their own.
        segments: Columns of the exposures model by which results are split.
        analysis: How the numbers are judged.
        description: Anything else a reader should know.
        salt: Salt of the hash that assigned the units; for the record.
    """

    name: Annotated[
        Identifier, Field(description="Id of the experiment in every table; equal to its log's.")
    ]
    owner: Annotated[Text, Field(description="Who answers for the experiment.")]
    hypothesis: Annotated[Text, Field(description="What is expected to happen, in words.")]
    unit: Annotated[
        Identifier,
        Field(description="What was randomised: the name of an entity of the metrics' facts."),
    ]
    start: Annotated[
        Day, Field(description="First day of exposures, from midnight UTC (YYYY-MM-DD).")
    ]
    end: Annotated[
        Day,
        Field(
            description="Day at whose midnight UTC exposures end, so the first day that is no "
            "longer in the experiment (YYYY-MM-DD); after start."
        ),
    ]
    variants: Annotated[
        dict[Text, Annotated[Number, Field(gt=0)]],
        Field(
            min_length=2,
            description="Share of the units each variant gets; the shares add up to 1.",
        ),
    ]
    control: Annotated[Text, Field(description="The variant that the others are compared with.")]
    metrics: Annotated[MetricRoles, Field(description="The metrics and their roles.")]
    window: Annotated[
        Window | None,
        Field(
            description="How long each unit is followed after its exposure, for metrics that "
            "declare no window of their own; without it events count until end."
        ),
    ] = None
    segments: Annotated[
        tuple[Identifier, ...],
        Field(description="Columns of the exposures model by which results are split."),
    ] = ()
    analysis: Annotated[Analysis, Field(description="How the numbers are judged.")] = Analysis()
    description: Annotated[str, Field(description="Anything else a reader should know.")] = ""
    salt: Annotated[
        str | None,
        Field(description="Salt of the hash that assigned the units; kept for the record."),
    ] = None

    _source: Source = PrivateAttr(default_factory=Source)

    @property
    def source(self) -> Source:
        """Where it was written."""
        return self._source

    def located(self, source: Source) -> "ExperimentSpec":
        """The same spec that knows where it was written."""
        copy = self.model_copy()
        copy._source = source
        return copy

    @property
    def canonical(self) -> str:
        """The spec as canonical JSON, defaults filled in."""
        return canonical_json(self.model_dump(mode="json"))

    @property
    def spec_hash(self) -> str:
        """Sixteen hexadecimal digits that change when anything in the spec does."""
        return short_hash(self.model_dump(mode="json"))

    @property
    def treatments(self) -> tuple[str, ...]:
        """The variants other than control, in the order of the file."""
        return tuple(variant for variant in self.variants if variant != self.control)

    def pairs(self) -> list[tuple[str, str]]:
        """The comparisons, as (treatment, control).

        With `comparisons: all_pairs` the treatments are compared with each other too; the name
        that comes first in the alphabet is the treatment, so that the order of the file, which
        the hash does not see, does not turn a sign.
        """
        pairs = [(treatment, self.control) for treatment in self.treatments]
        if self.analysis.comparisons == "all_pairs":
            pairs += combinations(sorted(self.treatments), 2)
        return pairs

    def roles(self) -> dict[str, Role]:
        """The role of each metric: primary ones first, then secondary, then guardrails."""
        primary: dict[str, Role] = dict.fromkeys(self.metrics.primary, "primary")
        secondary: dict[str, Role] = dict.fromkeys(self.metrics.secondary, "secondary")
        guardrails: dict[str, Role] = {item.metric: "guardrail" for item in self.metrics.guardrails}
        return primary | secondary | guardrails

    @field_validator("end")
    @classmethod
    def _ends_after_the_start(cls, value: Day, info: ValidationInfo) -> Day:
        start = info.data.get("start")
        if start is not None and value <= start:
            hint = "The end is the first day that is no longer in it."
            raise broken_rule(f"== {value}", f"must be after start, {start}", hint)
        return value

    @field_validator("variants")
    @classmethod
    def _weights_add_up_to_one(cls, value: dict[str, float]) -> dict[str, float]:
        total = sum(value.values())
        if abs(total - 1) > WEIGHT_TOLERANCE:
            raise broken_rule(f"add up to {total:.12g}", "the weights must add up to 1")
        return value

    @field_validator("control")
    @classmethod
    def _control_is_a_variant(cls, value: str, info: ValidationInfo) -> str:
        variants = info.data.get("variants")
        if variants is not None and value not in variants:
            names = ", ".join(shown(variant) for variant in variants)
            hint = nearest(value, variants)
            raise broken_rule(f"== {shown(value)}", f"must be one of the variants, {names}", hint)
        return value

    @field_validator("segments")
    @classmethod
    def _segments_are_free_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name.lower() in RESERVED_SEGMENTS:
                raise broken_rule(f"has {name!r}", "that name is taken by a column of our tables")
        repeated = first_repeated(name.lower() for name in value)
        if repeated is not None:
            raise broken_rule(f"has {repeated!r} again", "a segment is named once")
        return value
