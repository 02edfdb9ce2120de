"""An experiment as it is declared, before it starts."""

from itertools import combinations
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, PrivateAttr, ValidationInfo, field_validator

from abstats.spec.allocation import Allocation, check_periods, check_sum
from abstats.spec.analysis import Analysis
from abstats.spec.fields import (
    RESERVED_COLUMNS,
    Day,
    Identifier,
    Line,
    Number,
    Spec,
    Text,
    broken_rule,
    first_repeated,
    or_name,
)
from abstats.spec.hashing import canonical_json, short_hash
from abstats.spec.problems import nearest, shown
from abstats.spec.roles import MetricRoles
from abstats.spec.segment import Segment
from abstats.spec.source import Source
from abstats.spec.window import Window

Role = Literal["primary", "secondary", "guardrail"]


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
        allocation: The periods of a ramp; empty where the weights never change.
        control: The variant that the others are compared with.
        metrics: The metrics and their roles.
        window: How long each unit is followed, for metrics without a window of their own.
        segment_specs: Columns of the exposures model by which results are split; `segments` in
            the file.
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
    allocation: Annotated[
        tuple[Allocation, ...],
        Field(
            description="The periods of a ramp: the weights from each day on. The first begins "
            "at start, the last has the weights of variants; without it the weights never change."
        ),
    ] = ()
    control: Annotated[Text, Field(description="The variant that the others are compared with.")]
    metrics: Annotated[MetricRoles, Field(description="The metrics and their roles.")]
    window: Annotated[
        Window | None,
        Field(
            description="How long each unit is followed after its exposure, for metrics that "
            "declare no window of their own; without it events count until end."
        ),
    ] = None
    segment_specs: Annotated[
        tuple[Segment, ...],
        Field(
            alias="segments",
            description="Columns of the exposures model by which results are split: a name, or a "
            "name with its settings.",
            json_schema_extra=or_name,
        ),
    ] = ()
    analysis: Annotated[Analysis, Field(description="How the numbers are judged.")] = Analysis()
    description: Annotated[Line, Field(description="Anything else a reader should know.")] = ""
    salt: Annotated[
        Line | None,
        Field(description="Salt of the hash that assigned the units; kept for the record."),
    ] = None

    # The file's `segments` are names to most readers of the spec: see the property.
    model_config = ConfigDict(serialize_by_alias=True)

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
    def segments(self) -> tuple[str, ...]:
        """Names of the segments."""
        return tuple(segment.name for segment in self.segment_specs)

    @property
    def segment_keeps(self) -> dict[str, int]:
        """How many values of each segment are shown; all others are in `(other)`."""
        return {segment.name: segment.keep for segment in self.segment_specs}

    @property
    def preregistered_segments(self) -> frozenset[str]:
        """The segments whose results are not exploratory."""
        return frozenset(item.name for item in self.segment_specs if item.preregistered)

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
        primary: dict[str, Role] = {item.metric: "primary" for item in self.metrics.primary}
        secondary: dict[str, Role] = {item.metric: "secondary" for item in self.metrics.secondary}
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
        check_sum(value)
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

    @field_validator("allocation")
    @classmethod
    def _periods_lead_from_start_to_the_variants(
        cls, value: tuple[Allocation, ...], info: ValidationInfo
    ) -> tuple[Allocation, ...]:
        known = info.data
        check_periods(value, known.get("start"), known.get("end"), known.get("variants"))
        return value

    @field_validator("segment_specs")
    @classmethod
    def _segments_are_free_names(cls, value: tuple[Segment, ...]) -> tuple[Segment, ...]:
        for segment in value:
            if segment.name.lower() in RESERVED_COLUMNS:
                message = f"has {segment.name!r}"
                raise broken_rule(message, "that name is taken by a column of our tables")
        repeated = first_repeated(segment.name.lower() for segment in value)
        if repeated is not None:
            raise broken_rule(f"has {repeated!r} again", "a segment is named once")
        return value

    @field_validator("analysis")
    @classmethod
    def _weights_are_of_tested_metrics(cls, value: Analysis, info: ValidationInfo) -> Analysis:
        metrics = info.data.get("metrics")
        if metrics is None:
            return value
        tested = [aim.metric for aim in metrics.aims]
        for name in value.weights:
            if name not in tested:
                rule = f"must be one of the primary and secondary metrics, {', '.join(tested)}"
                hint = nearest(name, tested)
                raise broken_rule(f"has {name!r}", rule, hint, below=("weights", name))
        return value

    @field_validator("analysis")
    @classmethod
    def _equivalence_can_be_tested(cls, value: Analysis, info: ValidationInfo) -> Analysis:
        metrics = info.data.get("metrics")
        aims = () if metrics is None else metrics.aims
        equivalent = [aim.metric for aim in aims if aim.margin is not None]
        if not equivalent:
            return value
        if value.alpha >= 0.5:
            message = f"== {value.alpha:g} beside an equivalence margin of {equivalent[0]!r}"
            rule = "must be < 0.5: each of the two one-sided tests has alpha"
            raise broken_rule(message, rule, below=("alpha",))
        if value.sequential is not None and value.sequential.futility is not None:
            message = f"stands beside an equivalence margin of {equivalent[0]!r}"
            rule = "must be left out: futility bounds are those of tests for a difference"
            raise broken_rule(message, rule, below=("sequential", "futility"))
        return value

    @field_validator("analysis")
    @classmethod
    def _strata_are_a_segment(cls, value: Analysis, info: ValidationInfo) -> Analysis:
        segments, stratum = info.data.get("segment_specs"), value.post_stratify
        if segments is None or stratum is None:
            return value
        names = [segment.name for segment in segments]
        if stratum not in names:
            rule = f"must be one of the segments, {', '.join(names) or 'of which there are none'}"
            hint = nearest(stratum, names)
            raise broken_rule(f"== {stratum!r}", rule, hint, below=("post_stratify",))
        return value

    @field_validator("analysis")
    @classmethod
    def _rates_are_of_one_period(cls, value: Analysis, info: ValidationInfo) -> Analysis:
        bayesian = value.bayesian
        if (
            bayesian is not None
            and bayesian.proportions is not None
            and info.data.get("allocation")
        ):
            rule = "must not stand beside allocation: a rate over all periods is no arm's own"
            path = ("bayesian", "proportions")
            raise broken_rule("is a prior of each arm's rate", rule, below=path)
        return value
