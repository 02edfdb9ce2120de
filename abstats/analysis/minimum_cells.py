"""Cells of too few units are withheld, and what would give them away by subtraction with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from abstats.analysis.comparisons import Comparison, nobody
from abstats.inference import Effect
from abstats.moments import Moments

WITHHELD = "withheld"
"""Status of a comparison whose numbers are not shown."""

_Group = tuple[str, bool, str, str]
"""Metric, whether its values are capped, segment and variant: cells that add up to the variant's
units."""


def withheld_cells(sizes: Mapping[str, int], minimum: int) -> frozenset[str]:
    """Which of the cells that add up to a known total are withheld.

    Those of fewer units than the minimum. Where they have fewer than that together, the total
    minus the others would still show them: then the next smallest cell, by name among equals, goes
    with them. It has the minimum itself, so one is enough. Without units there is nobody to hide.

    Args:
        sizes: Units of each cell.
        minimum: The fewest units that may be shown; 0 and 1 withhold nothing.
    """
    withheld, units_withheld = set(), 0
    for name, size in sorted(sizes.items(), key=lambda item: (item[1], item[0])):
        if size >= minimum and not 0 < units_withheld < minimum:
            break
        if size > 0:
            withheld.add(name)
            units_withheld += size
    return frozenset(withheld)


def without_small_cells(comparisons: Iterable[Comparison], minimum: int) -> list[Comparison]:
    """The comparisons of one experiment and date, those of withheld cells without any unit.

    Args:
        comparisons: All of them, so that cells that add up are together.
        minimum: The fewest units of an arm that may be shown.
    """
    comparisons = list(comparisons)
    if minimum < 2:
        return comparisons
    sizes: defaultdict[_Group, dict[str, int]] = defaultdict(dict)
    for comparison in comparisons:
        for variant, arm in _arms(comparison):
            sizes[_group(comparison, variant)][comparison.segment_value] = _units(arm)
    withheld = {group: withheld_cells(cells, minimum) for group, cells in sizes.items()}
    return [
        _emptied(comparison, minimum)
        if any(
            comparison.segment_value in withheld[_group(comparison, variant)]
            for variant, _ in _arms(comparison)
        )
        else comparison
        for comparison in comparisons
    ]


def said_to_be_withheld(effect: Effect, minimum: int) -> Effect:
    """The effect of nobody, with the reason why."""
    reason = (
        f"An arm has fewer than {minimum} units, or would show a cell that has "
        "(var minimum_cell_size)."
    )
    return effect._replace(status=WITHHELD, status_reason=reason)


def _arms(comparison: Comparison) -> list[tuple[str, tuple[Moments, ...]]]:
    return [
        (comparison.control_id, comparison.control),
        (comparison.treatment_id, comparison.treatment),
    ]


def _group(comparison: Comparison, variant: str) -> _Group:
    return (
        comparison.metric.name,
        comparison.is_winsorised,
        comparison.segment_name,
        variant,
    )


def _units(arm: tuple[Moments, ...]) -> int:
    return sum(cell.n for cell in arm)


def _emptied(comparison: Comparison, minimum: int) -> Comparison:
    empty = tuple(nobody(cell.columns) for cell in comparison.control)
    return replace(comparison, control=empty, treatment=empty, ginis=None, withheld_below=minimum)
