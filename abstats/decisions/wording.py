"""Numbers and dates in sentences."""

import math
from collections.abc import Iterable
from datetime import datetime


def number(value: float) -> str:
    """Four significant digits: 0.01234, 1,234, 1.234e-07."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def signed(value: float) -> str:
    """`number` with its sign."""
    return f"+{number(value)}" if value > 0 else number(value)


def percent(fraction: float) -> str:
    """A share of 0 to 1 as percent with three significant digits."""
    return f"{100 * fraction:.3g} %"


def signed_percent(fraction: float) -> str:
    """A change as percent with its sign and two decimals."""
    return f"{100 * fraction:+.2f} %"


def either_way(margin: float, margin_type: str | None) -> str:
    """A margin to both sides: `±1 %`, or `±0.5` in the metric's unit."""
    return f"±{percent(margin) if margin_type == 'relative' else number(margin)}"


def p_value(p: float) -> str:
    """`p = 0.0123`, or `p = 1.2e-05` where four decimals would say nothing."""
    if p < 1e-300:
        return "p < 1e-300"
    return f"p = {p:.4f}" if p >= 0.001 else f"p = {p:.1e}"


def instant(moment: datetime) -> str:
    """A day, with the time of day where it is not midnight."""
    midnight = moment.hour == moment.minute == 0
    return f"{moment:%Y-%m-%d}" if midnight else f"{moment:%Y-%m-%d %H:%M} UTC"


def listed(names: Iterable[str]) -> str:
    """`a, b and c`."""
    *head, last = names
    return f"{', '.join(head)} and {last}" if head else last
