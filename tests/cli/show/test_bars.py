"""Bars: what a reader measures on them is what the numbers say."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from abstats.cli.show.bars import ASCII, UNICODE, Axis, Interval

CHANGES = st.floats(-0.9, 0.9, allow_nan=False).map(lambda change: round(change, 4))


@st.composite
def intervals(draw):
    lower, estimate, upper = sorted(draw(st.tuples(CHANGES, CHANGES, CHANGES)))
    return Interval(lower, estimate, upper, margins=draw(st.lists(CHANGES, max_size=2).map(tuple)))


def test_a_bar_is_drawn_where_it_lies():
    axis = Axis(-0.1, 0.1, 21, UNICODE)
    # One column is one percent; column 10 is no change.
    assert axis.draw(Interval(0.02, 0.04, 0.06)) == "          │ ├─●─┤    "
    assert axis.draw(Interval(-0.02, 0.01, 0.04)) == "        ├─┼●──┤      "
    assert axis.draw(Interval(0.01, 0.02, 0.03, margins=(-0.05,))) == "     ┊    │├●┤       "
    assert axis.draw(Interval(0.0, 0.02, 0.04, truth=0.05)) == "          ├─●─┤×     "
    assert axis.draw(Interval(0.0, 0.02, 0.04, truth=0.02)) == "          ├─⊗─┤      "
    assert axis.draw(Interval(-0.3, 0.0, 0.4)) == "◂─────────●─────────▸"
    assert axis.draw(None) == "          │          "
    assert axis.scale() == "-10%      0     +10%".replace("0     ", "0      ")


def test_an_interval_off_the_axis_points_to_where_it_is():
    axis = Axis(-0.1, 0.1, 21, UNICODE)
    assert axis.draw(Interval(0.3, 0.4, 0.5)) == "          │         ▸"
    assert axis.draw(Interval(-0.5, -0.4, -0.3)) == "◂         │          "


@given(st.lists(intervals(), min_size=1, max_size=6), st.integers(15, 35))
def test_every_bar_is_as_wide_as_the_axis_and_its_scale(found, width):
    axis = Axis.around(found, width, ASCII)
    assert {len(axis.draw(interval)) for interval in found} == {width}
    assert len(axis.scale()) == width
    assert axis.lower < 0 < axis.upper


@given(intervals(), st.integers(15, 35))
def test_a_single_bar_never_leaves_its_axis(interval, width):
    axis = Axis.around([interval], width, ASCII)
    assert axis.lower <= interval.lower
    assert interval.upper <= axis.upper
    assert not set(axis.draw(interval)) & {ASCII.beyond_left, ASCII.beyond_right}


@given(intervals(), st.integers(15, 35))
def test_the_estimate_stands_on_its_side_of_no_change(interval, width):
    axis = Axis.around([interval], width, ASCII)
    zero = axis.draw(None).index(ASCII.zero)
    column = axis.draw(interval).index(ASCII.estimate)
    assume(interval.estimate != 0)
    # Rounding to a column may put it on the line, never beyond.
    assert (column - zero) * interval.estimate >= 0


def test_one_very_wide_interval_does_not_flatten_the_others():
    usual = [Interval(0.01, 0.02, 0.03)] * 4
    axis = Axis.around([*usual, Interval(-4.0, 1.0, 6.0)], 35, UNICODE)
    assert axis.upper <= 0.1


@pytest.mark.parametrize("interval", [Interval(0.0, 0.0, 0.0), Interval(-1e-12, 0.0, 1e-12)])
def test_nothing_at_all_can_still_be_drawn(interval):
    axis = Axis.around([interval], 21, UNICODE)
    assert "●" in axis.draw(interval)


def test_an_axis_without_any_interval_exists():
    assert len(Axis.around([], 21, UNICODE).scale()) == 21
