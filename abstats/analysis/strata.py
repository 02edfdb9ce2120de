"""The strata that a comparison is made in: allocation periods, and values within them."""

from __future__ import annotations

from functools import reduce
from itertools import groupby
from typing import NamedTuple

from abstats.analysis.comparisons import Comparison
from abstats.inference import left_out_strata, merge_sparse_strata
from abstats.moments import Moments
from abstats.spec.strata import period_of


class StratifiedArms(NamedTuple):
    """Two arms, stratum by stratum.

    Attributes:
        control: Control's cell of each stratum; one where nothing is stratified.
        treatment: The treatment's, likewise.
        left_out: Which of them no estimate uses and why, in words; empty where all are used, or
            none is.
    """

    control: list[Moments]
    treatment: list[Moments]
    left_out: str


def in_periods(comparison: Comparison) -> StratifiedArms:
    """One stratum per allocation period; a single one without a ramp."""
    strata = {
        period: ([_merged(control)], [_merged(treatment)])
        for period, (control, treatment) in _by_period(comparison).items()
    }
    return _arms(strata)


def in_values(comparison: Comparison) -> StratifiedArms:
    """One stratum per value of the post-stratifying segment in each period.

    Values with fewer than two units of an arm are merged into the largest of their period, never
    into another period.
    """
    strata = {
        period: merge_sparse_strata(control, treatment)
        for period, (control, treatment) in _by_period(comparison).items()
    }
    return _arms(strata)


def pooled(comparison: Comparison) -> tuple[Moments, Moments]:
    """Control and treatment over all strata: what no ramp keeps apart (`check_project`)."""
    return _merged(list(comparison.control)), _merged(list(comparison.treatment))


def _by_period(comparison: Comparison) -> dict[str, tuple[list[Moments], list[Moments]]]:
    """The arms' cells by period. Strata are sorted, so those of a period are neighbours."""
    cells = zip(comparison.strata, comparison.control, comparison.treatment, strict=True)
    found = {}
    for period, members in groupby(cells, lambda row: period_of(comparison.experiment, row[0])):
        _, control, treatment = zip(*members, strict=True)
        found[period] = (list(control), list(treatment))
    return found


def _arms(strata: dict[str, tuple[list[Moments], list[Moments]]]) -> StratifiedArms:
    names = [period for period, (control, _) in strata.items() for _ in control]
    control = [cell for cells, _ in strata.values() for cell in cells]
    treatment = [cell for _, cells in strata.values() for cell in cells]
    left = left_out_strata(control, treatment)
    if not left or len(left) == len(names):
        return StratifiedArms(control, treatment, "")
    listed = ", ".join(f"{names[k]} ({control[k].n + treatment[k].n:,} units)" for k in left)
    reason = f"Left out, with fewer than two units of an arm: allocation period {listed}."
    return StratifiedArms(control, treatment, reason)


def _merged(cells: list[Moments]) -> Moments:
    return reduce(Moments.merge, cells)
