"""What is measured for whom: the metrics of all experiments, with their windows and columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from abstats.spec.experiment import ExperimentSpec
from abstats.spec.horizon import window_of
from abstats.spec.measure import Measure
from abstats.spec.metric import MetricSpec

# Columns of a metric's moments (design: moments). x_* are covariates, `missing` marks units that
# could not be observed before exposure.
OUTCOME, DENOMINATOR, COVARIATE, DENOMINATOR_COVARIATE, MISSING = "y", "d", "x_y", "x_d", "missing"


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
        is_ratio = self.spec.denominator is not None
        outcomes = (OUTCOME, DENOMINATOR) if is_ratio else (OUTCOME,)
        if self.lookback is None:
            return outcomes
        covariates = (COVARIATE, DENOMINATOR_COVARIATE) if is_ratio else (COVARIATE,)
        return (*outcomes, *covariates, MISSING)

    @property
    def measures(self) -> tuple[tuple[str, str, Measure], ...]:
        """Triples of outcome column, covariate column and the measure both are made of."""
        numerator = (OUTCOME, COVARIATE, self.spec.numerator)
        if self.spec.denominator is None:
            return (numerator,)
        return (numerator, (DENOMINATOR, DENOMINATOR_COVARIATE, self.spec.denominator))

    def unit_column(self, column: str) -> str:
        """Name of a moment column in the per-unit table."""
        return f"{self.spec.name}__{column}"


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
        return tuple(sorted({m.spec.numerator.fact for m in self.metrics}))

    def metrics_of(self, experiment: str) -> tuple[PlannedMetric, ...]:
        """The metrics that one experiment declares."""
        return tuple(metric for metric in self.metrics if experiment in metric.windows)

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


def _grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in sorted(groups.items())}
