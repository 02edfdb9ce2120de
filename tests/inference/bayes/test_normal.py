"""The normal-normal model against quadrature, and its algebra."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from abstats.inference.bayes import FLAT_PRIOR, declared_prior, normal_posterior

VALUES = st.floats(-100, 100)
SIZES = st.floats(0.01, 100)


@pytest.mark.parametrize("direction", ["increase", "decrease"])
@pytest.mark.parametrize(("estimate", "std_error"), [(0.3, 0.2), (-0.1, 0.5), (0.05, 0.01)])
def test_agrees_with_the_posterior_by_quadrature(estimate, std_error, direction) -> None:
    prior = declared_prior(0.02, 0.1)
    grid = np.linspace(-1.5, 1.5, 300_001)
    weight = stats.norm.pdf(grid, prior.mean, prior.sd) * stats.norm.pdf(estimate, grid, std_error)
    weight /= weight.sum()
    gain = grid if direction == "increase" else -grid
    result = normal_posterior(estimate, std_error, prior, direction=direction)
    mean = weight @ grid
    assert result.mean == pytest.approx(mean, abs=1e-9)
    assert result.sd == pytest.approx(math.sqrt(weight @ (grid - mean) ** 2), rel=1e-7)
    assert result.chance_to_win == pytest.approx(weight[gain > 0].sum(), abs=1e-4)
    assert result.expected_loss == pytest.approx(weight @ np.maximum(-gain, 0), abs=1e-8)
    assert result.expected_loss_of_control == pytest.approx(weight @ np.maximum(gain, 0), abs=1e-8)
    inside = (grid > result.ci_lower) & (grid < result.ci_upper)
    assert weight[inside].sum() == pytest.approx(0.95, abs=1e-4)


def test_agrees_with_the_eight_schools_textbook_example() -> None:
    """Gelman et al. (2013), sec. 5.5: school A, 28 (15); at tau = 10 around their mean 8.

    (28 / 225 + 8 / 100) / (1 / 225 + 1 / 100) = 14.15, standard deviation 8.32.
    """
    result = normal_posterior(28.0, 15.0, declared_prior(8.0, 10.0))
    assert result.mean == pytest.approx(14.15, abs=0.005)
    assert result.sd == pytest.approx(8.32, abs=0.005)


@given(VALUES, SIZES)
def test_a_flat_prior_gives_back_the_interval_and_the_one_sided_p_value(estimate, std_error):
    result = normal_posterior(estimate, std_error, FLAT_PRIOR)
    assert (result.mean, result.sd) == (estimate, std_error)
    assert result.ci_lower == pytest.approx(
        estimate + stats.norm.ppf(0.025) * std_error, rel=1e-9, abs=1e-9 * std_error
    )
    assert result.chance_to_win == pytest.approx(stats.norm.sf(-estimate / std_error), rel=1e-9)


@given(VALUES, SIZES, VALUES, SIZES)
def test_the_posterior_lies_between_prior_and_estimate_and_is_sharper_than_both(
    estimate, std_error, mean, sd
) -> None:
    result = normal_posterior(estimate, std_error, declared_prior(mean, sd))
    assert min(estimate, mean) - 1e-9 <= result.mean <= max(estimate, mean) + 1e-9
    assert result.sd <= min(std_error, sd) * (1 + 1e-12)


@given(VALUES, SIZES, VALUES, SIZES)
def test_two_halves_of_the_data_one_after_the_other_are_the_whole(estimate, std_error, mean, sd):
    whole = normal_posterior(estimate, std_error, declared_prior(mean, sd))
    half_error = std_error * math.sqrt(2)
    half = normal_posterior(estimate - 1.0, half_error, declared_prior(mean, sd))
    both = normal_posterior(estimate + 1.0, half_error, declared_prior(half.mean, half.sd))
    assert both.mean == pytest.approx(whole.mean, rel=1e-9, abs=1e-9)
    assert both.sd == pytest.approx(whole.sd, rel=1e-9)


@given(VALUES, SIZES, SIZES)
def test_the_losses_differ_by_the_mean_and_the_directions_mirror(estimate, std_error, sd) -> None:
    prior = declared_prior(0.0, sd)
    up = normal_posterior(estimate, std_error, prior)
    down = normal_posterior(-estimate, std_error, prior, direction="decrease")
    size = abs(up.mean) + up.sd
    assert up.expected_loss_of_control - up.expected_loss == pytest.approx(
        up.mean, abs=1e-12 * size
    )
    assert (up.chance_to_win, up.expected_loss) == (down.chance_to_win, down.expected_loss)


def test_a_loss_far_in_the_tail_keeps_its_digits() -> None:
    result = normal_posterior(10.0, 1.0, FLAT_PRIOR)
    exact, _ = integrate.quad(lambda x: x * stats.norm.pdf(x + 10.0), 0, 5)
    assert result.expected_loss == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize(
    ("estimate", "std_error", "status"),
    [(math.nan, 1.0, "no_data"), (1.0, math.nan, "no_data"), (1.0, 0.0, "zero_variance")],
)
def test_an_effect_without_numbers_has_a_posterior_without_numbers(estimate, std_error, status):
    result = normal_posterior(estimate, std_error, FLAT_PRIOR)
    assert result.status == status
    assert result.status_reason
    assert math.isnan(result.chance_to_win)
    assert result.peeking


def test_misuse_is_told_by_name_value_and_rule() -> None:
    with pytest.raises(ValueError, match=r"direction == 'up', must be one of"):
        normal_posterior(1.0, 1.0, FLAT_PRIOR, direction="up")
    with pytest.raises(ValueError, match=r"std_error == -1.0, must be >= 0"):
        normal_posterior(1.0, -1.0, FLAT_PRIOR)
    with pytest.raises(ValueError, match=r"sd == 0.0, must be > 0 and finite"):
        declared_prior(0.0, 0.0)
    with pytest.raises(ValueError, match=r"mean == nan, must be finite"):
        declared_prior(math.nan, 1.0)
