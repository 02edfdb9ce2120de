"""Error rates over families of tests, simulated: what each correction promises, and without it."""

import numpy as np
import pytest
from scipy import stats

from abstats.inference import (
    adjust_p_values,
    dunnett_alphas,
    dunnett_p_values,
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


@pytest.mark.slow
def test_dunnett_with_welchs_freedom_holds_in_small_arms_of_unequal_variance() -> None:
    """Control of 12 units with thrice the standard deviation; pooled variances reject .33."""
    rng, tests = np.random.default_rng(2), 4_000
    sizes, scales = np.array([12, 40, 40, 30]), np.array([3.0, 1.0, 1.0, 1.0])
    rows = [rng.normal(scale=s, size=(tests, n)) for n, s in zip(sizes, scales, strict=True)]
    means = np.stack([r.mean(axis=1) for r in rows], axis=1)
    variances = np.stack([r.var(axis=1, ddof=1) for r in rows], axis=1)
    parts = variances / sizes
    total = parts[:, 1:] + parts[:, :1]
    freedom = total**2 / (parts[:, :1] ** 2 / (sizes[0] - 1) + parts[:, 1:] ** 2 / (sizes[1:] - 1))
    gaps = means[:, 1:] - means[:, :1]
    p = 2 * stats.t.sf(np.abs(gaps) / np.sqrt(total), freedom)
    shares = parts[:, :1] / total
    # An adjusted p-value is never below the smallest of its family.
    candidates = np.flatnonzero(p.min(axis=1) <= ALPHA)
    rejected = [(dunnett_p_values(p[i], shares[i], freedom[i]) <= ALPHA).any() for i in candidates]
    ours = np.sum(rejected) / tests
    within = int(sizes.sum()) - 4
    pooled = ((sizes - 1) * variances).sum(axis=1, keepdims=True) / within
    t = gaps / np.sqrt(pooled * (1 / sizes[1:] + 1 / sizes[0]))
    equal = [n / (n + sizes[0]) for n in sizes[1:]]
    classic = stats.t.isf(dunnett_alphas(equal, [within] * 3, ALPHA) / 2, within)
    assert ours == pytest.approx(ALPHA, abs=error(tests) + 0.004)
    assert (np.abs(t) > classic).any(axis=1).mean() > 0.2


@pytest.mark.parametrize("correlation", [0.0, 0.5])
def test_holm_and_hochberg_hold_the_family_wise_rate_and_hochberg_finds_more(correlation) -> None:
    """Five comparisons, two of them with an effect of three standard errors."""
    rng, tests = np.random.default_rng(3), 20_000
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


def test_benjamini_yekutieli_holds_under_the_worst_dependence_where_the_others_do_not() -> None:
    """Guo & Rao (2008), J. Statist. Plann. Inference 138: k of 10 uniform p-values in step.

    With probability alpha / k they fall between (k - 1) and k times alpha / m, the rest above
    alpha: Benjamini-Hochberg rejects with probability alpha (1 + 1/2 + ... + 1/10) = .146.
    """
    rng, tests, m = np.random.default_rng(4), 20_000, 10
    chances = ALPHA / np.arange(1, m + 1)
    steps = np.searchsorted(np.cumsum(chances), rng.uniform(size=tests), side="right") + 1
    p = rng.uniform(ALPHA, 1, size=(tests, m))
    for row, k in zip(p, steps, strict=True):
        if k <= m:
            row[rng.permutation(m)[:k]] = rng.uniform((k - 1) * ALPHA / m, k * ALPHA / m, size=k)
    assert np.mean(p <= 0.03) == pytest.approx(0.03, abs=0.002)  # each is uniform
    rate = {
        method: np.mean([(adjust_p_values(row, method) <= ALPHA).any() for row in p])
        for method in ("benjamini_hochberg", "benjamini_yekutieli")
    }
    assert rate["benjamini_hochberg"] == pytest.approx(chances.sum(), abs=3 * 0.0025)
    assert rate["benjamini_yekutieli"] < ALPHA + error(tests)


def test_benjamini_hochberg_holds_the_false_discovery_rate_where_no_correction_does_not() -> None:
    """Twenty comparisons that share a control, four with an effect."""
    rng, tests, m = np.random.default_rng(5), 4_000, 20
    effects = np.where(np.arange(m) < 4, 3.0, 0.0)
    p = 2 * stats.norm.sf(np.abs(many_to_one(rng, tests, (100,) * (m + 1), effects)))
    rates = {}
    for method in ("none", "benjamini_hochberg", "benjamini_yekutieli"):
        rejected = np.array([adjust_p_values(row, method) <= ALPHA for row in p])
        shares = rejected[:, 4:].sum(axis=1) / np.maximum(rejected.sum(axis=1), 1)
        rates[method] = shares.mean()
    assert rates["benjamini_hochberg"] < ALPHA + error(tests)
    assert rates["benjamini_yekutieli"] < rates["benjamini_hochberg"]
    assert rates["none"] > 0.12


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


@pytest.mark.parametrize("primary_effect", [0.0, 2.0, 20.0])
def test_a_gate_keeps_the_rate_over_both_families_which_two_families_at_alpha_do_not(
    primary_effect,
) -> None:
    """Two primary metrics, both or none with an effect, and three secondary ones without."""
    rng, tests = np.random.default_rng(7), 20_000
    effects = [primary_effect, primary_effect, 0.0, 0.0, 0.0]
    p = 2 * stats.norm.sf(np.abs(rng.normal(size=(tests, 5)) + effects))
    gated = apart = 0
    for row in p:
        primary, secondary = adjust_p_values(row[:2], "holm"), adjust_p_values(row[2:], "holm")
        wrong = (primary <= ALPHA).any() and primary_effect == 0.0
        apart += wrong or (secondary <= ALPHA).any()
        gated += wrong or (gated_p_values(secondary, primary) <= ALPHA).any()
    assert gated / tests < ALPHA + error(tests)
    if primary_effect == 0.0:
        assert apart / tests > 0.09
