import math

import numpy as np

from abstats.inference.random_bits import RandomBits


def test_draws_have_the_frequencies_of_poisson_1() -> None:
    drawn = RandomBits("a name").poisson(400, 500)
    expected = [math.exp(-1) / math.factorial(k) for k in range(6)]
    found = [(drawn == k).mean() for k in range(6)]
    np.testing.assert_allclose(found, expected, atol=5 * math.sqrt(0.25 / drawn.size))
    assert abs(drawn.mean() - 1) < 0.01


def test_subsets_have_their_size_and_reach_every_place_alike() -> None:
    drawn = RandomBits("a name").subsets(5000, 20, 5)
    assert set(np.unique(drawn)) == {0.0, 1.0}
    assert (drawn.sum(axis=1) == 5).all()
    np.testing.assert_allclose(drawn.mean(axis=0), 0.25, atol=0.03)
    assert (RandomBits("a name").subsets(3, 4, 4) == 1.0).all()


def test_numbers_follow_from_the_name_alone() -> None:
    first, again, other = (RandomBits(name).poisson(1, 12) for name in ("e|a", "e|a", "e|b"))
    assert (first == again).all()
    assert (first != other).any()


def test_a_stream_goes_on_where_it_stopped() -> None:
    whole, parts = RandomBits("e"), RandomBits("e")
    joined = np.concatenate([parts.poisson(2, 7), parts.poisson(3, 7)])
    np.testing.assert_array_equal(whole.poisson(5, 7), joined)
