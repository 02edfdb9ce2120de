"""Two clocks: one spends the error, the other is the variance of the running sum."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from abstats.inference import estimate_effect, quantile_effect
from abstats.inference.sequential import (
    repeated_p_value,
    running_bounds,
    running_p_value,
    running_stage_wise_p_value,
    running_variance,
    spending_bounds,
    stage_wise_p_value,
)
from abstats.inference.tails import normal_score
from abstats.moments import Moments
from tests.inference.quantile_worlds import WORLDS, curve, pooled_grid

from .oracles import equal
from .test_boundaries import LOOK_TIMES
from .test_spending import ANY, OBRIEN_FLEMING, POCOCK

ERROR = np.sqrt(0.05 * 0.95 / 40_000)


def sums_of_cohorts(seed: int, spreads: list[float], sizes: list[int]) -> SimpleNamespace:
    """40,000 A/A experiments whose cohorts differ in spread: z and variances of each look."""
    rng = np.random.default_rng(seed)
    n = np.cumsum(sizes)
    steps = 2.0 * np.square(spreads) * sizes
    sums = np.cumsum(rng.normal(0.0, np.sqrt(steps), (40_000, n.size)), axis=1)
    variances = np.cumsum(steps)
    return SimpleNamespace(n=n, z=sums / np.sqrt(variances), sums=variances)


def crosses(z: np.ndarray, bounds: np.ndarray) -> float:
    return float((np.abs(z) >= bounds).any(axis=1).mean())


@given(LOOK_TIMES, ANY, st.sampled_from([1, 2]), st.floats(0.1, 1e6))
@settings(max_examples=25, deadline=None)
def test_one_clock_gives_the_bounds_of_the_spending_function(t, spending, sides, unit) -> None:
    one = spending_bounds(t, alpha=0.05, spending=spending, sides=sides).upper
    two = running_bounds(spending, np.minimum(t, 1.0), unit * t, alpha=0.05, sides=sides)
    np.testing.assert_allclose(two, one, rtol=1e-9)


@given(LOOK_TIMES, ANY, st.sampled_from([1, 2]), st.floats(-5, 5))
@settings(max_examples=15, deadline=None)
def test_one_clock_gives_the_repeated_p_value(t, spending, sides, z) -> None:
    times = np.minimum(t, 1.0)
    one = repeated_p_value(t, z, spending=spending, sides=sides)
    assert running_p_value(spending, times, t, z, sides=sides) == pytest.approx(one, rel=1e-7)


@given(LOOK_TIMES, ANY, st.sampled_from([1, 2]), st.floats(-5, 5), st.data())
@settings(max_examples=25, deadline=None)
def test_the_p_value_is_at_most_alpha_exactly_when_the_bound_is_crossed(
    variances, spending, sides, z, data
) -> None:
    alpha = data.draw(st.floats(0.001, 0.3))
    size = variances.size
    drawn = data.draw(st.lists(st.floats(0.01, 1.0), min_size=size, max_size=size))
    times = sorted(drawn)
    bound = running_bounds(spending, times, variances, alpha=alpha, sides=sides)[-1]
    crossed = (abs(z) if sides == 2 else z) >= bound
    p_value = running_p_value(spending, times, variances, z, sides=sides)
    assume(abs(p_value / alpha - 1.0) > 1e-6)
    assert (p_value < alpha) == crossed


@given(LOOK_TIMES, ANY, st.sampled_from([1, 2]), st.floats(-5, 5))
@settings(max_examples=15, deadline=None)
def test_one_clock_gives_the_stage_wise_p_value(t, spending, sides, z) -> None:
    bounds = spending_bounds(t, alpha=0.05, spending=spending, sides=sides)
    two = running_stage_wise_p_value(
        spending, np.minimum(t, 1.0), 7.0 * t, z, alpha=0.05, sides=sides
    )
    assert two == pytest.approx(stage_wise_p_value(bounds, z), rel=1e-7, abs=1e-30)


def test_stage_wise_p_values_of_first_crossings_are_uniform_up_to_what_is_spent() -> None:
    # Cohorts whose spread falls, by a clock that is far from the variances'.
    world = sums_of_cohorts(11, [3.0, 1.0, 1.0, 0.5], [500, 500, 500, 500])
    times = [0.1, 0.3, 0.6, 1.0]
    bounds = running_bounds(POCOCK, times, world.sums, alpha=0.05, sides=2)
    crossed = np.abs(world.z) >= bounds
    p_values = np.ones(len(world.z))
    for k in range(4):
        # As a function of |z|: on a grid, which is cheaper than one recursion for each.
        grid = np.linspace(bounds[k], 6.0, 60)
        by_z = [
            running_stage_wise_p_value(
                POCOCK, times[: k + 1], world.sums[: k + 1], z, alpha=0.05, sides=2
            )
            for z in grid
        ]
        here = crossed[:, k] & ~crossed[:, :k].any(axis=1)
        p_values[here] = np.interp(np.abs(world.z[here, k]), grid, by_z)
    for level in (0.005, 0.01, 0.02, 0.05):
        error = np.sqrt(level * (1 - level) / len(p_values))
        assert (p_values <= level + 1e-9).mean() == pytest.approx(level, abs=4 * error)
    fixed = 2 * stats.norm.sf(np.abs(world.z))
    # The fixed test's p-value of the first look that crosses: the trap.
    first = np.where(crossed.any(axis=1), fixed[np.arange(len(fixed)), crossed.argmax(axis=1)], 1.0)
    assert (first <= 0.02).mean() > 0.02 + 4 * np.sqrt(0.02 * 0.98 / len(first))


def test_a_look_at_the_time_of_the_one_before_it_spends_nothing() -> None:
    bounds = running_bounds(POCOCK, [0.5, 0.5, 1.0], [1.0, 2.0, 3.0], alpha=0.05, sides=2)
    without = running_bounds(POCOCK, [0.5, 1.0], [1.0, 3.0], alpha=0.05, sides=2)
    assert bounds[1] == np.inf
    np.testing.assert_allclose(bounds[[0, 2]], without, rtol=1e-9)


@pytest.mark.parametrize(
    ("times", "variances", "message"),
    [
        ([0.0, 1.0], [1.0, 2.0], r"times == \[0.0, 1.0\], must be > 0, <= 1 and never fall"),
        ([0.5, 0.4], [1.0, 2.0], "never fall"),
        ([0.5, 1.1], [1.0, 2.0], "never fall"),
        ([0.5, 1.0], [2.0, 1.0], "must increase"),
        ([0.5, 1.0], [1.0], "variances has 1 looks"),
    ],
)
def test_clocks_that_cannot_be_are_refused(times, variances, message) -> None:
    with pytest.raises(ValueError, match=message):
        running_bounds(POCOCK, times, variances, alpha=0.05, sides=2)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mean", "ratio"])
def test_statistics_of_looks_are_correlated_by_the_variance_of_the_running_sum(kind) -> None:
    """Cohorts of different spread and split 70/30, row by row; 1,500 A/A experiments."""
    rng, tests = np.random.default_rng(411), 1_500
    sizes, spreads = (np.array([300, 700]), np.array([200, 300, 500])), (3.0, 1.0, 2.0)
    arms = []
    for share in (0.3, 0.7):
        rows = [
            rng.normal(5.0, spread, (tests, int(n * share)))
            for n, spread in zip(sizes[1], spreads, strict=True)
        ]
        arms.append((np.concatenate(rows, axis=1), np.cumsum([row.shape[1] for row in rows])))
    weights = [
        rng.poisson(3.0, arm.shape) + 1.0 if kind == "ratio" else arm * 0 + 1 for arm, _ in arms
    ]
    z, variances = np.empty((2, tests, 3))
    for i in range(tests):
        for k in range(3):
            moments = []
            for (arm, ends), weight in zip(arms, weights, strict=True):
                d, y = weight[i, : ends[k]], arm[i, : ends[k]]
                columns, rows = (("y", "d"), np.column_stack([y * d, d]))
                if kind == "mean":
                    columns, rows = ("y",), y[:, None]
                moments.append(Moments.from_rows(columns, rows))
            effect = estimate_effect(kind, *moments)
            z[i, k], variances[i, k] = effect.statistic, running_variance(effect)
    found = np.corrcoef(z.T)
    v = variances.mean(axis=0)
    expected = np.sqrt(np.minimum.outer(v, v) / np.maximum.outer(v, v))
    np.testing.assert_allclose(found, expected, atol=4 / np.sqrt(tests))
    # 1 / std_error^2 would say otherwise: units of less variance are no news of the first kind.
    n = sizes[1].cumsum()
    inverse = n**2 / v
    assert abs(np.sqrt(inverse[0] / inverse[1]) - found[0, 1]) > 0.2


@pytest.mark.parametrize("spending", [OBRIEN_FLEMING, POCOCK])
@pytest.mark.parametrize(
    "times",
    [
        [0.25, 0.5, 0.75, 1.0],
        [0.05, 0.1, 0.15, 1.0],  # the maximum was put five times too high: under-running
        [0.6, 1.0],  # and half as high as it was: the planned maximum is reached half way
        [0.25, 0.25, 0.9, 1.0],
    ],
)
def test_alpha_holds_however_wrongly_the_maximum_is_estimated(times, spending) -> None:
    world = sums_of_cohorts(412, [1.0] * 4, [500] * 4)
    looks = len(times)
    bounds = running_bounds(spending, times, world.sums[:looks], alpha=0.05, sides=2)
    assert crosses(world.z[:, :looks], bounds) == pytest.approx(0.05, abs=4 * ERROR)


@pytest.mark.parametrize("spreads", [[3.0, 2.0, 1.0, 1.0, 0.5], [0.5, 1.0, 1.0, 2.0, 3.0]])
def test_alpha_holds_where_cohorts_differ_in_variance(spreads) -> None:
    world = sums_of_cohorts(413, spreads, [1_000] * 5)
    bounds = running_bounds(POCOCK, equal(5), world.sums, alpha=0.05, sides=2)
    assert crosses(world.z, bounds) == pytest.approx(0.05, abs=4 * ERROR)


def test_inverse_variances_are_no_clock_where_later_units_vary_more() -> None:
    """They run backwards although every look has more units."""
    world = sums_of_cohorts(414, [0.5, 1.0, 1.0, 2.0, 3.0], [1_000] * 5)
    information = world.n**2 / world.sums
    assert np.diff(information).min() < 0.0
    assert np.diff(world.sums).min() > 0.0


@pytest.mark.slow
@pytest.mark.parametrize(("world", "p"), [("latency", 0.95), ("log-normal per user", 0.5)])
def test_looks_at_a_quantile_hold_alpha_by_its_units(world, p) -> None:
    """Four looks of 250 users each arm, 300 A/A tests; the grid is frozen, as the engine's is."""
    rng = np.random.default_rng(416)
    times, experiments, rejected, peeked = equal(4), 300, 0, 0
    for _ in range(experiments):
        arms = [WORLDS[world](rng, 1_000) for _ in range(2)]
        grid = pooled_grid(np.concatenate([values for _, values, _ in arms]), p)
        z, variances, used = [], [], []
        for k in range(4):
            n = 250 * (k + 1)
            cells = [curve(unit[unit < n], values[unit < n], n, grid) for unit, values, _ in arms]
            effect = quantile_effect(p, *cells)
            if np.isfinite(effect.statistic):
                z.append(normal_score(effect.statistic, effect.degrees_of_freedom))
                variances.append(running_variance(effect))
                used.append(times[k])
        bounds = running_bounds(POCOCK, used, variances, alpha=0.05, sides=2)
        rejected += (np.abs(z) >= bounds).any()
        peeked += (np.abs(z) >= 1.96).any()
    error = np.sqrt(0.05 * 0.95 / experiments)
    assert rejected / experiments < 0.05 + 3 * error
    assert peeked / experiments > 0.05 + 3 * error


def test_an_open_ended_share_has_no_clock_and_errs_where_one_is_made_up() -> None:
    """Everybody came in the first week, and more and more have activated at four looks.

    The running variance n^2 p (1 - p) / n falls though nothing is lost, so looks 2 and 3 are no
    news by that clock, and the last is judged as if it repeated the first, which it does not.
    """
    rng = np.random.default_rng(415)
    n, experiments, active = 1_000, 40_000, 0.5
    counts, z, variances = np.zeros((2, experiments), dtype=int), [], []
    for _ in range(4):
        counts += rng.binomial(n - counts, active)
        share = counts.sum(axis=0) / (2 * n)
        std_error = np.sqrt(2.0 * share * (1.0 - share) / n)
        z.append((counts[0] - counts[1]) / n / std_error)
        variances.append(float(np.mean(2 * n * std_error) ** 2))
    assert np.all(np.diff(variances) < 0.0)
    assert np.corrcoef(z[0], z[3])[0, 1] < 0.3
    first = running_bounds(POCOCK, [0.25], variances[:1], alpha=0.05, sides=2)[0]
    last = running_bounds(POCOCK, [1.0], variances[:1], alpha=0.05, sides=2)[0]
    rejected = np.mean((np.abs(z[0]) >= first) | (np.abs(z[3]) >= last))
    assert rejected > 0.05 + 8 * ERROR
