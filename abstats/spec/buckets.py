"""Buckets: random parts of an arm's units, of which cross-checks see nothing but sums."""

import math
from typing import NamedTuple

from abstats.spec.experiment import ExperimentSpec
from abstats.spec.strata import weights_by_period

LEAST, MOST = 2_000, 20_000
"""Buckets of a period, all variants together."""
WANTED_PER_ARM = 500
"""Buckets of the smallest arm, as far as `MOST` allows it."""

WITHOUT_SUMS = ("quantile", "gini")
"""Kinds of metrics whose value is no mean, nor a ratio of means: sums do not tell it."""


class Arm(NamedTuple):
    """The units of one variant that were first exposed in one allocation period.

    Attributes:
        period: The period's first day, or "all" without a ramp.
        variant_id: The variant.
        n_buckets: In how many buckets its units are put.
    """

    period: str
    variant_id: str
    n_buckets: int


def arms_of(experiment: ExperimentSpec) -> list[Arm]:
    """Every arm, with buckets in proportion to its declared weight.

    So each bucket of a period is as likely as any other to receive a unit, whatever its variant:
    without an effect the buckets of two variants can change places.
    """
    arms = []
    for period, weights in weights_by_period(experiment).items():
        total = min(max(LEAST, math.ceil(WANTED_PER_ARM / min(weights.values()))), MOST)
        arms += [Arm(period, name, max(2, round(total * w))) for name, w in weights.items()]
    return arms
