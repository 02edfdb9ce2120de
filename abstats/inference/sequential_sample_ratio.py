"""Sample ratio mismatch that may be checked at every look."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import special

from abstats.inference.sample_ratio import sample_ratio_test
from abstats.moments import FloatArray

# Units' worth of belief in the declared weights. With 10,000 (that of the authors' package `ssrm`)
# shares of .5 are expected to be off by .005 when they are off.
CONCENTRATION = 10_000.0


class SequentialSampleRatio(NamedTuple):
    """Evidence, at one of many looks, that units do not arrive in the declared proportions.

    Attributes:
        log_e_value: Natural logarithm of the Bayes factor against the declared weights.
        p_value: min(1, 1 / e-value): ever at most alpha, over all looks, with probability at most
            alpha if the weights are right. Without units 1.
        expected: Units expected per variant, in the order given.
    """

    log_e_value: float
    p_value: float
    expected: tuple[float, ...]


def sequential_sample_ratio_test(
    counts: Sequence[int], weights: Sequence[float]
) -> SequentialSampleRatio:
    """Test the running units per variant against weights; weights are scaled to add to one.

    Lindon & Malek (2022), "Anytime-valid inference for multinomial count data", NeurIPS, eq. 5:
    the likelihood of the counts mixed over a Dirichlet centred on the weights, over that under the
    weights. Exact at any number of units and looks. The evidence of several allocation periods,
    each with its own counts and weights, multiplies: add the logarithms.

    Raises:
        ValueError: As `sample_ratio_test`.
    """
    expected = sample_ratio_test(counts, weights).expected
    observed = np.asarray(counts, dtype=np.float64)
    share = np.asarray(weights, dtype=np.float64) / math.fsum(weights)
    prior = CONCENTRATION * share
    mixed = _log_rising(prior, observed).sum() - _log_rising(prior.sum(), observed.sum())
    log_e = float(mixed - (observed * np.log(share)).sum())
    return SequentialSampleRatio(log_e, math.exp(-max(log_e, 0.0)), expected)


def _log_rising(start: FloatArray, steps: FloatArray) -> FloatArray:
    """Logarithm of start (start + 1) ... (start + steps - 1), elementwise."""
    rising: FloatArray = special.gammaln(start + steps) - special.gammaln(start)
    return rising
