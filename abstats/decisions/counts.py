"""Exposure counts: what the log says before anything is filtered."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

from abstats.spec.experiment import ExperimentSpec
from abstats.spec.strata import period_of

EXPOSURE_ROWS = "exposure_rows"
ROWS_OUTSIDE_DATES = "rows_outside_dates"
ROWS_MISSING_VARIANT = "rows_missing_variant"
ROWS_MISSING_UNIT = "rows_missing_unit"
UNITS = "units"
UNITS_IN_SEVERAL_VARIANTS = "units_in_several_variants"
UNITS_ACTIVE_BEFORE_EXPOSURE = "units_active_before_exposure"


class _Key(NamedTuple):
    """A count's place: its name, its variant (None for rows without one) and its period."""

    count_name: str
    variant_id: str | None
    period: str


@dataclass(frozen=True)
class Counts:
    """The exposure counts of one experiment.

    Attributes:
        n: Count by count name, variant and allocation period (that of the first exposure; "all"
            for counts of rows, and without a ramp); a count that is not there is zero.
    """

    n: dict[_Key, int]

    def of(self, count_name: str, variant_id: str | None) -> int:
        """One count of one variant."""
        return sum(
            n
            for key, n in self.n.items()
            if key.count_name == count_name and key.variant_id == variant_id
        )

    def total(self, count_name: str) -> int:
        """One count over all variants of the log, known or not, and rows without a variant."""
        return sum(n for key, n in self.n.items() if key.count_name == count_name)

    def over(self, count_name: str, variants: Iterable[str]) -> list[int]:
        """One count for each of the variants."""
        return [self.of(count_name, variant) for variant in variants]

    def in_periods(
        self, count_name: str, variants: Collection[str], periods: Iterable[str]
    ) -> list[list[int]]:
        """One count by period and variant."""
        return [
            [self.n.get(_Key(count_name, variant, period), 0) for variant in variants]
            for period in periods
        ]

    def variants(self, count_name: str) -> dict[str, int]:
        """The variants of the log that have the count, by name."""
        names = {key.variant_id for key in self.n if key.variant_id is not None}
        found = {name: self.of(count_name, name) for name in sorted(names)}
        return {name: n for name, n in found.items() if n > 0}


def read_counts(table: pa.Table, experiments: Iterable[ExperimentSpec]) -> dict[str, Counts]:
    """Counts of the experiments from the rows of int_experiment_exposure_counts.

    Raises:
        ValueError: A count comes twice.
    """
    specs = {experiment.name: experiment for experiment in experiments}
    found: dict[str, dict[_Key, int]] = {name: {} for name in specs}
    seen: set[tuple[str, str, str | None, str]] = set()
    names = ("experiment_id", "count_name", "variant_id", "stratum", "n")
    columns = (table.column(name).to_pylist() for name in names)
    for experiment_id, count_name, variant_id, stratum, n in zip(*columns, strict=True):
        place = experiment_id, count_name, variant_id, stratum
        if place in seen:
            raise ValueError(
                f"experiment {experiment_id!r}: count {count_name!r} of variant {variant_id!r} "
                f"in stratum {stratum!r} comes twice, must have one row."
            )
        seen.add(place)
        if experiment_id in specs:
            key = _Key(count_name, variant_id, period_of(specs[experiment_id], stratum))
            counts = found[experiment_id]
            counts[key] = counts.get(key, 0) + int(n or 0)
    return {experiment: Counts(counts) for experiment, counts in found.items()}
