"""The e-process of unit counts: printed values, exact sums, and ninety days of hourly checks."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abstats.inference import sequential_sample_ratio_test
from abstats.inference.sequential_sample_ratio import CONCENTRATION


@pytest.mark.parametrize(
    ("counts", "weights", "p_value"),
    [
        ([800, 200], [0.5, 0.5], 8.126155715401769e-08),
        ([1100, 900], [0.5, 0.5], 0.20685901461423034),
        ([1800, 1200], [0.5, 0.5], 1.099173293697608e-06),
        ([2600, 1400], [0.5, 0.5], 5.115536116778213e-23),
        ([600, 200, 200], [0.34, 0.33, 0.33], 1.4343631225400445e-06),
        ([500, 500], [0.5, 0.5], 1.0),
    ],
)
def test_agrees_with_the_values_printed_in_growthbooks_tests(counts, weights, p_value) -> None:
    """GrowthBook's tests of its port of the authors' package `ssrm`, concentration 10,000."""
    result = sequential_sample_ratio_test(counts, weights)
    assert result.p_value == pytest.approx(p_value, rel=1e-9)


@given(st.lists(st.integers(0, 1), min_size=0, max_size=60), st.integers(1, 9))
def test_the_evidence_is_the_product_of_what_each_unit_adds(arrivals, tenths) -> None:
    """Unit by unit: its predicted over its declared probability, in fractions."""
    weights = [Fraction(tenths, 10), Fraction(10 - tenths, 10)]
    belief = [int(CONCENTRATION) * weight for weight in weights]
    evidence = Fraction(1)
    for variant in arrivals:
        evidence *= belief[variant] / sum(belief) / weights[variant]
        belief[variant] += 1
    counts = [arrivals.count(0), arrivals.count(1)]
    result = sequential_sample_ratio_test(counts, [float(weight) for weight in weights])
    assert result.log_e_value == pytest.approx(math.log(evidence), abs=1e-9)
    assert result.p_value == pytest.approx(min(1.0, 1 / float(evidence)), rel=1e-9)


@given(st.lists(st.integers(0, 10**6), min_size=3, max_size=3), st.floats(0.01, 100))
def test_the_order_of_variants_and_the_scale_of_weights_change_nothing(counts, scale) -> None:
    one = sequential_sample_ratio_test(counts, [0.5, 0.3, 0.2])
    other = sequential_sample_ratio_test(counts[::-1], [0.2 * scale, 0.3 * scale, 0.5 * scale])
    assert other.log_e_value == pytest.approx(one.log_e_value, rel=1e-6, abs=1e-5)


def test_before_any_unit_there_is_no_evidence() -> None:
    result = sequential_sample_ratio_test([0, 0], [0.5, 0.5])
    assert (result.log_e_value, result.p_value, result.expected) == (0.0, 1.0, (0.0, 0.0))


def test_a_share_off_by_half_a_point_is_mostly_found_within_the_ninety_days() -> None:
    """50.5 % instead of 50 %: at 100 units an hour seven times in ten."""
    rng = np.random.default_rng(205)
    found = 0
    for _ in range(200):
        count = rng.binomial(216_000, 0.505)
        found += sequential_sample_ratio_test([count, 216_000 - count], [1, 1]).p_value < 0.001
    assert 120 < found < 160


def test_misuse_is_told_as_by_the_fixed_test() -> None:
    with pytest.raises(ValueError, match=r"weights == \[1.0, 0.0\], must be > 0"):
        sequential_sample_ratio_test([1, 2], [1.0, 0.0])
