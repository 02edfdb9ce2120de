"""A past experiment as the baseline of a new one: units and variance by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from abstats.analysis.cells import IS_CAPPED, Cell, read_cells
from abstats.analysis.comparisons import estimand_of
from abstats.cli.show.rows import ResultRow
from abstats.inference.comparison import Failure
from abstats.inference.design import Baseline, baseline_of
from abstats.moments import Moments
from abstats.spec.experiment import ExperimentSpec

MOMENT_COLUMNS = (*Cell._fields, "column_a", "column_b", "n", "mean_a", "mean_b", "cov_ab")
WEEK = 7
FEWEST_UNITS = 30
"""Units of control below which a variance says little about the next experiment."""
NOBODY = Moments((), 0, np.empty(0), np.empty((0, 0)))


class Look(NamedTuple):
    """A metric as it was at the end of a day.

    Attributes:
        day: Days since the start of the experiment, the first is 1.
        units: Units of all variants that counted by then.
        baseline: Of control's units by then.
    """

    day: int
    units: int
    baseline: Baseline


@dataclass(frozen=True)
class History:
    """A metric over the days of an experiment.

    Attributes:
        looks: One per analysis date with a baseline, by day; at least one.
        start_day: The last day on which no unit counted: 0, or with a window a later one.
        last_day: The last day with exposures and data: later units are extrapolated.
        is_cuped: The baselines are of residuals.
    """

    looks: tuple[Look, ...]
    start_day: int
    last_day: int
    is_cuped: bool

    def units(self, day: float) -> float:
        """Units that count by a day: between looks in proportion, later at the last week's rate."""
        known = self._counts
        if day <= self.start_day:
            return 0.0
        for (start, before), (end, after) in pairwise(known):
            if day <= end:
                return before + (after - before) * (day - start) / (end - start)
        return known[-1][1] + self.per_day * (day - known[-1][0])

    @property
    def per_day(self) -> float:
        """Units a day over the last week with exposures."""
        known = self._counts
        end, units = known[-1]
        start, before = next(
            (point for point in reversed(known) if point[0] <= end - WEEK), known[0]
        )
        return (units - before) / (end - start)

    @property
    def _counts(self) -> list[tuple[int, int]]:
        """Days and the units that counted by then, while units were exposed."""
        counts = [(look.day, look.units) for look in self.looks if look.day <= self.last_day]
        return [(self.start_day, 0), *counts]

    def baseline(self, day: float) -> Baseline:
        """The last baseline up to a day; the first of all where there is none."""
        return next(
            (look.baseline for look in reversed(self.looks) if look.day <= day),
            self.looks[0].baseline,
        )


def histories(
    experiment: ExperimentSpec, kinds: Mapping[str, str], moments: pa.Table
) -> dict[str, History | Failure]:
    """The history of each metric that has moments of its value.

    Args:
        experiment: The past experiment.
        kinds: Kind of each metric.
        moments: Rows of fct_experiment_moments of the whole population, current definitions.
    """
    by_day: dict[tuple[str, int, bool], dict[str, list[Moments]]] = {}
    for cell, found in read_cells(moments).items():
        if cell.variant_id not in experiment.variants or found.n == 0:
            continue
        day = (cell.analysis_date - experiment.start).days + 1
        arms = by_day.setdefault((cell.metric_name, day, cell.is_winsorised), {})
        arms.setdefault(cell.variant_id, []).append(_without_cap(found))
    return {name: _history(experiment, name, kind, by_day) for name, kind in kinds.items()}


def _history(
    experiment: ExperimentSpec,
    metric: str,
    kind: str,
    by_day: Mapping[tuple[str, int, bool], Mapping[str, Sequence[Moments]]],
) -> History | Failure:
    # A winsorised metric is judged by its capped values.
    capped = any(name == metric and is_capped for name, _, is_capped in by_day)
    cells = {
        day: arms
        for (name, day, is_capped), arms in by_day.items()
        if name == metric and is_capped == capped and day > 0
    }
    first_day = min((day for _, day, _ in by_day if day > 0), default=1)
    reason = f"On no day had {FEWEST_UNITS} units of control a value."
    failure = Failure("too_few_units", reason)
    for estimator in ("cuped", "unadjusted") if experiment.analysis.cuped else ("unadjusted",):
        looks = []
        for day in sorted(cells):
            control = reduce(Moments.merge, cells[day].get(experiment.control, [NOBODY]))
            if control.n < FEWEST_UNITS:
                continue
            baseline = baseline_of(estimand_of(kind), control, estimator)
            if isinstance(baseline, Failure):
                failure = baseline
                continue
            units = sum(cell.n for arm in cells[day].values() for cell in arm)
            looks.append(Look(day, units, baseline))
        if looks:
            return _of_looks(experiment, looks, first_day, is_cuped=estimator == "cuped")
    return failure


def _of_looks(
    experiment: ExperimentSpec, looks: Sequence[Look], first_day: int, *, is_cuped: bool
) -> History:
    """The history of these looks; `first_day` is the experiment's first analysis."""
    first, last = looks[0].day, looks[-1].day
    # Days were analysed before without a unit: a window was not complete. One look says no rate.
    start_day = first - 1 if first > first_day and len(looks) > 1 else 0
    last_day = max(min((experiment.end - experiment.start).days, last), first)
    return History(tuple(looks), start_day, last_day, is_cuped)


def history_of_effects(
    experiment: ExperimentSpec, results: Sequence[ResultRow]
) -> History | Failure:
    """The history of a quantile or Gini, from the standard errors of its past effects.

    Args:
        experiment: The past experiment.
        results: Its headline rows for one metric, treatments against control.
    """
    by_day: dict[int, list[ResultRow]] = {}
    for row in results:
        by_day.setdefault((row.analysis_date - experiment.start).days + 1, []).append(row)
    looks = []
    for day, rows in sorted(by_day.items()):
        row = max(rows, key=lambda row: row.treatment_n_units or 0)
        mean, error = row.control_mean, row.effect_abs_se
        # NULL where they are too few to be shown.
        sizes = row.control_n_units or 0, row.treatment_n_units or 0
        if day < 1 or mean is None or not error or sizes[0] < FEWEST_UNITS:
            continue
        units = sizes[0] + sum(row.treatment_n_units or 0 for row in rows)
        looks.append(Look(day, units, Baseline.of_standard_error(mean, error, *sizes)))
    if not looks:
        return Failure("no_data", "No effect of the past experiment has a standard error.")
    first_day = min((day for day in by_day if day > 0), default=1)
    return _of_looks(experiment, looks, first_day, is_cuped=False)


def _without_cap(moments: Moments) -> Moments:
    return moments.select(*(column for column in moments.columns if column != IS_CAPPED))
