"""The moments of every analysis date, in the plainest way: loops over the rows of a log and facts.

Written from design.md (sections 7 and 8) and docs/how-it-works.md, not from the SQL. Sums are
exact (`math.fsum`), so that an expected number does not depend on the order of rows. A further
kind of metric needs its case in `columns_of`, a further aggregation in `value_of`.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import combinations_with_replacement
from typing import NamedTuple

from abstats.spec.experiment import ExperimentSpec
from abstats.spec.metric import MetricSpec
from tests.warehouse.oracle_values import (
    Event,
    Facts,
    Number,
    Term,
    column_value,
    columns_of,
    value_of,
)

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
    score: float | None = None


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
    stratum: str
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
    score: float | None
    first_seen_at: datetime | None = None
    stratum: str = "all"

    @property
    def is_observable(self) -> bool:
        """Seen a day or more before its exposure, or nobody knows when."""
        return self.first_seen_at is None or self.first_seen_at <= self.at - DAY


def last_complete_day(
    log: Sequence[LogRow], facts: Facts, metrics: Sequence[MetricSpec], chosen: date
) -> date:
    """The day of the newest row, or the chosen one if that is earlier."""
    read = {measure.fact for metric in metrics for measure in metric.every_measure}
    times = [row.at for row in log if row.at is not None]
    times += [event.at for fact in read for event in facts[fact] if event.at is not None]
    return min(chosen, max(times).date()) if times else chosen


def analysis_dates(
    experiment: ExperimentSpec, metrics: Sequence[MetricSpec], last_day: date
) -> Iterator[date]:
    """Every day from the start until the last day whose data counts."""
    windows = [period_of(experiment, metric)[1] for metric in metrics]
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
        stratify(experiment, units)
        for day in dates:
            exposed = [unit for unit in units if unit.at < midnight(day + DAY)]
            for key, moment in _moments_of_date(experiment, mine, exposed, facts, day):
                assert key not in moments
                moments[key] = moment
    return moments


def first_exposures(
    log: Sequence[LogRow], experiment: ExperimentSpec, known_until: datetime
) -> list[Unit]:
    """Units by their first exposure within the dates.

    At one instant the variant decides, then the platform and the score, NULL last. A unit was
    first seen when the earliest of its rows says.
    """
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
        rows,
        key=lambda row: (
            row.at,
            row.variant,
            (row.platform is None, row.platform or ""),
            (row.score is None, row.score or 0.0),
        ),
    ):
        platform = "(missing)" if row.platform is None else row.platform
        unit = units.setdefault(row.unit, Unit(row.unit, row.variant, row.at, platform, row.score))
        if row.first_seen_at is not None:
            unit.first_seen_at = min(unit.first_seen_at or row.first_seen_at, row.first_seen_at)
    return list(units.values())


def stratify(experiment: ExperimentSpec, units: Sequence[Unit]) -> None:
    """Fold the platforms that are not kept, and put every unit into its stratum.

    For experiments of a week at most: all their units count for what is kept.
    """
    counts = Counter(unit.platform for unit in units if unit.platform != "(missing)")
    ranked = sorted(counts, key=lambda platform: (-counts[platform], platform))
    kept = ranked[: experiment.segment_keeps.get("platform", len(ranked))]
    for unit in units:
        if unit.platform not in (*kept, "(missing)"):
            unit.platform = "(other)"
        parts = [
            str(p.from_date) for p in experiment.allocation if midnight(p.from_date) <= unit.at
        ]
        strata = [*parts[-1:], *([unit.platform] if experiment.analysis.post_stratify else [])]
        # A value may be the empty text.
        unit.stratum = "|".join(strata) if strata else "all"


def period_of(experiment: ExperimentSpec, metric: MetricSpec) -> tuple[timedelta, timedelta | None]:
    """From when to when after its exposure a unit counts; None: until the experiment's end."""
    if metric.retention is not None:
        days = metric.retention
        return timedelta(days=days.from_day), timedelta(days=days.to_day)
    window = metric.window or experiment.window
    if window is None:
        return timedelta(), None
    return timedelta(), timedelta(days=window.days, hours=window.hours)


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
    blocks = [("units", "units", ["unit"], [(unit, {"unit": one}) for unit in units])]
    for metric in metrics:
        rows = _rows(experiment, metric, units, facts, day)
        names = list(rows[0][1]) if rows else []
        blocks.append((metric.name, metric.definition_hash, names, rows))
    for name, definition_hash, columns, rows in blocks:
        cells: dict[tuple[str, str, str, str], list[dict[str, Number]]] = {}
        for unit, row in rows:
            cells.setdefault((unit.variant, "all", "all", unit.stratum), []).append(row)
            if "platform" in experiment.segments:
                cell = (unit.variant, "platform", unit.platform, unit.stratum)
                cells.setdefault(cell, []).append(row)
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
) -> list[tuple[Unit, dict[str, Number]]]:
    """The columns of the units that count."""
    known_until = midnight(day + DAY)
    since, window = period_of(experiment, metric)
    outcomes: dict[int, dict[str, Number]] = {}
    covariates: dict[int, dict[str, Number | None]] = {}
    for unit in units:
        end = midnight(experiment.end) if window is None else unit.at + window
        if window is not None and end > known_until:
            continue  # Law 7: its window is not complete.
        after = (unit.at + since, min(end, known_until))
        found = {
            column: column_value(metric, terms, _events(experiment, facts, terms, unit, after))
            for column, terms in columns_of(metric).items()
        }
        if None not in found.values():
            outcomes[unit.unit] = found
        if metric.cuped.enabled:
            covariates[unit.unit] = _covariates(experiment, metric, unit, facts)
    own = [f"x_{column}" for column in columns_of(metric)]
    further = [f"x_{covariate.name}" for covariate in metric.covariates]
    names = [*own, *further] if metric.cuped.enabled else []
    centres = {
        name: _mean([c[name] for c in covariates.values() if c[name] is not None]) for name in names
    }
    rows = []
    for unit in units:
        if unit.unit not in outcomes:
            continue
        values = covariates.get(unit.unit, dict.fromkeys(names))
        centred = {
            name: _minus(value, centres[name]) if value is not None else Number(0.0, 0.0)
            for name, value in values.items()
        }
        row = {**outcomes[unit.unit], **centred}
        if metric.kind == "ratio" and names:
            # Its own covariates keep their means and are filled with them.
            row |= {name: values[name] or centres[name] for name in own}
        if names:
            row["missing"] = Number(float(any(values[name] is None for name in own)), 1.0)
        rows.append((unit, row))
    return rows


def _covariates(
    experiment: ExperimentSpec, metric: MetricSpec, unit: Unit, facts: Facts
) -> dict[str, Number | None]:
    """What is known of a unit from before its exposure; None for what is not."""
    before = (unit.at - timedelta(days=metric.cuped.lookback_days), unit.at)
    found: dict[str, Number | None] = {}
    for column, terms in columns_of(metric).items():
        events = _events(experiment, facts, terms, unit, before)
        found[f"x_{column}"] = column_value(metric, terms, events, is_history=True)
    for covariate in metric.covariates:
        if covariate.measure is not None:
            terms = [Term(covariate.measure)]
            (events,) = _events(experiment, facts, terms, unit, before)
            found[f"x_{covariate.name}"] = value_of(terms[0], events) or Number(0.0, 0.0)
    if not unit.is_observable:
        found = dict.fromkeys(found)
    for covariate in metric.covariates:
        if covariate.attribute is not None:
            number = None if unit.score is None else Number(unit.score, abs(unit.score))
            found[f"x_{covariate.name}"] = number
    return found


def _events(
    experiment: ExperimentSpec,
    facts: Facts,
    terms: Sequence[Term],
    unit: Unit,
    between: tuple[datetime, datetime],
) -> list[list[Event]]:
    """The unit's events from an instant until before another, for each term."""
    since, until = between
    return [
        [
            event
            for event in facts[term.measure.fact]
            if event.at is not None
            and since <= event.at < until
            and unit.unit == (event.device if experiment.unit == "device" else event.unit)
        ]
        for term in terms
    ]


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
