"""What people declare: experiments, metrics, and every mistake in them at once."""

from abstats.spec.allocation import Allocation
from abstats.spec.analysis import Analysis
from abstats.spec.bayesian import BayesianSpec, RatePriorSpec
from abstats.spec.composite import CompositePart
from abstats.spec.covariate import Covariate, CupedSpec
from abstats.spec.cross_checks import CrossChecks
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.measure import Measure
from abstats.spec.meta import ExperimentMeta
from abstats.spec.metric import MetricSpec
from abstats.spec.problems import Problem, SpecError, nearest
from abstats.spec.roles import AimSpec, GuardrailSpec, MetricRoles
from abstats.spec.segment import SegmentSpec
from abstats.spec.sequential import SequentialSpec
from abstats.spec.values import (
    GiniSpec,
    QuantileSpec,
    RetentionSpec,
    TransformSpec,
    WinsorizeSpec,
)
from abstats.spec.window import Window

__all__ = [
    "AimSpec",
    "Allocation",
    "Analysis",
    "BayesianSpec",
    "CompositePart",
    "Covariate",
    "CrossChecks",
    "CupedSpec",
    "ExperimentMeta",
    "ExperimentSpec",
    "GiniSpec",
    "GuardrailSpec",
    "Measure",
    "MetricRoles",
    "MetricSpec",
    "Problem",
    "QuantileSpec",
    "RatePriorSpec",
    "RetentionSpec",
    "SegmentSpec",
    "SequentialSpec",
    "SpecError",
    "TransformSpec",
    "Window",
    "WinsorizeSpec",
    "nearest",
]
