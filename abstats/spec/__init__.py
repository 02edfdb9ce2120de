"""What people declare: experiments, metrics, and every mistake in them at once."""

from abstats.spec.experiment import Analysis, ExperimentSpec, GuardrailSpec, MetricRoles
from abstats.spec.metric import CupedSpec, ExperimentMeta, Measure, MetricSpec
from abstats.spec.problems import Problem, SpecError, nearest
from abstats.spec.window import Window

__all__ = [
    "Analysis",
    "CupedSpec",
    "ExperimentMeta",
    "ExperimentSpec",
    "GuardrailSpec",
    "Measure",
    "MetricRoles",
    "MetricSpec",
    "Problem",
    "SpecError",
    "Window",
    "nearest",
]
