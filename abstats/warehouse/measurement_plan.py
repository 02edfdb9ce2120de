"""What is measured for whom: the metrics of all experiments, with their windows and columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations_with_replacement

from abstats.spec.composite import PRE_PERIOD, CompositePart
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.horizon import own_window_of, window_of
from abstats.spec.measure import Measure
from abstats.spec.metric import MetricSpec
from abstats.warehouse.quoting import fitting
from abstats.warehouse.terms import Period, Term

# Columns of a metric's moments (design: moments). x_* are covariates, `missing` marks units that
# could not be observed before exposure.
OUTCOME, DENOMINATOR, COVARIATE, DENOMINATOR_COVARIATE, MISSING = "y", "d", "x_y", "x_d", "missing"
LONGEST_UNIT_COLUMN = 48
"""Bytes of a column's name in the per-unit table, so that names made of it fit as well."""
CAP = "cap"
"""Name of a winsorised metric's frozen cap among its scales."""
N_POINTS = 64
"""Points of a quantile's grid: what the simulated coverage of its intervals needs."""
POINTS = tuple(f"c_{k:02d}" for k in range(1, N_POINTS + 1))
"""Columns of counts at or below each point of a grid."""
POINT_VALUES = tuple(f"g_{k:02d}" for k in range(1, N_POINTS + 1))
"""Columns of the points themselves, the same for all units.

A value that is several points has first the counts below it, last those at or below it.
"""
TWINS = {OUTCOME: COVARIATE, DENOMINATOR: DENOMINATOR_COVARIATE}
"""Outcome column -> the column of the same value before exposure."""


@dataclass(frozen=True)
class PlannedMetric:
    """One metric as the experiments that declare it measure it.

    Attributes:
        spec: The metric's definition.
        windows: Experiment name -> time after exposure that counts; None is open-ended.
        lookback: Length of the pre-exposure period of the covariate; None without CUPED.
    """

    spec: MetricSpec
    windows: Mapping[str, timedelta | None]
    lookback: timedelta | None

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the metric's unit-level columns, in the order of its moments."""
        covariates = self.covariates
        return (*self.outcomes, *covariates, *((MISSING,) if covariates else ()))

    @property
    def pairs(self) -> Sequence[tuple[str, str]]:
        """The pairs of columns whose moments are stored.

        For a quantile over events what a curve needs; over units the shares at or below each
        point, beside the point itself.
        """
        if self.has_frozen_grid:
            events = DENOMINATOR
            counts = [(a, b) for a in POINTS for b in (a, events)]
            return [(events, events), *counts]
        if self.has_own_grid:
            return list(zip(POINTS, POINT_VALUES, strict=True))
        return list(combinations_with_replacement(self.columns, 2))

    @property
    def has_frozen_grid(self) -> bool:
        """A quantile over events: units count theirs below each point of a frozen grid."""
        quantile = self.spec.quantile
        return quantile is not None and quantile.over == "events"

    @property
    def fills_all(self) -> bool:
        """A unit without events has the value 0, whatever is measured.

        Of those that events vary over it is one with 0 of them.
        """
        return self.spec.missing == "zero" or self.has_frozen_grid

    @property
    def has_own_grid(self) -> bool:
        """A quantile over units: the values of each date make its grid."""
        quantile = self.spec.quantile
        return quantile is not None and quantile.over == "units"

    @property
    def period(self) -> Period:
        """The events that its outcomes are made of."""
        retention = self.spec.retention
        since = timedelta() if retention is None else timedelta(days=retention.from_day)
        return Period(since, own_window_of(self.spec))

    @property
    def outcomes(self) -> Mapping[str, tuple[Term, ...]]:
        """The metric's own columns, each the sum of its terms."""
        return self._own_terms(self.period)

    @property
    def twins(self) -> Mapping[str, tuple[Term, ...]]:
        """The same values before exposure, by the names of their covariate columns."""
        if self.lookback is None:
            return {}
        own = self._own_terms(Period(-self.lookback, timedelta()))
        return {TWINS[column]: terms for column, terms in own.items()}

    @property
    def further_covariates(self) -> Mapping[str, tuple[Term, ...]]:
        """Totals of other metrics before exposure, by the names of their covariate columns."""
        if self.lookback is None:
            return {}
        before = Period(-self.lookback, timedelta())
        return {
            _covariate_column(covariate.name): (Term(covariate.measure, before),)
            for covariate in self.spec.covariates
            if covariate.measure is not None
        }

    @property
    def attributes(self) -> Mapping[str, str]:
        """Attributes of the units, by the names of their covariate columns."""
        if self.lookback is None:
            return {}
        return {
            _covariate_column(covariate.name): covariate.attribute
            for covariate in self.spec.covariates
            if covariate.attribute is not None
        }

    @property
    def covariates(self) -> tuple[str, ...]:
        """Names of its covariate columns."""
        return (*self.twins, *self.further_covariates, *self.attributes)

    @property
    def terms(self) -> tuple[Term, ...]:
        """All its terms."""
        columns = {**self.outcomes, **self.twins, **self.further_covariates}
        return tuple(term for terms in columns.values() for term in terms)

    @property
    def facts(self) -> frozenset[str]:
        """Names of the facts that it is measured on."""
        return frozenset(term.measure.fact for term in self.terms)

    @property
    def scales(self) -> Mapping[str, Term]:
        """What is frozen for it, by name: its cap and its parts' standard deviations.

        Each comes with the term whose units' values it is taken from.
        """
        own = self.outcomes.get(OUTCOME, ())
        cap = {CAP: own[0]} if self.is_winsorised else {}
        return cap | {
            part.metric: term
            for part, term in zip(self.spec.parts, own, strict=False)
            if term.frozen_scale is not None
        }

    @property
    def is_winsorised(self) -> bool:
        """Whether it has a capped block of moments beside the raw one."""
        return self.spec.winsorize is not None

    def unit_column(self, column: str, *, is_winsorised: bool = False) -> str:
        """Name of a moment column in the per-unit table."""
        capped = "winsorised__" if is_winsorised else ""
        return fitting(f"{self.spec.name}__{capped}{column}", LONGEST_UNIT_COLUMN)

    def scale_column(self, scale: str) -> str:
        """Name of a frozen scale's column beside the units' states."""
        return fitting(f"scale__{self.spec.name}__{scale}")

    def _own_terms(self, period: Period) -> Mapping[str, tuple[Term, ...]]:
        spec = self.spec
        if spec.parts:
            return {OUTCOME: tuple(self._part_term(part, period) for part in spec.parts)}
        if self.has_frozen_grid:
            grid = spec.definition_hash[:8]
            points = {name: i for i, name in enumerate((DENOMINATOR, *POINTS))}
            return {
                name: (Term(spec.numerator, period, point=point, grid=grid),)
                for name, point in points.items()
            }
        is_any = spec.kind in ("proportion", "retention")
        numerator = (Term(spec.numerator, period, is_any),)
        if spec.denominator is None:
            return {OUTCOME: numerator}
        if spec.kind == "conversion":
            return _conversion_terms(spec, spec.denominator)
        return {OUTCOME: numerator, DENOMINATOR: (Term(spec.denominator, period),)}

    def _part_term(self, part: CompositePart, period: Period) -> Term:
        is_frozen = part.standardise == PRE_PERIOD
        return Term(
            part.numerator,
            period,
            is_any=part.kind == "proportion",
            weight=part.weight / (part.standard_deviation or 1.0),
            frozen_scale=self.scale_column(part.metric) if is_frozen else None,
        )


def conversion_window(spec: MetricSpec) -> timedelta:
    """The time that a unit has from its base event to the conversion.

    Raises:
        ValueError: The conversion has no window of its own.
    """
    if spec.window is None:
        raise ValueError(f"metric {spec.name!r}: a conversion must have a window.")
    return spec.window.duration


def _conversion_terms(spec: MetricSpec, base: Measure) -> Mapping[str, tuple[Term, ...]]:
    """When its events happened: base events while units are exposed, conversions a window more."""
    exposed = Period(timedelta(), None, past_end=timedelta())
    followed = exposed._replace(past_end=conversion_window(spec))
    return {
        OUTCOME: (Term(spec.numerator, followed, instants="all"),),
        DENOMINATOR: (Term(base, exposed, instants="first"),),
    }


@dataclass(frozen=True)
class MeasurementPlan:
    """Everything that one pass over the facts has to measure.

    Attributes:
        experiments: All declared experiments, by name.
        metrics: The metrics that at least one experiment declares, by name.
        segments: Names of all declared segments, each with the experiments that declare it.
    """

    experiments: Mapping[str, ExperimentSpec]
    metrics: tuple[PlannedMetric, ...]
    segments: Mapping[str, tuple[str, ...]]

    def facts(self) -> tuple[str, ...]:
        """Names of the facts that the metrics are measured on."""
        return tuple(sorted({term.measure.fact for m in self.metrics for term in m.terms}))

    def attributes(self) -> tuple[str, ...]:
        """Names of the units' attributes that are covariates."""
        return tuple(sorted({a for metric in self.metrics for a in metric.attributes.values()}))

    def has_scales(self) -> bool:
        """Whether any metric needs a number that is frozen from the data or declared."""
        return any(metric.scales for metric in self.metrics)

    def metrics_of(self, experiment: str) -> tuple[PlannedMetric, ...]:
        """The metrics that one experiment declares."""
        return tuple(metric for metric in self.metrics if experiment in metric.windows)

    def facts_of(self, experiment: str) -> frozenset[str]:
        """Names of the facts that its metrics are measured on."""
        return frozenset().union(*(metric.facts for metric in self.metrics_of(experiment)))

    def deciding_metrics(self, experiment: str) -> tuple[PlannedMetric, ...]:
        """Its primary metrics and guardrails."""
        roles = self.experiments[experiment].roles()
        return tuple(m for m in self.metrics_of(experiment) if roles[m.spec.name] != "secondary")

    def units(self) -> Mapping[str, tuple[str, ...]]:
        """Unit type -> experiments that randomise it."""
        return _grouped((spec.unit, name) for name, spec in self.experiments.items())


def plan_measurement(
    experiments: Sequence[ExperimentSpec], metrics: Sequence[MetricSpec]
) -> MeasurementPlan:
    """Lay the declared experiments and metrics out for one pass. Specs must have been checked."""
    ordered = sorted(experiments, key=lambda spec: spec.name)
    planned = []
    for metric in sorted(metrics, key=lambda spec: spec.name):
        windows = {
            experiment.name: window_of(experiment, metric)
            for experiment in ordered
            if metric.name in experiment.roles()
        }
        if windows:
            cuped = metric.cuped
            lookback = timedelta(days=cuped.lookback_days) if cuped.enabled else None
            planned.append(PlannedMetric(metric, windows, lookback))
    return MeasurementPlan(
        experiments={experiment.name: experiment for experiment in ordered},
        metrics=tuple(planned),
        segments=_grouped((segment, e.name) for e in ordered for segment in e.segments),
    )


def _covariate_column(name: str) -> str:
    column = f"x_{name}"
    # A metric may be called y or d, and the metric's own twins are there.
    return f"{column}_covariate" if column in TWINS.values() else column


def _grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in sorted(groups.items())}
