"""LORD++ against printed levels and its definition; the promise in simulated companies."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from abstats.inference.multiplicity import adjust_p_values
from abstats.inference.online_fdr import gamma_sequence, lord_levels

# The example of Bioconductor's onlineFDR, and what its LORD(sample.df, random=FALSE) prints.
FIFTEEN = [2.90e-08, 0.06743, 0.01514, 0.08174, 0.00171, 3.60e-05, 0.79149, 0.27201]
FIFTEEN += [0.28295, 7.59e-08, 0.69274, 0.30443, 0.00136, 0.72342, 0.54757]
PRINTED = [0.0002675839, 0.0024664457, 0.0005732818, 0.0004872805, 0.0004059066, 0.0003447286]
PRINTED += [0.0029745013, 0.0008450114, 0.0007305648, 0.0006243143, 0.0032185913, 0.0010617227]
PRINTED += [0.0009256825, 0.0008019657, 0.0007059610]


def published(n):
    """Its weights: Javanmard & Montanari (2018), Ann. Statist. 46, eq. 31."""
    j = np.arange(1, n + 1)
    return 0.07720838 * np.log(np.maximum(j, 2)) / (j * np.exp(np.sqrt(np.log(j))))


SMALL = st.one_of(st.floats(0, 1), st.floats(0, 1e-4))
COMPANIES = st.lists(st.lists(SMALL, min_size=1, max_size=4), max_size=12)


def levels_of(experiments, alpha=0.05, wealth=None):
    p = np.array([p for tests in experiments for p in tests])
    batches = [name for name, tests in enumerate(experiments) for _ in tests]
    return p, lord_levels(p, batches, alpha=alpha, initial_wealth=wealth)


def by_definition(experiments, alpha, wealth):
    """Test by test, as the paper writes it; a discovery is known when its experiment is over."""
    levels, known, t = [], [], 0
    for tests in experiments:
        found = 0
        for p in tests:
            t += 1
            gamma = gamma_sequence(t + 1)
            level = wealth * gamma[t - 1]
            for k, r in enumerate(known):
                level += (alpha - wealth if k == 0 else alpha) * gamma[t - r - 1]
            levels.append(level)
            found += p <= level
        known += [t] * found
    return levels


def test_levels_are_those_that_onlinefdr_prints() -> None:
    levels = lord_levels(FIFTEEN, range(15), initial_wealth=0.005, gamma=published(15))
    np.testing.assert_allclose(levels, PRINTED, atol=6e-11)


def test_levels_with_half_of_alpha_at_first_are_those_that_onlinefdr_prints() -> None:
    # LORD(sample.df, alpha = 0.1, w0 = 0.05), until its random order leaves that of the example.
    printed = [0.0026758385, 0.0032577488, 0.0010775352, 0.0009078052, 0.0007616238]
    levels = lord_levels(FIFTEEN[:5], range(5), alpha=0.1, gamma=published(5))
    np.testing.assert_allclose(levels, printed, atol=6e-11)


def test_the_weights_fall_and_add_up_to_one() -> None:
    n = 10**5
    # The rest by the midpoint rule for its integral.
    rest = gamma_sequence(1)[0] * (n + 0.5) ** -0.4 / 0.4
    assert gamma_sequence(n).sum() + rest == pytest.approx(1.0, abs=1e-9)
    assert (np.diff(gamma_sequence(1000)) < 0).all()


@given(COMPANIES, st.floats(0.01, 0.3), st.floats(0.05, 1.0))
def test_levels_are_those_of_the_definition(experiments, alpha, share) -> None:
    _, levels = levels_of(experiments, alpha, alpha * share)
    np.testing.assert_allclose(levels, by_definition(experiments, alpha, alpha * share), rtol=1e-9)


@given(COMPANIES, COMPANIES)
def test_a_level_never_changes_when_experiments_come_after_it(before, after) -> None:
    p, levels = levels_of(before)
    np.testing.assert_array_equal(levels_of(before + after)[1][: p.size], levels)


@given(COMPANIES)
def test_levels_add_up_to_alpha_times_the_discoveries_at_most(experiments) -> None:
    p, levels = levels_of(experiments)
    discoveries = np.maximum(np.cumsum(p <= levels), 1)
    assert (np.cumsum(levels) <= 0.05 * discoveries + 1e-15).all()


@given(COMPANIES, st.integers(0, 47), st.floats(0, 1))
def test_a_smaller_p_value_lowers_no_level(experiments, position, factor) -> None:
    p, levels = levels_of(experiments)
    if p.size == 0:
        return
    smaller = [list(tests) for tests in experiments]
    experiment, test = [(i, j) for i, tests in enumerate(smaller) for j in range(len(tests))][
        position % p.size
    ]
    smaller[experiment][test] *= factor
    assert (levels_of(smaller)[1] >= levels - 1e-15).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0.1, 1.5], "ab", {}), "must be >= 0 and <= 1"),
        (([0.1, float("nan")], "ab", {}), "must be >= 0 and <= 1"),
        (([0.1], "ab", {}), r"batches 2, must be \(n,\)"),
        (([0.1, 0.2, 0.3], "aba", {}), "must stand together"),
        (([0.1], "a", {"initial_wealth": 0.06}), "must be > 0 and <= alpha, 0.05"),
        (([0.1], "a", {"alpha": 1.5}), "alpha == 1.5"),
        (([0.1, 0.2], "ab", {"gamma": [0.5]}), r"gamma has shape \(1,\), must be \(2,\)"),
        (([0.1, 0.2], "ab", {"gamma": [0.2, 0.3]}), "must be >= 0, never rise, add up to 1"),
        (([0.1, 0.2], "ab", {"gamma": [0.9, 0.3]}), "must be >= 0, never rise, add up to 1"),
    ],
)
def test_bad_input_is_named(arguments, message) -> None:
    p_values, batches, more = arguments
    with pytest.raises(ValueError, match=message):
        lord_levels(p_values, batches, **more)


def companies(rng, *, effects, dependence, experiments=120, sizes=3):
    """p-values and which comparisons have no effect; tests of an experiment share a control."""
    shared = rng.normal(size=(experiments, 1))
    own = rng.normal(size=(experiments, sizes))
    z = np.sqrt(dependence) * shared + np.sqrt(1 - dependence) * own
    is_null = rng.random((experiments, sizes)) >= effects
    z = z + np.where(is_null, 0.0, 3.0)
    return 2 * special.ndtr(-np.abs(z)).ravel(), is_null.ravel()


@pytest.mark.parametrize(("effects", "dependence"), [(0.0, 0.0), (0.1, 0.0), (0.3, 0.5), (0.1, 1)])
def test_the_false_discovery_rate_holds_at_any_time(effects, dependence) -> None:
    rng = np.random.default_rng(17)
    batches = np.repeat(np.arange(120), 3).tolist()
    rates, naive = [], []
    for _ in range(400):
        p, is_null = companies(rng, effects=effects, dependence=dependence)
        found = p <= lord_levels(p, batches)
        false = np.cumsum(found & is_null) / np.maximum(np.cumsum(found), 1)
        rates.append(false[[29, 119, 359]])
        naive.append(((p <= 0.05) & is_null).sum() / max((p <= 0.05).sum(), 1))
    mean, error = np.mean(rates, axis=0), np.std(rates, axis=0) / 20
    assert (mean <= 0.05 + 3 * error).all()
    # Each test at .05 of its own: the trap.
    assert np.mean(naive) > 0.1


def test_what_it_costs_against_the_correction_that_sees_all() -> None:
    rng = np.random.default_rng(4)
    batches = np.repeat(np.arange(120), 3).tolist()
    shares = []
    for _ in range(100):
        p, is_null = companies(rng, effects=0.3, dependence=0.0)
        online = (p <= lord_levels(p, batches))[~is_null].mean()
        at_once = (adjust_p_values(p, "benjamini_hochberg") <= 0.05)[~is_null].mean()
        shares.append((online, at_once))
    online, at_once = np.mean(shares, axis=0)
    assert 0.7 * at_once < online < at_once
