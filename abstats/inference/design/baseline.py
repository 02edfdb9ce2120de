"""What is known of a metric before the test."""

from __future__ import annotations

import math
from dataclasses import dataclass

from abstats.inference.arm_values import arm_values
from abstats.inference.comparison import Failure
from abstats.moments import Moments


@dataclass(frozen=True)
class Baseline:
    """A metric as it is without the treatment.

    Attributes:
        value: Its value: a mean over units, or for a ratio mean y over mean d.
        variance: Variance over units of a unit's value: linearised for a ratio, of the residual
            under CUPED, which is (1 - rho^2) times that without.
        is_counted: A proportion that takes the score test: `variance` is not read, it follows from
            the value.

    Raises:
        ValueError: A number is outside its range.
    """

    value: float
    variance: float
    is_counted: bool = False

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"value == {self.value!r}, must be finite.")
        if self.is_counted and not 0.0 < self.value < 1.0:
            raise ValueError(f"value == {self.value!r}, must be > 0 and < 1 for a proportion.")
        if not 0.0 < self.variance < math.inf:
            raise ValueError(f"variance == {self.variance!r}, must be > 0 and finite.")

    @classmethod
    def of_proportion(cls, value: float) -> Baseline:
        """A proportion without covariates, in (0, 1)."""
        return cls(value, value * (1.0 - value), is_counted=True)

    @classmethod
    def of_standard_error(
        cls, value: float, std_error: float, control_n: int, treatment_n: int
    ) -> Baseline:
        """From an effect that was estimated before: of metrics whose moments say no variance.

        The standard error of a quantile or Gini falls as 1 / sqrt(n) too.
        """
        return cls(value, std_error**2 / (1.0 / control_n + 1.0 / treatment_n))


def baseline_of(kind: str, cell: Moments, estimator: str = "unadjusted") -> Baseline | Failure:
    """The baseline in the moments of one cell: past units that had no treatment.

    Args:
        kind: "mean", "proportion" or "ratio".
        cell: Their moments: "y"; for a ratio "d"; every other column is a covariate.
        estimator: "unadjusted" or "cuped".

    Raises:
        ValueError: `kind` or `estimator` is unknown.
    """
    values = arm_values(kind, [cell], estimator)
    if isinstance(values, Failure):
        return values
    _, value, variance = values[0]
    if variance == 0.0:
        return Failure("zero_variance", "The value is the same for every unit.")
    return Baseline(value, variance, kind == "proportion" and estimator == "unadjusted")
