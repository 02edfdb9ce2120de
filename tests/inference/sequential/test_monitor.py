"""Looks of a running experiment: bounds, decisions and what cannot be judged."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from abstats.inference.sequential import (
    FutilityPlan,
    Plan,
    futility_bounds,
    futility_design,
    monitor,
    spending_bounds,
)

from .oracles import canonical_correlation, equal, score_paths
from .test_spending import OBRIEN_FLEMING, POCOCK

PLAN = Plan(alpha=0.05, spending=POCOCK)
NAN = np.nan


def decisions(plan, fractions, statistics, **arguments):
    return [look.decision for look in monitor(plan, fractions, statistics, **arguments)]


def test_every_look_has_the_bounds_known_at_that_look() -> None:
    t = [0.2, 0.5, 1.0]
    looks = monitor(PLAN, t, [0.5, 1.0, 1.5])
    bounds = spending_bounds(t, alpha=0.05, spending=POCOCK)
    assert [look.upper for look in looks] == bounds.upper.tolist()
    assert [look.alpha_spent for look in looks] == bounds.alpha_spent.tolist()
    assert [look.decision for look in looks] == ["continue", "continue", "not_rejected"]
    assert {look.status for look in looks} == {"ok"}


def test_a_rejection_stands_at_later_looks() -> None:
    assert decisions(PLAN, [0.2, 0.5, 0.8], [1.0, 3.0, 0.1]) == ["continue"] + ["reject_upper"] * 2
    assert decisions(PLAN, [0.2, 0.5, 1.0], [-3.0, 3.0, 0.1]) == ["reject_lower"] * 3
    one_sided = PLAN._replace(sides=1)
    assert decisions(one_sided, [0.2, 1.0], [-9.0, -9.0]) == ["continue", "not_rejected"]


def test_looks_without_data_or_news_spend_nothing_and_say_why() -> None:
    fractions = [NAN, 0.0, 0.3, 0.3, 0.25, 0.6, np.inf]
    looks = monitor(PLAN, fractions, [NAN, 0.0, 1.0, 9.0, 9.0, 1.2, 1.0])
    assert [look.status for look in looks] == [
        "no_data",
        "no_data",
        "ok",
        "no_new_information",
        "information_backwards",
        "ok",
        "no_data",
    ]
    alone = monitor(PLAN, [0.3, 0.6], [1.0, 1.2])
    assert [looks[2], looks[5]] == alone
    assert {look.decision for look in looks} == {"continue"}
    for look in looks:
        assert np.isnan(look.upper) == (look.status != "ok") == bool(look.status_reason)
    assert "0.25 of the plan, after 0.3 before" in looks[4].status_reason


def test_looks_beyond_the_plan_are_not_judged() -> None:
    looks = monitor(PLAN, [0.5, 1.02, 1.5], [1.0, 2.0, 9.0])
    assert [look.status for look in looks] == ["ok", "ok", "beyond_plan"]
    assert [look.decision for look in looks] == ["continue", "not_rejected", "continue"]
    assert np.isnan(looks[2].upper)


def test_a_final_look_without_news_spends_what_is_left_at_the_last_information() -> None:
    interim = spending_bounds([0.5, 0.8], alpha=0.05, spending=POCOCK)
    final = spending_bounds([0.5, 0.8], alpha=0.05, spending=POCOCK, is_final=True)
    z = (interim.upper[1] + final.upper[1]) / 2.0
    looks = monitor(PLAN, [0.5, 0.8, 0.8], [1.0, z, z], is_final=True)
    assert looks[1].upper == interim.upper[1]
    assert looks[2].upper == final.upper[1] < looks[1].upper
    assert [look.decision for look in looks] == ["continue", "continue", "reject_upper"]
    assert looks[2].alpha_spent == 0.05


def test_a_final_look_with_less_information_spends_nothing() -> None:
    """Its statistic is not the one that the last bound was made for: data was taken away."""
    looks = monitor(PLAN, [0.5, 0.8, 0.6], [1.0, 1.0, 9.0], is_final=True)
    assert looks[2].status == "information_backwards"
    assert looks[2].decision == "continue"
    assert np.isnan(looks[2].upper)
    assert looks[:2] == monitor(PLAN, [0.5, 0.8], [1.0, 1.0])


def test_no_looks_with_data_are_judged_without_error() -> None:
    assert [look.status for look in monitor(PLAN, [NAN, NAN], [NAN, NAN], is_final=True)] == [
        "no_data",
        "no_data",
    ]
    assert monitor(PLAN, [], []) == []


def test_futility_is_decided_by_its_bounds() -> None:
    t = equal(4)
    arguments = {"spending": OBRIEN_FLEMING, "beta_spending": POCOCK}
    for is_binding in (False, True):
        design = futility_design(t, alpha=0.025, power=0.8, is_binding=is_binding, **arguments)
        plan = Plan(
            alpha=0.025,
            spending=OBRIEN_FLEMING,
            sides=1,
            futility=FutilityPlan(0.2, POCOCK, design.drift, is_binding),
        )
        taken = [0.2, 0.6, 1.0]
        looks = monitor(plan, taken, [-2.0, 1.4, 4.0])
        bounds = futility_bounds(
            taken, drift=design.drift, alpha=0.025, beta=0.2, is_binding=is_binding, **arguments
        )
        assert [look.futility for look in looks] == bounds.futility.tolist()
        found = [look.decision for look in looks]
        # Non-binding: overruled, and the last look may still reject.
        assert found == (
            ["futility"] * 3 if is_binding else ["futility", "continue", "reject_upper"]
        )


@given(st.floats(-6, 6), st.sampled_from([1, 2]))
@settings(max_examples=20, deadline=None)
def test_the_fixed_p_value_at_the_nominal_level_decides_the_same(statistic, sides) -> None:
    look = monitor(PLAN._replace(sides=sides), [0.3, 0.7], [0.0, statistic])[1]
    fixed = stats.norm.sf(abs(statistic)) * 2 if sides == 2 else stats.norm.sf(statistic)
    if abs(fixed / look.nominal_alpha - 1.0) > 1e-9:
        assert (look.decision != "continue") == (fixed <= look.nominal_alpha)


def test_a_correlation_matrix_loses_the_rows_of_skipped_looks() -> None:
    t = np.array([0.2, 0.2, 0.6, 1.0])
    matrix = canonical_correlation([0.2, 0.2000001, 0.6, 1.0]) ** 0.7
    looks = monitor(PLAN, t, [0.0] * 4, correlation=matrix)
    kept = [0, 2, 3]
    bounds = spending_bounds(
        t[kept], alpha=0.05, spending=POCOCK, correlation=matrix[np.ix_(kept, kept)]
    )
    assert [looks[k].upper for k in kept] == bounds.upper.tolist()


def test_alpha_holds_whatever_looks_were_taken() -> None:
    """50,000 experiments on five schedules that do not depend on their effects."""
    rng = np.random.default_rng(409)
    for schedule in ([0.1, 0.2, 1.0], [0.5, 1.4], [0.3, 0.31, 0.7], [0.9], [0.2, 0.4, 0.6, 0.8]):
        looks = monitor(PLAN, schedule, np.zeros(len(schedule)), is_final=True)
        upper = np.array([look.upper for look in looks])
        z = np.abs(score_paths(rng, 50_000, schedule))
        share = (z >= upper).any(axis=1).mean()
        assert share == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 50_000))


def test_misuse_is_told_by_name_value_and_rule() -> None:
    with pytest.raises(ValueError, match=r"statistics\.shape == \(1,\), must be that of fractions"):
        monitor(PLAN, [0.1, 0.2], [1.0])
    with pytest.raises(ValueError, match=r"alpha == 0\.0, must be > 0 and < 1"):
        monitor(PLAN._replace(alpha=0.0), [0.5], [1.0])
    futility = FutilityPlan(0.2, POCOCK, 2.5)
    with pytest.raises(ValueError, match=r"must be None with futility bounds"):
        monitor(PLAN._replace(futility=futility), [0.5], [1.0], correlation=[[1.0]])
