"""Chances to win, each with what stopping on it does."""

from collections.abc import Iterator

from rich.padding import Padding
from rich.text import Text

from abstats.cli.show import numbers, words
from abstats.cli.show.report import Pair, Report
from abstats.cli.show.rows import PosteriorRow

LABELS = {
    "unsafe": "not safe to stop on: wrong in 26 % of tests without effect after 5 looks, 46 % "
    "after 28",
    "unchecked_prior": "safe to stop on only as far as effects come from that prior, which nobody "
    "checked",
    "safe_on_average": "safe to stop on, on average over experiments like those",
}
"""What stopping does, by the column `peeking`."""


def chances_to_win(report: Report, pair: Pair) -> Iterator[Padding]:
    """A line for every primary metric with a posterior; none where the data cannot be believed."""
    if report.is_invalid:
        return
    for row in report.chances(pair):
        label = words.clean(report.metric(row.metric_name).label)
        told = f"{label}: {_chance(report, row)} No verdict reads it."
        yield Padding(Text(told, style=words.QUIET), (0, 0, 0, 2))


def _chance(report: Report, row: PosteriorRow) -> str:
    if row.chance_to_win is None:
        return f"no chance to win with a {row.prior} prior. {words.clean(row.status_reason)}"
    chance = numbers.chance(row.chance_to_win)
    loss = _loss(report, row)
    return f"chance to win {chance}, expected loss {loss}; {_prior(row)}, {LABELS[row.peeking]}."


def _loss(report: Report, row: PosteriorRow) -> str:
    if row.loss_of_shipping_rel is not None:
        return f"{100 * row.loss_of_shipping_rel:.2g} %"
    loss = row.loss_of_shipping_abs or 0.0
    is_percent = numbers.is_percent(report.metric(row.metric_name))
    return f"{100 * loss:.2g} pp" if is_percent else f"{loss:.2g}"


def _prior(row: PosteriorRow) -> str:
    if row.model == "beta_binomial":
        return f"beta prior of each rate ({row.prior_events:g} and {row.prior_others:g} units)"
    if row.prior_std is None:
        return f"{row.prior} prior"
    mean, spread = (f"{100 * (number or 0.0):.2g}" for number in (row.prior_mean, row.prior_std))
    of_past = f" on {row.n_past_experiments} experiments" if row.n_past_experiments else ""
    return f"prior {row.prior}{of_past} ({mean} % ± {spread} %)"
