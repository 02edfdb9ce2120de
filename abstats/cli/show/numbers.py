"""Numbers as readers want them: as many digits as the standard error supports."""

import math

from abstats.cli.show.rows import MetricRow

MOST_DECIMALS = 6
SMALLEST_WITH_CENTS = 0.1
NOTHING = "–"

_FORMATS_OF_KINDS = {"proportion": "percent", "retention": "percent", "conversion": "percent"}


def is_percent(metric: MetricRow) -> bool:
    """Whether values are shown as percent: by its format, and proportions by default."""
    return (metric.format or _FORMATS_OF_KINDS.get(metric.kind or "")) == "percent"


def value(number: float | None, std_error: float | None, metric: MetricRow) -> str:
    """A mean in the metric's format; its unit stands with the label."""
    if number is None:
        return NOTHING
    if is_percent(metric):
        return f"{100 * number:.{_decimals_of_percent(number, std_error)}f} %"
    return f"{number:,.{_decimals_of(number, std_error, metric)}f}"


def change(number: float, std_error: float | None, metric: MetricRow) -> str:
    """An absolute effect in the metric's format, with its sign."""
    if is_percent(metric):
        return f"{100 * number:+.{_decimals_of_percent(number, std_error)}f} pp"
    return f"{number:+,.{_decimals_of(number, std_error, metric)}f}"


def percent(fraction: float, std_error: float | None = None) -> str:
    """A relative effect as percent, with its sign."""
    places = min(_decimals_of_percent(fraction, std_error), 2)
    return f"{100 * fraction:+.{places}f} %"


def margin(fraction: float) -> str:
    """A margin, as it was declared: a share in percent."""
    return f"{100 * fraction:.4g} %"


def chance(probability: float) -> str:
    """A probability in percent, never rounded to certainty."""
    if probability > 0.999:
        return "> 99.9 %"
    return "< 0.1 %" if probability < 0.001 else f"{100 * probability:.1f} %"


def p_value(p: float | None, alpha: float) -> str:
    """Three decimals; more where rounding would put it on the wrong side of alpha."""
    if p is None:
        return NOTHING
    if p < 0.001:
        return "<0.001"
    for places in (3, 4, 5):
        text = f"{p:.{places}f}"
        if (float(text) <= alpha) == (p <= alpha):
            return text
    return f"{p:.6f}"


def decimals(number: float, std_error: float | None) -> int:
    """Decimals that show two digits of the standard error; without one, three of the number."""
    scale = std_error if std_error is not None and std_error > 0 else abs(number) / 10
    if scale == 0 or not math.isfinite(scale):
        return 0
    return min(max(1 - math.floor(math.log10(scale)), 0), MOST_DECIMALS)


def _decimals_of_percent(fraction: float, std_error: float | None) -> int:
    return decimals(100 * fraction, None if std_error is None else 100 * std_error)


def _decimals_of(number: float, std_error: float | None, metric: MetricRow) -> int:
    places = decimals(number, std_error)
    # Money has cents, unless cents would show nothing of it.
    has_cents = metric.format == "currency" and abs(number) >= SMALLEST_WITH_CENTS
    return min(places, 2) if has_cents else places
