"""The moments of every analysis date, in the plainest way: loops over the rows of a log and facts.

Written from design.md (sections 7 and 8) and docs/how-it-works.md, not from the SQL. Sums are
exact (`math.fsum`), so that an expected number does not depend on the order of rows. A further
kind of metric needs its case in `value_of`.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import combinations_with_replacement
from typing import NamedTuple

from abstats.spec.experiment import ExperimentSpec
from abstats.spec.measure import Measure
from abstats.spec.metric import MetricSpec

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)


class LogRow(NamedTuple):
    """A row of the exposure log, its times in UTC."""

    experiment: str
    unit: int | None
    variant: str | None
    at: datetime | None
    first_seen_at: datetime | None = None
    platform: str | None = None


class Event(NamedTuple):
    """A row of a fact, its time in UTC; a measure's `expr` names one of the last two."""

    unit: int | None
    at: datetime | None
    value: float | None
    weight: float | None = 1.0


Facts = Mapping[str, Sequence[Event]]


class Number(NamedTuple):
    """A sum and what its rounding error is proportional to.

    Attributes:
        value: The sum.
        magnitude: Sum of what was added, without signs.
    """

    value: float
    magnitude: float


class Moment(NamedTuple):
    """Expected joint moments of two columns in a cell.

    Attributes:
        n: Units.
        mean_a: Mean of the first column.
        mean_b: Mean of the second column.
        cov_ab: Sample covariance, None for one unit.
        mean_errors: How far a computed mean may be off: 1e-9 of the column's spread, and the
            rounding of values as large as they are.
        cov_error: How far the covariance may be off, for the same reasons.
    """

    n: int
    mean_a: float
    mean_b: float
    cov_ab: float | None
    mean_errors: tuple[float, float]
    cov_error: float


class Key(NamedTuple):
    """What a row of the moments is about."""

    experiment: str
    analysis_date: date
    variant: str
    segment_name: str
    segment_value: str
    metric: str
    definition_hash: str
    column_a: str
    column_b: str


@dataclass
class Unit:
    """An exposed unit: the variant and the segments of its first exposure (law 1)."""

    unit: int
    variant: str
    at: datetime
    platform: str
    first_seen_at: datetime | None = None
    columns: dict[str, Number] = field(default_factory=dict)

    @property
    def is_observable(self) -> bool:
        """Seen a day or more before its exposure, or nobody knows when."""
        return self.first_seen_at is None or self.first_seen_at <= self.at - DAY


def last_complete_day(
    log: Sequence[LogRow], facts: Facts, metrics: Sequence[MetricSpec], chosen: date
) -> date:
    """The day of the newest row, or the chosen one if that is earlier."""
    read = {measure.fact for metric in metrics for measure in metric.measures}
    times = [row.at for row in log if row.at is not None]
    times += [event.at for fact in read for event in facts[fact] if event.at is not None]
    return min(chosen, max(times).date()) if times else chosen


def analysis_dates(
    experiment: ExperimentSpec, metrics: Sequence[MetricSpec], last_day: date
) -> Iterator[date]:
    """Every day from the start until the last day whose data counts."""
    windows = [window_of(experiment, metric) for metric in metrics]
    longest = max((window for window in windows if window is not None), default=timedelta())
    complete_at = midnight(experiment.end) + longest
    day = experiment.start
    while day <= min(last_day, (complete_at - MICROSECOND).date()):
        yield day
        day += DAY


def expected_moments(
    experiments: Sequence[ExperimentSpec],
    metrics: Sequence[MetricSpec],
    log: Sequence[LogRow],
    facts: Facts,
    last_day: date,
) -> dict[Key, Moment]:
    """Every row of the moments, at every analysis date."""
    moments: dict[Key, Moment] = {}
    by_name = sorted(metrics, key=lambda metric: metric.name)
    for experiment in experiments:
        mine = [metric for metric in by_name if metric.name in experiment.roles()]
        dates = list(analysis_dates(experiment, mine, last_day))
        if not dates:
            continue
        units = first_exposures(log, experiment, midnight(dates[-1] + DAY))
        for day in dates:
            exposed = [unit for unit in units if unit.at < midnight(day + DAY)]
            for key, moment in _moments_of_date(experiment, mine, exposed, facts, day):
                assert key not in moments
                moments[key] = moment
    return moments


def first_exposures(
    log: Sequence[LogRow], experiment: ExperimentSpec, known_until: datetime
) -> list[Unit]:
    """Units by their first exposure within the dates; at one instant the variant decides, then
    the platform, NULL last. A unit was first seen when the earliest of its rows says."""
    rows = [
        row
        for row in log
        if row.experiment == experiment.name
        and row.unit is not None
        and row.variant is not None
        and row.at is not None
        and midnight(experiment.start) <= row.at < min(midnight(experiment.end), known_until)
    ]
    units: dict[int, Unit] = {}
    for row in sorted(
        rows, key=lambda row: (row.at, row.variant, row.platform is None, row.platform or "")
    ):
        platform = "(missing)" if row.platform is None else row.platform
        unit = units.setdefault(row.unit, Unit(row.unit, row.variant, row.at, platform))
        if row.first_seen_at is not None:
            unit.first_seen_at = min(unit.first_seen_at or row.first_seen_at, row.first_seen_at)
    return list(units.values())


def value_of(metric: MetricSpec, measure: Measure, events: Sequence[Event]) -> Number | None:
    """A unit's value of a measure over some of its events; None where none has a value."""
    values = [getattr(event, measure.expr) for event in events]
    values = [value for value in values if value is not None]
    if not values:
        return None
    if metric.kind == "proportion":
        return Number(float(any(value != 0 for value in values)), 1.0)
    assert metric.kind in ("mean", "ratio")
    assert measure.agg == "sum"
    return Number(math.fsum(values), math.fsum(abs(value) for value in values))


def window_of(experiment: ExperimentSpec, metric: MetricSpec) -> timedelta | None:
    """How long a unit is followed; None: until the experiment's end."""
    window = metric.window or experiment.window
    return None if window is None else timedelta(days=window.days or 0, hours=window.hours or 0)


def midnight(day: date) -> datetime:
    """The first instant of a day."""
    return datetime.combine(day, time())


def _moments_of_date(
    experiment: ExperimentSpec,
    metrics: Sequence[MetricSpec],
    units: Sequence[Unit],
    facts: Facts,
    day: date,
) -> Iterator[tuple[Key, Moment]]:
    one = Number(1.0, 1.0)
    blocks = [("units", "units", ["unit"], [(unit, {"unit": one}) for unit in units], True)]
    joint: list[dict[str, Number]] = [{} for _ in units]
    for metric in metrics:
        rows, covariates = _rows(experiment, metric, units, facts, day)
        names = list(rows[0][1]) if rows else []
        blocks.append((metric.name, metric.definition_hash, names, rows, True))
        for row, found in zip(joint, covariates, strict=True):
            row |= {f"{metric.name}.{column}": number for column, number in found.items()}
    if units and joint[0]:
        for unit, row in zip(units, joint, strict=True):
            row["missing"] = Number(float(not unit.is_observable), 1.0)
        pairs = list(zip(units, joint, strict=True))
        blocks.append(("covariates", "covariates", list(joint[0]), pairs, False))
    for name, definition_hash, columns, rows, has_segments in blocks:
        cells: dict[tuple[str, str, str], list[dict[str, Number]]] = {}
        for unit, row in rows:
            cells.setdefault((unit.variant, "all", "all"), []).append(row)
            if has_segments and "platform" in experiment.segments:
                cells.setdefault((unit.variant, "platform", unit.platform), []).append(row)
        for cell, members in cells.items():
            for a, b in combinations_with_replacement(columns, 2):
                key = Key(experiment.name, day, *cell, name, definition_hash, a, b)
                yield key, moment_of([row[a] for row in members], [row[b] for row in members])


def _rows(
    experiment: ExperimentSpec,
    metric: MetricSpec,
    units: Sequence[Unit],
    facts: Facts,
    day: date,
) -> tuple[list[tuple[Unit, dict[str, Number]]], list[dict[str, Number]]]:
    """The columns of the units that count, and every unit's covariates for the joint block."""
    known_until = midnight(day + DAY)
    window = window_of(experiment, metric)
    measures = {"y": metric.numerator}
    if metric.denominator is not None:
        measures["d"] = metric.denominator
    outcomes: dict[int, dict[str, Number]] = {}
    covariates: dict[int, dict[str, Number]] = {}
    for unit in units:
        end = midnight(experiment.end) if window is None else unit.at + window
        if window is not None and end > known_until:
            continue  # Law 7: its window is not complete.
        values, before = {}, {}
        for column, measure in measures.items():
            mine = [e for e in facts[measure.fact] if e.unit == unit.unit and e.at is not None]
            since = unit.at - timedelta(days=metric.cuped.lookback_days)
            values[column] = value_of(
                metric, measure, [e for e in mine if unit.at <= e.at < min(end, known_until)]
            )
            before[f"x_{column}"] = value_of(
                metric, measure, [e for e in mine if since <= e.at < unit.at]
            )
        if metric.cuped.enabled and unit.is_observable:
            covariates[unit.unit] = _filled(before)
        if metric.missing == "zero" or None not in values.values():
            outcomes[unit.unit] = _filled(values)
    if not metric.cuped.enabled:
        return [(unit, outcomes[unit.unit]) for unit in units if unit.unit in outcomes], [
            {} for _ in units
        ]
    centres = {
        f"x_{column}": _mean([c[f"x_{column}"] for c in covariates.values()]) for column in measures
    }
    nothing = Number(0.0, 0.0)
    centred = [
        {
            column: _minus(covariates[unit.unit][column], centre)
            if unit.unit in covariates
            else nothing
            for column, centre in centres.items()
        }
        for unit in units
    ]
    rows = []
    for unit, own in zip(units, centred, strict=True):
        if unit.unit in outcomes:
            # A ratio's covariates keep their means and are filled with them.
            filled = covariates.get(unit.unit, centres) if metric.kind == "ratio" else own
            missing = Number(float(not unit.is_observable), 1.0)
            rows.append((unit, {**outcomes[unit.unit], **filled, "missing": missing}))
    return rows, centred


def moment_of(a: Sequence[Number], b: Sequence[Number]) -> Moment:
    """Moments of two columns, with the errors that doubles allow."""
    mean_a, mean_b = _mean(a).value, _mean(b).value
    off_a = [number.value - mean_a for number in a]
    off_b = [number.value - mean_b for number in b]
    covariance = None
    if len(a) > 1:
        covariance = math.fsum(x * y for x, y in zip(off_a, off_b, strict=True)) / (len(a) - 1)
    spread_a, spread_b = max(map(abs, off_a)), max(map(abs, off_b))
    # Some hundred roundings of numbers of this size.
    rounding_a = 1e-14 * max(number.magnitude for number in a)
    rounding_b = 1e-14 * max(number.magnitude for number in b)
    error_a, error_b = 1e-9 * spread_a + rounding_a, 1e-9 * spread_b + rounding_b
    cov_error = 1e-9 * spread_a * spread_b + 2 * (
        rounding_a * spread_b + rounding_b * spread_a + rounding_a * rounding_b
    )
    return Moment(len(a), mean_a, mean_b, covariance, (error_a, error_b), cov_error)


def _mean(numbers: Sequence[Number]) -> Number:
    if not numbers:
        return Number(0.0, 0.0)
    mean = math.fsum(number.value for number in numbers) / len(numbers)
    return Number(mean, max(number.magnitude for number in numbers))


def _minus(a: Number, b: Number) -> Number:
    return Number(a.value - b.value, max(a.magnitude, b.magnitude))


def _filled(numbers: Mapping[str, Number | None]) -> dict[str, Number]:
    """No events are a zero."""
    return {name: number or Number(0.0, 0.0) for name, number in numbers.items()}
