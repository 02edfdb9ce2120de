"""The result of comparing a treatment with control."""

import math
from typing import NamedTuple

from abstats.inference.quantile_region import QuantileRegion
from abstats.inference.score import Counts

SCORE_TESTS = ("score_z", "mid_p")
"""Tests of proportions without covariates: their statistic is the score z, their data counts."""


class Effect(NamedTuple):
    """Difference of a treatment variant from control, in the metric's own unit.

    A number that cannot be had is NaN, and `status` says why.

    Attributes:
        control_n: Units of control.
        treatment_n: Units of the treatment.
        control_mean: Control's value of the metric (for a ratio: mean of y over mean of d);
            adjusted to the pooled covariate mean under CUPED.
        treatment_mean: The treatment's value of the metric, likewise.
        control_std: Standard deviation over control's units of a unit's value (its linearised
            value for a ratio, its residual under CUPED).
        treatment_std: The same over the treatment's units.
        estimate: Treatment minus control.
        std_error: Standard error of `estimate`; units are the randomised units.
        ci_lower: Lower bound of the confidence interval of `estimate` at 1 - alpha.
        ci_upper: Upper bound of that interval.
        relative: `estimate` divided by the absolute value of `control_mean`, as a fraction.
        relative_std_error: Delta-method standard error of `relative`; the interval does not
            use it.
        relative_ci_lower: Lower bound of the interval of `relative`: Fieller's, or by inversion of
            the score test for proportions, or from the joint region of quantiles. NaN where it is
            open on that side.
        relative_ci_upper: Upper bound of that interval.
        statistic: Statistic of the test of no difference; with "mid_p" the score z, of which
            `p_value` is not a tail.
        degrees_of_freedom: Degrees of freedom of Student's t; infinite for a normal statistic.
        p_value: Two-sided p-value.
        test: "welch_t", "score_z", "mid_p" (a proportion with few events in a small arm),
            "woodruff" (quantiles) or "jackknife_t" (Gini).
        variance_reduction: 1 - var(CUPED) / var(unadjusted) of the absolute effect, honest about
            being near or below zero; NaN for the unadjusted estimator.
        mde: Smallest absolute difference that a test with this standard error detects at the
            asked power.
        mde_relative: `mde` divided by the absolute value of `control_mean`.
        status: "ok", or why numbers are missing: "no_data", "too_few_units", "zero_variance",
            "denominator_zero", "covariate_unusable", "too_few_events", "outside_grid",
            "relative_undefined", "relative_unbounded".
        status_reason: The same in words; empty when all is well.
        control_mean_variance: Squared standard error of `control_mean`; with
            `control_mean_covariance` what Fieller's interval needs at another alpha.
        control_mean_covariance: Covariance of `estimate` and `control_mean`.
        control_share: Share of the squared `std_error` that is due to control's units, under the
            null for a score test; NaN for quantiles and Ginis. Two effects with one control have
            a correlation of the geometric mean of theirs.
        region: For quantiles, what their bounds at another alpha need; else None.
        counts: Of a score test: events and units in each stratum, what its intervals need at
            another alpha. Empty otherwise.
    """

    control_n: int
    treatment_n: int
    control_mean: float
    treatment_mean: float
    control_std: float
    treatment_std: float
    estimate: float
    std_error: float
    ci_lower: float
    ci_upper: float
    relative: float
    relative_std_error: float
    relative_ci_lower: float
    relative_ci_upper: float
    statistic: float
    degrees_of_freedom: float
    p_value: float
    test: str
    variance_reduction: float
    mde: float
    mde_relative: float
    status: str
    status_reason: str
    control_mean_variance: float
    control_mean_covariance: float
    control_share: float = math.nan
    region: QuantileRegion | None = None
    counts: tuple[Counts, ...] = ()
