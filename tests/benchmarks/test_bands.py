from math import comb

import numpy as np
import pytest

from benchmarks.bands import binomial_band, clustered_band


def chance(trials, rate, hits):
    return sum(comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in hits)


@pytest.mark.parametrize("level", [0.95, 0.999])
@pytest.mark.parametrize(("trials", "rate"), [(20, 0.95), (200, 0.95), (200, 0.05)])
def test_a_binomial_band_leaves_at_most_half_the_rest_beyond_each_end(trials, rate, level):
    band = binomial_band(trials, rate, level)
    low, high = round(band.low * trials), round(band.high * trials)
    tail = (1 - level) / 2
    assert chance(trials, rate, range(low)) <= tail < chance(trials, rate, range(low + 1))
    assert chance(trials, rate, range(high + 1, trials + 1)) <= tail
    assert chance(trials, rate, range(high, trials + 1)) > tail


def test_a_band_holds_its_own_ends():
    band = binomial_band(200, 0.95, 0.95)
    assert band.holds(band.low)
    assert band.holds(band.high)
    assert not band.holds(band.low - 1 / 200)


def test_trials_repeated_within_a_seed_do_not_narrow_the_band():
    """Five copies of one trial per seed say no more than one."""
    hits = np.random.default_rng(1).random(200) < 0.95
    once = clustered_band(list(hits), [1] * 200, 0.95, 0.95)
    five_times = clustered_band(list(5 * hits), [5] * 200, 0.95, 0.95)
    independent = clustered_band([19] * 1000, [20] * 1000, 0.95, 0.95)
    assert five_times.low == pytest.approx(once.low, abs=0.001)
    assert independent.low > once.low


def test_a_pooled_share_without_variance_between_seeds_is_judged_as_independent_trials():
    band = clustered_band([3] * 20, [3] * 20, 0.95, 0.95)
    assert band.low == pytest.approx(0.95 - 2.093 * np.sqrt(0.95 * 0.05 / 60), abs=1e-4)
    assert band.holds(1.0)


def test_a_clustered_band_holds_correlated_shares_as_often_as_it_says():
    """1,000 sets of 200 seeds, four correlated tests each; a plain binomial band holds fewer."""
    rng = np.random.default_rng(2)
    if_independent = binomial_band(800, 0.95, 0.95)
    held, held_if_independent = 0, 0
    for _ in range(1000):
        shared, own = rng.standard_normal((200, 1)), rng.standard_normal((200, 4))
        covers = np.abs(np.sqrt(0.9) * shared + np.sqrt(0.1) * own) < 1.959964
        hits = covers.sum(axis=1)
        share = hits.sum() / 800
        held += clustered_band(list(hits), [4] * 200, 0.95, 0.95).holds(share)
        held_if_independent += if_independent.holds(share)
    assert 0.925 < held / 1000 < 0.97
    assert held_if_independent / 1000 < 0.85
