"""A ratio is of differences within repetitions, has their range, and is none within noise."""

import pytest

from benchmarks.cost.comparison import Term, compared, cpu, wall
from benchmarks.cost.process import Cost


def costs(**steps):
    """Step -> costs with these CPU seconds; ten times as much time passes."""
    return {
        step: [Cost(cpu_seconds, 10 * cpu_seconds, 1.0) for cpu_seconds in seconds]
        for step, seconds in steps.items()
    }


def test_differences_are_taken_within_repetitions_and_then_their_medians():
    # Of medians taken first, 16 - 11 = 5 would be left.
    measured = costs(empty=[10, 12, 11], ours=[16, 16, 19], floor=[1, 2, 4])
    ratio = compared("ours / floor", cpu(measured, "ours", "empty"), cpu(measured, "floor"))
    # 6 / 1, 4 / 2 and 8 / 4.
    assert ratio[:4] == ("ours / floor", 6 / 2, 2.0, 6.0)
    assert ratio.reason is None
    assert ratio.measured == "3.00 (2.00 to 6.00)"


def test_experiments_whose_single_repetitions_flip_the_goal_are_within_noise():
    """CPU seconds of a run whose medians, taken first, gave 3.52 and met a goal of 4."""
    measured = costs(
        empty=[18.36, 16.98, 14.60], one=[19.24, 18.77, 15.90], many=[26.04, 19.73, 23.29]
    )
    many, one = (cpu(measured, step, "empty") for step in ("many", "one"))
    assert [a / b for a, b in zip(many.seconds, one.seconds, strict=True)] == pytest.approx(
        [7.68 / 0.88, 2.75 / 1.79, 8.69 / 1.30]
    )
    ratio = compared("20 / one", many, one, 4.0)
    assert ratio[:5] == ("20 / one", None, None, None, 4.0)
    assert ratio.measured == "within noise"
    assert ratio.reason == "within noise: 1.30 s are left of one less empty, which varies by 3.76"
    assert not ratio.verdict


def test_a_goal_is_judged_on_the_value_and_a_range_that_crosses_it_is_told():
    def verdict(goal):
        return compared("a", Term([6.0, 4.0, 8.0], "a"), Term([1.0, 2.0, 4.0], "b"), goal).verdict

    # 3, of 6, 2 and 2.
    assert verdict(7.0) == "met"
    assert verdict(6.0) == "met"
    assert verdict(3.0) == "met, not in every repetition"
    assert verdict(2.9) == "missed, not in every repetition"
    assert verdict(2.0) == "missed, not in every repetition"
    assert verdict(1.9) == "missed"
    assert not verdict(None)


def test_what_is_as_large_as_the_noise_is_compared():
    measured = costs(empty=[10.0, 12.0], ours=[12.0, 14.0])
    ours = cpu(measured, "ours", "empty")
    assert ours.noise == 2.0
    assert compared("a", ours, Term([1.0, 1.0], "b")).value == 2.0


@pytest.mark.parametrize("is_numerator", [True, False])
def test_a_negative_difference_is_within_noise_on_either_side(is_numerator):
    measured = costs(empty=[10.0, 10.0, 10.0], ours=[9.0, 9.5, 12.0])
    terms = [cpu(measured, "ours", "empty"), Term([1.0, 1.0, 1.0], "floor")]
    ratio = compared("a", *(terms if is_numerator else reversed(terms)))
    assert (ratio.value, ratio.low, ratio.high) == (None, None, None)
    assert "-0.50 s are left of ours less empty" in ratio.reason


def test_nothing_that_is_left_is_within_noise_where_the_empty_world_never_varied():
    measured = costs(empty=[10.0, 10.0], ours=[10.0, 10.0])
    ratio = compared("a", Term([1.0, 1.0], "a"), cpu(measured, "ours", "empty"))
    assert ratio.measured == "within noise"


def test_a_range_is_unclear_where_one_repetition_leaves_nothing_to_divide_by():
    measured = costs(empty=[10.0, 10.5, 11.0], ours=[12.0, 13.5, 10.0])
    ratio = compared("a", Term([4.0, 4.0, 4.0], "a"), cpu(measured, "ours", "empty"), 3.0)
    # 2, 3 and -1 are left.
    assert (ratio.value, ratio.low, ratio.high) == (2.0, None, None)
    assert ratio.measured == "2.00 (unclear)"
    assert ratio.verdict == "met, range unclear"
    assert ratio.reason == "unclear: in a repetition nothing is left of ours less empty"


def test_a_numerator_that_is_negative_once_makes_the_range_begin_below_zero():
    measured = costs(empty=[10.0, 10.5, 11.0], ours=[12.0, 13.5, 10.0])
    ratio = compared("a", cpu(measured, "ours", "empty"), Term([4.0, 2.0, 2.0], "b"))
    assert (ratio.value, ratio.low, ratio.high) == (1.0, -0.5, 1.5)


def test_of_one_repetition_nobody_knows_what_the_empty_world_varies_by():
    measured = costs(empty=[10.0], ours=[100.0], floor=[5.0], other=[10.0])
    ratio = compared("a", cpu(measured, "ours", "empty"), cpu(measured, "floor"))
    assert ratio.value is None
    assert ratio.measured == "unclear"
    assert "empty was measured once" in ratio.reason
    # Nothing is taken off.
    plain = compared("b", cpu(measured, "other"), cpu(measured, "floor"))
    assert (plain.value, plain.low, plain.high) == (2.0, 2.0, 2.0)


def test_work_per_unit_is_compared_after_the_noise_is():
    measured = costs(empty=[10.0, 12.0], small=[13.0, 15.0], large=[30.0, 32.0])
    terms = (cpu(measured, step, "empty") for step in ("large", "small"))
    ratio = compared("a", *terms, times=1 / 10)
    # 20 / 3, and a tenth of it per event.
    assert ratio.value == pytest.approx(2 / 3)
    assert (ratio.low, ratio.high) == pytest.approx((2 / 3, 2 / 3))


def test_time_that_passes_is_compared_too():
    measured = costs(one=[1.0, 2.0], two=[1.0, 1.0])
    assert wall(measured, "one").seconds == [10.0, 20.0]
    assert compared("a", wall(measured, "two"), wall(measured, "one")).low == 0.5


def test_steps_of_different_rounds_are_not_compared():
    with pytest.raises(ValueError, match="argument 2 is longer"):
        compared("a", Term([1.0], "a"), Term([1.0, 2.0], "b"))
