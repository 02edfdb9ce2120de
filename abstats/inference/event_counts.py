"""A proportion's moments are its counts."""

import math
from collections.abc import Sequence

import numpy as np

from abstats.inference.comparison import Failure
from abstats.inference.score import Counts
from abstats.inference.strata import Arm, Strata
from abstats.moments import Moments


def event_counts(control: Arm, treatment: Arm) -> tuple[Counts, ...] | Failure:
    """Events and units of two arms in each usable stratum, from n and the mean of "y" in {0, 1}.

    Raises:
        ValueError: A mean is outside [0, 1], or the arms' columns or strata differ.
    """
    strata = Strata.of(control, treatment).usable()
    if isinstance(strata, Failure):
        return strata
    for name, arm in zip(("control", "treatment"), strata.arms, strict=True):
        for mean in (cell.mean_of("y") for cell in arm):
            if not math.isfinite(mean):
                return Failure("no_data", f"The moments of the {name} are not finite.")
            if not 0.0 <= mean <= 1.0:
                raise ValueError(f"mean of y in the {name} == {mean!r}, must be >= 0 and <= 1.")
    return tuple(Counts(_events(c), c.n, _events(t), t.n) for c, t in strata)


def share_moments(
    strata: Sequence[Counts],
) -> tuple[tuple[Moments, ...], tuple[Moments, ...]]:
    """The arms' moments in each stratum, from counts that `event_counts` gave."""
    control = tuple(_share(counts.control, counts.control_n) for counts in strata)
    return control, tuple(_share(counts.treatment, counts.treatment_n) for counts in strata)


def _share(events: int, n: int) -> Moments:
    """A 0/1 column, its variance as any other column's with divisor n - 1."""
    p = events / n
    return Moments(("y",), n, np.array([p]), np.array([[p * (1.0 - p) * (n / (n - 1))]]))


def _events(cell: Moments) -> int:
    return round(cell.n * cell.mean_of("y"))
