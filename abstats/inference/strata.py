"""Strata: parts of the units within which the arms are compared, and their weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from abstats.inference.comparison import Failure
from abstats.moments import FloatArray, Moments

Arm = Moments | Sequence[Moments]
"""Moments of one arm: of all its units, or of each stratum's, in the other arm's order."""


@dataclass(frozen=True, eq=False)
class Strata:
    """Two arms, stratum by stratum; without strata there is one.

    A stratum is an allocation period or a value of an attribute, or a pair of them.

    Attributes:
        control: Moments of control in each stratum, all with the same columns. Length K.
        treatment: Moments of the treatment, likewise.
    """

    control: tuple[Moments, ...]
    treatment: tuple[Moments, ...]

    @classmethod
    def of(cls, control: Arm, treatment: Arm) -> Self:
        """The strata of two arms.

        Raises:
            ValueError: The arms have no strata, not equally many, or different columns.
        """
        arms = [(arm,) if isinstance(arm, Moments) else tuple(arm) for arm in (control, treatment)]
        counts = [len(arm) for arm in arms]
        if counts[0] == 0:
            raise ValueError("len(control) == 0, must be >= 1.")
        if counts[1] != counts[0]:
            raise ValueError(
                f"len(treatment) == {counts[1]}, must be len(control) == {counts[0]}: "
                "one cell of each arm for each stratum."
            )
        columns = arms[0][0].columns
        for cell in (*arms[0], *arms[1]):
            if cell.columns != columns:
                raise ValueError(f"columns == {cell.columns!r}, must be {columns!r}.")
        return cls(*arms)

    @property
    def arms(self) -> tuple[tuple[Moments, ...], tuple[Moments, ...]]:
        """Control's cells and the treatment's."""
        return self.control, self.treatment

    @property
    def cells(self) -> tuple[Moments, ...]:
        """The cells of both arms."""
        return (*self.control, *self.treatment)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of every cell."""
        return self.control[0].columns

    @property
    def arm_units(self) -> tuple[int, int]:
        """Units of control and of the treatment in all strata."""
        return sum(cell.n for cell in self.control), sum(cell.n for cell in self.treatment)

    @cached_property
    def units(self) -> int:
        """Units of both arms in all strata."""
        return sum(self.arm_units)

    @cached_property
    def weights(self) -> FloatArray:
        """Each stratum's share of the units of both arms, shape (K,)."""
        if len(self.control) == 1:
            return np.ones(1)
        return np.array([c.n + t.n for c, t in self]) / max(self.units, 1)

    @cached_property
    def means(self) -> list[FloatArray]:
        """Each arm's column means, weighted over strata."""
        columns = np.zeros(len(self.columns))
        return [
            sum((w * cell.mean for w, cell in zip(self.weights, arm, strict=True)), columns)
            for arm in self.arms
        ]

    def __iter__(self) -> Iterator[tuple[Moments, Moments]]:
        """Control's and the treatment's cell of each stratum."""
        return zip(self.control, self.treatment, strict=True)

    def select(self, *columns: str) -> Strata:
        """The same strata with fewer columns."""
        control, treatment = (tuple(cell.select(*columns) for cell in arm) for arm in self.arms)
        return Strata(control, treatment)

    def usable(self) -> Strata | Failure:
        """The strata with two units of each arm at least; the others are left out.

        Their units have nobody randomised beside them to be compared with. Merged into another
        period of a ramp they would bring back the confounding that strata are there to remove; of
        an attribute they can be merged beforehand, see `merge_sparse_strata`.
        """
        kept = _usable(self)
        if kept:
            control, treatment = (tuple(arm[k] for k in kept) for arm in self.arms)
            return Strata(control, treatment)
        for name, arm in zip(("control", "treatment"), self.arms, strict=True):
            units = sum(cell.n for cell in arm)
            if units == 0:
                return Failure("no_data", f"The {name} has no units.")
            if units == 1:
                return Failure("too_few_units", f"The {name} has one unit; a variance needs two.")
        return Failure("too_few_units", "No stratum has two units of each arm.")

    def standardised(self) -> list[Moments]:
        """Each arm as one cell: its weighted means, and n times the covariance of those."""
        return [self._standardised(arm) for arm in self.arms]

    def _standardised(self, arm: tuple[Moments, ...]) -> Moments:
        n = sum(cell.n for cell in arm)
        mean, cov = np.zeros(len(self.columns)), np.zeros((len(self.columns), len(self.columns)))
        for weight, cell in zip(self.weights, arm, strict=True):
            mean += weight * cell.mean
            cov += weight * weight * (n / cell.n) * cell.cov
        return Moments(self.columns, n, mean, cov)


def left_out_strata(control: Arm, treatment: Arm) -> tuple[int, ...]:
    """Positions of the strata that no estimate uses: an arm has fewer than two units there.

    Raises:
        ValueError: The arms do not have the same strata and columns.
    """
    strata = Strata.of(control, treatment)
    kept = _usable(strata)
    return tuple(k for k in range(len(strata.control)) if k not in kept)


def merge_sparse_strata(
    control: Sequence[Moments], treatment: Sequence[Moments]
) -> tuple[list[Moments], list[Moments]]:
    """Strata of an attribute with those of fewer than two units in an arm merged into the largest.

    Assignment does not depend on the attribute, so a merged stratum compares like with like; it
    loses precision only. Not for allocation periods: there, merge within each period. The largest
    is the stratum with the most units of both arms, the first of several.

    Raises:
        ValueError: The arms do not have the same strata and columns.
    """
    strata = Strata.of(control, treatment)
    kept = _usable(strata)
    sizes = [c.n + t.n for c, t in strata]
    target = max(kept or range(len(sizes)), key=lambda k: sizes[k])
    merged = []
    for arm in strata.arms:
        cell = arm[target]
        for k, other in enumerate(arm):
            if k != target and k not in kept:
                cell = cell.merge(other)
        merged.append([cell if k == target else arm[k] for k in sorted({target, *kept})])
    return merged[0], merged[1]


def _usable(strata: Strata) -> list[int]:
    return [k for k, (c, t) in enumerate(strata) if c.n >= 2 and t.n >= 2]
