"""Contributions add up to the parent's effect, and what is left is shown."""

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abstats.inference import ArmMeans, contributions, estimate_effect
from abstats.inference.contributions import MOST_FACTORS
from abstats.moments import Moments

from .test_strata import cells, world

VALUES = st.floats(-1e3, 1e3).filter(lambda v: v == 0 or abs(v) > 1e-3)
CHILDREN = st.lists(st.builds(ArmMeans, VALUES, VALUES), min_size=1, max_size=5)


def parent_of(composition, children):
    combine = math.fsum if composition == "sum" else math.prod
    return ArmMeans(*(combine(arm) for arm in zip(*children, strict=True)))


@given(st.sampled_from(["sum", "product"]), CHILDREN)
def test_contributions_and_residual_add_up_to_the_parents_effect(composition, children) -> None:
    parent = parent_of(composition, children)
    result = contributions(composition, parent, children)
    effect = parent.treatment - parent.control
    # Large contributions of both signs leave the rounding of their size.
    levels = (v for child in children for v in child)
    size = max(map(abs, (*parent, *levels, *result.contributions)))
    assert result.status == "ok"
    assert math.fsum(result.contributions) == pytest.approx(effect, rel=1e-9, abs=1e-12 * size)
    assert result.residual == pytest.approx(0.0, abs=1e-9 * abs(effect) + 1e-12 * size)


@given(CHILDREN)
def test_a_factors_contribution_is_its_step_averaged_over_all_orders(children) -> None:
    """The definition of Shapley's value, order by order."""
    orders = list(permutations(range(len(children))))
    expected = np.zeros(len(children))
    for order in orders:
        at = [child.control for child in children]
        for i in order:
            before = math.prod(at)
            at[i] = children[i].treatment
            expected[i] += (math.prod(at) - before) / len(orders)
    result = contributions("product", parent_of("product", children), children)
    scale = math.prod(max(abs(v) for v in child) for child in children)
    assert result.contributions == pytest.approx(expected, rel=1e-9, abs=1e-11 * scale)


def test_two_factors_by_hand() -> None:
    """2 x 10 becomes 3 x 8: +1 at a mean of 9, -2 at a mean of 2.5."""
    children = [ArmMeans(2, 3), ArmMeans(10, 8)]
    assert contributions("product", ArmMeans(20, 24), children) == ((9.0, -5.0), 0.0, "ok", "")


def test_three_factors_are_suns_complete_decomposition() -> None:
    """Sun (1998), eq. 13: x' y z + (x' y' z + x' y z') / 2 + x' y' z' / 3, x' the change in x."""
    x, y, z = (4.0, 5.5), (2.0, 1.7), (0.3, 0.9)
    dx, dy, dz = (b - a for a, b in (x, y, z))
    expected = dx * y[0] * z[0] + dx * (dy * z[0] + y[0] * dz) / 2 + dx * dy * dz / 3
    children = [ArmMeans(*pair) for pair in (x, y, z)]
    result = contributions("product", parent_of("product", children), children)
    assert result.contributions[0] == pytest.approx(expected, rel=1e-12)


def test_small_changes_are_split_as_by_the_logarithmic_mean() -> None:
    """Ang (2004): L(parent) ln(ratio of the child); they differ by the third order."""
    children = [ArmMeans(2.0, 2.06), ArmMeans(7.0, 6.93), ArmMeans(0.5, 0.51)]
    parent = parent_of("product", children)
    mean = (parent.treatment - parent.control) / math.log(parent.treatment / parent.control)
    expected = [mean * math.log(child.treatment / child.control) for child in children]
    result = contributions("product", parent, children)
    assert result.contributions == pytest.approx(expected, rel=1e-3)


def test_zeros_and_signs_are_no_obstacle() -> None:
    children = [ArmMeans(0.0, 0.2), ArmMeans(-3.0, 5.0)]
    result = contributions("product", ArmMeans(0.0, 1.0), children)
    assert result.contributions == pytest.approx((0.2, 0.8))
    assert result.status == "ok"


def test_revenue_is_orders_times_value_of_an_order(tea_tasting) -> None:
    """tea_tasting: means over users, and a ratio of such means."""
    variant = tea_tasting["variant"]
    moments = [
        Moments.from_rows(
            ("y", "d"),
            np.column_stack([tea_tasting["revenue"], tea_tasting["orders"]])[variant == arm],
        )
        for arm in (0, 1)
    ]
    revenue = estimate_effect("mean", *(m.select("y") for m in moments))
    orders = estimate_effect("mean", *(m.select("d").project([[1.0]], ("y",)) for m in moments))
    basket = estimate_effect("ratio", *moments)
    parent, *children = (
        ArmMeans(e.control_mean, e.treatment_mean) for e in (revenue, orders, basket)
    )
    result = contributions("product", parent, children)
    assert result.status == "ok"
    assert sum(result.contributions) == pytest.approx(revenue.estimate, rel=1e-9)


def test_estimates_in_strata_multiply_too_since_their_ratio_is_one_of_weighted_means() -> None:
    control, treatment = cells(world(18, [(300, 30), (100, 120)]), "y", "d")
    y = estimate_effect(
        "mean", [c.select("y") for c in control], [t.select("y") for t in treatment]
    )
    d = estimate_effect(
        "mean",
        *([c.select("d").project([[1.0]], ("y",)) for c in arm] for arm in (control, treatment)),
    )
    ratio = estimate_effect("ratio", control, treatment)
    parent, *children = (ArmMeans(e.control_mean, e.treatment_mean) for e in (y, d, ratio))
    assert contributions("product", parent, children).status == "ok"


def test_what_the_children_leave_unexplained_is_the_residual() -> None:
    children = [ArmMeans(1.0, 1.5), ArmMeans(2.0, 2.0)]
    result = contributions("sum", ArmMeans(4.0, 4.75), children)
    assert result.contributions == (0.5, 0.0)
    assert result.residual == 0.25
    assert result.status == "residual"
    assert result.status_reason == (
        "The sum of the children is 3 in control and 3.5 in the treatment, the parent 4 and 4.75."
    )
    # The same gap in both arms leaves no residual, and is told all the same.
    result = contributions("sum", ArmMeans(4.0, 4.5), children)
    assert (result.residual, result.status) == (0.0, "residual")


def test_an_effect_far_below_the_level_still_adds_up_to_nine_digits() -> None:
    children = [ArmMeans(1e8, 1e8 + 0.25), ArmMeans(3.0, 3.0)]
    result = contributions("product", parent_of("product", children), children)
    assert result.status == "ok"
    assert math.fsum(result.contributions) == pytest.approx(0.75, rel=1e-9)


def test_a_missing_mean_is_a_status() -> None:
    result = contributions("sum", ArmMeans(1.0, 2.0), [ArmMeans(1.0, math.nan)])
    assert result.status == "no_data"
    assert math.isnan(result.residual)
    assert math.isnan(result.contributions[0])


def test_misuse_is_told_by_name_value_and_rule() -> None:
    child = ArmMeans(1.0, 1.0)
    with pytest.raises(ValueError, match="composition == 'mean', must be one of"):
        contributions("mean", child, [child])
    with pytest.raises(ValueError, match=r"len\(children\) == 0, must be >= 1"):
        contributions("sum", child, [])
    with pytest.raises(ValueError, match=rf"len\(children\) == 13, must be <= {MOST_FACTORS}"):
        contributions("product", child, [child] * 13)
    assert contributions("product", child, [child] * MOST_FACTORS).status == "ok"
