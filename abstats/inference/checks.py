"""Arguments out of range, told by name, value and rule."""

import math


def require_fraction(name: str, value: float) -> None:
    """Raise ValueError unless 0 < value < 1."""
    if not 0.0 < value < 1.0:
        raise ValueError(f"{name} == {value!r}, must be > 0 and < 1.")


def require_finite(name: str, value: float) -> None:
    """Raise ValueError unless the value is a finite number."""
    if not math.isfinite(value):
        raise ValueError(f"{name} == {value!r}, must be finite.")


def require_one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Raise ValueError unless the value is allowed."""
    if value not in allowed:
        raise ValueError(f"{name} == {value!r}, must be one of {allowed!r}.")
