"""Gini coefficients of two arms compared, on blocks of equally many units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from abstats.inference.checks import require_fraction
from abstats.inference.comparison import Comparison, Failure
from abstats.inference.effect import Effect
from abstats.inference.estimate import EMPTY, effect_of, finished
from abstats.inference.non_inferiority import NonInferiority, failed, require_margin, t_test
from abstats.moments import FloatArray

FEWEST_GROUPS = 10


@dataclass(frozen=True, eq=False)
class GiniArm:
    """Gini coefficients of one arm, from disjoint blocks of its units.

    A block holds `units_per_block` randomised units, dealt by a hash into B groups whose sizes
    differ by one at most. The coefficient is over the side that receives (the same creators for
    all arms, those without events too), or over the block's own units.

    Attributes:
        n: Units of the arm.
        units_per_block: Units of each block: the same in every arm that is compared, hence at most
            the units of the smallest.
        full: Gini of each block, shape (blocks,).
        without_group: Gini of each block without each of its groups, shape (blocks, B), B >= 10.

    Raises:
        ValueError: Shapes differ, there are fewer than 10 groups, or the blocks hold more units
            than the arm.
    """

    n: int
    units_per_block: int
    full: FloatArray
    without_group: FloatArray

    def __post_init__(self) -> None:
        full, without = np.shape(self.full), np.shape(self.without_group)
        if len(full) != 1 or len(without) != 2 or without[0] != full[0]:
            raise ValueError(f"full has shape {full}, without_group {without}, not (m,), (m, B).")
        if full[0] > 0 and without[1] < FEWEST_GROUPS:
            raise ValueError(f"groups == {without[1]}, must be >= {FEWEST_GROUPS}.")
        if self.units_per_block * full[0] > self.n:
            raise ValueError(
                f"units_per_block == {self.units_per_block} in {full[0]} blocks, "
                f"must be within n == {self.n}."
            )

    @property
    def value(self) -> float:
        """Mean over blocks."""
        return float(self.full.mean())

    @property
    def variance(self) -> float:
        """Squared standard error of `value` by the delete-a-group jackknife, block by block.

        Shao & Tu (1995), "The Jackknife and Bootstrap", sec. 2.3; Kott (2001), "The delete-a-group
        jackknife", J. Official Statistics 17.
        """
        blocks, groups = np.shape(self.without_group)
        apart = self.without_group - self.without_group.mean(axis=1, keepdims=True)
        # A coefficient lies in [0, 1]: what is left of equal ones is rounding.
        apart = np.where(np.abs(apart) < 1e-14, 0.0, apart)
        squares = float((apart**2).sum())
        return float(squares * (groups - 1) / groups / blocks**2)

    @property
    def degrees_of_freedom(self) -> int:
        """Groups minus one, over all blocks."""
        blocks, groups = np.shape(self.without_group)
        return int(blocks * (groups - 1))


def gini_effect(
    control: GiniArm, treatment: GiniArm, *, alpha: float = 0.05, power: float = 0.8
) -> Effect:
    """Difference of two arms' Gini coefficients at `units_per_block` units.

    A coefficient falls as units are added, so arms are compared at one size. No correction for
    bias: the jackknife's makes the A/A test reject 10 to 20 %.

    Args:
        control: Control's blocks.
        treatment: The treatment's blocks, of as many units each.
        alpha: Two-sided level of the intervals, in (0, 1).
        power: Power at which `mde` is detected, in (0, 1).

    Returns:
        An effect whose `test` is "jackknife_t".

    Raises:
        ValueError: An argument is outside its range, or `units_per_block` differs.
    """
    require_fraction("alpha", alpha)
    require_fraction("power", power)
    comparison = _compare(control, treatment)
    if isinstance(comparison, Failure):
        return EMPTY._replace(
            control_n=control.n,
            treatment_n=treatment.n,
            control_mean=control.value if len(control.full) else np.nan,
            treatment_mean=treatment.value if len(treatment.full) else np.nan,
            test="jackknife_t",
            status=comparison.status,
            status_reason=comparison.reason,
        )
    effect = effect_of(comparison)
    return finished(effect._replace(test="jackknife_t"), alpha, power)


def gini_non_inferiority(
    control: GiniArm,
    treatment: GiniArm,
    *,
    margin: float,
    relative: bool,
    direction: str,
    alpha: float = 0.05,
) -> NonInferiority:
    """Test a Gini's change in the bad direction against a margin, one-sided at `alpha`.

    Arguments and errors as for `non_inferiority` and `gini_effect`.
    """
    require_margin(margin, relative=relative, direction=direction, alpha=alpha)
    comparison = _compare(control, treatment)
    if isinstance(comparison, Failure):
        return failed(comparison)
    return t_test(comparison, margin, relative, 1.0 if direction == "increase" else -1.0, alpha)


def _compare(control: GiniArm, treatment: GiniArm) -> Comparison | Failure:
    arms = (control, treatment)
    failure = _unusable(arms)
    if failure is not None:
        return failure
    if treatment.units_per_block != control.units_per_block:
        raise ValueError(
            f"units_per_block == {treatment.units_per_block}, "
            f"must be {control.units_per_block} as in control."
        )
    first, second = control.variance, treatment.variance
    stds = [float(np.sqrt(arm.variance * len(arm.full) * arm.units_per_block)) for arm in arms]
    return Comparison(
        control_n=control.n,
        treatment_n=treatment.n,
        control=control.value,
        estimate=treatment.value - control.value,
        control_std=stds[0],
        treatment_std=stds[1],
        parts=np.array([[[first, -first], [-first, first]], [[0.0, 0.0], [0.0, second]]]),
        freedom=np.array([float(arm.degrees_of_freedom) for arm in arms]),
        unadjusted_variance=first + second,
    )


def _unusable(arms: Sequence[GiniArm]) -> Failure | None:
    for name, arm in zip(("control", "treatment"), arms, strict=True):
        if arm.n == 0:
            return Failure("no_data", f"The {name} has no units.")
        if len(arm.full) == 0:
            return Failure("no_data", f"The {name} has no block of units.")
        if not np.isfinite(arm.full).all():
            return Failure("no_data", f"The {name} has a block without a positive total.")
        if not np.isfinite(arm.without_group).all():
            reason = f"A block of the {name} has all its events in one group of units."
            return Failure("too_few_units", reason)
        groups = arm.without_group.shape[1]
        if arm.units_per_block < 2 * groups:
            reason = f"A block of the {name} has fewer than two units in each of {groups} groups."
            return Failure("too_few_units", reason)
    return None
