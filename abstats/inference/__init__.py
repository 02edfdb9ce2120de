"""Moments to effects: pure functions, no input or output."""

from abstats.inference.balance import Balance, balance_test
from abstats.inference.bootstrap import Bootstrap, poisson_bootstrap
from abstats.inference.buckets import BucketSums
from abstats.inference.contributions import ArmMeans, Contributions, contributions
from abstats.inference.dunnett import dunnett_alphas, dunnett_p_values
from abstats.inference.effect import Effect
from abstats.inference.equivalence import Equivalence, equivalence, two_one_sided
from abstats.inference.estimate import estimate_effect, with_variance_reduction
from abstats.inference.gini import GiniArm, gini_effect, gini_non_inferiority
from abstats.inference.heterogeneity import Heterogeneity, heterogeneity_test
from abstats.inference.homogeneity import (
    Homogeneity,
    homogeneity_test,
    stratified_homogeneity_test,
)
from abstats.inference.intervals import with_alpha
from abstats.inference.multiplicity import (
    METHODS,
    WEIGHTED,
    adjust_p_values,
    gated_p_values,
    interval_alphas,
)
from abstats.inference.non_inferiority import NonInferiority, non_inferiority
from abstats.inference.omnibus import Omnibus, omnibus_test
from abstats.inference.permutation import Permutation, permutation_test
from abstats.inference.quantile import quantile_effect, quantile_non_inferiority
from abstats.inference.quantile_curve import QuantileCurve
from abstats.inference.quantile_grid import grid_levels
from abstats.inference.sample_ratio import (
    SampleRatio,
    StratifiedSampleRatio,
    sample_ratio_test,
    stratified_sample_ratio_test,
)
from abstats.inference.sequential_sample_ratio import (
    SequentialSampleRatio,
    sequential_sample_ratio_test,
)
from abstats.inference.strata import Arm, left_out_strata, merge_sparse_strata

__all__ = [
    "METHODS",
    "WEIGHTED",
    "Arm",
    "ArmMeans",
    "Balance",
    "Bootstrap",
    "BucketSums",
    "Contributions",
    "Effect",
    "Equivalence",
    "GiniArm",
    "Heterogeneity",
    "Homogeneity",
    "NonInferiority",
    "Omnibus",
    "Permutation",
    "QuantileCurve",
    "SampleRatio",
    "SequentialSampleRatio",
    "StratifiedSampleRatio",
    "adjust_p_values",
    "balance_test",
    "contributions",
    "dunnett_alphas",
    "dunnett_p_values",
    "equivalence",
    "estimate_effect",
    "gated_p_values",
    "gini_effect",
    "gini_non_inferiority",
    "grid_levels",
    "heterogeneity_test",
    "homogeneity_test",
    "interval_alphas",
    "left_out_strata",
    "merge_sparse_strata",
    "non_inferiority",
    "omnibus_test",
    "permutation_test",
    "poisson_bootstrap",
    "quantile_effect",
    "quantile_non_inferiority",
    "sample_ratio_test",
    "sequential_sample_ratio_test",
    "stratified_homogeneity_test",
    "stratified_sample_ratio_test",
    "two_one_sided",
    "with_alpha",
    "with_variance_reduction",
]
