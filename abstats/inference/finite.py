"""Which moments can be computed with."""

import numpy as np

from abstats.moments import Moments


def fault_of(cell: Moments) -> str:
    """What is wrong with the numbers of a cell, to follow "The moments of the ..."; else empty."""
    if not (np.isfinite(cell.mean).all() and np.isfinite(cell.cov).all()):
        return "are not finite"
    with np.errstate(over="ignore"):
        squares = cell.mean * cell.mean
    return "" if np.isfinite(squares).all() else "are too large to be squared"
