"""Adjusted p-values and interval levels against published lists, scipy and definitions."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from abstats.inference import (
    METHODS,
    WEIGHTED,
    adjust_p_values,
    gated_p_values,
    interval_alphas,
)

# Benjamini & Hochberg (1995), sec. 3.2.
BH_1995 = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
BH_1995 += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000]
SIX = [0.005, 0.06, 0.007, 0.04, 0.01, 0.03]
P_VALUES = st.lists(st.one_of(st.floats(0, 1), st.just(np.nan)), max_size=12)


@pytest.mark.parametrize(
    ("method", "rejections"),
    [
        ("benjamini_hochberg", 4),
        ("bonferroni", 3),
        ("holm", 3),
        ("hochberg", 3),
        ("benjamini_yekutieli", 3),
    ],
)
def test_rejections_among_the_fifteen_of_1995(method, rejections) -> None:
    assert int((adjust_p_values(BH_1995, method) <= 0.05).sum()) == rejections


@pytest.mark.parametrize(
    ("method", "printed"),
    [
        ("benjamini_hochberg", [0.02, 0.06, 0.02, 0.048, 0.02, 0.045]),
        ("benjamini_yekutieli", [0.049, 0.147, 0.049, 0.1176, 0.049, 0.11025]),
        ("holm", [0.03, 0.09, 0.035, 0.09, 0.04, 0.09]),
        ("hochberg", [0.03, 0.06, 0.035, 0.06, 0.04, 0.06]),
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


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_hochberg_agrees_with_statsmodels(p_values) -> None:
    expected = multipletests(p_values, method="simes-hochberg")[1]
    np.testing.assert_allclose(
        adjust_p_values(p_values, "hochberg"), expected, rtol=1e-12, atol=1e-300
    )


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.floats(0.01, 0.3))
def test_hochberg_steps_up_to_the_last_that_is_rejected(p_values, alpha) -> None:
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    rejected: set[int] = set()
    for step, i in reversed(list(enumerate(order))):
        if p_values[i] * (len(p_values) - step) <= alpha:
            rejected = set(order[: step + 1])
            break
    assert set(np.flatnonzero(adjust_p_values(p_values, "hochberg") <= alpha)) == rejected


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.floats(0.01, 0.3))
def test_holm_steps_down_until_the_first_that_is_not_rejected(p_values, alpha) -> None:
    rejected = set()
    for step, i in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if p_values[i] * (len(p_values) - step) > alpha:
            break
        rejected.add(i)
    assert set(np.flatnonzero(adjust_p_values(p_values, "holm") <= alpha)) == rejected


@given(P_VALUES, st.randoms())
def test_adjustments_keep_the_order_exceed_the_p_value_and_ignore_the_order_of_the_list(
    p_values, random
) -> None:
    places = list(range(len(p_values)))
    random.shuffle(places)
    for method in METHODS:
        adjusted = adjust_p_values(p_values, method)
        shuffled = adjust_p_values([p_values[i] for i in places], method)
        np.testing.assert_array_equal(shuffled, adjusted[places])
        known = ~np.isnan(adjusted)
        p, q = np.asarray(p_values, dtype=float)[known], adjusted[known]
        assert (q >= p * (1 - 1e-15)).all()
        assert (q <= 1.0).all()
        assert (np.diff(q[np.argsort(p, kind="stable")]) >= 0).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_each_method_is_at_least_as_powerful_as_the_one_it_improves_on(p_values) -> None:
    ladder = ("bonferroni", "holm", "hochberg", "benjamini_hochberg")
    values = [adjust_p_values(p_values, method) for method in ladder]
    for weaker, stronger in pairwise(values):
        assert (stronger <= weaker + 1e-15).all()


WEIGHTS = st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 100)), min_size=1, max_size=8)


@given(WEIGHTS)
def test_weighted_holm_is_the_closed_test_of_weighted_bonferronis(pairs) -> None:
    """Every set that holds the hypothesis must be rejected by some member's share of alpha."""
    p, w = map(np.array, zip(*pairs, strict=True))
    m = len(p)
    closed = np.zeros(m)
    for members in range(1, 2**m):
        inside = [i for i in range(m) if members >> i & 1]
        local = min(p[i] * w[inside].sum() / w[i] for i in inside)
        closed[inside] = np.maximum(closed[inside], local)
    adjusted = adjust_p_values(p, "holm", weights=w)
    np.testing.assert_allclose(adjusted, np.minimum(closed, 1.0), rtol=1e-12, atol=1e-300)


@given(WEIGHTS, st.floats(0.01, 0.3))
def test_weighted_bonferroni_gives_each_its_share_of_alpha(pairs, alpha) -> None:
    p, w = map(np.array, zip(*pairs, strict=True))
    adjusted = adjust_p_values(p, "bonferroni", weights=w)
    levels = interval_alphas(p, "bonferroni", alpha, weights=w)
    np.testing.assert_allclose(levels, alpha * w / w.sum(), rtol=1e-12)
    clear = np.abs(adjusted - alpha) > 1e-12
    assert ((p <= levels) == (adjusted <= alpha))[clear].all()


@given(P_VALUES, st.floats(0.01, 100))
def test_equal_weights_are_no_weights(p_values, weight) -> None:
    for method in WEIGHTED:
        weights = [weight] * len(p_values)
        np.testing.assert_array_equal(
            adjust_p_values(p_values, method, weights=weights), adjust_p_values(p_values, method)
        )
        np.testing.assert_allclose(
            interval_alphas([*p_values, 0.5], method, 0.05, weights=[*weights, weight])[-1],
            interval_alphas([*p_values, 0.5], method, 0.05)[-1],
            rtol=1e-12,
        )


def test_weighted_holm_by_hand() -> None:
    """Shares .8 and .2: .03 / .8 < .02 / .2, so the first is tested first; then the rest."""
    adjusted = adjust_p_values([0.03, 0.02], "holm", weights=[4, 1])
    np.testing.assert_allclose(adjusted, [0.0375, 0.0375], rtol=1e-12)
    adjusted = adjust_p_values([0.03, 0.04], "holm", weights=[4, 1])
    np.testing.assert_allclose(adjusted, [0.0375, 0.04], rtol=1e-12)


def test_a_family_behind_a_gate_waits_for_all_before_it() -> None:
    assert gated_p_values([0.01, 0.2, np.nan], [0.03, 0.04]).tolist()[:2] == [0.04, 0.2]
    assert np.isnan(gated_p_values([np.nan], [0.03])).all()
    assert gated_p_values([0.01], []).tolist() == [0.01]
    assert gated_p_values([0.01], [0.001, np.nan]).tolist() == [1.0]


@given(P_VALUES, st.lists(st.floats(0, 1), max_size=5), st.floats(0.01, 0.3))
def test_a_gate_is_open_exactly_if_all_before_it_are_rejected(adjusted, gate, alpha) -> None:
    gated = gated_p_values(adjusted, gate)
    for before, after in zip(adjusted, gated, strict=True):
        if not np.isnan(before):
            assert (after <= alpha) == (before <= alpha and all(p <= alpha for p in gate))


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
    assert interval_alphas(SIX, "hochberg", 0.05) == pytest.approx([0.05 / 6] * 6)
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
    with pytest.raises(ValueError, match=r"method == 'hochberg', must be one of .*where weights"):
        adjust_p_values([0.5], "hochberg", weights=[1.0])
    with pytest.raises(ValueError, match=r"weights == \[0.0\], must be > 0 and finite"):
        adjust_p_values([0.5], "holm", weights=[0.0])
    with pytest.raises(ValueError, match=r"weights has shape \(2,\), must be \(1,\)"):
        adjust_p_values([0.5], "holm", weights=[1.0, 2.0])
