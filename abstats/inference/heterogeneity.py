"""Does an effect differ between segments?"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special


class Heterogeneity(NamedTuple):
    """Test that independent effects are the same: the interaction of treatment and segment.

    Attributes:
        statistic: Cochran's Q: squared distances of the effects from their inverse-variance mean,
            each in its own standard errors.
        degrees_of_freedom: Effects compared, minus one.
        p_value: Upper tail of chi-square, or of Welch's F where the effects' degrees of freedom are
            given; NaN with fewer than two effects that have a standard error.
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float


def heterogeneity_test(
    effects: npt.ArrayLike,
    std_errors: npt.ArrayLike,
    degrees_of_freedom: npt.ArrayLike | None = None,
) -> Heterogeneity:
    """Test equal effects in disjoint segments, shapes (segments,).

    Cochran (1954), "The Combination of Estimates from Different Experiments", Biometrics 10. Q
    rejects too often where standard errors come from few units; Welch (1951), "On the Comparison
    of Several Mean Values", Biometrika 38, refers it to an F with a correction for that, of which
    chi-square is the limit. Effects that are NaN, or without a standard error above zero, do not
    count.

    Args:
        effects: Effects, absolute or relative.
        std_errors: Their standard errors.
        degrees_of_freedom: Those of the standard errors, > 0; None for known ones.

    Raises:
        ValueError: Shapes differ, or degrees of freedom are not above zero.
    """
    effect, error = (np.asarray(values, dtype=np.float64) for values in (effects, std_errors))
    freedom = np.full(effect.shape, math.inf)
    if degrees_of_freedom is not None:
        freedom = np.asarray(degrees_of_freedom, dtype=np.float64)
    for name, values in (("std_errors", error), ("degrees_of_freedom", freedom)):
        if values.shape != effect.shape or effect.ndim != 1:
            raise ValueError(
                f"{name} has shape {values.shape}, must be (segments,) as effects, {effect.shape}."
            )
    used = np.isfinite(effect) & np.isfinite(error) & (error > 0.0)
    effect, error, freedom = effect[used], error[used], freedom[used]
    if not (freedom > 0.0).all():
        raise ValueError(f"degrees_of_freedom == {freedom.tolist()!r}, must be > 0.")
    between = len(effect) - 1
    if between < 1:
        return Heterogeneity(math.nan, max(between, 0), math.nan)
    scale = float(error.min())
    weights = (scale / error) ** 2
    share = weights / weights.sum()
    centred = effect - effect[0]
    statistic = float((((centred - share @ centred) / error) ** 2).sum())
    noise = float(((1.0 - share) ** 2 / freedom).sum())
    if noise == 0.0:
        return Heterogeneity(statistic, between, float(special.chdtrc(between, statistic)))
    squares = (between + 1.0) ** 2 - 1.0
    ratio = statistic / between / (1.0 + 2.0 * (between - 1.0) / squares * noise)
    p_value = float(special.fdtrc(between, squares / (3.0 * noise), ratio))
    return Heterogeneity(statistic, between, p_value)
