"""Adjusted p-values and interval levels against published lists, scipy and definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from abstats.inference import METHODS, adjust_p_values, interval_alphas

# Benjamini & Hochberg (1995), sec. 3.2.
BH_1995 = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
BH_1995 += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000]
SIX = [0.005, 0.06, 0.007, 0.04, 0.01, 0.03]
P_VALUES = st.lists(st.one_of(st.floats(0, 1), st.just(np.nan)), max_size=12)


@pytest.mark.parametrize(
    ("method", "rejections"),
    [("benjamini_hochberg", 4), ("bonferroni", 3), ("holm", 3), ("benjamini_yekutieli", 3)],
)
def test_rejections_among_the_fifteen_of_1995(method, rejections) -> None:
    assert int((adjust_p_values(BH_1995, method) <= 0.05).sum()) == rejections


@pytest.mark.parametrize(
    ("method", "printed"),
    [
        ("benjamini_hochberg", [0.02, 0.06, 0.02, 0.048, 0.02, 0.045]),
        ("benjamini_yekutieli", [0.049, 0.147, 0.049, 0.1176, 0.049, 0.11025]),
        ("holm", [0.03, 0.09, 0.035, 0.09, 0.04, 0.09]),
        ("bonferroni", [0.03, 0.36, 0.042, 0.24, 0.06, 0.18]),
        ("none", SIX),
    ],
)
def test_printed_adjustments_of_six(method, printed) -> None:
    np.testing.assert_allclose(adjust_p_values(SIX, method), printed, rtol=1e-12)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_false_discovery_adjustments_agree_with_scipy(p_values) -> None:
    for ours, theirs in (("benjamini_hochberg", "bh"), ("benjamini_yekutieli", "by")):
        expected = stats.false_discovery_control(p_values, method=theirs)
        np.testing.assert_allclose(adjust_p_values(p_values, ours), expected, rtol=1e-12)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.floats(0.01, 0.3))
def test_holm_steps_down_until_the_first_that_is_not_rejected(p_values, alpha) -> None:
    rejected = set()
    for step, i in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if p_values[i] * (len(p_values) - step) > alpha:
            break
        rejected.add(i)
    assert set(np.flatnonzero(adjust_p_values(p_values, "holm") <= alpha)) == rejected


@given(P_VALUES)
def test_missing_p_values_pass_through_and_do_not_count(p_values) -> None:
    known = [p for p in p_values if not np.isnan(p)]
    for method in METHODS:
        adjusted = adjust_p_values(p_values, method)
        assert np.isnan(adjusted).tolist() == np.isnan(p_values).tolist()
        assert adjusted[~np.isnan(adjusted)].tolist() == adjust_p_values(known, method).tolist()
        levels = interval_alphas([*p_values, 0.5], method, 0.05)
        assert levels.shape == (len(p_values) + 1,)
        assert levels[-1] == interval_alphas([*known, 0.5], method, 0.05)[-1]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0.01, 0.2))
def test_intervals_at_their_level_exclude_zero_exactly_where_the_test_rejects(p, alpha) -> None:
    for method in ("none", "bonferroni", "benjamini_hochberg", "benjamini_yekutieli"):
        adjusted = adjust_p_values(p, method)
        level = interval_alphas(p, method, alpha)
        clear = np.abs(adjusted - alpha) > 1e-12
        excludes_zero = np.asarray(p) <= level
        assert (excludes_zero == (adjusted <= alpha))[clear].all()


def test_interval_levels_follow_their_definitions() -> None:
    assert interval_alphas(SIX, "none", 0.05).tolist() == [0.05] * 6
    assert interval_alphas(SIX, "bonferroni", 0.05) == pytest.approx([0.05 / 6] * 6)
    assert interval_alphas(SIX, "holm", 0.05) == pytest.approx([0.05 / 6] * 6)
    assert interval_alphas(SIX, "benjamini_hochberg", 0.05) == pytest.approx([5 * 0.05 / 6] * 6)
    harmonic = 1 + 1 / 2 + 1 / 3 + 1 / 4 + 1 / 5 + 1 / 6
    expected = 3 * 0.05 / 6 / harmonic
    assert interval_alphas(SIX, "benjamini_yekutieli", 0.05) == pytest.approx([expected] * 6)
    assert interval_alphas([0.5, 0.9], "benjamini_hochberg", 0.05) == pytest.approx([0.025] * 2)


def test_misuse_is_told_by_name_value_and_rule() -> None:
    with pytest.raises(ValueError, match=r"method == 'sidak', must be one of"):
        adjust_p_values([0.5], "sidak")
    with pytest.raises(ValueError, match=r"p_values == \[1.5\], must be >= 0 and <= 1"):
        adjust_p_values([1.5], "holm")
    with pytest.raises(ValueError, match=r"alpha == 0.0, must be > 0 and < 1"):
        interval_alphas([0.5], "holm", 0.0)
