"""Looks in order: the running p-value, and looks that lost units."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abstats.inference import estimate_effect
from abstats.inference.anytime import always_valid, follow_looks
from abstats.moments import Moments

OPTIONS = {"planned": (10_000, 10_000), "counts_each_unit_once": True}


def effect_at(n, lift=0.0):
    arms = [Moments(("y",), n, np.array([1.0 + d]), np.array([[1.0]])) for d in (0.0, lift)]
    return estimate_effect("mean", *arms)


@given(st.lists(st.tuples(st.integers(0, 5_000), st.floats(-0.2, 0.2)), max_size=12))
def test_the_running_p_value_is_the_smallest_so_far(steps) -> None:
    units = np.cumsum([n for n, _ in steps])
    effects = [effect_at(int(n), lift) for n, (_, lift) in zip(units, steps, strict=True)]
    looks = follow_looks(effects, **OPTIONS)
    p_values = []
    for look, effect in zip(looks, effects, strict=True):
        alone = always_valid(effect, **OPTIONS)
        assert look.result == alone or math.isnan(alone.p_value)
        p_values += [] if math.isnan(alone.p_value) else [alone.p_value]
        assert look.running_p_value == min(p_values) if p_values else True
        assert math.isnan(look.running_p_value) == (not p_values)


def test_bounds_of_a_look_are_not_cut_by_those_of_earlier_looks() -> None:
    """An effect that vanishes: later bounds may lie outside earlier ones, and say so."""
    early, late = follow_looks([effect_at(2_000, 0.3), effect_at(20_000, 0.0)], **OPTIONS)
    assert early.result.ci_lower > 0.1
    assert late.result.ci_lower < 0 < late.result.ci_upper < early.result.ci_lower
    assert late.running_p_value == early.result.p_value < late.result.p_value


def test_a_look_that_lost_units_has_no_numbers_and_is_not_remembered() -> None:
    effects = [effect_at(2_000), effect_at(1_500, 1.0), effect_at(1_900, 1.0), effect_at(2_100)]
    looks = follow_looks(effects, **OPTIONS)
    assert [look.result.status for look in looks] == [
        "ok",
        "information_backwards",
        "information_backwards",
        "ok",
    ]
    assert (
        looks[1].result.status_reason == "The arms have 1500 and 1500 units, after 2000 and 2000."
    )
    assert math.isnan(looks[1].result.p_value)
    assert looks[1].running_p_value == looks[0].running_p_value == 1.0


def test_the_same_data_looked_at_again_is_the_same_look() -> None:
    one, again = follow_looks([effect_at(2_000, 0.1)] * 2, **OPTIONS)
    assert one == again


def test_looks_before_any_data_have_no_p_value() -> None:
    looks = follow_looks([effect_at(0), effect_at(1), effect_at(50), effect_at(500)], **OPTIONS)
    assert [look.result.status for look in looks] == [
        "no_data",
        "too_few_units",
        "too_early",
        "ok",
    ]
    assert [math.isnan(look.running_p_value) for look in looks] == [True, True, True, False]
    assert follow_looks([], **OPTIONS) == []


def test_a_refused_metric_is_refused_at_every_look() -> None:
    options = OPTIONS | {"counts_each_unit_once": False}
    looks = follow_looks([effect_at(500), effect_at(5_000)], **options)
    assert {look.result.status for look in looks} == {"open_ended_totals"}
    assert looks[-1].running_p_value != pytest.approx(0.0)
