"""Inference that holds at every look: confidence sequences, e-values, always-valid p-values."""

from abstats.inference.anytime.always_valid import AlwaysValid, always_valid
from abstats.inference.anytime.looks import Look, follow_looks
from abstats.inference.anytime.mixture_sprt import MixtureTest, mixture_sprt

__all__ = [
    "AlwaysValid",
    "Look",
    "MixtureTest",
    "always_valid",
    "follow_looks",
    "mixture_sprt",
]
