"""p-value, median-unbiased estimate and interval at the stop, by the stage-wise ordering."""

import math
from typing import NamedTuple

import numpy as np
from scipy import optimize, special

from abstats.inference.checks import require_fraction
from abstats.inference.sequential.boundaries import Bounds, looks_of
from abstats.inference.sequential.increments import IndependentIncrements, SubDensity
from abstats.moments import FloatArray

# References lie this many standard errors apart: tilting reaches half as far.
SPACING = 4.0


class StopInference(NamedTuple):
    """Inference at the look at which an experiment stopped.

    Attributes:
        p_value: Stage-wise p-value of no effect; two-sided for two-sided bounds, else of no
            positive effect. At most alpha exactly when an efficacy bound was crossed, if the
            final look spends all of alpha.
        estimate: Median-unbiased estimate, in the metric's unit.
        ci_lower: Lower bound of the interval at 1 - alpha.
        ci_upper: Upper bound; inf for one-sided bounds.
    """

    p_value: float
    estimate: float
    ci_lower: float
    ci_upper: float


def stage_wise_p_value(bounds: Bounds, statistic: float) -> float:
    """p-value of a stop at the last of these looks with this z-statistic.

    Outcomes are ordered by Armitage (1957) and Tsiatis, Rosner & Mehta (1984): rejections above,
    earlier ones before later ones, then the statistic, then stops below, later ones first. So the
    p-value needs only the looks up to the stop, and is the probability of having rejected above
    earlier plus that of getting here with a statistic as large. Non-binding futility bounds do
    not count: the order is that of the trial that would have gone on.

    Raises:
        ValueError: The statistic is not finite, or bounds are two-sided with binding futility,
            where stops inside have no place in the order.
    """
    _require_ordered(bounds, statistic)
    looks = looks_of(bounds.fractions, bounds.correlation)
    lower = _lower(bounds)
    state = looks.start(0.0)
    upward, downward = 0.0, 0.0
    for high, low in zip(bounds.upper[:-1].tolist(), lower[:-1].tolist(), strict=True):
        upward += looks.above(state, high)
        downward += looks.below(state, low)
        state = looks.advance(state, [(low, high)])
    upward += looks.above(state, statistic)
    if bounds.sides == 1:
        return min(upward, 1.0)
    downward += looks.below(state, statistic)
    return min(2.0 * min(upward, downward), 1.0)


def inference_at_stop(
    bounds: Bounds, statistic: float, std_error: float, alpha: float
) -> StopInference:
    """p-value, median-unbiased estimate and interval of a stop at the last of these looks.

    The estimate has P(an outcome as high) = 1/2, the interval's ends alpha/2 and 1 - alpha/2
    (one-sided: alpha), each a probability under the effect in question (Jennison & Turnbull 2000,
    sec. 8.4 and 8.5).

    Args:
        bounds: The looks up to the stop.
        statistic: z-statistic at the stop, estimate / std_error.
        std_error: Standard error of the estimate at the stop.
        alpha: 1 - confidence; with the design's alpha interval and p-value agree.

    Raises:
        ValueError: As `stage_wise_p_value`; or an argument is out of range; or bounds come from a
            correlation matrix: totals that go on growing have no one effect over all looks to
            estimate (a repeated interval holds for each look's own).
    """
    require_fraction("alpha", alpha)
    if not 0.0 < std_error < math.inf:
        raise ValueError(f"std_error == {std_error!r}, must be finite and > 0.")
    if bounds.correlation is not None:
        raise ValueError("bounds.correlation == a matrix, must be None: use repeated_intervals.")
    tails = _Tails(bounds, statistic)
    unit = float(std_error)
    tail = alpha / bounds.sides
    return StopInference(
        p_value=stage_wise_p_value(bounds, statistic),
        estimate=unit * tails.drift_at(0.5),
        ci_lower=unit * tails.drift_at(tail),
        ci_upper=unit * tails.drift_at(1.0 - tail) if bounds.sides == 2 else math.inf,
    )


class _Tails:
    """P(an outcome as high as the one observed) as a function of the drift at the stop.

    One recursion serves all drifts within two standard errors, by likelihood ratios.
    """

    def __init__(self, bounds: Bounds, statistic: float) -> None:
        _require_ordered(bounds, statistic)
        self._looks = IndependentIncrements(bounds.fractions / bounds.fractions[-1])
        self._thresholds = [*bounds.upper[:-1].tolist(), statistic]
        self._lower = _lower(bounds).tolist()
        self._statistic = statistic
        self._states: dict[float, list[SubDensity]] = {}

    def drift_at(self, probability: float) -> float:
        """The drift under which an outcome as high has this probability, which grows with it."""

        def excess(drift: float) -> float:
            return self._as_high(drift) - probability

        # Exact at the first look, and near it at later ones.
        low = high = self._statistic + float(special.ndtri(probability))
        width = 0.25
        while excess(low) > 0.0:
            low -= width
            width *= 2.0
        width = 0.25
        while excess(high) < 0.0:
            high += width
            width *= 2.0
        if low == high:
            return low
        return float(optimize.brentq(excess, low, high, xtol=1e-10))

    def _as_high(self, drift: float) -> float:
        reference = SPACING * round(drift / SPACING)
        if reference not in self._states:
            self._states[reference] = self._recursion(reference)
        return sum(
            self._looks.above(self._looks.tilted(state, drift), threshold)
            for state, threshold in zip(self._states[reference], self._thresholds, strict=True)
        )

    def _recursion(self, drift: float) -> list[SubDensity]:
        states = [self._looks.start(drift)]
        for high, low in zip(self._thresholds[:-1], self._lower[:-1], strict=True):
            states.append(self._looks.advance(states[-1], [(low, high)]))
        return states


def _lower(bounds: Bounds) -> FloatArray:
    """Lower ends of the continuation intervals that the ordering knows of."""
    if bounds.sides == 2:
        return -bounds.upper
    if bounds.is_binding:
        return bounds.futility
    return np.full(bounds.upper.size, -np.inf)


def _require_ordered(bounds: Bounds, statistic: float) -> None:
    if not math.isfinite(statistic):
        raise ValueError(f"statistic == {statistic!r}, must be finite.")
    if bounds.sides == 2 and bounds.is_binding:
        raise ValueError(
            "bounds.is_binding == True, must be False for two-sided bounds: stops inside have no "
            "place in the stage-wise ordering."
        )
