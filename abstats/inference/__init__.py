"""Moments to effects: pure functions, no input or output."""

from abstats.inference.effect import Effect

__all__ = ["Effect"]
