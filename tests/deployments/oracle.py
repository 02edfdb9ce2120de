"""The laws of measurement in the plainest way: a loop over the rows of a log and two facts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

DAY = timedelta(days=1)
MISSING_SEGMENT = "(missing)"


@dataclass(frozen=True)
class Exposure:
    """A row of the log."""

    experiment: str
    user: int | None
    variant: str | None
    at: datetime
    first_seen_at: datetime | None
    platform: str | None


@dataclass(frozen=True)
class Event:
    """A row of a fact; `values` holds its measures, None for NULL."""

    user: int
    at: datetime
    values: dict[str, float | None]


@dataclass(frozen=True)
class Metric:
    """A metric as the oracle needs it.

    Attributes:
        name: Its name.
        fact: "plays" or "orders".
        numerator: Measure.
        denominator: Measure of a ratio.
        kind: "mean", "proportion" or "ratio".
        lookback: Length of the covariate's period, None without covariate.
        excludes: Units without any value are left out.
    """

    name: str
    fact: str
    numerator: str
    denominator: str | None = None
    kind: str = "mean"
    lookback: timedelta | None = None
    excludes: bool = False


@dataclass(frozen=True)
class Experiment:
    """An experiment as the oracle needs it; `windows` has None for an open-ended metric."""

    name: str
    start: datetime
    end: datetime
    windows: dict[str, timedelta | None]
    has_platform: bool = False


@dataclass
class Unit:
    """An exposed unit."""

    variant: str
    at: datetime
    platform: str
    variants: set[str] = field(default_factory=set)
    first_seen_at: datetime | None = None

    @property
    def is_observable(self) -> bool:
        """Seen a day or more before its exposure, or it is not known when."""
        return self.first_seen_at is None or self.first_seen_at <= self.at - DAY


def first_exposures(log: Iterable[Exposure], experiment: Experiment) -> dict[int, Unit]:
    """Unit by user: variant and platform of its first exposure within the dates (law 1)."""
    rows = [
        row
        for row in log
        if row.experiment == experiment.name
        and row.user is not None
        and row.variant is not None
        and experiment.start <= row.at < experiment.end
    ]
    units: dict[int, Unit] = {}
    # At one instant the variant decides, then the platform, NULL last.
    for row in sorted(
        rows, key=lambda row: (row.at, row.variant, row.platform is None, row.platform or "")
    ):
        unit = units.get(row.user)
        if unit is None:
            platform = MISSING_SEGMENT if row.platform is None else row.platform
            unit = units[row.user] = Unit(row.variant, row.at, platform)
        unit.variants.add(row.variant)
        if row.first_seen_at is not None and (
            unit.first_seen_at is None or row.first_seen_at < unit.first_seen_at
        ):
            unit.first_seen_at = row.first_seen_at
    return units


def total(
    metric: Metric, measure: str, events: Iterable[Event], start: datetime, end: datetime
) -> float | None:
    """A unit's total of a measure over [start, end); None without any value."""
    result: float | None = None
    for event in events:
        value = event.values[measure]
        if value is None or not start <= event.at < end:
            continue
        if metric.kind == "proportion":
            result = max(result or 0.0, 1.0 if value != 0 else 0.0)
        else:
            result = (result or 0.0) + value
    return result


def unit_rows(
    metric: Metric,
    experiment: Experiment,
    units: dict[int, Unit],
    facts: dict[str, list[Event]],
    data_ends_at: datetime,
) -> Iterator[tuple[Unit, dict[str, float | None]]]:
    """Columns of every unit that counts; a covariate that could not be observed is None."""
    window = experiment.windows[metric.name]
    by_user = defaultdict(list)
    for event in facts[metric.fact]:
        by_user[event.user].append(event)
    measures = {"y": metric.numerator}
    if metric.denominator is not None:
        measures["d"] = metric.denominator
    for user, unit in units.items():
        if unit.at >= data_ends_at:
            continue
        if window is None:
            until = min(experiment.end, data_ends_at)
        else:
            until = unit.at + window
            if until > data_ends_at:
                continue  # Law 7: its window is not complete.
        events = by_user[user]
        row: dict[str, float | None] = {}
        for column, measure in measures.items():
            row[column] = total(metric, measure, events, unit.at, until)
        if metric.excludes and None in row.values():
            continue
        for column in measures:
            row[column] = row[column] or 0.0  # Law 3: no events are a zero.
        if metric.lookback is not None:
            for column, measure in measures.items():
                before = total(metric, measure, events, unit.at - metric.lookback, unit.at)
                row[f"x_{column}"] = (before or 0.0) if unit.is_observable else None
            row["missing"] = 0.0 if unit.is_observable else 1.0
        yield unit, row


def cells(
    metric: Metric,
    experiment: Experiment,
    units: dict[int, Unit],
    facts: dict[str, list[Event]],
    data_ends_at: datetime,
) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
    """Rows of every cell by variant, segment name and segment value.

    Covariates are centred on the mean of the observable units, the others filled with that mean;
    a ratio's keep their mean. Whether a unit has an outcome does not matter for that mean.
    """
    counted = list(unit_rows(metric, experiment, units, facts, data_ends_at))
    everybody = replace(metric, excludes=False)
    all_rows = list(unit_rows(everybody, experiment, units, facts, data_ends_at))
    for column in ("x_y", "x_d"):
        known = [row[column] for _, row in all_rows if row.get(column) is not None]
        if not any(column in row for _, row in counted):
            continue
        centre = sum(known) / len(known)
        for _, row in counted:
            filled = centre if row[column] is None else row[column]
            row[column] = filled if metric.kind == "ratio" else filled - centre
    result = defaultdict(list)
    for unit, row in counted:
        result[unit.variant, "all", "all"].append(row)
        if experiment.has_platform:
            result[unit.variant, "platform", unit.platform].append(row)
    return result


def mean_and_covariance(rows: list[dict[str, float]], a: str, b: str) -> tuple[float, float, Any]:
    """Means of two columns and their sample covariance, None for one row."""
    n = len(rows)
    mean_a = sum(row[a] for row in rows) / n
    mean_b = sum(row[b] for row in rows) / n
    if n == 1:
        return mean_a, mean_b, None
    products = sum((row[a] - mean_a) * (row[b] - mean_b) for row in rows)
    return mean_a, mean_b, products / (n - 1)
