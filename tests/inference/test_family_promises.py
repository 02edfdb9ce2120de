"""Error rates over families of tests, simulated: what each correction promises, and without it."""

import numpy as np
import pytest
from scipy import stats

from abstats.inference import (
    adjust_p_values,
    dunnett_alphas,
    gated_p_values,
)

ALPHA = 0.05


def error(tests: int) -> float:
    """Three Monte-Carlo standard errors of a rate of 5 %."""
    return 3 * (ALPHA * (1 - ALPHA) / tests) ** 0.5


def many_to_one(rng, tests, sizes, effects=0.0):
    """z-statistics of treatments against one control, shape (tests, treatments)."""
    noise = rng.normal(size=(tests, len(sizes))) / np.sqrt(sizes)
    se = np.sqrt(1 / sizes[0] + 1 / np.asarray(sizes[1:], dtype=float))
    return (noise[:, 1:] - noise[:, :1]) / se + effects


@pytest.mark.parametrize(
    "sizes", [(100, 100, 100, 100), (100, 1900, 1900, 1900), (900, 50, 30, 20)]
)
def test_dunnett_spends_all_of_alpha_whatever_the_split(sizes) -> None:
    """Without a correction .073 to .13; Bonferroni leaves up to half of it unspent."""
    tests = 200_000
    p = 2 * stats.norm.sf(np.abs(many_to_one(np.random.default_rng(1), tests, sizes)))
    shares = [n / (n + sizes[0]) for n in sizes[1:]]
    levels = dunnett_alphas(shares, [np.inf] * 3, ALPHA)
    dunnett = (p <= levels).any(axis=1).mean()
    assert dunnett == pytest.approx(ALPHA, abs=error(tests))
    assert (p <= ALPHA).any(axis=1).mean() > 1.4 * ALPHA
    assert (p <= ALPHA / 3).any(axis=1).mean() < dunnett
    if sizes[0] == 100 and sizes[1] == 1900:
        assert (p <= ALPHA / 3).any(axis=1).mean() < 0.03


def test_holm_and_hochberg_hold_the_family_wise_rate_and_hochberg_finds_more() -> None:
    """Five comparisons, two of them with an effect of three standard errors."""
    rng, tests, correlation = np.random.default_rng(3), 8_000, 0.5
    common = rng.normal(size=(tests, 1)) * np.sqrt(correlation)
    z = common + rng.normal(size=(tests, 5)) * np.sqrt(1 - correlation)
    z[:, :2] += 3.0
    p = 2 * stats.norm.sf(np.abs(z))
    found = {}
    for method in ("none", "bonferroni", "holm", "hochberg"):
        rejected = np.array([adjust_p_values(row, method) <= ALPHA for row in p])
        found[method] = rejected[:, :2].mean()
        false = rejected[:, 2:].any(axis=1).mean()
        assert false < ALPHA + error(tests) if method != "none" else false > 2 * ALPHA
    assert found["bonferroni"] < found["holm"] < found["hochberg"]


def test_weights_move_power_and_keep_the_family_wise_rate() -> None:
    rng, tests = np.random.default_rng(6), 20_000
    null = 2 * stats.norm.sf(np.abs(rng.normal(size=(tests, 4))))
    effects = np.array([2.5, 0.0, 0.0, 0.0])
    shifted = 2 * stats.norm.sf(np.abs(rng.normal(size=(tests, 4)) + effects))
    weights = [7, 1, 1, 1]

    def rejected(p, w):
        return np.array([adjust_p_values(row, "holm", weights=w) <= ALPHA for row in p])

    assert rejected(null, weights).any(axis=1).mean() < ALPHA + error(tests)
    assert rejected(shifted, weights)[:, 0].mean() > rejected(shifted, None)[:, 0].mean() + 0.1


@pytest.mark.parametrize("primary_effect", [2.0, 20.0])
def test_a_gate_keeps_the_rate_of_the_family_behind_it(primary_effect) -> None:
    """Two primary metrics with an effect, and three secondary ones without."""
    rng, tests = np.random.default_rng(7), 8_000
    effects = [primary_effect, primary_effect, 0.0, 0.0, 0.0]
    p = 2 * stats.norm.sf(np.abs(rng.normal(size=(tests, 5)) + effects))
    gated = 0
    for row in p:
        primary, secondary = adjust_p_values(row[:2], "holm"), adjust_p_values(row[2:], "holm")
        gated += (gated_p_values(secondary, primary) <= ALPHA).any()
    assert gated / tests < ALPHA + error(tests)
