"""The same effect's intervals at another level."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abstats.inference import estimate_effect, with_alpha
from abstats.moments import Moments

from .rows import share
from .test_estimate import SEEDS, WAYS, sample

BOUNDS = ("ci_lower", "ci_upper", "relative_ci_lower", "relative_ci_upper")


@given(SEEDS, WAYS, st.floats(1e-4, 0.5))
def test_equals_estimating_at_that_level(seed, way, alpha) -> None:
    kind, estimator = way
    arms = sample(seed, kind)
    at_five = estimate_effect(kind, *arms, estimator=estimator)
    again = estimate_effect(kind, *arms, estimator=estimator, alpha=alpha)
    moved = with_alpha(at_five, alpha)
    assert [moved.status, moved.p_value, moved.mde] == [again.status, again.p_value, at_five.mde]
    for bound in BOUNDS:
        expected = getattr(again, bound)
        assert getattr(moved, bound) == pytest.approx(expected, rel=1e-12, nan_ok=True)


@given(st.integers(0, 50), st.integers(0, 50), st.floats(1e-4, 0.5))
def test_equals_estimating_a_proportion_at_that_level(x0, x1, alpha) -> None:
    arms = share(x0, 50), share(x1, 60)
    moved = with_alpha(estimate_effect("proportion", *arms), alpha)
    again = estimate_effect("proportion", *arms, alpha=alpha)
    for bound in BOUNDS:
        expected = getattr(again, bound)
        assert getattr(moved, bound) == pytest.approx(expected, rel=1e-12, nan_ok=True)


@given(SEEDS, WAYS)
def test_a_smaller_level_widens(seed, way) -> None:
    kind, estimator = way
    effect = estimate_effect(kind, *sample(seed, kind), estimator=estimator)
    wider = with_alpha(effect, 0.01)
    assert wider.ci_lower < effect.ci_lower
    assert wider.ci_upper > effect.ci_upper
    if wider.status == "ok":
        assert wider.relative_ci_lower < effect.relative_ci_lower
        assert wider.relative_ci_upper > effect.relative_ci_upper


def test_a_failed_effect_stays_as_it_is() -> None:
    failed = estimate_effect("proportion", share(1, 10), Moments.from_rows(("y",), []))
    assert failed is with_alpha(failed, 0.01)


def test_the_relative_interval_may_become_unbounded_at_a_stricter_level() -> None:
    effect = estimate_effect("mean", share(6, 100), share(9, 100))
    assert effect.status == "ok"
    wider = with_alpha(effect, 0.001)
    assert wider.status == "relative_unbounded"
    assert math.isnan(wider.relative_ci_lower)
    assert math.isfinite(wider.ci_lower)


def test_the_level_is_checked() -> None:
    effect = estimate_effect("mean", share(6, 100), share(9, 100))
    with pytest.raises(ValueError, match=r"alpha == 0, must be > 0 and < 1"):
        with_alpha(effect, 0)
