"""A metric as experiments use it: a dbt metric with everything that is declared for it."""

from abstats.spec.composite import CompositePart
from abstats.spec.covariate import Covariate, CupedSpec
from abstats.spec.fields import Spec
from abstats.spec.hashing import canonical_json, short_hash
from abstats.spec.measure import Measure
from abstats.spec.meta import Decomposition, Direction, Format, Kind, Missing
from abstats.spec.values import (
    GiniSpec,
    QuantileSpec,
    RetentionSpec,
    TransformSpec,
    WinsorizeSpec,
)
from abstats.spec.window import Window

DISPLAYED = frozenset(
    (
        "name",
        "label",
        "description",
        "direction",
        "parent",
        "unit",
        "format",
        "weight",
        "owner",
        "file",
    )
)
"""Fields that change no number."""

PLACE = "fact_unique_id"
"""The package a fact lives in changes no number either; the fact's source does."""


class MetricSpec(Spec):
    """A dbt metric that experiments may use.

    Attributes:
        name: Its name, unique over all packages.
        label: Its name for readers.
        description: What it means.
        kind: mean: a value per unit. proportion: a unit with at least one qualifying event.
            ratio: numerator over denominator. quantile. retention: a unit with an event on given
            days. conversion: units with a conversion (numerator) among those with a base event
            (denominator). gini: inequality of totals. composite: a weighted sum of metrics.
        direction: The direction that is good.
        parent: Name above it in the hierarchy, or None.
        decomposition: Its value is the sum or product of its children's; None: it is not.
        window: How long each unit is followed; None takes the experiment's, or for a retention
            its days. For a conversion: from the first base event to the conversion.
        retention: The days of a retention, else None.
        quantile: What quantile, of kind quantile, else None. Over events the value of each event
            is the numerator's expr, and its agg (then "sum") says nothing.
        gini: Whose totals a gini compares, else None.
        parts: The terms of a composite, else empty.
        winsorize: The frozen cap of a unit's value, or None.
        transform: What becomes of a unit's value before it is averaged, or None.
        cuped: The covariates as declared; never enabled for quantile, conversion and gini.
        covariates: Covariates beside the metric's own value before exposure, resolved.
        missing: What a unit without a value counts as.
        unit: Unit of the value, for display.
        format: How a BI tool should show it.
        weight: Weight among the children of its parent.
        owner: Who answers for it.
        numerator: The measure; a ratio's numerator, a conversion's conversion event; a
            composite's first part.
        denominator: A ratio's denominator, a conversion's base event, else None.
        file: The YAML file it stands in.
    """

    name: str
    label: str
    description: str
    kind: Kind
    direction: Direction
    parent: str | None
    decomposition: Decomposition | None = None
    window: Window | None
    retention: RetentionSpec | None = None
    quantile: QuantileSpec | None = None
    gini: GiniSpec | None = None
    parts: tuple[CompositePart, ...] = ()
    winsorize: WinsorizeSpec | None = None
    transform: TransformSpec | None = None
    cuped: CupedSpec
    covariates: tuple[Covariate, ...] = ()
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
        """What its value is made of: numerator and denominator, or a composite's parts."""
        if self.parts:
            return tuple(part.numerator for part in self.parts)
        return (self.numerator,) if self.denominator is None else (self.numerator, self.denominator)

    @property
    def every_measure(self) -> tuple[Measure, ...]:
        """The measures and those of the covariates: all that is read from facts for it."""
        further = (covariate.measure for covariate in self.covariates)
        return (*self.measures, *(measure for measure in further if measure is not None))

    @property
    def canonical(self) -> str:
        """The metric as canonical JSON."""
        return canonical_json(self.model_dump(mode="json"))

    @property
    def definition_hash(self) -> str:
        """Sixteen hexadecimal digits that change with whatever changes the numbers.

        Labels, owner, direction and the place in the hierarchy are not in it, nor is the package
        a fact lives in; the source of the fact is.
        """
        numbers = self.model_dump(mode="json", exclude=set(DISPLAYED))
        return short_hash(_without_places(numbers))


def _without_places(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_places(item) for key, item in value.items() if key != PLACE}
    return [_without_places(item) for item in value] if isinstance(value, list) else value
