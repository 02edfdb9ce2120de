"""O'Brien & Fleming's and Pocock's constants against their published tables."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from abstats.inference.sequential import classic_bounds

from .oracles import equal, simpson_exits


def test_obrien_fleming_with_five_looks() -> None:
    """O'Brien & Fleming (1979); references.md."""
    bounds = classic_bounds("obrien_fleming", equal(5), alpha=0.05)
    np.testing.assert_allclose(bounds.upper, [4.56, 3.23, 2.63, 2.28, 2.04], atol=5e-3)


@pytest.mark.parametrize(
    ("looks", "constant"), [(2, 2.1783), (3, 2.2895), (4, 2.3613), (5, 2.4132), (10, 2.5550)]
)
def test_pocock_constants(looks, constant) -> None:
    """Pocock (1977); references.md."""
    bounds = classic_bounds("pocock", equal(looks), alpha=0.05)
    np.testing.assert_allclose(bounds.upper, constant, atol=6e-5)


@pytest.mark.parametrize(
    ("alpha", "pocock", "obrien_fleming"),
    [
        # Jennison & Turnbull (2000), tables 2.1 and 2.3, for 2, 5 and 10 looks.
        (0.05, [2.178, 2.413, 2.555], [1.977, 2.040, 2.087]),
        (0.10, [1.875, 2.122, 2.270], [1.678, 1.751, 1.801]),
    ],
)
def test_jennison_and_turnbulls_tables_of_constants(alpha, pocock, obrien_fleming) -> None:
    for shape, printed in (("pocock", pocock), ("obrien_fleming", obrien_fleming)):
        constants = [classic_bounds(shape, equal(k), alpha=alpha).upper[-1] for k in (2, 5, 10)]
        np.testing.assert_allclose(constants, printed, atol=6e-4)


def test_rpacts_obrien_fleming_default() -> None:
    """rpact's own tests, getDesignInverseNormal() without arguments."""
    bounds = classic_bounds("obrien_fleming", equal(3), alpha=0.025, sides=1)
    np.testing.assert_allclose(bounds.upper, [3.4710914, 2.4544323, 2.0040356], rtol=3e-8)
    np.testing.assert_allclose(bounds.alpha_spent, [0.00025917372, 0.0071600594, 0.025], rtol=1e-7)


@given(
    st.sampled_from(["pocock", "obrien_fleming"]),
    st.lists(st.integers(1, 99), max_size=5, unique=True),
    st.sampled_from([1, 2]),
    st.floats(0.001, 0.3),
)
@settings(max_examples=25, deadline=None)
def test_unequal_looks_cross_with_probability_alpha(shape, hundredths, sides, alpha) -> None:
    t = np.array([*sorted(hundredths), 100]) / 100.0
    bounds = classic_bounds(shape, t, alpha=alpha, sides=sides)
    lower = -bounds.upper if sides == 2 else np.full(t.size, -np.inf)
    above, below = simpson_exits(t, lower, bounds.upper)
    assert above.sum() + (below.sum() if sides == 2 else 0.0) == pytest.approx(alpha, abs=1e-6)
    power = 0.5 if shape == "obrien_fleming" else 0.0
    np.testing.assert_allclose(bounds.upper * t**power, bounds.upper[-1], rtol=1e-12)


def test_one_look_is_the_fixed_test() -> None:
    for shape in ("pocock", "obrien_fleming"):
        bounds = classic_bounds(shape, [1.0], alpha=0.05)
        assert bounds.upper[0] == pytest.approx(stats.norm.isf(0.025), rel=1e-10)


def test_misuse_is_told_by_name_value_and_rule() -> None:
    with pytest.raises(ValueError, match=r"shape == 'wang_tsiatis', must be one of"):
        classic_bounds("wang_tsiatis", [1.0], alpha=0.05)
    with pytest.raises(ValueError, match=r"alpha == 0\.6, must be < \.5 per side"):
        classic_bounds("pocock", [1.0], alpha=0.6, sides=1)
    with pytest.raises(ValueError, match=r"alpha == -0\.1, must be > 0"):
        classic_bounds("pocock", [1.0], alpha=-0.1)
