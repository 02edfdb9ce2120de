"""Two arms compared: values and their joint covariance, before any test is chosen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from abstats.moments import FloatArray


class Failure(NamedTuple):
    """Why two arms cannot be compared.

    Attributes:
        status: "no_data", "too_few_units", "denominator_zero" or "covariate_unusable".
        reason: The same in words.
    """

    status: str
    reason: str


class Contrast(NamedTuple):
    """A linear combination of the effect and the control value.

    Attributes:
        estimate: Its value.
        std_error: Its standard error.
        degrees_of_freedom: Satterthwaite's, over the parts that contribute.
    """

    estimate: float
    std_error: float
    degrees_of_freedom: float


@dataclass(frozen=True, eq=False)
class Comparison:
    """Control's value and the effect, with what each arm's units contribute to their covariance.

    Attributes:
        control_n: Units of control.
        treatment_n: Units of the treatment.
        control: Control's value of the metric.
        estimate: Treatment's value minus control's.
        control_std: Standard deviation of a unit's (linearised, residual) value in control.
        treatment_std: The same in the treatment.
        parts: Covariance matrices of (control, estimate) due to each arm in each stratum and, in
            strata, due to their shares of the units, shape (parts, 2, 2); they are uncorrelated, so
            their sum is the covariance.
        freedom: Degrees of freedom of each part: units minus one, shape (parts,).
        unadjusted_variance: Squared standard error of the effect without covariates.
    """

    control_n: int
    treatment_n: int
    control: float
    estimate: float
    control_std: float
    treatment_std: float
    parts: FloatArray
    freedom: FloatArray
    unadjusted_variance: float

    @property
    def covariance(self) -> FloatArray:
        """Covariance matrix of (control, estimate), shape (2, 2)."""
        total: FloatArray = self.parts.sum(axis=0)
        return total

    @property
    def control_share(self) -> float:
        """Share of the estimate's variance that is due to control's units; NaN without variance.

        Two treatments' effects have this in common: see `dunnett_p_values`.
        """
        variances = self.parts[:, 1, 1]
        total = float(variances.sum())
        # Control and treatment of each stratum in turn; the strata's shares, if any, come last.
        of_control = float(variances[: len(variances) // 2 * 2 : 2].sum())
        return of_control / total if total > 0.0 else math.nan

    def contrast(self, control_weight: float = 0.0, sign: float = 1.0) -> Contrast:
        """`sign * estimate + control_weight * control`, with Welch-Satterthwaite freedom.

        Welch (1947), Biometrika 34; Satterthwaite (1946), Biometrics Bulletin 2.
        """
        w, s = control_weight, sign
        parts = self.parts
        shares = w * w * parts[:, 0, 0] + 2 * w * s * parts[:, 0, 1] + s * s * parts[:, 1, 1]
        variance = float(shares.sum())
        freedom = math.nan
        if variance > 0.0:
            # Shares of one: the squares of variances themselves leave the range of floats.
            shares = shares / variance
            freedom = 1.0 / float((shares * shares / self.freedom).sum())
        return Contrast(
            s * self.estimate + w * self.control, math.sqrt(max(variance, 0.0)), freedom
        )
