"""What the children of a metric contributed to its effect."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from abstats.inference.checks import require_one_of

COMPOSITIONS = ("sum", "product")
EXACT = 1e-9
# Means of the arms come with rounding of this size relative to themselves.
ROUNDING = 1e-13
# A product of n has 2^(n - 1) terms per child.
MOST_FACTORS = 12
NAN = math.nan


class ArmMeans(NamedTuple):
    """A metric's values in the two arms, without covariate adjustment.

    Attributes:
        control: Control's value.
        treatment: The treatment's value.
    """

    control: float
    treatment: float


class Contributions(NamedTuple):
    """A parent's absolute effect as a sum over its children.

    Attributes:
        contributions: What each child contributed, in the parent's unit, in the order given; NaN
            where it cannot be had.
        residual: The parent's effect minus all contributions: zero but for rounding, or what the
            declared children leave unexplained. NaN without contributions.
        status: "ok", "no_data" or "residual".
        status_reason: The same in words; empty when all is well.
    """

    contributions: tuple[float, ...]
    residual: float
    status: str
    status_reason: str


def contributions(
    composition: str, parent: ArmMeans, children: Sequence[ArmMeans]
) -> Contributions:
    """Split a parent's effect over children of which it is the sum or the product.

    Sum: a child's contribution is its own effect, with that effect's interval. Product: the Shapley
    decomposition (Sun 1998, Energy Economics 20; Albrecht, Francois & Schoors 2002, Energy Policy
    30): the child's effect times the other children's product, averaged over the orders in which
    the children could go from control's value to the treatment's one by one; of two children, at
    the mean of the other's two values. It is exact at zero and negative values too, where the
    logarithmic mean (Ang 2004, Energy Policy 32) is undefined. It has no interval: that needs the
    children's joint moments.

    Args:
        composition: "sum" or "product".
        parent: The parent's values.
        children: The children's values, at least one; at most 12 factors.

    Raises:
        ValueError: The composition is unknown, or there are no children or too many.
    """
    require_one_of("composition", composition, COMPOSITIONS)
    if not children:
        raise ValueError("len(children) == 0, must be >= 1.")
    if composition == "product" and len(children) > MOST_FACTORS:
        raise ValueError(f"len(children) == {len(children)}, must be <= {MOST_FACTORS}.")
    values = [value for means in (parent, *children) for value in means]
    if not all(math.isfinite(value) for value in values):
        reason = "The parent or a child has no mean in an arm."
        return Contributions((NAN,) * len(children), NAN, "no_data", reason)
    parts = tuple(
        child.treatment - child.control
        if composition == "sum"
        else (child.treatment - child.control) * _others_product(children, i)
        for i, child in enumerate(children)
    )
    effect = parent.treatment - parent.control
    residual = effect - math.fsum(parts)
    combine = math.fsum if composition == "sum" else math.prod
    made = ArmMeans(*(combine(arm) for arm in zip(*children, strict=True)))
    # Large terms of both signs leave the rounding of their size.
    levels = [value for child in children for value in child] if composition == "sum" else []
    size = max(abs(value) for value in (*parent, *made, *parts, *levels))
    if abs(residual) <= EXACT * abs(effect) + ROUNDING * size and all(
        abs(ours - declared) <= EXACT * size for ours, declared in zip(made, parent, strict=True)
    ):
        return Contributions(parts, residual, "ok", "")
    reason = (
        f"The {composition} of the children is {made.control:.6g} in control and "
        f"{made.treatment:.6g} in the treatment, the parent {parent.control:.6g} and "
        f"{parent.treatment:.6g}."
    )
    return Contributions(parts, residual, "residual", reason)


def _others_product(children: Sequence[ArmMeans], i: int) -> float:
    """Product of the other children, averaged over who has changed before child i does.

    Of the orders of n children, those in which a given set of s changes first are a share of
    s! (n - 1 - s)! / n!.
    """
    others = [child for j, child in enumerate(children) if j != i]
    n = len(children)
    terms = []
    for size in range(n):
        share = 1.0 / (n * math.comb(n - 1, size))
        for changed in combinations(range(n - 1), size):
            terms.append(
                share
                * math.prod(
                    child.treatment if j in changed else child.control
                    for j, child in enumerate(others)
                )
            )
    return math.fsum(terms)
