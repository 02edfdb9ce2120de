"""Moments to effects: pure functions, no input or output."""

from abstats.inference.balance import Balance, balance_test
from abstats.inference.effect import Effect
from abstats.inference.estimate import estimate_effect
from abstats.inference.homogeneity import Homogeneity, homogeneity_test
from abstats.inference.intervals import with_alpha
from abstats.inference.multiplicity import METHODS, adjust_p_values, interval_alphas
from abstats.inference.non_inferiority import NonInferiority, non_inferiority
from abstats.inference.sample_ratio import SampleRatio, sample_ratio_test
from abstats.inference.sequential_sample_ratio import (
    SequentialSampleRatio,
    sequential_sample_ratio_test,
)

__all__ = [
    "METHODS",
    "Balance",
    "Effect",
    "Homogeneity",
    "NonInferiority",
    "SampleRatio",
    "SequentialSampleRatio",
    "adjust_p_values",
    "balance_test",
    "estimate_effect",
    "homogeneity_test",
    "interval_alphas",
    "non_inferiority",
    "sample_ratio_test",
    "sequential_sample_ratio_test",
    "with_alpha",
]
