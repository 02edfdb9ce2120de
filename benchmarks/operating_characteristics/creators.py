"""Users who give events to creators, and the blocks that Ginis are compared on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from abstats.inference import GiniArm
from abstats.moments import FloatArray

GROUPS = 20
SKEW = 1.5  # of users' activity, log-normal


def gini(totals: FloatArray) -> FloatArray:
    """Gini of the totals along the first axis."""
    ordered = np.sort(totals, axis=0)
    n = ordered.shape[0]
    weight = (2.0 * np.arange(1, n + 1) - n - 1).reshape(-1, *[1] * (ordered.ndim - 1))
    return (weight * ordered).sum(axis=0) / (n * ordered.sum(axis=0))


def gini_arm(totals: FloatArray, n: int) -> GiniArm:
    """An arm from totals of creators by group, shape (creators, blocks, groups)."""
    block = totals.sum(axis=2)
    without = gini(block[:, :, None] - totals)
    return GiniArm(n, n // totals.shape[1], gini(block), without)


def zipf(creators: int, exponent: float) -> FloatArray:
    """Cumulative popularity of creators."""
    weight = np.arange(1, creators + 1.0) ** -exponent
    return np.cumsum(weight) / weight.sum()


def creator_totals(
    rng: np.random.Generator,
    n: int,
    blocks: int,
    popularity: FloatArray,
    per_user: float,
    *,
    skew: float = SKEW,
    groups: int = GROUPS,
) -> FloatArray:
    """Totals by creator, block and group; a third of a user's events go to a favourite."""
    creators = len(popularity)
    activity = rng.lognormal(-(skew**2) / 2, skew, n) * per_user
    user = np.repeat(np.arange(n), rng.poisson(activity))

    def pick(size: int) -> npt.NDArray[np.int64]:
        return np.minimum(np.searchsorted(popularity, rng.random(size)), creators - 1)

    favourite, any_creator = pick(n), pick(len(user))
    creator = np.where(rng.random(len(user)) < 0.3, favourite[user], any_creator)
    cells = blocks * groups
    counts = np.bincount(creator * cells + user % cells, minlength=creators * cells)
    return counts.reshape(creators, blocks, groups).astype(float)


def sizes_in_blocks(sizes: tuple[int, int]) -> tuple[int, list[int]]:
    """Units per block, and for each arm how many such blocks it holds."""
    smallest = min(sizes)
    return smallest, [size // smallest for size in sizes]
