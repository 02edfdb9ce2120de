"""What a statistic must exceed at a look: the two sequential methods behind one face."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from abstats.inference.anytime.normal_mixture import critical_z, log_e_value, tuned_growth
from abstats.inference.sequential import (
    Spending,
    cumulative_spending,
    futility_bounds,
    running_bounds,
    running_p_value,
    running_stage_wise_p_value,
)

NAN = math.nan


class LookBounds(Protocol):
    """The bounds of one look, given the looks before it; statistics are z-statistics."""

    @property
    def fraction(self) -> float:
        """Information at this look over the planned maximum."""
        ...

    def critical(self, alpha: float, sides: int, /) -> float:
        """The z-statistic that decides at this level over all looks; inf where none does."""
        ...

    def alpha_spent(self, alpha: float, sides: int, /) -> float:
        """How much of that level is spent by this look; NaN where nothing is spent."""
        ...

    def p_value(self, z: float, sides: int, /) -> float:
        """The smallest level at which z decides; the running minimum holds over all looks."""
        ...

    def stage_wise_p_value(self, z: float, alpha: float, /) -> float:
        """Two-sided p-value of a first crossing here at this level; NaN without planned looks."""
        ...

    def log_e_value(self, z: float, sides: int, /) -> float:
        """Logarithm of the evidence; NaN where the method has none."""
        ...

    def futility(self) -> float:
        """The |z| at or below which to stop for futility; NaN without."""
        ...


@dataclass(frozen=True)
class FutilityStop:
    """Futility bounds that do not bind.

    Attributes:
        beta: Type II error at `drift`.
        spending: Its spending function.
        drift: theta sqrt(planned maximal information) under the alternative.
        alpha: Type I error of the design.
    """

    beta: float
    spending: Spending
    drift: float
    alpha: float


@dataclass(frozen=True)
class GroupSequentialLook:
    """A look of a group sequential design.

    Attributes:
        spending: The spending function of the type I error.
        times: The clock that spends at the looks so far, the last is this one's.
        variances: The clock of the joint law at them.
        fraction: Information at this look over the planned maximum.
        futility_stop: None without futility bounds, and at the final look.
    """

    spending: Spending
    times: Sequence[float]
    variances: Sequence[float]
    fraction: float
    futility_stop: FutilityStop | None = None

    def critical(self, alpha: float, sides: int, /) -> float:
        """See `LookBounds`."""
        bounds = running_bounds(self.spending, self.times, self.variances, alpha=alpha, sides=sides)
        return float(bounds[-1])

    def alpha_spent(self, alpha: float, sides: int, /) -> float:
        """See `LookBounds`."""
        return float(cumulative_spending(self.spending, alpha, self.times, sides)[-1])

    def p_value(self, z: float, sides: int, /) -> float:
        """See `LookBounds`."""
        return running_p_value(self.spending, self.times, self.variances, z, sides=sides)

    def stage_wise_p_value(self, z: float, alpha: float, /) -> float:
        """See `LookBounds`."""
        return running_stage_wise_p_value(
            self.spending, self.times, self.variances, z, alpha=alpha, sides=2
        )

    def log_e_value(self, _z: float, _sides: int, /) -> float:
        """See `LookBounds`."""
        return NAN

    def futility(self) -> float:
        """See `LookBounds`."""
        stop = self.futility_stop
        if stop is None or self.times[-1] >= 1.0:
            return NAN
        bounds = futility_bounds(
            [variance / self.variances[-1] * self.fraction for variance in self.variances],
            drift=stop.drift,
            alpha=stop.alpha,
            beta=stop.beta,
            spending=self.spending,
            beta_spending=stop.spending,
            sides=2,
        )
        return max(float(bounds.futility[-1]), 0.0)


@dataclass(frozen=True)
class AlwaysValidLook:
    """A look of an always valid design.

    Attributes:
        fraction: Information at this look over the planned one, where the mixture is tuned.
        alpha: Level that it is tuned for: the experiment's, whatever level is asked.
    """

    fraction: float
    alpha: float

    def critical(self, alpha: float, sides: int, /) -> float:
        """See `LookBounds`."""
        return critical_z(self._growth(sides), alpha, sides)

    def alpha_spent(self, _alpha: float, _sides: int, /) -> float:
        """See `LookBounds`."""
        return NAN

    def p_value(self, z: float, sides: int, /) -> float:
        """See `LookBounds`."""
        return math.exp(-max(self.log_e_value(z, sides), 0.0))

    def stage_wise_p_value(self, _z: float, _alpha: float, /) -> float:
        """See `LookBounds`."""
        return NAN

    def log_e_value(self, z: float, sides: int, /) -> float:
        """See `LookBounds`."""
        return log_e_value(z, self._growth(sides), sides)

    def futility(self) -> float:
        """See `LookBounds`."""
        return NAN

    def _growth(self, sides: int) -> float:
        return self.fraction * tuned_growth(self.alpha, sides)
