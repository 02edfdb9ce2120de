"""Exposure counts: what the log says before anything is filtered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

EXPOSURE_ROWS = "exposure_rows"
ROWS_OUTSIDE_DATES = "rows_outside_dates"
ROWS_MISSING_VARIANT = "rows_missing_variant"
ROWS_MISSING_UNIT = "rows_missing_unit"
UNITS = "units"
UNITS_IN_SEVERAL_VARIANTS = "units_in_several_variants"
UNITS_ACTIVE_BEFORE_EXPOSURE = "units_active_before_exposure"


class _Key(NamedTuple):
    """A count's place: its name and its variant, None for rows without one."""

    count_name: str
    variant_id: str | None


@dataclass(frozen=True)
class Counts:
    """The exposure counts of one experiment.

    Attributes:
        n: Count by count name and variant; a count that is not there is zero.
    """

    n: dict[_Key, int]

    def of(self, count_name: str, variant_id: str | None) -> int:
        """One count of one variant."""
        return self.n.get(_Key(count_name, variant_id), 0)

    def total(self, count_name: str) -> int:
        """One count over all variants of the log, known or not, and rows without a variant."""
        return sum(n for key, n in self.n.items() if key.count_name == count_name)

    def over(self, count_name: str, variants: Iterable[str]) -> list[int]:
        """One count for each of the variants."""
        return [self.of(count_name, variant) for variant in variants]

    def variants(self, count_name: str) -> dict[str, int]:
        """The variants of the log that have the count, by name."""
        found = {
            key.variant_id: n
            for key, n in self.n.items()
            if key.count_name == count_name and key.variant_id is not None and n > 0
        }
        return dict(sorted(found.items()))


def read_counts(table: pa.Table) -> dict[str, Counts]:
    """Counts by experiment from the rows of int_experiment_exposure_counts.

    Raises:
        ValueError: A count comes twice.
    """
    found: dict[str, dict[_Key, int]] = {}
    names = ("experiment_id", "count_name", "variant_id", "n")
    columns = (table.column(name).to_pylist() for name in names)
    for experiment_id, count_name, variant_id, n in zip(*columns, strict=True):
        counts = found.setdefault(experiment_id, {})
        key = _Key(count_name, variant_id)
        if key in counts:
            raise ValueError(
                f"experiment {experiment_id!r}: count {count_name!r} of variant {variant_id!r} "
                "comes twice, must have one row."
            )
        counts[key] = int(n or 0)
    return {experiment: Counts(counts) for experiment, counts in found.items()}
