"""Statistics of experiments over their looks, from increments that are exactly normal."""

from __future__ import annotations

import numpy as np

from abstats.moments import FloatArray


def equal(looks: int) -> FloatArray:
    """Equally spaced information fractions."""
    return np.arange(1, looks + 1) / looks


def z_paths(
    rng: np.random.Generator, experiments: int, fractions: FloatArray, drift: float = 0.0
) -> FloatArray:
    """z-statistics at these information fractions, shape (experiments, looks).

    A drift is the mean of z at fraction 1.
    """
    steps = np.diff(fractions, prepend=0.0)
    scores = rng.standard_normal((experiments, steps.size)) * np.sqrt(steps) + drift * steps
    z: FloatArray = scores.cumsum(axis=1) / np.sqrt(fractions)
    return z


def ever(beyond: FloatArray) -> FloatArray:
    """Whether an experiment is beyond its bound at any look."""
    found: FloatArray = beyond.any(axis=1)
    return found


def has_news(variance: float, before: float) -> bool:
    """Whether a look has new units to speak of: bounds need a millionth more, and are smooth."""
    return variance > before * (1.0 + 1e-5)
